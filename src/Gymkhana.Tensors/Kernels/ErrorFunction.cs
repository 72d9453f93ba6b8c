namespace Gymkhana.Tensors.Kernels;

/// <summary>The error function in double, against which the fast one is checked.</summary>
internal static class ErrorFunction
{
    private const double TwoOverRootPi = 1.1283791670955126;

    /// <summary>erf x = 2/√π ∫₀ˣ e^(−t²) dt, to some 1e-15.</summary>
    /// <param name="x">Any value.</param>
    /// <returns>In [−1, 1].</returns>
    public static double Of(double x)
    {
        double size = Math.Abs(x);
        if (size >= 6)
        {
            return Math.Sign(x);
        }

        // erf x = 2/√π e^(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)): all terms positive, so nothing cancels.
        double term = size, sum = size;
        for (int n = 1; term > sum * 1e-17; n++)
        {
            term *= 2 * size * size / ((2 * n) + 1);
            sum += term;
        }

        return Math.Sign(x) * TwoOverRootPi * Math.Exp(-size * size) * sum;
    }
}
