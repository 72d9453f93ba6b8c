namespace Gymkhana.Core.Randomness;

/// <summary>
/// Logarithm and exponential from additions, multiplications, divisions and fused multiply-adds only, which IEEE 754 rounds the same
/// everywhere; <see cref="Math.Log(double)"/> and <see cref="Math.Exp(double)"/> differ in the last bit between platforms.
/// </summary>
public static class PortableMath
{
    // ln 2 in two parts; the first has 32 trailing zero bits, so that k * High is exact for every exponent k.
    private const double LogTwoHigh = 6.93147180369123816490e-01;
    private const double LogTwoLow = 1.90821492927058770002e-10;

    /// <summary>The natural logarithm of a normal positive number, to within 0.52 units in the last place.</summary>
    /// <param name="x">In [2^-1022, 2^1023].</param>
    /// <returns>ln x.</returns>
    public static double Log(double x)
    {
        // x = m 2^k with m in [0.7, 1.41); ln m = 2 artanh(s), s = (m - 1) / (m + 1), |s| < 0.1716.
        long bits = BitConverter.DoubleToInt64Bits(x);
        int k = (int)(bits >> 52) - 1023;
        double m = BitConverter.Int64BitsToDouble((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            k++;
        }

        // s to about 100 bits: quotient and what the division left over. m - 1 is exact; m + 1 rounds, and its rounding is counted in.
        double top = m - 1.0;
        double bottom = m + 1.0;
        double bottomLow = (1.0 - (bottom - m)) + (m - (bottom - (bottom - m)));
        double s = top / bottom;
        double sLow = (Math.FusedMultiplyAdd(-s, bottom, top) - (s * bottomLow)) / bottom;

        // artanh s = s + s^3/3 + s^5/5 + ...; the first term left out is below 2^-62 of the sum.
        double z = s * s;
        double sum = 1.0 / 27;
        for (int n = 25; n >= 3; n -= 2)
        {
            sum = Math.FusedMultiplyAdd(sum, z, 1.0 / n);
        }

        double small = (2.0 * (sLow + (s * z * sum))) + (k * LogTwoLow);
        double large = k * LogTwoHigh;
        double total = large + (2.0 * s);
        double lost = (2.0 * s) - (total - large);
        return total + (lost + small);
    }

    /// <summary>The exponential of a number in [-700, 700], to within 0.6 units in the last place.</summary>
    /// <param name="x">In [-700, 700].</param>
    /// <returns>e to the power x.</returns>
    public static double Exp(double x)
    {
        // x = k ln 2 + r with |r| <= 0.35, then the power series of e^r to r^14.
        double k = Math.Round(x * 1.4426950408889634);
        double r = Math.FusedMultiplyAdd(-k, LogTwoHigh, x);
        double low = k * LogTwoLow;
        double reduced = r - low;
        double reducedLow = (r - reduced) - low;
        double sum = 1.0 / 87178291200;
        double factorial = 87178291200;
        for (int n = 14; n >= 3; n--)
        {
            factorial /= n;
            sum = Math.FusedMultiplyAdd(sum, reduced, 1.0 / factorial);
        }

        double tail = Math.FusedMultiplyAdd(reduced * reduced, sum, reducedLow);
        double power = 1.0 + (reduced + tail);
        return power * BitConverter.Int64BitsToDouble((long)(k + 1023.0) << 52);
    }
}
