using System.Collections.Immutable;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Core.Environments;

/// <summary>
/// Named agents that share their spaces (a class of agents, in the sense of several-agent environments), and the
/// buffers through which they act. An environment with one agent has one group of one agent.
/// </summary>
/// <remarks>The environment owns the buffers for its life; a policy reads observations from and writes actions into them in place.</remarks>
public sealed class AgentGroup
{
    /// <summary>A group and its buffers.</summary>
    /// <param name="name">Name of the class, such as "walker" or "adversary".</param>
    /// <param name="agents">Names of its agents, at least one.</param>
    /// <param name="observationSpace">What one agent sees.</param>
    /// <param name="actionSpace">What one agent does.</param>
    /// <param name="rewardParts">Names of the parts that the reward is the sum of; may be empty.</param>
    /// <param name="count">Copies of the environment.</param>
    /// <param name="parts">How an observation is made up; left out, it is one part.</param>
    /// <exception cref="ArgumentException">The parts do not make up the observation.</exception>
    public AgentGroup(
        string name,
        ImmutableArray<string> agents,
        Space observationSpace,
        Space actionSpace,
        ImmutableArray<string> rewardParts,
        int count,
        ImmutableArray<ObservationPart> parts = default)
    {
        ArgumentNullException.ThrowIfNull(observationSpace);
        Parts = parts.IsDefault ? [new ObservationPart("observation", 1, observationSpace.Size)] : parts;
        if (Parts.Sum(p => p.Size) != observationSpace.Size)
        {
            throw new ArgumentException($"The parts of an observation of '{name}' have {Parts.Sum(p => p.Size)} numbers, but it has {observationSpace.Size}.", nameof(parts));
        }

        Name = name;
        Agents = agents;
        ObservationSpace = observationSpace;
        ActionSpace = actionSpace;
        RewardParts = rewardParts;
        Observations = Batch.For(observationSpace, agents.Length, count);
        FinalObservations = Batch.For(observationSpace, agents.Length, count);
        Actions = Batch.For(actionSpace, agents.Length, count);
        Rewards = new Batch<double>(agents.Length, 1, count);
        RewardPartValues = new Batch<double>(agents.Length, rewardParts.Length, count);
        Terminated = new Batch<bool>(agents.Length, 1, count);
        Truncated = new Batch<bool>(agents.Length, 1, count);
    }

    /// <summary>Name of the class.</summary>
    public string Name { get; }

    /// <summary>Names of the agents, in the order of the buffers' agent axis.</summary>
    public ImmutableArray<string> Agents { get; }

    /// <summary>What one agent sees.</summary>
    public Space ObservationSpace { get; }

    /// <summary>How an observation is made up, in order.</summary>
    public ImmutableArray<ObservationPart> Parts { get; }

    /// <summary>What one agent does.</summary>
    public Space ActionSpace { get; }

    /// <summary>Names of the parts of the reward, in the order of <see cref="RewardPartValues"/>' features.</summary>
    public ImmutableArray<string> RewardParts { get; }

    /// <summary>What each agent sees now: after the reset where an episode has just ended.</summary>
    public Batch Observations { get; }

    /// <summary>The last observation of an ended episode; valid only for copies whose last step terminated or truncated.</summary>
    public Batch FinalObservations { get; }

    /// <summary>What each agent will do in the next step; the caller writes it.</summary>
    public Batch Actions { get; }

    /// <summary>Reward of the last step.</summary>
    public Batch<double> Rewards { get; }

    /// <summary>The parts of that reward; their sum, in order, is the reward.</summary>
    public Batch<double> RewardPartValues { get; }

    /// <summary>Whether the last step ended the episode by the task's own rules: the value of what follows is zero.</summary>
    public Batch<bool> Terminated { get; }

    /// <summary>Whether the last step ended the episode from outside (a time limit): learners bootstrap from <see cref="FinalObservations"/>.</summary>
    public Batch<bool> Truncated { get; }
}
