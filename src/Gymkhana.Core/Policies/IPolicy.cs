using Gymkhana.Core.Environments;

namespace Gymkhana.Core.Policies;

/// <summary>What acts: a genome, a network, a script. Immutable; may be bound to any number of environments and threads.</summary>
public interface IPolicy
{
    /// <summary>Name for tables and films.</summary>
    string Name { get; }

    /// <summary>What it was made for, or null where it does not know: commands then take the environment as it is by default.</summary>
    PolicyOrigin? Origin => null;

    /// <summary>Binds the policy to one group of agents of a batch.</summary>
    /// <param name="environment">The batch; its observations are read and its actions written in place.</param>
    /// <param name="group">Index of the group.</param>
    /// <returns>An actor for that batch, for one thread.</returns>
    /// <exception cref="PolicyMismatchException">The policy does not fit the group's spaces.</exception>
    IActor CreateActor(IEnvironment environment, int group = 0);
}

/// <summary>What a policy was made for: what it sees and does depends on it.</summary>
/// <param name="EnvironmentId">Id of the environment.</param>
/// <param name="Settings">The environment's settings that differ from their defaults.</param>
public sealed record PolicyOrigin(string EnvironmentId, IReadOnlyDictionary<string, string> Settings);

/// <summary>A policy at work in one batch. <see cref="Act"/> allocates nothing.</summary>
public interface IActor
{
    /// <summary>Forgets everything before new episodes begin in all copies.</summary>
    /// <param name="seeds">The episodes' seeds, one for each copy, for policies that draw lots.</param>
    void Reset(ReadOnlySpan<ulong> seeds);

    /// <summary>Reads the group's observations and writes its actions, for every copy.</summary>
    void Act();

    /// <summary>Forgets what it remembers of one copy, whose episode has just ended.</summary>
    /// <param name="copy">The copy.</param>
    void EpisodeEnded(int copy);
}

/// <summary>A policy that does not fit an environment.</summary>
/// <param name="message">One line for a person.</param>
public sealed class PolicyMismatchException(string message) : GymkhanaException(message);
