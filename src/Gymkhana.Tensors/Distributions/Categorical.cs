using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Distributions;

/// <summary>Distributions over N classes, one for each row of logits: p_i = e^{l_i} / Σ e^{l_j}. A class of logit −∞ is never drawn.</summary>
public readonly struct Categorical
{
    private readonly Tensor _logProbabilities;

    /// <summary>Distributions of the given logits.</summary>
    /// <param name="logits">[..., N]; any numbers, they need not be normalised.</param>
    public Categorical(Tensor logits)
    {
        Logits = logits;
        _logProbabilities = logits.LogSoftmax();
    }

    /// <summary>The logits, [..., N].</summary>
    public Tensor Logits { get; }

    /// <summary>ln p of every class, [..., N].</summary>
    public Tensor LogProbabilities => _logProbabilities;

    /// <summary>ln p of given classes.</summary>
    /// <param name="classes">[...], each 0 to N − 1.</param>
    /// <returns>[...].</returns>
    /// <exception cref="ArgumentException">Not one class for each row.</exception>
    public Tensor LogProbability(IndexTensor classes) => _logProbabilities.Gather(-1, classes);

    /// <summary>−Σ p ln p, in nats.</summary>
    /// <returns>[...].</returns>
    public Tensor Entropy() => -(_logProbabilities.Exp() * Finite(_logProbabilities)).Sum(-1);

    /// <summary>Σ p ln (p / q): how far another distribution is from this one, in nats.</summary>
    /// <param name="other">q, of the same shape.</param>
    /// <returns>[...].</returns>
    public Tensor KlDivergence(Categorical other) => (_logProbabilities.Exp() * (Finite(_logProbabilities) - Finite(other._logProbabilities))).Sum(-1);

    /// <summary>Draws a class for each row.</summary>
    /// <param name="random">Where from: one number for each row, in order.</param>
    /// <param name="classes">Receives as many classes as there are rows.</param>
    public void Sample(KeyedStream random, Span<int> classes)
    {
        ArgumentNullException.ThrowIfNull(random);
        CheckRows(classes.Length);
        int count = Logits.Shape[-1];
        for (int row = 0; row < classes.Length; row++)
        {
            classes[row] = Drawing.Category(Logits.Values.Slice(row * count, count), random.NextDouble());
        }
    }

    /// <summary>Draws a class for each row from numbers of one's own, so that each row may have a stream of its own.</summary>
    /// <param name="uniforms">In [0, 1), one for each row.</param>
    /// <param name="classes">Receives as many classes as there are rows.</param>
    public void Sample(ReadOnlySpan<double> uniforms, Span<int> classes)
    {
        CheckRows(classes.Length);
        CheckRows(uniforms.Length);
        int count = Logits.Shape[-1];
        for (int row = 0; row < classes.Length; row++)
        {
            classes[row] = Drawing.Category(Logits.Values.Slice(row * count, count), uniforms[row]);
        }
    }

    /// <summary>The most likely class of each row, the first of equals.</summary>
    /// <param name="classes">Receives as many classes as there are rows.</param>
    public void Mode(Span<int> classes)
    {
        CheckRows(classes.Length);
        int count = Logits.Shape[-1];
        for (int row = 0; row < classes.Length; row++)
        {
            ReadOnlySpan<float> logits = Logits.Values.Slice(row * count, count);
            int best = 0;
            for (int i = 1; i < count; i++)
            {
                best = logits[i] > logits[best] ? i : best;
            }

            classes[row] = best;
        }
    }

    // −∞ · 0 is no number: a class that cannot be drawn adds nothing.
    private static Tensor Finite(Tensor logProbabilities) => logProbabilities.Clamp(-1e4f, 1);

    private void CheckRows(int count)
    {
        int rows = Logits.Shape.Count / Math.Max(1, Logits.Shape[-1]);
        if (rows != count)
        {
            throw new ArgumentException($"logits of {Logits.Shape} have {rows} rows, got {count} elements.");
        }
    }
}
