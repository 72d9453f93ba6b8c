using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Layers;

/// <summary>A learned row for each word of a vocabulary. Parameter: "weight" [words, width].</summary>
public sealed class Embedding : Module
{
    /// <summary>Rows with PyTorch's default: standard normal numbers.</summary>
    /// <param name="words">Size of the vocabulary, at least 1.</param>
    /// <param name="width">Numbers of a row, at least 1.</param>
    /// <param name="random">Where they are drawn from.</param>
    public Embedding(int words, int width, KeyedStream random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(words, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Weight = AddParameter("weight", new Shape(words, width));
        Initialization.Normal(Weight, random);
    }

    /// <summary>The rows, [words, width].</summary>
    public Parameter Weight { get; }

    /// <summary>The rows of words.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="indices">Words, each 0 to words − 1.</param>
    /// <returns>[..., width].</returns>
    public Tensor Forward(Tape tape, IndexTensor indices)
    {
        ArgumentNullException.ThrowIfNull(tape);
        return tape.Use(Weight).Embedding(indices);
    }
}
