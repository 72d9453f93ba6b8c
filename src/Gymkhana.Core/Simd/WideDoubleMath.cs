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
        // x = n ln 2 + r with |r| ≤ 0.3466, then the power series of e^r to r¹³; the first term left out is below 5e-18.
        TWide shifted = TWide.MultiplyAdd(x, TWide.Broadcast(1.4426950408889634), RoundingMagic);
        TWide n = shifted - TWide.Broadcast(RoundingMagic);
        TWide r = x - TWide.Multiply(n, LogTwoHigh) - TWide.Multiply(n, LogTwoLow);
        TWide p = TWide.Broadcast(1.0 / 6227020800);
        p = TWide.MultiplyAdd(p, r, 1.0 / 479001600);
        p = TWide.MultiplyAdd(p, r, 1.0 / 39916800);
        p = TWide.MultiplyAdd(p, r, 1.0 / 3628800);
        p = TWide.MultiplyAdd(p, r, 1.0 / 362880);
        p = TWide.MultiplyAdd(p, r, 1.0 / 40320);
        p = TWide.MultiplyAdd(p, r, 1.0 / 5040);
        p = TWide.MultiplyAdd(p, r, 1.0 / 720);
        p = TWide.MultiplyAdd(p, r, 1.0 / 120);
        p = TWide.MultiplyAdd(p, r, 1.0 / 24);
        p = TWide.MultiplyAdd(p, r, 1.0 / 6);
        p = TWide.MultiplyAdd(p, r, 0.5);
        TWide power = TWide.Broadcast(1) + (r + (p * (r * r)));
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
        TWide p = TWide.Broadcast(1.0 / 33);
        p = TWide.MultiplyAdd(p, z, 1.0 / 31);
        p = TWide.MultiplyAdd(p, z, 1.0 / 29);
        p = TWide.MultiplyAdd(p, z, 1.0 / 27);
        p = TWide.MultiplyAdd(p, z, 1.0 / 25);
        p = TWide.MultiplyAdd(p, z, 1.0 / 23);
        p = TWide.MultiplyAdd(p, z, 1.0 / 21);
        p = TWide.MultiplyAdd(p, z, 1.0 / 19);
        p = TWide.MultiplyAdd(p, z, 1.0 / 17);
        p = TWide.MultiplyAdd(p, z, 1.0 / 15);
        p = TWide.MultiplyAdd(p, z, 1.0 / 13);
        p = TWide.MultiplyAdd(p, z, 1.0 / 11);
        p = TWide.MultiplyAdd(p, z, 1.0 / 9);
        p = TWide.MultiplyAdd(p, z, 1.0 / 7);
        p = TWide.MultiplyAdd(p, z, 1.0 / 5);
        p = TWide.MultiplyAdd(p, z, 1.0 / 3);
        TWide twice = s + s;
        return twice + (twice * (z * p));
    }
}
