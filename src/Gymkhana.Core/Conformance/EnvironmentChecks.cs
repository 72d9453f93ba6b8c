using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;

namespace Gymkhana.Core.Conformance;

/// <summary>
/// Checks an environment, one's own included, against the contract of <see cref="IEnvironment"/>: plays it at random past several
/// episode ends, alone and among other copies, and says which rules it breaks. Needs no test framework: no findings means that it passed.
/// </summary>
/// <example><code>
/// foreach (ConformanceFinding finding in EnvironmentChecks.Run(MyWorld.Registration))
/// {
///     Console.WriteLine(finding);
/// }
/// </code></example>
public static class EnvironmentChecks
{
    /// <summary>Name, documentation, figures, settings and the sizes of the buffers.</summary>
    public const string Spec = "spec";

    /// <summary>Step before Reset, and the number of seeds.</summary>
    public const string Usage = "usage";

    /// <summary>Observations lie in their space, and all numbers are finite.</summary>
    public const string Bounds = "bounds";

    /// <summary>The reward is the sum of its parts.</summary>
    public const string Reward = "reward";

    /// <summary>Episodes end in time, and by one cause.</summary>
    public const string Ends = "ends";

    /// <summary>A copy whose episode ends is reset in the same step, from its own stream, and its final observation is kept.</summary>
    public const string Autoreset = "autoreset";

    /// <summary>Figures begin anew with each episode.</summary>
    public const string Figures = "figures";

    /// <summary>The same seeds and actions give the same bits, in a new batch and after a second Reset.</summary>
    public const string Determinism = "determinism";

    /// <summary>A copy does not depend on the copies beside it or on its place.</summary>
    public const string Independence = "independence";

    /// <summary>Step allocates nothing.</summary>
    public const string Allocation = "allocation";

    /// <summary>The inner state is written when it is asked for, and only then, and asking changes nothing else.</summary>
    public const string State = "state";

    /// <summary>Runs all checks on an environment with its default settings.</summary>
    /// <param name="registration">How it is made.</param>
    /// <returns>What is wrong with it; empty when nothing is.</returns>
    public static IReadOnlyList<ConformanceFinding> Run(EnvironmentRegistration registration) => Run(registration, new ConformanceOptions());

    /// <summary>Runs all checks.</summary>
    /// <param name="registration">How it is made.</param>
    /// <param name="options">How long to play.</param>
    /// <returns>What is wrong with it; empty when nothing is.</returns>
    public static IReadOnlyList<ConformanceFinding> Run(EnvironmentRegistration registration, ConformanceOptions options)
    {
        ArgumentNullException.ThrowIfNull(registration);
        ArgumentNullException.ThrowIfNull(options);
        var findings = new FindingList();
        SpecChecks.RunOnSettings(registration, findings);
        if (findings.Any)
        {
            // The rest plays with the default settings, which are already known not to be usable.
            return findings.Findings;
        }

        IEnvironment Create(int count) => registration.Create(options.Settings ?? registration.Schema.Defaults, count);
        SpecChecks.Run(registration, Create(3), findings);
        UsageChecks.Run(Create, findings);
        try
        {
            int steps = PlayChecks.Run(Create, options, findings);
            DeterminismChecks.Run(Create, steps, findings);
            StateChecks.Run(Create, Math.Min(steps, 100), findings);
        }
        catch (PolicyMismatchException mismatch)
        {
            findings.Add(Spec, $"the environment cannot be played at random: {mismatch.Message}");
        }

        return findings.Findings;
    }
}
