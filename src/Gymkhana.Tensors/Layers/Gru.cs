using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Layers;

/// <summary>
/// One step of a GRU; gates in the order r, z, n. Parameters as torch.nn.GRUCell: "weight_ih" [3H, in], "weight_hh" [3H, H],
/// "bias_ih" and "bias_hh" [3H].
/// </summary>
public sealed class GruCell : Module
{
    private readonly RecurrentWeights _weights;
    private readonly int _hidden;

    /// <summary>A cell with PyTorch's default weights: all numbers evenly from ±1/√H.</summary>
    /// <param name="inputs">Numbers that come in, at least 1.</param>
    /// <param name="hidden">H, numbers that it remembers, at least 1.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    public GruCell(int inputs, int hidden, KeyedStream random)
    {
        _weights = RecurrentWeights.Make(AddParameter, null, inputs, hidden, 3, random);
        _hidden = hidden;
    }

    /// <summary>The state after an input.</summary>
    /// <param name="input">[B, in].</param>
    /// <param name="hidden">The state before, [B, H].</param>
    /// <returns>The state after it, [B, H].</returns>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
    public Tensor Forward(Tensor input, Tensor hidden)
    {
        int batch = input.Shape[0];
        RecurrentWeights.CheckState(hidden, new Shape(batch, _hidden), nameof(hidden));
        Tape tape = input.Tape;
        return GruSequence.Of(_weights.Gates(input.Reshape(batch, 1, -1)), tape.Use(_weights.State), tape.Use(_weights.StateBias), hidden).Reshape(batch, _hidden);
    }
}

/// <summary>
/// Layers of GRU over sequences, batch first. Parameters as torch.nn.GRU: "weight_ih_l0", "weight_hh_l0", "bias_ih_l0",
/// "bias_hh_l0", then those of layer 1. The products of the inputs are taken for all steps at once.
/// </summary>
public sealed class Gru : Module
{
    private readonly RecurrentWeights[] _layers;
    private readonly Tensor[] _hiddens;
    private readonly int _hidden;

    /// <summary>Layers with PyTorch's default weights: all numbers evenly from ±1/√H.</summary>
    /// <param name="inputs">Numbers that come in at each step, at least 1.</param>
    /// <param name="hidden">H, numbers that each layer remembers, at least 1.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <param name="layers">Number of layers, at least 1.</param>
    public Gru(int inputs, int hidden, KeyedStream random, int layers = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        _hidden = hidden;
        _layers = new RecurrentWeights[layers];
        _hiddens = new Tensor[layers];
        for (int i = 0; i < layers; i++)
        {
            _layers[i] = RecurrentWeights.Make(AddParameter, i, i == 0 ? inputs : hidden, hidden, 3, random);
        }
    }

    /// <summary>The state that remembers nothing.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="batch">B, sequences side by side.</param>
    /// <returns>Zeros, [layers, B, H].</returns>
    public Tensor Begin(Tape tape, int batch)
    {
        ArgumentNullException.ThrowIfNull(tape);
        return tape.Filled(new Shape(_layers.Length, batch, _hidden), 0);
    }

    /// <summary>Runs over a sequence.</summary>
    /// <param name="input">[B, T, in].</param>
    /// <param name="state">The state before it, [layers, B, H]; see <see cref="Begin"/>.</param>
    /// <returns>h of the last layer at every step, [B, T, H], and the state after the last step.</returns>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
    public (Tensor Output, Tensor State) Forward(Tensor input, Tensor state)
    {
        Tape tape = input.Tape;
        int batch = input.Shape[0], steps = input.Shape.Rank > 1 ? input.Shape[1] : 0;
        RecurrentWeights.CheckState(state, new Shape(_layers.Length, batch, _hidden), nameof(state));
        Tensor x = input;
        for (int i = 0; i < _layers.Length; i++)
        {
            RecurrentWeights weights = _layers[i];
            Tensor hidden = state.Slice(0, i, i + 1).Reshape(batch, _hidden);
            x = GruSequence.Of(weights.Gates(x), tape.Use(weights.State), tape.Use(weights.StateBias), hidden);
            _hiddens[i] = x.Slice(1, steps - 1, steps).Reshape(batch, _hidden);
        }

        return (x, Tensor.Stack(0, _hiddens));
    }
}
