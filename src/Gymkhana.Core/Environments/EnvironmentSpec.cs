using System.Collections.Immutable;

namespace Gymkhana.Core.Environments;

/// <summary>A figure that an environment counts over an episode, beside its reward.</summary>
/// <param name="Name">Name, camelCase, as it is printed and written.</param>
/// <param name="Unit">Its unit, such as "targets" or "s".</param>
/// <param name="Description">What it counts.</param>
public sealed record Figure(string Name, string Unit, string Description);

/// <summary>One row of the table of observations or actions.</summary>
/// <param name="Index">Which numbers, such as "3–6".</param>
/// <param name="Name">What they are.</param>
/// <param name="Unit">Unit or scaling.</param>
/// <param name="Range">Smallest and largest value.</param>
public sealed record FeatureRow(string Index, string Name, string Unit, string Range);

/// <summary>The documentation of an environment, under the fixed headings.</summary>
public sealed record EnvironmentPage
{
    /// <summary>What the world is and what the task is.</summary>
    public required string Description { get; init; }

    /// <summary>What an agent does.</summary>
    public required ImmutableArray<FeatureRow> Actions { get; init; }

    /// <summary>What an agent sees.</summary>
    public required ImmutableArray<FeatureRow> Observations { get; init; }

    /// <summary>How the reward is made up.</summary>
    public required string Reward { get; init; }

    /// <summary>How an episode starts.</summary>
    public required string Start { get; init; }

    /// <summary>What terminates and what truncates an episode.</summary>
    public required string End { get; init; }

    /// <summary>Where the equations and constants come from.</summary>
    public required string Source { get; init; }

    /// <summary>What changed between versions of the id.</summary>
    public required string Versions { get; init; }
}

/// <summary>What an environment is, whatever the number of copies.</summary>
public sealed record EnvironmentSpec
{
    /// <summary>Id with its version, such as <c>Walker-v0</c>.</summary>
    public required string Id { get; init; }

    /// <summary>One sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Simulated time of one step, s.</summary>
    public required double StepSeconds { get; init; }

    /// <summary>The longest an episode can be, steps.</summary>
    public required int MaxEpisodeSteps { get; init; }

    /// <summary>Figures counted over an episode, the most telling first.</summary>
    public required ImmutableArray<Figure> Figures { get; init; }

    /// <summary>Name of the figure that stands for the score where one number is shown; null where that is the return.</summary>
    public string? Headline { get; init; }

    /// <summary>Documentation.</summary>
    public required EnvironmentPage Page { get; init; }
}
