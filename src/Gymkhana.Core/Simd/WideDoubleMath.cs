using System.Runtime.CompilerServices;

namespace Gymkhana.Core.Simd;

/// <summary>
/// Elementary functions in double precision with the same bits at every SIMD width and on every processor: power series built from
/// additions, multiplications and divisions only.
/// </summary>
public static class WideDoubleMath
{
    // Adding and subtracting 1.5·2⁵² rounds to the nearest integer and leaves that integer in the low bits.
    private const double RoundingMagic = 6755399441055744.0;

    // ln 2 in two parts; the first has 32 trailing zero bits, so that its product with a small integer is exact.
    private const double LogTwoHigh = 6.93147180369123816490e-01;
    private const double LogTwoLow = 1.90821492927058770002e-10;

    /// <summary>
    /// Exponential; relative error at most 2.5e-16. The argument is clamped to [−708, 709], so that the result is finite and normal.
    /// </summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="x">Any value; NaN gives e⁷⁰⁹.</param>
    /// <returns>Values in [3.3e-308, 8.3e307].</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Exp<TWide>(TWide x)
        where TWide : unmanaged, IWideDouble<TWide> => ExpWithin(TWide.Max(TWide.Min(x, TWide.Broadcast(709)), TWide.Broadcast(-708)));

    /// <summary>The exponential of numbers known to lie in [−708, 709]; see <see cref="Exp"/>.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="x">Values in [−708, 709]; others give nothing of use.</param>
    /// <returns>Values in [3.3e-308, 8.3e307].</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide ExpWithin<TWide>(TWide x)
        where TWide : unmanaged, IWideDouble<TWide>
    {
        // x = n ln 2 + r with |r| ≤ 0.3466, then the power series of e^r to r¹³; the first term left out is below 5e-18. Its terms are taken in pairs of pairs, which do
        // not wait for each other.
        TWide shifted = TWide.MultiplyAdd(x, TWide.Broadcast(1.4426950408889634), RoundingMagic);
        TWide n = shifted - TWide.Broadcast(RoundingMagic);
        TWide r = x - TWide.Multiply(n, LogTwoHigh) - TWide.Multiply(n, LogTwoLow);
        TWide r2 = r * r;
        TWide r4 = r2 * r2;
        TWide low = Line(r, 1.0 / 6, 0.5) + (Line(r, 1.0 / 120, 1.0 / 24) * r2);
        TWide middle = Line(r, 1.0 / 5040, 1.0 / 720) + (Line(r, 1.0 / 362880, 1.0 / 40320) * r2);
        TWide high = Line(r, 1.0 / 39916800, 1.0 / 3628800) + (Line(r, 1.0 / 6227020800, 1.0 / 479001600) * r2);
        TWide power = TWide.Broadcast(1) + (r + ((low + ((middle + (high * r4)) * r4)) * r2));
        return TWide.AddBits(power, TWide.ShiftBitsLeft(shifted, 52));
    }

    /// <summary>Natural logarithm of 1 + x for x in [0, 1]; relative error at most 4e-16.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="x">Values in [0, 1].</param>
    /// <returns>Values in [0, ln 2].</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide LogOnePlus<TWide>(TWide x)
        where TWide : unmanaged, IWideDouble<TWide>
    {
        // ln(1 + x) = 2 artanh s with s = x / (2 + x) ≤ 1/3, and artanh s = s + s³/3 + s⁵/5 + ...; the first term left out is below 2e-18 of the sum.
        TWide s = x / (TWide.Broadcast(2) + x);
        TWide z = s * s;
        TWide z2 = z * z;
        TWide z4 = z2 * z2;
        TWide a = Line(z, 1.0 / 5, 1.0 / 3) + (Line(z, 1.0 / 9, 1.0 / 7) * z2);
        TWide b = Line(z, 1.0 / 13, 1.0 / 11) + (Line(z, 1.0 / 17, 1.0 / 15) * z2);
        TWide c = Line(z, 1.0 / 21, 1.0 / 19) + (Line(z, 1.0 / 25, 1.0 / 23) * z2);
        TWide d = Line(z, 1.0 / 29, 1.0 / 27) + (Line(z, 1.0 / 33, 1.0 / 31) * z2);
        TWide series = a + (b * z4) + ((c + (d * z4)) * (z4 * z4));
        TWide twice = s + s;
        return twice + (twice * (z * series));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide Line<TWide>(TWide x, double slope, double start)
        where TWide : unmanaged, IWideDouble<TWide> => TWide.MultiplyAdd(x, TWide.Broadcast(slope), start);
}
