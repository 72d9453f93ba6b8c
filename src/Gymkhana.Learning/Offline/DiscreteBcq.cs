using Gymkhana.Learning.Datasets;
using Gymkhana.Tensors;

namespace Gymkhana.Learning.Offline;

/// <summary>
/// Discrete batch-constrained Q-learning (Fujimoto et al., "Benchmarking Batch Deep Reinforcement Learning Algorithms", 2019,
/// arXiv 1910.01708). Values are learned as in double DQN, but what comes next is priced only at actions that the data might take:
/// a' = argmax Q(s', a') over those with π(a'|s') / max π &gt; threshold. The policy acts by the same rule.
/// </summary>
/// <remarks>docs/algorithms/bcq.md.</remarks>
public sealed class DiscreteBcq : OfflineLearner
{
    private readonly OfflineSettings _settings;
    private readonly TargetNetwork _target;
    private readonly float[] _wanted;

    /// <summary>A learner at its beginning.</summary>
    /// <param name="network">A network with both heads.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="threads">Threads that share the work.</param>
    public DiscreteBcq(ActionNetwork network, OfflineSettings settings, int threads)
        : base(network, new ActionRule(ActionHeads.Both, settings.Threshold), settings, threads)
    {
        _settings = settings;
        _target = new TargetNetwork(network, settings);
        _wanted = new float[settings.Batch];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Figures { get; } = ["loss", "valueLoss", "imitationLoss", "logitPenalty", "meanValue", "maskedShare", "agreement"];

    /// <summary>The target network.</summary>
    public ActionNetwork Target => _target.Network;

    /// <summary>The targets y of the last update, one for each transition.</summary>
    public ReadOnlySpan<float> Wanted => _wanted;

    /// <inheritdoc/>
    public override void Update(TransitionBatch batch, Span<double> figures)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int count = batch.Count, actions = Network.Description.Actions;

        // y = r + γ (1 − terminated) Q'(s', a'), a' the best by our own values among what the data might do.
        Tape.Recording = false;
        (Tensor nextValues, Tensor nextLogits) = Network.Forward(NextStates(batch), ActionHeads.Both);
        int masked = Rule.Choose(nextValues, nextLogits, Chosen);
        _target.Price(batch, NextStates(batch), Chosen, _wanted);
        Tape.Recording = true;

        // smooth-L1(Q(s, a), y) − ln π(a|s) + λ mean(logits²)
        (Tensor values, Tensor logits) = Network.Forward(States(batch), ActionHeads.Both);
        Tensor taken = values.Gather(1, Tape.Indices(new Shape(count, 1), batch.Actions));
        Tensor valueLoss = taken.SmoothL1Loss(Tape.Constant(new Shape(count, 1), _wanted));
        Tensor imitationLoss = logits.CrossEntropy(Tape.Indices(new Shape(count), batch.Actions));
        Tensor penalty = logits.Square().Mean() * (float)_settings.LogitPenalty;
        Tensor loss = valueLoss + imitationLoss + penalty;
        figures[0] = loss.Values[0];
        figures[1] = valueLoss.Values[0];
        figures[2] = imitationLoss.Values[0];
        figures[3] = penalty.Values[0];
        figures[4] = Means.Of(taken.Values) / _settings.RewardScale;
        figures[5] = (double)masked / (count * actions);
        Tape.Recording = false;
        Rule.Choose(values, logits, Chosen);
        figures[6] = Agreement(batch);
        Tape.Recording = true;

        Descend(loss);
        _target.Follow();
        Tape.Reset();
    }

    /// <inheritdoc/>
    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        _target.Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _target.Load(reader);
    }
}
