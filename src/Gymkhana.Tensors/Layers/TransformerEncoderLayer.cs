using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Layers;

/// <summary>
/// A layer of a transformer encoder: attention, then a perceptron with one hidden layer, each added to what went into it and
/// normalised, after the sum (Vaswani et al., "Attention Is All You Need", 2017, section 3.1) or before attention and perceptron
/// (Xiong et al., "On Layer Normalization in the Transformer Architecture", 2020). Parameters are named as PyTorch's
/// TransformerEncoderLayer: "self_attn.*", "linear1.*", "linear2.*", "norm1.*", "norm2.*". Without dropout.
/// </summary>
public sealed class TransformerEncoderLayer : Module
{
    private readonly Linear _first;
    private readonly Linear _second;
    private readonly LayerNorm _firstNorm;
    private readonly LayerNorm _secondNorm;
    private readonly bool _normFirst;
    private readonly bool _gelu;

    /// <summary>A layer with PyTorch's default weights.</summary>
    /// <param name="embedding">E, numbers of a place.</param>
    /// <param name="heads">Heads; they divide E.</param>
    /// <param name="hidden">Hidden size of the perceptron.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <param name="normFirst">Whether the norms come before attention and perceptron.</param>
    /// <param name="gelu">Whether the perceptron's function is GELU instead of ReLU.</param>
    /// <exception cref="ArgumentException">The heads do not divide the embedding.</exception>
    public TransformerEncoderLayer(int embedding, int heads, int hidden, KeyedStream random, bool normFirst = false, bool gelu = false)
    {
        Attention = AddModule("self_attn", new MultiHeadAttention(embedding, heads, random));
        _first = AddModule("linear1", new Linear(embedding, hidden, random));
        _second = AddModule("linear2", new Linear(hidden, embedding, random));
        _firstNorm = AddModule("norm1", new LayerNorm(embedding));
        _secondNorm = AddModule("norm2", new LayerNorm(embedding));
        _normFirst = normFirst;
        _gelu = gelu;
    }

    /// <summary>The attention.</summary>
    public MultiHeadAttention Attention { get; }

    /// <summary>The result for sequences.</summary>
    /// <param name="input">[B, S, E].</param>
    /// <param name="allowed">[B, S, S] or [S, S], 0 where a place (row) may not look at another (column), see <see cref="AttentionMask"/>; or none.</param>
    /// <returns>[B, S, E].</returns>
    public Tensor Forward(Tensor input, Tensor? allowed = null)
    {
        if (_normFirst)
        {
            Tensor x = input + Attention.Forward(_firstNorm.Forward(input), allowed).Result;
            return x + Perceptron(_secondNorm.Forward(x));
        }

        Tensor y = _firstNorm.Forward(input + Attention.Forward(input, allowed).Result);
        return _secondNorm.Forward(y + Perceptron(y));
    }

    private Tensor Perceptron(Tensor x) => _second.Forward(_gelu ? _first.Forward(x).Gelu() : _first.Forward(x, Activation.Relu));
}
