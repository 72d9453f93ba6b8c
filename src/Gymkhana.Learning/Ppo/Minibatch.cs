using Gymkhana.Learning.Buffers;
using Gymkhana.Learning.Networks;

namespace Gymkhana.Learning.Ppo;

/// <summary>The transitions of one gradient step.</summary>
public sealed class Minibatch
{
    private readonly float[] _drawn;
    private readonly float[] _logProbabilities;
    private readonly float[] _values;
    private readonly float[] _advantages;
    private readonly float[] _returns;
    private readonly int _actionSize;

    /// <summary>Room for transitions.</summary>
    /// <param name="network">Whose.</param>
    /// <param name="capacity">How many at most.</param>
    public Minibatch(ActorCritic network, int capacity)
    {
        ArgumentNullException.ThrowIfNull(network);
        Observations = new ObservationRows(network.Description, capacity);
        _actionSize = network.Head.Size;
        _drawn = new float[capacity * _actionSize];
        _logProbabilities = new float[capacity];
        _values = new float[capacity];
        _advantages = new float[capacity];
        _returns = new float[capacity];
    }

    /// <summary>Transitions in it.</summary>
    public int Count { get; set; }

    /// <summary>What was seen, as the network takes it: normalised where it asks for that.</summary>
    public ObservationRows Observations { get; }

    /// <summary>Actions as they were drawn.</summary>
    public Span<float> Drawn => _drawn.AsSpan(0, Count * _actionSize);

    /// <summary>ln of the probabilities with which they were drawn.</summary>
    public Span<float> LogProbabilities => _logProbabilities.AsSpan(0, Count);

    /// <summary>Values at that time.</summary>
    public Span<float> Values => _values.AsSpan(0, Count);

    /// <summary>Advantages, not normalised.</summary>
    public Span<float> Advantages => _advantages.AsSpan(0, Count);

    /// <summary>What the critic learns.</summary>
    public Span<float> Returns => _returns.AsSpan(0, Count);

    /// <summary>Takes some transitions of a rollout.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="rows">Which.</param>
    /// <param name="normalizer">Applied to the observations, or null.</param>
    public void Gather(RolloutBuffer rollout, ReadOnlySpan<int> rows, ObservationNormalizer? normalizer)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        Count = rows.Length;
        Observations.Gather(rollout.Observations, rows);
        normalizer?.Normalize(Observations.Numbers(0, Count), Observations.Numbers(0, Count));
        for (int i = 0; i < rows.Length; i++)
        {
            int row = rows[i];
            rollout.Drawn.AsSpan(row * _actionSize, _actionSize).CopyTo(_drawn.AsSpan(i * _actionSize));
            _logProbabilities[i] = rollout.LogProbabilities[row];
            _values[i] = rollout.Values[row];
            _advantages[i] = rollout.Advantages[row];
            _returns[i] = rollout.Returns[row];
        }
    }
}
