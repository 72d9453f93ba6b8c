using System.Collections.Immutable;

namespace Gymkhana.Core.Environments;

/// <summary>
/// An environment in which some agents can hear each other: who hears whom now, as a graph that <see cref="IEnvironment.Reset"/> and
/// <see cref="IEnvironment.Step"/> rebuild for each copy. What is said is the policy's own affair.
/// </summary>
/// <remarks>
/// The talkers are numbered 0 to <see cref="Talkers"/> − 1 in agent order, through the groups of <see cref="TalkingGroups"/>. A talker never hears
/// itself: who wants a self-loop adds it. A talker that nobody can reach has a row of zeros.
/// </remarks>
public interface ICommunicating
{
    /// <summary>How many agents can talk.</summary>
    int Talkers { get; }

    /// <summary>The groups, as indices of <see cref="IEnvironment.Groups"/>, whose agents one after the other are the talkers; empty where the environment acts for them.</summary>
    ImmutableArray<int> TalkingGroups { get; }

    /// <summary>The distance up to which an agent is heard, in the world's unit; 0 where nobody is, infinite where everybody always is.</summary>
    double TalkRange { get; }

    /// <summary>
    /// Steps between saying and hearing, 0 or 1. With 1, what is heard now was said in the step before: <see cref="Links"/> are those of that moment, and
    /// nothing is heard at the beginning of an episode.
    /// </summary>
    int TalkDelay { get; }

    /// <summary>Names of the numbers of a link, in the order of <see cref="LinkFeatures"/>.</summary>
    ImmutableArray<string> LinkFeatureNames { get; }

    /// <summary>Whether links are kept; off at first, as they cost time. Switch it on before <see cref="IEnvironment.Reset"/>.</summary>
    bool KeepsLinks { get; set; }

    /// <summary>1 where a receiver hears a sender now, else 0: <c>[receiver, sender, copy]</c>.</summary>
    /// <exception cref="InvalidOperationException"><see cref="KeepsLinks"/> was never switched on; so for the other buffers.</exception>
    Batch<float> Links { get; }

    /// <summary>
    /// The numbers of each link, zeros where there is none: <c>[receiver, sender × F + feature, copy]</c> with F of <see cref="LinkFeatureNames"/>.
    /// </summary>
    Batch<float> LinkFeatures { get; }

    /// <summary>
    /// How much each receiver attends to each sender, in [0, 1]: <c>[receiver, sender, copy]</c>. A policy may write it; only pictures read it, and only where
    /// <see cref="HasLinkWeights"/> is on. Otherwise they show all links alike.
    /// </summary>
    Batch<float> LinkWeights { get; }

    /// <summary>Whether a policy writes <see cref="LinkWeights"/>.</summary>
    bool HasLinkWeights { get; set; }

    /// <summary>
    /// The observations from which the messages are made that are heard now: without delay the group's own observations, with a delay those of the step
    /// before, and zeros at the beginning of an episode.
    /// </summary>
    /// <param name="talkingGroup">Index into <see cref="TalkingGroups"/>.</param>
    /// <returns>A batch of the shape of the group's observations.</returns>
    Batch<float> HeardObservations(int talkingGroup);
}
