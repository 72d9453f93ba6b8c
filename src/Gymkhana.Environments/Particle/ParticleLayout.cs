using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Environments.Particle;

/// <summary>What a particle world is made of, for <see cref="ParticleEnvironment"/>.</summary>
internal sealed record ParticleLayout
{
    /// <summary>What it is.</summary>
    public required EnvironmentSpec Spec { get; init; }

    /// <summary>Its bodies.</summary>
    public required ParticleBodies Bodies { get; init; }

    /// <summary>Its groups.</summary>
    public required ImmutableArray<ParticleMembers> Members { get; init; }

    /// <summary>What each agent sees, agents of scripted groups left empty.</summary>
    public required ObservationPlan[] Plans { get; init; }

    /// <summary>The whole state.</summary>
    public required ObservationPlan GlobalPlan { get; init; }

    /// <summary>Rows that the world keeps for itself.</summary>
    public required int OwnRows { get; init; }

    /// <summary>Whether actions are five numbers.</summary>
    public required bool ContinuousActions { get; init; }
}

/// <summary>The agents of a group.</summary>
/// <param name="Name">Name of the group.</param>
/// <param name="First">The first of them, in the order of all agents.</param>
/// <param name="Names">Their names.</param>
/// <param name="RewardParts">Parts of their reward.</param>
internal sealed record ParticleMembers(string Name, int First, ImmutableArray<string> Names, ImmutableArray<string> RewardParts)
{
    /// <summary>The group with its buffers.</summary>
    public AgentGroup Group(ObservationPlan plan, Space actions, int count) =>
        new(Name, Names, new BoxSpace(float.NegativeInfinity, float.PositiveInfinity, plan.Plus.Length), actions, RewardParts, count, plan.Parts);
}
