using System.Runtime.CompilerServices;

namespace Gymkhana.Core.Simd;

/// <summary>
/// Elementary functions with the same bits at every SIMD width and on every processor: polynomials built from
/// additions, multiplications and divisions only.
/// </summary>
/// <remarks>
/// The coefficients are minimax fits made for this project (weighted least squares, Lawson's iteration) over the
/// reduced range of each function; range reduction is that of Cody and Waite, <i>Software Manual for the Elementary
/// Functions</i>, 1980. Each function states its error bound, which a test checks against double precision.
/// </remarks>
public static class WideMath
{
    // Adding and subtracting 1.5·2²³ rounds to the nearest integer and leaves that integer in the low bits.
    private const float RoundingMagic = 12582912f;

    /// <summary>
    /// 1/√x for positive, normal x; relative error at most 3e-7. A guess from the bits and three steps of Newton's method:
    /// multiplications only, and so about a third of the time of a division and a square root.
    /// </summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="x">Positive values; 0 gives a large finite value.</param>
    /// <returns>Positive values.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide ReciprocalSqrt<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        // y ← y (1.5 − (x/2) y²) squares the relative error (times 1.5) each time: 3.5 %, 0.18 %, 5e-6, rounding.
        TWide minusHalf = TWide.Multiply(x, -0.5f);
        TWide y = TWide.ReciprocalSqrtSeed(x);
        y *= TWide.MultiplyAdd(minusHalf * y, y, 1.5f);
        y *= TWide.MultiplyAdd(minusHalf * y, y, 1.5f);
        return y * TWide.MultiplyAdd(minusHalf * y, y, 1.5f);
    }

    /// <summary>Hyperbolic tangent; relative error at most 4e-7, exactly ±1 from |x| = 9.1 on.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="x">Any value; NaN gives ±1.</param>
    /// <returns>Values in [−1, 1].</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Tanh<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        // x·P(x²)/Q(x²) on [0, 9.1].
        x = TWide.Clamp(x, -9.1f, 9.1f);
        TWide z = x * x;
        TWide p = TWide.Broadcast(1.3177531805550235e-08f);
        p = TWide.MultiplyAdd(p, z, 2.0481193308189377e-05f);
        p = TWide.MultiplyAdd(p, z, 0.003487811438704473f);
        p = TWide.MultiplyAdd(p, z, 0.13374475517729253f);
        p = TWide.MultiplyAdd(p, z, 0.9999999772162901f);
        TWide q = TWide.Broadcast(7.704049925285712e-07f);
        q = TWide.MultiplyAdd(q, z, 0.0003272920832765923f);
        q = TWide.MultiplyAdd(q, z, 0.025847390058892385f);
        q = TWide.MultiplyAdd(q, z, 0.46707789301501307f);
        q = TWide.MultiplyAdd(q, z, 1f);
        return TWide.Clamp(x * p / q, -1f, 1f);
    }

    /// <summary>Exponential; relative error at most 2e-7. The argument is clamped to [−87, 88], so the result is finite and normal.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="x">Any value.</param>
    /// <returns>Values in [1.6e-38, 1.7e38].</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Exp<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        x = TWide.Clamp(x, -87f, 88f);
        TWide magic = TWide.Broadcast(RoundingMagic);
        TWide shifted = TWide.MultiplyAdd(x, TWide.Broadcast(1.44269504f), magic);
        TWide n = shifted - magic;
        TWide r = x - TWide.Multiply(n, 0.693115234375f) - TWide.Multiply(n, 3.194618329871446e-05f);
        TWide p = TWide.Broadcast(0.00138131f);
        p = TWide.MultiplyAdd(p, r, 0.00836942f);
        p = TWide.MultiplyAdd(p, r, 0.04166846f);
        p = TWide.MultiplyAdd(p, r, 0.16666515f);
        p = TWide.MultiplyAdd(p, r, 0.49999993f);
        TWide y = TWide.MultiplyAdd(p * r, r, r) + TWide.Broadcast(1f);
        return TWide.AddBits(y, TWide.ShiftBitsLeft(shifted, 23));
    }

    /// <summary>
    /// Natural logarithm; relative error at most 3e-7 (absolute 6e-8 near 1). For x that is zero, negative, subnormal or not a
    /// number the result is that of the smallest normal number, −87.3; +∞ gives 88.7.
    /// </summary>
    /// <remarks>The argument is split into 2ⁿ·(1 + f) with 1 + f in [√½, √2); the polynomial in f is that of Cephes' logf.</remarks>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="x">A positive value.</param>
    /// <returns>Values in [−87.4, 88.8].</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Log<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        x = TWide.Max(x, TWide.Broadcast(1.17549435e-38f)); // the right one where the left is NaN

        // bits − bits(√½), whose exponent field is then n and whose rest belongs to a number in [√½, √2).
        TWide moved = TWide.AddBits(x, TWide.Broadcast(BitConverter.Int32BitsToSingle(0x3F800000 - 0x3F3504F3)));
        TWide n = TWide.FromIntegers(TWide.ShiftBitsRight(moved, 23)) - TWide.Broadcast(127f);
        TWide fraction = moved & TWide.Broadcast(BitConverter.Int32BitsToSingle(0x007FFFFF));
        TWide f = TWide.AddBits(fraction, TWide.Broadcast(BitConverter.Int32BitsToSingle(0x3F3504F3))) - TWide.Broadcast(1f);
        TWide p = TWide.Broadcast(7.0376836292e-2f);
        p = TWide.MultiplyAdd(p, f, -1.1514610310e-1f);
        p = TWide.MultiplyAdd(p, f, 1.1676998740e-1f);
        p = TWide.MultiplyAdd(p, f, -1.2420140846e-1f);
        p = TWide.MultiplyAdd(p, f, 1.4249322787e-1f);
        p = TWide.MultiplyAdd(p, f, -1.6668057665e-1f);
        p = TWide.MultiplyAdd(p, f, 2.0000714765e-1f);
        p = TWide.MultiplyAdd(p, f, -2.4999993993e-1f);
        p = TWide.MultiplyAdd(p, f, 3.3333331174e-1f);
        TWide square = f * f;
        TWide y = (p * f * square) + TWide.Multiply(n, -2.12194440e-4f);
        y -= TWide.Multiply(square, 0.5f);
        return f + y + TWide.Multiply(n, 0.693359375f);
    }

    /// <summary>The error function erf x = 2/√π ∫₀ˣ e^(−t²) dt; absolute error at most 2e-7.</summary>
    /// <remarks>Below 1, x times a polynomial in x²; above, 1 − e^(−x²) times a polynomial in 1/(1 + |x|/2), both Chebyshev fits.</remarks>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="x">Any value.</param>
    /// <returns>Values in [−1, 1].</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Erf<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide one = TWide.Broadcast(1f);
        TWide a = TWide.Min(TWide.Abs(x), TWide.Broadcast(4.3f));
        TWide square = a * a;
        TWide near = TWide.Broadcast(-9.67359e-06f);
        near = TWide.MultiplyAdd(near, square, 0.000112682535f);
        near = TWide.MultiplyAdd(near, square, -0.00084843965f);
        near = TWide.MultiplyAdd(near, square, 0.0052210535f);
        near = TWide.MultiplyAdd(near, square, -0.026865438f);
        near = TWide.MultiplyAdd(near, square, 0.112837822f);
        near = TWide.MultiplyAdd(near, square, -0.37612638f);
        near = TWide.MultiplyAdd(near, square, 1.12837917f) * a;
        TWide t = one / (one + TWide.Multiply(a, 0.5f));
        TWide far = TWide.Broadcast(0.0191534123f);
        far = TWide.MultiplyAdd(far, t, 0.0433154647f);
        far = TWide.MultiplyAdd(far, t, -0.340265369f);
        far = TWide.MultiplyAdd(far, t, 0.435524698f);
        far = TWide.MultiplyAdd(far, t, -0.0263859428f);
        far = TWide.MultiplyAdd(far, t, 0.31818010f);
        far = TWide.MultiplyAdd(far, t, 0.266729027f);
        far = TWide.MultiplyAdd(far, t, 0.283964135f);
        far = TWide.MultiplyAdd(far, t, -9.8760077e-05f);
        TWide y = TWide.Select(TWide.LessThan(a, one), near, one - (far * Exp(-square)));
        TWide sign = x & TWide.Broadcast(-0f);
        return y | sign;
    }

    /// <summary>Logistic function 1/(1 + e^−x); absolute error at most 2e-7.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="x">Any value.</param>
    /// <returns>Values in [0, 1].</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Sigmoid<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide one = TWide.Broadcast(1f);
        return one / (one + Exp(-x));
    }

    /// <summary>
    /// Sine and cosine of an angle in radians; absolute error at most 2e-7 for |x| ≤ 8192. Beyond that the values stay
    /// deterministic and within [−1, 1], but lose accuracy.
    /// </summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="x">Angle, rad.</param>
    /// <param name="sin">Its sine.</param>
    /// <param name="cos">Its cosine.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SinCos<TWide>(TWide x, out TWide sin, out TWide cos)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide magic = TWide.Broadcast(RoundingMagic);
        TWide shifted = TWide.MultiplyAdd(x, TWide.Broadcast(0.636619772f), magic);
        TWide n = shifted - magic;
        TWide r = x - TWide.Multiply(n, 1.5703125f) - TWide.Multiply(n, 0.0004837512969970703f) - TWide.Multiply(n, 7.549790126404332e-08f);
        r = TWide.Clamp(r, -0.8f, 0.8f);
        TWide z = r * r;
        TWide s = TWide.Broadcast(2.71660431e-06f);
        s = TWide.MultiplyAdd(s, z, -1.98391506e-04f);
        s = TWide.MultiplyAdd(s, z, 8.33332879e-03f);
        s = TWide.MultiplyAdd(s, z, -1.66666666e-01f);
        s = TWide.MultiplyAdd(s * z, r, r);
        TWide c = TWide.Broadcast(2.44238884e-05f);
        c = TWide.MultiplyAdd(c, z, -1.38872427e-03f);
        c = TWide.MultiplyAdd(c, z, 4.16666444e-02f);
        c = TWide.MultiplyAdd(c * z, z, TWide.Broadcast(1f) - TWide.Multiply(z, 0.5f));

        // The quadrant is in the low two bits of `shifted`: bit 0 swaps sine and cosine, the rest set the signs.
        TWide signBit = TWide.Broadcast(-0f);
        TWide quadrantOdd = TWide.ShiftBitsLeft(shifted, 31);
        TWide swap = TWide.LessThan(quadrantOdd | TWide.Broadcast(1f), TWide.Broadcast(0f));
        TWide sinSign = TWide.ShiftBitsLeft(shifted, 30) & signBit;
        TWide cosSign = (TWide.ShiftBitsLeft(shifted, 30) ^ quadrantOdd) & signBit;
        sin = TWide.Select(swap, c, s) ^ sinSign;
        cos = TWide.Select(swap, s, c) ^ cosSign;
    }

    /// <summary>Sine; see <see cref="SinCos"/>.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="x">Angle, rad.</param>
    /// <returns>Values in [−1, 1].</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Sin<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        SinCos(x, out TWide sin, out _);
        return sin;
    }

    /// <summary>Cosine; see <see cref="SinCos"/>.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="x">Angle, rad.</param>
    /// <returns>Values in [−1, 1].</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Cos<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        SinCos(x, out _, out TWide cos);
        return cos;
    }

    /// <summary>Angle of the vector (x, y), in (−π, π]; absolute error at most 4e-7 rad. Gives 0 for the zero vector.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="y">Second coordinate, finite.</param>
    /// <param name="x">First coordinate, finite.</param>
    /// <returns>Angles, rad.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Atan2<TWide>(TWide y, TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide zero = TWide.Broadcast(0f);
        TWide ax = TWide.Abs(x);
        TWide ay = TWide.Abs(y);
        TWide steep = TWide.LessThan(ax, ay);
        TWide large = TWide.Max(ax, ay);
        TWide small = TWide.Min(ax, ay);
        TWide t = TWide.Select(TWide.Equal(large, zero), zero, small / large);
        TWide z = t * t;
        TWide p = TWide.Broadcast(0.00292069f);
        p = TWide.MultiplyAdd(p, z, -0.01636792f);
        p = TWide.MultiplyAdd(p, z, 0.04321185f);
        p = TWide.MultiplyAdd(p, z, -0.07552214f);
        p = TWide.MultiplyAdd(p, z, 0.10666004f);
        p = TWide.MultiplyAdd(p, z, -0.14211055f);
        p = TWide.MultiplyAdd(p, z, 0.19993773f);
        p = TWide.MultiplyAdd(p, z, -0.33333153f);
        TWide a = TWide.MultiplyAdd(p * z, t, t);
        a = TWide.Select(steep, TWide.Broadcast(1.57079633f) - a, a);
        a = TWide.Select(TWide.LessThan(x, zero), TWide.Broadcast(3.14159265f) - a, a);
        return TWide.Select(TWide.LessThan(y, zero), -a, a);
    }

    /// <summary>Sine of one number, the bits of <see cref="Sin{TWide}"/>.</summary>
    /// <param name="x">Angle, rad.</param>
    /// <returns>A value in [−1, 1].</returns>
    public static float Sin(float x) => Sin(new Wide1(x)).Value;

    /// <summary>Cosine of one number, the bits of <see cref="Cos{TWide}"/>.</summary>
    /// <param name="x">Angle, rad.</param>
    /// <returns>A value in [−1, 1].</returns>
    public static float Cos(float x) => Cos(new Wide1(x)).Value;

    /// <summary>Hyperbolic tangent of one number, the bits of <see cref="Tanh{TWide}"/>.</summary>
    /// <param name="x">Any value.</param>
    /// <returns>A value in [−1, 1].</returns>
    public static float Tanh(float x) => Tanh(new Wide1(x)).Value;

    /// <summary>Exponential of one number, the bits of <see cref="Exp{TWide}"/>.</summary>
    /// <param name="x">Any value.</param>
    /// <returns>A value in [1.6e-38, 1.7e38].</returns>
    public static float Exp(float x) => Exp(new Wide1(x)).Value;

    /// <summary>Angle of one vector, the bits of <see cref="Atan2{TWide}"/>.</summary>
    /// <param name="y">Second coordinate.</param>
    /// <param name="x">First coordinate.</param>
    /// <returns>An angle in (−π, π], rad.</returns>
    public static float Atan2(float y, float x) => Atan2(new Wide1(y), new Wide1(x)).Value;
}
