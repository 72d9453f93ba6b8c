using System.Globalization;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Layers;

/// <summary>Layers of a transformer encoder one after another. Parameters are named as PyTorch's TransformerEncoder: "layers.0.*", "layers.1.*", ...</summary>
public sealed class TransformerEncoder : Layer
{
    private readonly TransformerEncoderLayer[] _layers;

    /// <summary>An encoder with PyTorch's default weights; each layer draws its own.</summary>
    /// <param name="layers">Layers, at least 1.</param>
    /// <param name="embedding">E, numbers of a place.</param>
    /// <param name="heads">Heads; they divide E.</param>
    /// <param name="hidden">Hidden size of the perceptrons.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <param name="normFirst">Whether the norms come before attention and perceptron.</param>
    /// <param name="gelu">Whether the perceptrons' function is GELU instead of ReLU.</param>
    /// <exception cref="ArgumentException">The heads do not divide the embedding.</exception>
    public TransformerEncoder(int layers, int embedding, int heads, int hidden, KeyedStream random, bool normFirst = false, bool gelu = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        _layers = new TransformerEncoderLayer[layers];
        for (int i = 0; i < layers; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"layers.{i}");
            _layers[i] = AddModule(name, new TransformerEncoderLayer(embedding, heads, hidden, random, normFirst, gelu));
        }
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Forward(input, null);

    /// <summary>The result for sequences.</summary>
    /// <param name="input">[B, S, E].</param>
    /// <param name="allowed">[B, S, S] or [S, S], 0 where a place (row) may not look at another (column); or none.</param>
    /// <returns>[B, S, E].</returns>
    public Tensor Forward(Tensor input, Tensor? allowed)
    {
        Tensor x = input;
        foreach (TransformerEncoderLayer layer in _layers)
        {
            x = layer.Forward(x, allowed);
        }

        return x;
    }
}
