using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gymkhana.Environments.CarRacing;

/// <summary>Sine and cosine in single precision with the same bits on every platform.</summary>
/// <remarks>
/// The recorded physics used a C library whose single-precision sine is not always the nearest number, so that equality to the bit needs
/// its polynomials: sin r ≈ r + s₁r³ + s₂r⁵ + s₃r⁷ and cos r ≈ 1 + c₁r² + … + c₄r⁸ for |r| ≤ π/4, evaluated in double precision with fused
/// multiply-adds and rounded once (S. Nagy, ARM optimized routines, 2018). Every operation here is exactly rounded.
/// </remarks>
internal static class CarAngle
{
    private const double S1 = -0.16666654943701084;
    private const double S2 = 0.008332178146138854;
    private const double S3 = -0.00019517298981385725;
    private const double C1 = -0.49999999725108224;
    private const double C2 = 0.041666623324344516;
    private const double C3 = -0.001388676379437604;
    private const double C4 = 2.4390450703564542e-05;
    private const double QuarterTurn = 1.5707963267948966;
    private const double QuartersPerRadian = 10680707.430881744; // 2/π · 2^24
    private const float Far = 120;

    // 2/π · 2^88, for angles of so many turns that the product in double precision is too coarse.
    private static readonly UInt128 TwoOverPi = new(0xa2f983, 0x6e4e441529fc2757);

    /// <summary>Both at once.</summary>
    /// <param name="angle">Radians, below 2^50 in size.</param>
    /// <param name="sine">Its sine.</param>
    /// <param name="cosine">Its cosine.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SinCos(float angle, out float sine, out float cosine)
    {
        double rest;
        int quarter;
        if (Math.Abs(angle) < Far)
        {
            double x = angle;
            quarter = ((int)(x * QuartersPerRadian) + 0x800000) >> 24;
            rest = Math.FusedMultiplyAdd(-(double)quarter, QuarterTurn, x);
        }
        else
        {
            rest = ReduceFar(angle, out quarter);
        }

        double square = rest * rest;
        double cube = rest * square;
        double s = Math.FusedMultiplyAdd(
            cube * square, Math.FusedMultiplyAdd(square, S3, S2), Math.FusedMultiplyAdd(cube, S1, rest));
        double fourth = square * square;
        double c = Math.FusedMultiplyAdd(
            fourth * square,
            Math.FusedMultiplyAdd(square, C4, C3),
            Math.FusedMultiplyAdd(fourth, C2, Math.FusedMultiplyAdd(square, C1, 1)));
        (double atSine, double atCosine) = (quarter & 1) == 0 ? (s, c) : (c, s);
        sine = (float)((quarter & 2) == 0 ? atSine : -atSine);
        cosine = (float)(((quarter + 1) & 2) == 0 ? atCosine : -atCosine);
    }

    /// <summary>Both for several angles, the same bits as one by one.</summary>
    /// <param name="angles">Angles, rad; a multiple of four, or one.</param>
    /// <param name="sines">Receives their sines.</param>
    /// <param name="cosines">Receives their cosines.</param>
    public static void SinCos(ReadOnlySpan<float> angles, Span<float> sines, Span<float> cosines)
    {
        int done = 0;
        for (; done + 4 <= angles.Length; done += 4)
        {
            Vector128<float> four = Vector128.Create(angles.Slice(done, 4));
            if (!Vector128.LessThanAll(Vector128.Abs(four), Vector128.Create(Far)))
            {
                break;
            }

            SinCos(four, out Vector128<float> sine, out Vector128<float> cosine);
            sine.CopyTo(sines[done..]);
            cosine.CopyTo(cosines[done..]);
        }

        for (; done < angles.Length; done++)
        {
            SinCos(angles[done], out sines[done], out cosines[done]);
        }
    }

    // The scalar function's operations in four lanes; the quarter is counted in doubles, where every step of it is exact too.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SinCos(Vector128<float> angles, out Vector128<float> sine, out Vector128<float> cosine)
    {
        (Vector128<double> low, Vector128<double> high) = Vector128.Widen(angles);
        Vector256<double> x = Vector256.Create(low, high);
        Vector256<double> quarter = Vector256.Floor((Vector256.Truncate(x * QuartersPerRadian) + Vector256.Create((double)0x800000)) * (1.0 / (1 << 24)));
        Vector256<double> rest = Vector256.FusedMultiplyAdd(-quarter, Vector256.Create(QuarterTurn), x);
        Vector256<double> square = rest * rest;
        Vector256<double> cube = rest * square;
        Vector256<double> s = Vector256.FusedMultiplyAdd(
            cube * square,
            Vector256.FusedMultiplyAdd(square, Vector256.Create(S3), Vector256.Create(S2)),
            Vector256.FusedMultiplyAdd(cube, Vector256.Create(S1), rest));
        Vector256<double> fourth = square * square;
        Vector256<double> c = Vector256.FusedMultiplyAdd(
            fourth * square,
            Vector256.FusedMultiplyAdd(square, Vector256.Create(C4), Vector256.Create(C3)),
            Vector256.FusedMultiplyAdd(
                fourth, Vector256.Create(C2), Vector256.FusedMultiplyAdd(square, Vector256.Create(C1), Vector256<double>.One)));

        // Added to 1.5 · 2^52, a whole number shows in the lowest bits.
        Vector256<long> count = (quarter + Vector256.Create(6755399441055744.0)).AsInt64();
        Vector256<double> even = Vector256.Equals(count & Vector256<long>.One, Vector256<long>.Zero).AsDouble();
        Vector256<long> two = Vector256.Create(2L);
        Vector256<double> sineSign = ((count & two) << 62).AsDouble();
        Vector256<double> cosineSign = (((count + Vector256<long>.One) & two) << 62).AsDouble();
        Vector256<double> atSine = Vector256.ConditionalSelect(even, s, c) ^ sineSign;
        Vector256<double> atCosine = Vector256.ConditionalSelect(even, c, s) ^ cosineSign;
        sine = Vector128.Narrow(atSine.GetLower(), atSine.GetUpper());
        cosine = Vector128.Narrow(atCosine.GetLower(), atCosine.GetUpper());
    }

    private static double ReduceFar(float angle, out int quarter)
    {
        // The angle is mantissa · 2^exponent; its quarter turns are kept modulo 4 with 62 binary places.
        uint bits = BitConverter.SingleToUInt32Bits(angle);
        int exponent = (int)((bits >> 23) & 0xff) - 150;
        UInt128 product = ((bits & 0x7fffff) | 0x800000) * TwoOverPi;
        ulong quarters = (ulong)(product >> (26 - exponent));
        ulong whole = (quarters + (1UL << 61)) >> 62;
        double rest = (long)(quarters - (whole << 62)) * (QuarterTurn / (1UL << 62));
        bool negative = angle < 0;
        quarter = negative ? -(int)whole : (int)whole;
        return negative ? -rest : rest;
    }
}
