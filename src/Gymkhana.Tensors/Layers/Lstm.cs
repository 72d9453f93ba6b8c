using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Layers;

/// <summary>What an LSTM remembers.</summary>
/// <param name="Hidden">h.</param>
/// <param name="Memory">c, of the same shape.</param>
public readonly record struct LstmState(Tensor Hidden, Tensor Memory);

/// <summary>
/// One step of an LSTM; gates in the order i, f, g, o. Parameters as torch.nn.LSTMCell: "weight_ih" [4H, in], "weight_hh" [4H, H],
/// "bias_ih" and "bias_hh" [4H].
/// </summary>
public sealed class LstmCell : Module
{
    private readonly RecurrentWeights _weights;
    private readonly int _hidden;

    /// <summary>A cell with PyTorch's default weights: all numbers evenly from ±1/√H.</summary>
    /// <param name="inputs">Numbers that come in, at least 1.</param>
    /// <param name="hidden">H, numbers that it remembers, at least 1.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    public LstmCell(int inputs, int hidden, KeyedStream random)
    {
        _weights = RecurrentWeights.Make(AddParameter, null, inputs, hidden, 4, random);
        _hidden = hidden;
    }

    /// <summary>The state after an input.</summary>
    /// <param name="input">[B, in].</param>
    /// <param name="state">The state before, [B, H] each.</param>
    /// <returns>The state after it, [B, H] each.</returns>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
    public LstmState Forward(Tensor input, LstmState state)
    {
        int batch = input.Shape[0];
        RecurrentWeights.CheckState(state.Hidden, new Shape(batch, _hidden), nameof(state));
        RecurrentWeights.CheckState(state.Memory, new Shape(batch, _hidden), nameof(state));
        Tape tape = input.Tape;
        Tensor both = LstmSequence.Of(_weights.Gates(input.Reshape(batch, 1, -1)), tape.Use(_weights.State), tape.Use(_weights.StateBias), state.Hidden, state.Memory).Reshape(batch, 2 * _hidden);
        return new LstmState(both.Slice(1, 0, _hidden), both.Slice(1, _hidden, 2 * _hidden));
    }
}

/// <summary>
/// Layers of LSTM over sequences, batch first. Parameters as torch.nn.LSTM: "weight_ih_l0", "weight_hh_l0", "bias_ih_l0",
/// "bias_hh_l0", then those of layer 1. The products of the inputs are taken for all steps at once.
/// </summary>
public sealed class Lstm : Module
{
    private readonly RecurrentWeights[] _layers;
    private readonly Tensor[] _hiddens;
    private readonly Tensor[] _memories;
    private readonly int _hidden;

    /// <summary>Layers with PyTorch's default weights: all numbers evenly from ±1/√H.</summary>
    /// <param name="inputs">Numbers that come in at each step, at least 1.</param>
    /// <param name="hidden">H, numbers that each layer remembers, at least 1.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <param name="layers">Number of layers, at least 1.</param>
    public Lstm(int inputs, int hidden, KeyedStream random, int layers = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        _hidden = hidden;
        _layers = new RecurrentWeights[layers];
        _hiddens = new Tensor[layers];
        _memories = new Tensor[layers];
        for (int i = 0; i < layers; i++)
        {
            _layers[i] = RecurrentWeights.Make(AddParameter, i, i == 0 ? inputs : hidden, hidden, 4, random);
        }
    }

    /// <summary>The state that remembers nothing.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="batch">B, sequences side by side.</param>
    /// <returns>Zeros, [layers, B, H] each.</returns>
    public LstmState Begin(Tape tape, int batch)
    {
        ArgumentNullException.ThrowIfNull(tape);
        Shape shape = new(_layers.Length, batch, _hidden);
        return new LstmState(tape.Filled(shape, 0), tape.Filled(shape, 0));
    }

    /// <summary>Runs over a sequence.</summary>
    /// <param name="input">[B, T, in].</param>
    /// <param name="state">The state before it, [layers, B, H] each; see <see cref="Begin"/>.</param>
    /// <returns>h of the last layer at every step, [B, T, H], and the state after the last step.</returns>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
    public (Tensor Output, LstmState State) Forward(Tensor input, LstmState state)
    {
        Tape tape = input.Tape;
        int batch = input.Shape[0], steps = input.Shape.Rank > 1 ? input.Shape[1] : 0;
        RecurrentWeights.CheckState(state.Hidden, new Shape(_layers.Length, batch, _hidden), nameof(state));
        RecurrentWeights.CheckState(state.Memory, new Shape(_layers.Length, batch, _hidden), nameof(state));
        Tensor x = input;
        for (int i = 0; i < _layers.Length; i++)
        {
            RecurrentWeights weights = _layers[i];
            Tensor hidden = state.Hidden.Slice(0, i, i + 1).Reshape(batch, _hidden);
            Tensor memory = state.Memory.Slice(0, i, i + 1).Reshape(batch, _hidden);
            Tensor both = LstmSequence.Of(weights.Gates(x), tape.Use(weights.State), tape.Use(weights.StateBias), hidden, memory);
            Tensor last = both.Slice(1, steps - 1, steps).Reshape(batch, 2 * _hidden);
            _hiddens[i] = last.Slice(1, 0, _hidden);
            _memories[i] = last.Slice(1, _hidden, 2 * _hidden);
            x = both.Slice(2, 0, _hidden);
        }

        return (x, new LstmState(Tensor.Stack(0, _hiddens), Tensor.Stack(0, _memories)));
    }
}
