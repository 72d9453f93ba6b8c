using System.Collections.Concurrent;
using System.Globalization;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Lab.Runs;

namespace Gymkhana.Lab.Worlds;

/// <summary>A figure that a world counts.</summary>
internal sealed record FigureRow(string Name, string Unit, string Description);

/// <summary>A row of the table of actions or observations.</summary>
internal sealed record FeatureLine(string Index, string Name, string Unit, string Range);

/// <summary>A group of agents.</summary>
internal sealed record GroupLine(string Name, IReadOnlyList<string> Agents, string Observation, string Action);

/// <summary>The documentation of a world.</summary>
internal sealed record WorldText(
    string Description, string Reward, string Start, string End, string Source, string Versions, IReadOnlyList<FeatureLine> Actions, IReadOnlyList<FeatureLine> Observations);

/// <summary>A world in short.</summary>
internal record WorldCard
{
    public string Id { get; init; } = string.Empty;

    public string Summary { get; init; } = string.Empty;

    public double StepSeconds { get; init; }

    public int MaxEpisodeSteps { get; init; }

    /// <summary>The figure that stands for the score; null where that is the return.</summary>
    public string? Headline { get; init; }

    public IReadOnlyList<FigureRow> Figures { get; init; } = [];

    public bool Drawable { get; init; }
}

/// <summary>A world with its documentation.</summary>
internal sealed record WorldDetails : WorldCard
{
    public WorldDetails(WorldCard card)
        : base(card)
    {
    }

    public WorldText? Page { get; init; }

    public IReadOnlyList<SettingRow> Settings { get; init; } = [];

    public IReadOnlyList<GroupLine> Groups { get; init; } = [];
}

/// <summary>A preset in short.</summary>
internal sealed record PresetLine(string Name, string Description, double Minutes);

/// <summary>The presets of an algorithm in a world.</summary>
internal sealed record WorldPresets(string Id, IReadOnlyList<PresetLine> Presets);

/// <summary>An algorithm in short.</summary>
internal sealed record AlgorithmCard(string Name, string Summary, string IterationName, bool NeedsData, IReadOnlyList<WorldPresets> Worlds, IReadOnlyList<SettingRow> Settings);

/// <summary>A policy that can be watched: <c>random</c> and the like, <c>model:FILE</c> or <c>run:NAME</c>; <c>Worlds</c> is null for any world.</summary>
internal sealed record PolicyCard(string Id, string Name, IReadOnlyList<string>? Worlds);

/// <summary>What the page is told first.</summary>
internal sealed record LabCard(
    string Version, string RunsFolder, int Processors, IReadOnlyList<WorldCard> Worlds, IReadOnlyList<AlgorithmCard> Algorithms, IReadOnlyList<PolicyCard> Policies);

/// <summary>What the lab says of worlds, algorithms and policies.</summary>
/// <param name="parts">What the program is made of.</param>
internal sealed class WorldPages(LabParts parts)
{
    private readonly ConcurrentDictionary<string, WorldCard> _cards = new(StringComparer.Ordinal);

    /// <summary>A world in short.</summary>
    public WorldCard Card(EnvironmentRegistration registration) => _cards.GetOrAdd(registration.Id, _ => CardOf(registration.Create(registration.Schema.Defaults, 1)));

    /// <summary>All worlds in short.</summary>
    public IReadOnlyList<WorldCard> Cards() => [.. parts.Environments.Registrations.Select(Card)];

    /// <summary>A world with its documentation.</summary>
    public static WorldDetails Details(EnvironmentRegistration registration)
    {
        IEnvironment world = registration.Create(registration.Schema.Defaults, 1);
        EnvironmentPage page = world.Spec.Page;
        return new WorldDetails(CardOf(world))
        {
            Page = new WorldText(page.Description, page.Reward, page.Start, page.End, page.Source, page.Versions, Lines(page.Actions), Lines(page.Observations)),
            Settings = Rows(registration.Schema),
            Groups = [.. world.Groups.Select(g => new GroupLine(g.Name, g.Agents, g.ObservationSpace.ToString() ?? string.Empty, g.ActionSpace.ToString() ?? string.Empty))],
        };
    }

    /// <summary>The algorithms.</summary>
    public IReadOnlyList<AlgorithmCard> Algorithms() =>
    [
        .. parts.Algorithms.Select(algorithm => new AlgorithmCard(
            algorithm.Name,
            algorithm.Summary,
            algorithm.IterationName,
            NeedsData(algorithm),
            [.. parts.Environments.Registrations.Select(e => new WorldPresets(e.Id, [.. algorithm.PresetsFor(e.Id).Select(p => new PresetLine(p.Name, p.Description, p.Minutes))]))],
            Rows(algorithm.Schema))),
    ];

    /// <summary>Whether an algorithm learns from records, which are given on the command line.</summary>
    public static bool NeedsData(IAlgorithm algorithm) => algorithm.Schema.Has("data");

    /// <summary>The rows of a schema, with a run's values where there are some.</summary>
    public static IReadOnlyList<SettingRow> Rows(SettingSchema schema, RecordedSettings? recorded = null) =>
    [
        .. schema.Settings.Select(setting => new SettingRow
        {
            Key = setting.Key,
            Kind = setting.Kind.ToString().ToLower(CultureInfo.InvariantCulture),
            Meaning = setting.Description,
            Unit = setting.Unit,
            Default = setting.Default,
            Expected = setting.Expected,
            Value = recorded?.Effective.GetValueOrDefault(setting.Key),
            Given = recorded?.Given.ContainsKey(setting.Key),
        }),
    ];

    private static WorldCard CardOf(IEnvironment world) => new()
    {
        Id = world.Spec.Id,
        Summary = world.Spec.Summary,
        StepSeconds = world.Spec.StepSeconds,
        MaxEpisodeSteps = world.Spec.MaxEpisodeSteps,
        Headline = world.Spec.Headline,
        Figures = [.. world.Spec.Figures.Select(f => new FigureRow(f.Name, f.Unit, f.Description))],
        Drawable = world is IDrawable,
    };

    private static FeatureLine[] Lines(IEnumerable<FeatureRow> rows) => [.. rows.Select(r => new FeatureLine(r.Index, r.Name, r.Unit, r.Range))];
}
