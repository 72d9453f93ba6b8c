using Gymkhana.Tensors.Statistics;

namespace Gymkhana.Learning.Buffers;

/// <summary>
/// Rewards as they are learned from: times a factor, and divided by the running deviation of the discounted return if asked (Engstrom et
/// al., "Implementation Matters in Deep Policy Gradients", 2020), held within ±10. Scores are never of these.
/// </summary>
internal sealed class RewardScale
{
    private const float Limit = 10;
    private const double Epsilon = 1e-8;
    private readonly RunningMeanVariance? _figures;
    private readonly double[] _returns;
    private readonly float[] _row;
    private readonly float _factor;
    private readonly double _discount;

    public RewardScale(double factor, bool normalized, double discount, int copies)
    {
        _factor = (float)factor;
        _discount = discount;
        _figures = normalized ? new RunningMeanVariance(1) : null;
        _returns = new double[copies];
        _row = new float[copies];
    }

    /// <summary>Forgets the discounted returns, when all copies begin anew.</summary>
    public void Restart() => Array.Clear(_returns);

    public void Apply(RolloutBuffer rollout)
    {
        float scale = _factor;
        if (_figures is not null)
        {
            CountIn(rollout, _figures);
            scale = (float)(_factor / Math.Sqrt(_figures.Variances[0] + Epsilon));
        }

        for (int i = 0; i < rollout.Count; i++)
        {
            float reward = rollout.Rewards[i] * scale;
            rollout.LearnedRewards[i] = _figures is null ? reward : Math.Clamp(reward, -Limit, Limit);
        }
    }

    public void Save(BinaryWriter writer)
    {
        _figures?.Save(writer);
        foreach (double value in _returns)
        {
            writer.Write(value);
        }
    }

    public void Load(BinaryReader reader)
    {
        _figures?.Load(reader);
        for (int i = 0; i < _returns.Length; i++)
        {
            _returns[i] = reader.ReadDouble();
        }
    }

    private void CountIn(RolloutBuffer rollout, RunningMeanVariance figures)
    {
        for (int t = 0; t < rollout.Steps; t++)
        {
            for (int copy = 0; copy < rollout.Copies; copy++)
            {
                int i = (t * rollout.Copies) + copy;
                _returns[copy] = (_discount * _returns[copy]) + rollout.Rewards[i];
                _row[copy] = (float)_returns[copy];
                if (rollout.EpisodeLengths[i] > 0)
                {
                    _returns[copy] = 0;
                }
            }

            figures.Update(_row);
        }
    }
}
