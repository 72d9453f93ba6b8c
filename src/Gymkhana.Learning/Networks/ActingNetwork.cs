using Gymkhana.Learning.Buffers;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.Networks;

/// <summary>
/// A network at work: outputs and values for a batch of raw observations, without gradients and, once warm, without allocation.
/// Perceptrons go by <see cref="MlpActor"/>, convolutions by a tape that does not record; both give the bits of the network's own forward
/// pass. For one thread; several may act with the same network at once, each with one of these.
/// </summary>
public sealed class ActingNetwork
{
    private readonly ActorCritic _network;
    private readonly Tape _tape;
    private readonly MlpActor? _trunk;
    private readonly MlpActor? _actor;
    private readonly MlpActor? _critic;
    private readonly float[] _normalized;
    private readonly float[] _features;

    /// <summary>A network at work with its present weights.</summary>
    /// <param name="network">The network.</param>
    /// <param name="capacity">The most observations at once.</param>
    /// <param name="threads">Threads that share the work of convolutions.</param>
    public ActingNetwork(ActorCritic network, int capacity, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(network);
        _network = network;
        Capacity = capacity;
        _tape = new Tape(threads) { Recording = false };
        bool isMlp = !network.Description.Pixels;
        _trunk = network.Trunk is null ? null : new MlpActor(network.Trunk);
        _actor = isMlp ? new MlpActor(network.Actor) : null;
        _critic = isMlp ? new MlpActor(network.Critic) : null;
        _normalized = new float[network.Normalizer is null ? 0 : capacity * network.Description.ObservationSize];
        _features = new float[_trunk is null ? 0 : capacity * _trunk.Outputs];
    }

    /// <summary>The most observations at once.</summary>
    public int Capacity { get; }

    /// <summary>What makes actions of the outputs.</summary>
    public ActionHead Head => _network.Head;

    /// <summary>Takes the network's present weights, after it has learned.</summary>
    public void Refresh()
    {
        _trunk?.Refresh();
        _actor?.Refresh();
        _critic?.Refresh();
    }

    /// <summary>The actor's outputs and, where there is room for them, the critic's values.</summary>
    /// <param name="rows">Raw observations.</param>
    /// <param name="first">Row of the first.</param>
    /// <param name="count">How many, at most <see cref="Capacity"/>.</param>
    /// <param name="outputs">Receives [count, Head.Outputs]; or empty.</param>
    /// <param name="values">Receives [count]; or empty.</param>
    public void Run(ObservationRows rows, int first, int count, Span<float> outputs, Span<float> values)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Capacity);
        if (_actor is null || _critic is null)
        {
            RunOnTape(rows, first, count, outputs, values);
            return;
        }

        ReadOnlySpan<float> seen = rows.Numbers(first, count);
        if (_network.Normalizer is not null)
        {
            _network.Normalizer.Normalize(seen, _normalized);
            seen = _normalized.AsSpan(0, seen.Length);
        }

        if (_trunk is not null)
        {
            Span<float> features = _features.AsSpan(0, count * _trunk.Outputs);
            _trunk.Act(seen, features);
            seen = features;
        }

        if (!outputs.IsEmpty)
        {
            _actor.Act(seen, outputs);
        }

        if (!values.IsEmpty)
        {
            _critic.Act(seen, values);
        }
    }

    /// <summary>Draws an action for each of some rows of outputs.</summary>
    /// <param name="outputs">[count, Head.Outputs].</param>
    /// <param name="streams">One for each row.</param>
    /// <param name="drawn">Receives [count, Head.Size].</param>
    public void Draw(ReadOnlySpan<float> outputs, ReadOnlySpan<Core.Randomness.KeyedStream> streams, Span<float> drawn)
    {
        Head.Draw(_tape.Constant(new Shape(streams.Length, Head.Outputs), outputs), streams, drawn);
        _tape.Reset();
    }

    /// <summary>The action of each of some rows of outputs without exploring.</summary>
    /// <param name="outputs">[count, Head.Outputs].</param>
    /// <param name="drawn">Receives [count, Head.Size].</param>
    public void Mode(ReadOnlySpan<float> outputs, Span<float> drawn)
    {
        Head.Mode(_tape.Constant(new Shape(outputs.Length / Head.Outputs, Head.Outputs), outputs), drawn);
        _tape.Reset();
    }

    private void RunOnTape(ObservationRows rows, int first, int count, Span<float> outputs, Span<float> values)
    {
        NetworkInput input = rows.On(_tape, first, count);
        if (values.IsEmpty)
        {
            _network.Act(input).Values.CopyTo(outputs);
        }
        else
        {
            (Tensor ofActor, Tensor ofCritic) = _network.Forward(input);
            ofCritic.Values.CopyTo(values);
            if (!outputs.IsEmpty)
            {
                ofActor.Values.CopyTo(outputs);
            }
        }

        _tape.Reset();
    }
}
