using Gymkhana.Learning.Datasets;
using Gymkhana.Tensors;

namespace Gymkhana.Learning.Offline;

/// <summary>
/// Behaviour cloning (Pomerleau 1989): does what the data did. The loss is the negative log-likelihood of the data's actions,
/// −ln π(a|s), the reward plays no part. Filtered behaviour cloning is the same on the best episodes alone.
/// </summary>
/// <remarks>docs/algorithms/bc.md, docs/algorithms/filtered-bc.md.</remarks>
public sealed class BehaviourCloning : OfflineLearner
{
    /// <summary>A learner at its beginning.</summary>
    /// <param name="network">A network with an imitation head.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="threads">Threads that share the work.</param>
    public BehaviourCloning(ActionNetwork network, OfflineSettings settings, int threads)
        : base(network, ActionRule.MostLikely, settings, threads)
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Figures { get; } = ["loss", "agreement"];

    /// <inheritdoc/>
    public override void Update(TransitionBatch batch, Span<double> figures)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (_, Tensor logits) = Network.Forward(States(batch), ActionHeads.Imitation);
        Tensor loss = logits.CrossEntropy(Tape.Indices(new Shape(batch.Count), batch.Actions));
        Rule.Choose(default, logits, Chosen);
        figures[0] = loss.Values[0];
        figures[1] = Agreement(batch);

        Descend(loss);
        Tape.Reset();
    }
}
