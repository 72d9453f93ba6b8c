using Gymkhana.Learning.Datasets;
using Gymkhana.Tensors;

namespace Gymkhana.Learning.Offline;

/// <summary>
/// Deep Q-learning (Mnih et al. 2015) with the double choice of van Hasselt et al. (2016), on records alone. Values of actions that
/// the data never took are extrapolated, the largest of them are believed, and nothing ever corrects them: the failure that BCQ and
/// CQL cure, each in its own way.
/// </summary>
/// <remarks>docs/algorithms/dqn.md.</remarks>
public class Dqn : OfflineLearner
{
    private readonly OfflineSettings _settings;
    private readonly TargetNetwork _target;
    private readonly float[] _wanted;

    /// <summary>A learner at its beginning.</summary>
    /// <param name="network">A network with a value head.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="threads">Threads that share the work.</param>
    public Dqn(ActionNetwork network, OfflineSettings settings, int threads)
        : base(network, ActionRule.MostValuable, settings, threads)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _target = new TargetNetwork(network, settings);
        _wanted = new float[settings.Batch];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Figures { get; } = ["loss", "meanValue", "agreement"];

    /// <inheritdoc/>
    public sealed override void Update(TransitionBatch batch, Span<double> figures)
    {
        ArgumentNullException.ThrowIfNull(batch);

        // y = r + γ (1 − terminated) Q'(s', argmax Q(s', ·))
        Tape.Recording = false;
        (Tensor nextValues, _) = Network.Forward(NextStates(batch), ActionHeads.Values);
        Rule.Choose(nextValues, default, Chosen);
        _target.Price(batch, NextStates(batch), Chosen, _wanted);
        Tape.Recording = true;

        // smooth-L1(Q(s, a), y), and in CQL what keeps the other actions' values down
        (Tensor values, _) = Network.Forward(States(batch), ActionHeads.Values);
        Tensor taken = values.Gather(1, Tape.Indices(new Shape(batch.Count, 1), batch.Actions));
        Tensor valueLoss = taken.SmoothL1Loss(Tape.Constant(new Shape(batch.Count, 1), _wanted));
        Tensor loss = Conserve(values, taken) is Tensor conservative ? valueLoss + conservative : valueLoss;
        figures[0] = loss.Values[0];
        figures[1] = Means.Of(taken.Values) / _settings.RewardScale;
        Rule.Choose(values, default, Chosen);
        figures[2] = Agreement(batch);
        if (figures.Length > 3)
        {
            figures[3] = figures[0] - valueLoss.Values[0];
        }

        Descend(loss);
        _target.Follow();
        Tape.Reset();
    }

    /// <inheritdoc/>
    public sealed override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        _target.Save(writer);
    }

    /// <inheritdoc/>
    public sealed override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _target.Load(reader);
    }

    /// <summary>What is added to the loss; nothing in DQN.</summary>
    private protected virtual Tensor? Conserve(Tensor values, Tensor taken) => null;
}
