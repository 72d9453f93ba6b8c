using Gymkhana.Learning.Datasets;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tensors.Optimizers;

namespace Gymkhana.Learning.Offline;

/// <summary>
/// What all learners from records have: a network, its optimizer, and one update on a batch. What they do in it is all that they
/// differ in. An update allocates nothing once the first are done.
/// </summary>
public abstract class OfflineLearner
{
    private readonly int _batch;

    /// <summary>A learner at its beginning.</summary>
    /// <param name="network">The network; changed by <see cref="Update"/>.</param>
    /// <param name="rule">How the policy acts.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="threads">Threads that share the work.</param>
    private protected OfflineLearner(ActionNetwork network, ActionRule rule, OfflineSettings settings, int threads)
    {
        Network = network;
        Rule = rule;
        Tape = new Tape(threads);
        Optimizer = new Adam(network.TrainableParameters, settings.LearningRate, epsilon: settings.AdamEpsilon);
        _batch = settings.Batch;
        Chosen = new int[_batch];
    }

    /// <summary>The network that learns.</summary>
    public ActionNetwork Network { get; }

    /// <summary>How the policy acts.</summary>
    public ActionRule Rule { get; }

    /// <summary>Names of the figures of an update, the loss first.</summary>
    public abstract IReadOnlyList<string> Figures { get; }

    /// <summary>Learning rate of the next updates.</summary>
    public double LearningRate
    {
        get => Optimizer.LearningRate;
        set => Optimizer.LearningRate = value;
    }

    private protected Tape Tape { get; }

    private protected Adam Optimizer { get; }

    /// <summary>Room for one action of each transition of a batch.</summary>
    private protected int[] Chosen { get; }

    /// <summary>Learns from a batch.</summary>
    /// <param name="batch">The transitions.</param>
    /// <param name="figures">Receives as many numbers as <see cref="Figures"/> has names.</param>
    public abstract void Update(TransitionBatch batch, Span<double> figures);

    /// <summary>Holds the network against transitions that it does not learn from.</summary>
    /// <param name="batch">The transitions.</param>
    /// <returns>The loss that validation goes by (without an imitation head the mean disagreement), and the share of actions on which policy and data agree.</returns>
    public (double Loss, double Agreement) Validate(TransitionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tape.Recording = false;
        (Tensor values, Tensor logits) = Network.Forward(States(batch), Network.Description.Heads);
        Rule.Choose(values, logits, Chosen);
        double agreement = Agreement(batch);
        double loss = (Network.Description.Heads & ActionHeads.Imitation) != 0
            ? logits.CrossEntropy(Tape.Indices(new Shape(_batch), batch.Actions)).Values[0]
            : 1 - agreement;
        Tape.Reset();
        Tape.Recording = true;
        return (loss, agreement);
    }

    /// <summary>Writes the whole state.</summary>
    /// <param name="writer">Where to.</param>
    public virtual void Save(BinaryWriter writer)
    {
        Network.Save(writer);
        Optimizer.Save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="reader">Where from.</param>
    public virtual void Load(BinaryReader reader)
    {
        Network.Load(reader);
        Optimizer.Load(reader);
    }

    private protected NetworkInput States(TransitionBatch batch) => Input(batch.Layout, batch.StatePixels, batch.States);

    private protected NetworkInput NextStates(TransitionBatch batch) => Input(batch.Layout, batch.NextPixels, batch.NextStates);

    /// <summary>One gradient step.</summary>
    private protected void Descend(Tensor loss)
    {
        Network.ClearGradients();
        Tape.Backward(loss);
        Optimizer.Step(Tape);
    }

    /// <summary>Share of the batch on which <see cref="Chosen"/> is what the data did.</summary>
    private protected double Agreement(TransitionBatch batch)
    {
        int same = 0;
        for (int i = 0; i < _batch; i++)
        {
            same += Chosen[i] == batch.Actions[i] ? 1 : 0;
        }

        return (double)same / _batch;
    }

    private NetworkInput Input(DatasetLayout layout, ReadOnlyMemory<byte> pixels, ReadOnlySpan<float> numbers)
    {
        ReadOnlySpan<int> observation = Network.Description.Observation;
        Shape shape = observation.Length == 3 ? new Shape(_batch, observation[0], observation[1], observation[2]) : new Shape(_batch, observation[0]);
        return layout.IsPixels
            ? new NetworkInput(Tape, new PixelTensor(pixels, shape, PixelBody.PixelOffset, PixelBody.PixelScale))
            : new NetworkInput(Tape.Constant(shape, numbers));
    }
}
