using System.Collections.Immutable;

namespace Gymkhana.Core.Environments;

/// <summary>
/// Adds up the rewards and the steps of each copy's current episode, and says which episodes the last step ended.
/// <see cref="Observe"/> allocates nothing.
/// </summary>
/// <remarks>A copy's episode has ended when every agent of every group has terminated or truncated: then the copy was reset.</remarks>
public sealed class EpisodeTracker
{
    private readonly ImmutableArray<AgentGroup> _groups;
    private readonly double[] _returns;
    private readonly int[] _lengths;
    private readonly bool[] _ended;
    private readonly bool[] _terminated;

    /// <summary>A tracker of a batch; call <see cref="Reset"/> with the batch's own.</summary>
    /// <param name="environment">The batch.</param>
    public EpisodeTracker(IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        _groups = environment.Groups;
        Count = environment.Count;
        _returns = new double[_groups.Length * Count];
        _lengths = new int[Count];
        _ended = new bool[Count];
        _terminated = new bool[Count];
    }

    /// <summary>Copies of the environment.</summary>
    public int Count { get; }

    /// <summary>For each copy, whether the last step ended its episode.</summary>
    public ReadOnlySpan<bool> Ended => _ended;

    /// <summary>For each copy, whether the last step ended its episode and any agent terminated in it: not a pure time limit.</summary>
    public ReadOnlySpan<bool> Terminated => _terminated;

    /// <summary>For each copy, steps so far of the episode that the last step belonged to.</summary>
    public ReadOnlySpan<int> Lengths => _lengths;

    /// <summary>For each copy, sum of the rewards so far of that episode: the mean over the agents of one group.</summary>
    /// <param name="group">Index of the group.</param>
    /// <returns>Count values, valid until the next <see cref="Observe"/>.</returns>
    public ReadOnlySpan<double> Returns(int group = 0) => _returns.AsSpan(group * Count, Count);

    /// <summary>Begins anew in every copy.</summary>
    public void Reset()
    {
        Array.Clear(_returns);
        Array.Clear(_lengths);
        Array.Clear(_ended);
        Array.Clear(_terminated);
    }

    /// <summary>Takes in the step just made; call it once after every <see cref="IEnvironment.Step"/>.</summary>
    public void Observe()
    {
        for (int copy = 0; copy < Count; copy++)
        {
            bool restart = _ended[copy];
            bool ended = true;
            bool terminated = false;
            for (int g = 0; g < _groups.Length; g++)
            {
                AgentGroup group = _groups[g];
                double sum = 0;
                for (int agent = 0; agent < group.Agents.Length; agent++)
                {
                    sum += group.Rewards[agent, 0, copy];
                    ended &= group.Terminated[agent, 0, copy] || group.Truncated[agent, 0, copy];
                    terminated |= group.Terminated[agent, 0, copy];
                }

                ref double total = ref _returns[(g * Count) + copy];
                total = (restart ? 0 : total) + (sum / group.Agents.Length);
            }

            _lengths[copy] = restart ? 1 : _lengths[copy] + 1;
            _ended[copy] = ended;
            _terminated[copy] = ended && terminated;
        }
    }
}
