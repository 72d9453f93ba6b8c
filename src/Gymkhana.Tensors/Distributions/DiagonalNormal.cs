using Gymkhana.Core.Randomness;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Distributions;

/// <summary>
/// Normal distributions whose A components are independent, one for each row: the policy for continuous actions. Log probabilities
/// and entropies are sums over the components.
/// </summary>
public readonly struct DiagonalNormal
{
    // ½ ln 2π, and half of 1 + ln 2π.
    private const float HalfLogTwoPi = 0.9189385332046727f;
    private const float UnitEntropy = 1.4189385332046727f;

    /// <summary>Distributions of the given means and spreads.</summary>
    /// <param name="mean">[B, A].</param>
    /// <param name="logDeviation">ln σ, [B, A], or [A] or [1, A] for one that all rows share.</param>
    public DiagonalNormal(Tensor mean, Tensor logDeviation)
    {
        if (mean.Shape.Rank != 2 || logDeviation.Shape.Rank == 0 || logDeviation.Shape[-1] != mean.Shape[1] || (logDeviation.Shape.Count != mean.Shape[1] && logDeviation.Shape != mean.Shape))
        {
            throw new ArgumentException($"a mean [batch, components] needs ln σ of the same shape or [components], got {mean.Shape} and {logDeviation.Shape}.", nameof(logDeviation));
        }

        Mean = mean;
        LogDeviation = logDeviation;
    }

    /// <summary>μ, [B, A].</summary>
    public Tensor Mean { get; }

    /// <summary>ln σ, [B, A], [A] or [1, A].</summary>
    public Tensor LogDeviation { get; }

    /// <summary>ln of the density at given points: Σ −½((a − μ)/σ)² − ln σ − ½ ln 2π.</summary>
    /// <param name="actions">a, [B, A].</param>
    /// <returns>[B].</returns>
    public Tensor LogProbability(Tensor actions) => (((actions - Mean) * (-LogDeviation).Exp()).Square() * -0.5f - LogDeviation - HalfLogTwoPi).Sum(-1);

    /// <summary>Σ ½ (1 + ln 2π) + ln σ, in nats.</summary>
    /// <returns>[B].</returns>
    public Tensor Entropy() => (LogDeviation + UnitEntropy).BroadcastTo(Mean.Shape).Sum(-1);

    /// <summary>Σ ln (σ_q/σ) + (σ² + (μ − μ_q)²) / 2σ_q² − ½: how far another distribution is from this one, in nats.</summary>
    /// <param name="other">q, of as many rows and components.</param>
    /// <returns>[B].</returns>
    public Tensor KlDivergence(DiagonalNormal other)
    {
        Tensor precision = (other.LogDeviation * -2f).Exp();
        Tensor squares = (LogDeviation * 2f).Exp() + (Mean - other.Mean).Square();
        return (other.LogDeviation - LogDeviation + (squares * precision * 0.5f) - 0.5f).Sum(-1);
    }

    /// <summary>Draws a point for each row: μ + σ z, row by row.</summary>
    /// <param name="random">Where from: one normal number for each component.</param>
    /// <param name="actions">Receives [B, A] numbers.</param>
    public void Sample(KeyedStream random, Span<float> actions)
    {
        ArgumentNullException.ThrowIfNull(random);
        CheckCount(actions.Length);
        for (int i = 0; i < actions.Length; i++)
        {
            actions[i] = At(i, random.NextNormal());
        }
    }

    /// <summary>Draws a point for each row from numbers of one's own, so that each row may have a stream of its own.</summary>
    /// <param name="normals">Standard normal numbers, [B, A].</param>
    /// <param name="actions">Receives [B, A] numbers; may be the same memory.</param>
    public void Sample(ReadOnlySpan<float> normals, Span<float> actions)
    {
        CheckCount(actions.Length);
        CheckCount(normals.Length);
        for (int i = 0; i < actions.Length; i++)
        {
            actions[i] = At(i, normals[i]);
        }
    }

    /// <summary>The most likely point of each row: the mean.</summary>
    /// <param name="actions">Receives [B, A] numbers.</param>
    public void Mode(Span<float> actions)
    {
        CheckCount(actions.Length);
        Mean.Values.CopyTo(actions);
    }

    private float At(int index, double normal)
    {
        ReadOnlySpan<float> deviations = LogDeviation.Values;
        float deviation = WideMath.Exp(new Wide1(deviations[index % deviations.Length])).Value;
        return (float)(Mean.Values[index] + (deviation * normal));
    }

    private void CheckCount(int count)
    {
        if (count != Mean.Shape.Count)
        {
            throw new ArgumentException($"means of {Mean.Shape} need {Mean.Shape.Count} numbers, got {count}.");
        }
    }
}
