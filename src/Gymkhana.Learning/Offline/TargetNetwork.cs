using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;

namespace Gymkhana.Learning.Offline;

/// <summary>
/// A slower copy of a network that prices what comes next, so that a value is not learned from itself. It follows by Polyak's average
/// after each update, θ' ← τ θ + (1 − τ) θ', or is copied whole every so many updates.
/// </summary>
internal sealed class TargetNetwork
{
    private readonly ActionNetwork _source;
    private readonly ActionNetwork _copy;
    private readonly double _tau;
    private readonly float _discount;
    private readonly float _rewardScale;
    private readonly int _every;
    private long _updates;

    public TargetNetwork(ActionNetwork source, OfflineSettings settings)
    {
        _source = source;
        _tau = settings.Tau;
        _discount = (float)settings.Discount;
        _rewardScale = (float)settings.RewardScale;
        _every = settings.TargetEvery;
        _copy = new ActionNetwork(source.Description, new KeyedStream(0, 0, StreamPurpose.Initialization));
        _copy.CopyFrom(source);
        _copy.SetTrainable(false);
    }

    /// <summary>The copy.</summary>
    public ActionNetwork Network => _copy;

    /// <summary>y = scale · r + γ (1 − terminated) Q'(s', a'), for each transition. The tape must not be recording.</summary>
    public void Price(Datasets.TransitionBatch batch, NetworkInput next, ReadOnlySpan<int> actions, Span<float> wanted)
    {
        ReadOnlySpan<float> values = _copy.Forward(next, ActionHeads.Values).Values.Values;
        int width = _copy.Description.Actions;
        for (int i = 0; i < wanted.Length; i++)
        {
            wanted[i] = (_rewardScale * batch.Rewards[i]) + (batch.NotDone[i] * _discount * values[(i * width) + actions[i]]);
        }
    }

    /// <summary>Follows the network, after an update.</summary>
    public void Follow()
    {
        _updates++;
        if (_every == 0)
        {
            _copy.AverageFrom(_source, _tau);
        }
        else if (_updates % _every == 0)
        {
            _copy.CopyFrom(_source);
        }
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_updates);
        _copy.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        _updates = reader.ReadInt64();
        _copy.Load(reader);
    }
}
