using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.Particle;

/// <summary>Pieces of arithmetic that the world and those who play in it share, lane by lane.</summary>
internal static unsafe class ParticleLanes
{
    // Room for what rounding does to squares.
    private const double AlmostOne = 1 - 1e-12;

    /// <summary>1 where two places are nearer than a distance, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide IsWithin<TWide>(double* a, double* b, double distance)
        where TWide : unmanaged, IWideDouble<TWide>
    {
        TWide zero = TWide.Broadcast(0);
        TWide square = Square<TWide>(a, b);
        return TWide.SignBits(TWide.LessThan(TWide.Multiply(square, AlmostOne), TWide.Broadcast(distance * distance))) == 0
            ? zero
            : TWide.Select(TWide.LessThan(TWide.Sqrt(square), TWide.Broadcast(distance)), TWide.Broadcast(1), zero);
    }

    /// <summary>Scales a velocity down to the largest speed where it is faster.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void HoldSpeed<TWide>(ref TWide vx, ref TWide vy, double maxSpeed)
        where TWide : unmanaged, IWideDouble<TWide>
    {
        // Square roots only where a lane may be too fast.
        TWide square = (vx * vx) + (vy * vy);
        if (TWide.SignBits(TWide.LessThan(TWide.Broadcast(maxSpeed * maxSpeed * AlmostOne), square)) != 0)
        {
            TWide most = TWide.Broadcast(maxSpeed), speed = TWide.Sqrt(square);
            TWide fast = TWide.LessThan(most, speed);
            vx = TWide.Select(fast, vx / speed * most, vx);
            vy = TWide.Select(fast, vy / speed * most, vy);
        }
    }

    /// <summary>Square of the distance of two places (x in the row given, y in the next).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Square<TWide>(double* a, double* b)
        where TWide : unmanaged, IWideDouble<TWide>
    {
        TWide dx = TWide.Load(a) - TWide.Load(b);
        TWide dy = TWide.Load(a + ParticleRows.Lanes) - TWide.Load(b + ParticleRows.Lanes);
        return (dx * dx) + (dy * dy);
    }

    /// <summary>Distance of two places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Distance<TWide>(double* a, double* b)
        where TWide : unmanaged, IWideDouble<TWide> => TWide.Sqrt(Square<TWide>(a, b));

    /// <summary>What it costs prey to be at this x or y: 0 below 0.9, then 10 (|z| − 0.9), from 1 on e^(2|z| − 2), at most 10.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Bound<TWide>(TWide z)
        where TWide : unmanaged, IWideDouble<TWide>
    {
        z = TWide.Abs(z);
        TWide inside = TWide.LessThan(z, TWide.Broadcast(0.9));
        TWide slope = TWide.Multiply(z - TWide.Broadcast(0.9), 10);
        TWide zero = TWide.Broadcast(0);
        TWide outside = TWide.LessThan(z, TWide.Broadcast(1));
        TWide cost = TWide.Select(inside, zero, slope);
        uint all = (1u << TWide.Lanes) - 1;
        if (TWide.SignBits(outside) != all)
        {
            TWide steep = TWide.Min(WideDoubleMath.Exp(TWide.Multiply(z, 2) - TWide.Broadcast(2)), TWide.Broadcast(10));
            cost = TWide.Select(outside, cost, steep);
        }

        return cost;
    }
}
