using System.Collections.Immutable;

namespace Gymkhana.Core.Evaluations;

/// <summary>How one episode went.</summary>
/// <param name="Seed">The episode's seed.</param>
/// <param name="Return">Undiscounted sum of the rewards of the first group, the mean over its agents.</param>
/// <param name="Length">Steps.</param>
/// <param name="Terminated">Whether the task's own rules ended it.</param>
/// <param name="Truncated">Whether it was ended from outside, by a time limit.</param>
/// <param name="Figures">The environment's figures at its end, in the order of its spec.</param>
/// <param name="GroupReturns">The same sum for every group, the first included.</param>
public sealed record EpisodeResult(
    ulong Seed,
    double Return,
    int Length,
    bool Terminated,
    bool Truncated,
    ImmutableArray<double> Figures,
    ImmutableArray<double> GroupReturns);
