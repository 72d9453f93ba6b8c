using System.Numerics;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>How one walker of a race stands after a step: all that is needed to draw and rank it.</summary>
public readonly record struct RunnerMoment
{
    /// <summary>How it stands.</summary>
    public required WalkerPose Pose { get; init; }

    /// <summary>The target it walks to, units.</summary>
    public required Vector2 Target { get; init; }

    /// <summary>Targets it has reached.</summary>
    public required int Reached { get; init; }

    /// <summary>The step of 1/60 s in which it reached the last of them, from 1; 0 before the first.</summary>
    public required long LastReachStep { get; init; }

    /// <summary>Whether it has reached one in this step.</summary>
    public required bool ReachedNow { get; init; }

    /// <summary>Where that one was, units.</summary>
    public required Vector2 ReachedTarget { get; init; }

    /// <summary>Its rank at its latest target: the number of walkers for the first there, 1 for the last; 0 before its first.</summary>
    public required int Rank { get; init; }

    /// <summary>When it reached its latest target, s; 0 before the first.</summary>
    public double SecondsAtLastTarget => LastReachStep / WalkerRace.StepsPerSecond;

    /// <summary>Whether it leads another: more targets, or as many and earlier.</summary>
    /// <param name="other">The other.</param>
    /// <returns>True where it does.</returns>
    public bool IsAheadOf(in RunnerMoment other) => Reached > other.Reached || (Reached == other.Reached && LastReachStep < other.LastReachStep);

    /// <summary>The walker in front, the earliest on the start list of equal ones.</summary>
    /// <param name="runners">A moment of each walker.</param>
    /// <returns>Its place on the start list.</returns>
    public static int LeaderOf(ReadOnlySpan<RunnerMoment> runners)
    {
        int leader = 0;
        for (int walker = 1; walker < runners.Length; walker++)
        {
            if (runners[walker].IsAheadOf(runners[leader])) leader = walker;
        }

        return leader;
    }
}
