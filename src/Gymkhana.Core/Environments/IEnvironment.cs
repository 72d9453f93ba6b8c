using System.Collections.Immutable;

namespace Gymkhana.Core.Environments;

/// <summary>
/// A batch of independent copies of one world, stepped together. One environment is a batch of one.
/// </summary>
/// <remarks>
/// <para>
/// Meaning is Gymnasium's: <c>terminated</c> is not <c>truncated</c>; when an episode ends in a step, the copy is reset in
/// the same step, its final observation is kept beside the new first one, and its own random stream goes on.
/// For several agents it is PettingZoo's parallel meaning: all agents act in every step.
/// </para>
/// <para>
/// A copy's episodes depend on its seed and its actions only: not on the number of copies, its place among them, the
/// number of threads or the SIMD width. A batch is used by one thread at a time. <see cref="Step"/> allocates nothing.
/// </para>
/// </remarks>
public interface IEnvironment
{
    /// <summary>What this world is: names, units, limits, documentation.</summary>
    EnvironmentSpec Spec { get; }

    /// <summary>Number of copies, at least 1.</summary>
    int Count { get; }

    /// <summary>The groups of agents with their spaces and buffers.</summary>
    ImmutableArray<AgentGroup> Groups { get; }

    /// <summary>
    /// Figures of the episode that the last step belonged to (features in the order of <see cref="EnvironmentSpec.Figures"/>),
    /// running totals so far; after a step that ended the episode, its final values.
    /// </summary>
    Batch<double> Figures { get; }

    /// <summary>Whether steps copy the world's inner state into <see cref="State"/>; off at first, as it costs time.</summary>
    bool RecordsState { get; set; }

    /// <summary>
    /// Named parts of the inner state (positions, speeds, ...), as they were after the last step and before any reset in
    /// it, or after <see cref="Reset"/>; kept only while <see cref="RecordsState"/> is on.
    /// </summary>
    ImmutableArray<StateField> State { get; }

    /// <summary>Starts a new episode in every copy.</summary>
    /// <param name="seeds">One seed for each copy.</param>
    /// <exception cref="ArgumentException">Not as many seeds as copies.</exception>
    void Reset(ReadOnlySpan<ulong> seeds);

    /// <summary>Advances every copy by one step with the actions in <see cref="AgentGroup.Actions"/>.</summary>
    /// <exception cref="InvalidOperationException">Called before the first <see cref="Reset"/>.</exception>
    void Step();
}

/// <summary>A named part of an environment's inner state.</summary>
/// <param name="Name">Name, snake_case, as it is written to files.</param>
/// <param name="Shape">Sizes of the axes of one copy's value; their product is <c>Values.Features</c>.</param>
/// <param name="Values">The values.</param>
public sealed record StateField(string Name, ImmutableArray<int> Shape, Batch Values);
