using System.Runtime.CompilerServices;

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
            rest = Math.FusedMultiplyAdd(-quarter, QuarterTurn, x);
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
