using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// The functions of <see cref="WideMath"/> as tensors need them: NaN stays NaN, so that a training run that went wrong is seen,
/// and results beyond the range are 0 or infinite rather than the last number that could be computed.
/// </summary>
internal static class TensorMath
{
    /// <summary>eˣ; relative error at most 2e-7 on [−87, 88], 0 below (where the result would be below 1.7e-38), +∞ above (from 1.7e38).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Exp<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide y = WideMath.Exp(x);
        y = TWide.Select(TWide.LessThan(x, TWide.Broadcast(-87f)), default, y);
        y = TWide.Select(TWide.LessThan(TWide.Broadcast(88f), x), TWide.Broadcast(float.PositiveInfinity), y);
        return KeepNaN(x, y);
    }

    /// <summary>eˣ for x ≤ 0: the same bits as <see cref="Exp"/>, sooner.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide ExpOfNegative<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> =>
        KeepNaN(x, TWide.Select(TWide.LessThan(x, TWide.Broadcast(-87f)), default, WideMath.Exp(x)));

    /// <summary>eˣ − 1; relative error at most 6e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide ExpMinusOne<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        // The power series to x⁸/8!, whose next term is below 2e-8 of the sum for |x| < ½.
        TWide p = TWide.Broadcast(1f / 40320);
        p = TWide.MultiplyAdd(p, x, 1f / 5040);
        p = TWide.MultiplyAdd(p, x, 1f / 720);
        p = TWide.MultiplyAdd(p, x, 1f / 120);
        p = TWide.MultiplyAdd(p, x, 1f / 24);
        p = TWide.MultiplyAdd(p, x, 1f / 6);
        p = TWide.MultiplyAdd(p, x, 0.5f);
        TWide near = TWide.MultiplyAdd(p * x, x, x);
        return TWide.Select(TWide.LessThan(TWide.Abs(x), TWide.Broadcast(0.5f)), near, Exp(x) - TWide.Broadcast(1));
    }

    /// <summary>ln x; relative error at most 3e-7. −∞ for 0, NaN below, +∞ for +∞; subnormal numbers give −87.3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Log<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide zero = default;
        TWide y = WideMath.Log(x);
        y = TWide.Select(TWide.Equal(x, zero), TWide.Broadcast(float.NegativeInfinity), y);
        y = TWide.Select(TWide.Equal(x, TWide.Broadcast(float.PositiveInfinity)), x, y);
        y = TWide.Select(TWide.LessThan(x, zero), TWide.Broadcast(float.NaN), y);
        return KeepNaN(x, y);
    }

    /// <summary>ln(1 + x), exact in its relative precision near 0 too; −∞ for −1, NaN below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide LogOnePlus<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        // What the rounding of u = 1 + x lost, x − (u − 1), is made good to first order: ln(u + c) = ln u + c/u.
        TWide one = TWide.Broadcast(1);
        TWide u = one + x;
        TWide lost = (x - (u - one)) / u;
        TWide counts = TWide.LessThan(default, u) & TWide.LessThan(x, TWide.Broadcast(1e10f));
        return Log(u) + (counts & lost);
    }

    /// <summary>ln(1 + eˣ), for x of any size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Softplus<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> =>
        TWide.Max(default, x) + LogOnePlus(ExpOfNegative(-TWide.Abs(x)));

    /// <summary>1/(1 + e⁻ˣ); absolute error at most 2e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Sigmoid<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide one = TWide.Broadcast(1);
        return one / (one + Exp(-x));
    }

    /// <summary>Hyperbolic tangent; relative error at most 4e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Tanh<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => KeepNaN(x, WideMath.Tanh(x));

    /// <summary>Sine and cosine; absolute error at most 2e-7 for |x| ≤ 8192 rad. NaN for infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SinCos<TWide>(TWide x, out TWide sin, out TWide cos)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide finite = x - x;
        WideMath.SinCos(x, out sin, out cos);
        sin = KeepNaN(finite, sin);
        cos = KeepNaN(finite, cos);
    }

    /// <summary>Value between two bounds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Clamp<TWide>(TWide x, float low, float high)
        where TWide : unmanaged, IWide<TWide> => KeepNaN(x, TWide.Clamp(x, low, high));

    /// <summary>Mask of the lanes with low &lt; x &lt; high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Between<TWide>(TWide x, float low, float high)
        where TWide : unmanaged, IWide<TWide> => TWide.LessThan(TWide.Broadcast(low), x) & TWide.LessThan(x, TWide.Broadcast(high));

    /// <summary>−1, 0 or 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Sign<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide one = TWide.Broadcast(1);
        return (TWide.LessThan(default, x) & one) | (TWide.LessThan(x, default) & -one);
    }

    /// <summary>y, or x where x is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide KeepNaN<TWide>(TWide x, TWide y)
        where TWide : unmanaged, IWide<TWide> => TWide.Select(TWide.Equal(x, x), y, x);
}
