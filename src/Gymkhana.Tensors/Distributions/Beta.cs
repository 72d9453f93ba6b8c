using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Distributions;

/// <summary>
/// Beta distributions whose A components are independent, one for each row: the policy for actions in [0, 1] (Chou et al. 2017),
/// which unlike a normal one never leaves the bounds. Log probabilities and entropies are sums over the components.
/// </summary>
public readonly struct Beta
{
    // The nearest numbers to 0 and 1 that are drawn: at the ends the density may be 0 or infinite.
    private const double Edge = 1e-6;

    /// <summary>Distributions of the given parameters; both above 1 have one peak.</summary>
    /// <param name="alpha">α, [B, A], above 0.</param>
    /// <param name="beta">β, [B, A], above 0.</param>
    public Beta(Tensor alpha, Tensor beta)
    {
        if (alpha.Shape.Rank == 0 || alpha.Shape != beta.Shape)
        {
            throw new ArgumentException($"α and β need one shape [batch, components], got {alpha.Shape} and {beta.Shape}.", nameof(beta));
        }

        Alpha = alpha;
        BetaParameter = beta;
    }

    /// <summary>α.</summary>
    public Tensor Alpha { get; }

    /// <summary>β.</summary>
    public Tensor BetaParameter { get; }

    /// <summary>ln of the density at given points: Σ (α − 1) ln a + (β − 1) ln (1 − a) − ln B(α, β).</summary>
    /// <param name="actions">a, [B, A], in (0, 1).</param>
    /// <returns>[B].</returns>
    public Tensor LogProbability(Tensor actions) =>
        (((Alpha - 1f) * actions.Log()) + ((BetaParameter - 1f) * (-actions).LogOnePlus()) - LogBeta()).Sum(-1);

    /// <summary>Σ ln B(α, β) − (α − 1) ψ(α) − (β − 1) ψ(β) + (α + β − 2) ψ(α + β), in nats; B is Euler's beta function, ψ the digamma function.</summary>
    /// <returns>[B].</returns>
    public Tensor Entropy()
    {
        Tensor total = Alpha + BetaParameter;
        return (LogBeta() - ((Alpha - 1f) * Alpha.Digamma()) - ((BetaParameter - 1f) * BetaParameter.Digamma()) + ((total - 2f) * total.Digamma())).Sum(-1);
    }

    /// <summary>Draws a point for each row, row by row: x/(x + y) with x and y drawn from gamma distributions of α and β.</summary>
    /// <param name="random">Where from; how many numbers are drawn depends on what is drawn.</param>
    /// <param name="actions">Receives [B, A] numbers, in [10⁻⁶, 1 − 10⁻⁶].</param>
    public void Sample(KeyedStream random, Span<float> actions)
    {
        ArgumentNullException.ThrowIfNull(random);
        CheckCount(actions.Length);
        for (int i = 0; i < actions.Length; i++)
        {
            actions[i] = Draw(i, random);
        }
    }

    /// <summary>Draws a point for each row, each row from a stream of its own.</summary>
    /// <param name="streams">One for each row.</param>
    /// <param name="actions">Receives [B, A] numbers, in [10⁻⁶, 1 − 10⁻⁶].</param>
    public void Sample(ReadOnlySpan<KeyedStream> streams, Span<float> actions)
    {
        CheckCount(actions.Length);
        int components = Alpha.Shape[-1];
        for (int i = 0; i < actions.Length; i++)
        {
            actions[i] = Draw(i, streams[i / components]);
        }
    }

    /// <summary>The mean of each component, α/(α + β): what a policy does when it does not explore.</summary>
    /// <param name="actions">Receives [B, A] numbers.</param>
    public void Mean(Span<float> actions)
    {
        CheckCount(actions.Length);
        for (int i = 0; i < actions.Length; i++)
        {
            actions[i] = Alpha.Values[i] / (Alpha.Values[i] + BetaParameter.Values[i]);
        }
    }

    private float Draw(int index, KeyedStream random)
    {
        double x = Drawing.Gamma(Alpha.Values[index], random), y = Drawing.Gamma(BetaParameter.Values[index], random);
        return (float)(x + y > 0 ? Math.Clamp(x / (x + y), Edge, 1 - Edge) : 0.5);
    }

    private Tensor LogBeta() => Alpha.LogGamma() + BetaParameter.LogGamma() - (Alpha + BetaParameter).LogGamma();

    private void CheckCount(int count)
    {
        if (count != Alpha.Shape.Count)
        {
            throw new ArgumentException($"distributions of {Alpha.Shape} need {Alpha.Shape.Count} numbers, got {count}.");
        }
    }
}
