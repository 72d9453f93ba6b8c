using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// The gamma function's logarithm and its two derivatives in double, the same bits everywhere: the argument is raised to 10
/// by their recurrences, where the asymptotic series of Stirling (Abramowitz and Stegun, 6.1.41, 6.3.18, 6.4.12) are good to 1e-15;
/// negative arguments are reflected.
/// </summary>
internal static class GammaMath
{
    private const double HalfLogTwoPi = 0.91893853320467274;
    private const double LogPi = 1.1447298858494002;
    private const double Raised = 10;

    /// <summary>ln |Γ(x)|; +∞ at 0, −1, −2, … and at ±∞.</summary>
    public static double LogGamma(double x)
    {
        if (x <= 0)
        {
            // Γ(x) Γ(1 − x) = π / sin πx
            double sine = Math.Abs(SinPi(x));
            return sine == 0 || double.IsNegativeInfinity(x) ? double.PositiveInfinity : LogPi - PortableMath.Log(sine) - LogGamma(1 - x);
        }

        if (double.IsNaN(x) || double.IsInfinity(x))
        {
            return x;
        }

        double product = 1;
        double z = x;
        for (; z < Raised; z++)
        {
            product *= z;
        }

        double r = 1 / z;
        double s = r * r;
        double series = ((((((-691.0 / 360360 * s) + (1.0 / 1188)) * s) - (1.0 / 1680)) * s) + (1.0 / 1260)) * s;
        series = ((((series - (1.0 / 360)) * s) + (1.0 / 12)) * r) + HalfLogTwoPi;
        return ((z - 0.5) * PortableMath.Log(z)) - z + series - PortableMath.Log(product);
    }

    /// <summary>ψ(x) = d ln Γ(x) / dx; NaN at 0, −1, −2, …</summary>
    public static double Digamma(double x)
    {
        if (x <= 0)
        {
            // ψ(1 − x) − ψ(x) = π cot πx
            double sine = SinPi(x);
            return sine == 0 || double.IsNegativeInfinity(x) ? double.NaN : Digamma(1 - x) - (Math.PI * CosPi(x) / sine);
        }

        if (double.IsNaN(x) || double.IsInfinity(x))
        {
            return x;
        }

        double sum = 0;
        double z = x;
        for (; z < Raised; z++)
        {
            sum += 1 / z;
        }

        double r = 1 / z;
        double s = r * r;
        double series = ((((((691.0 / 32760 * s) - (1.0 / 132)) * s) + (1.0 / 240)) * s) - (1.0 / 252)) * s;
        series = ((series + (1.0 / 120)) * s) - (1.0 / 12);
        return PortableMath.Log(z) - (0.5 * r) + (series * s) - sum;
    }

    /// <summary>ψ′(x), the second derivative of ln Γ; NaN at 0, −1, −2, …</summary>
    public static double Trigamma(double x)
    {
        if (x <= 0)
        {
            // ψ′(x) + ψ′(1 − x) = (π / sin πx)²
            double ratio = Math.PI / SinPi(x);
            return double.IsInfinity(ratio) || double.IsNegativeInfinity(x) ? double.NaN : (ratio * ratio) - Trigamma(1 - x);
        }

        if (double.IsNaN(x) || double.IsInfinity(x))
        {
            return double.IsNaN(x) ? x : 0;
        }

        double sum = 0;
        double z = x;
        for (; z < Raised; z++)
        {
            sum += 1 / (z * z);
        }

        double r = 1 / z;
        double s = r * r;
        double series = ((((((-691.0 / 2730 * s) + (5.0 / 66)) * s) - (1.0 / 30)) * s) + (1.0 / 42)) * s;
        series = ((((series - (1.0 / 30)) * s) + (1.0 / 6)) * s) + 1;
        return (series * r) + (0.5 * s) + sum;
    }

    // sin πx: x is reduced to [−½, ½], which is exact, and the power series goes to (πr)²³.
    private static double SinPi(double x)
    {
        double whole = Math.Round(x);
        double angle = Math.PI * (x - whole);
        double square = angle * angle;
        double sum = 1;
        for (int n = 22; n >= 2; n -= 2)
        {
            sum = 1 - (square / (n * (n + 1)) * sum);
        }

        return whole % 2 == 0 ? angle * sum : -(angle * sum);
    }

    private static double CosPi(double x)
    {
        double half = x - (2 * Math.Round(x / 2));
        return SinPi(0.5 - Math.Abs(half));
    }
}
