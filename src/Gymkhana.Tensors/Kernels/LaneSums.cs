using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Sums along contiguous memory with the same bits at every width: lane j of sixteen sums elements j, j + 16, j + 32, … in
/// that order, then lanes are folded 8 onto 8, 4 onto 4, 2 onto 2, 1 onto 1.
/// </summary>
internal static unsafe class LaneSums
{
    /// <summary>Σ f(a[i], b[i]).</summary>
    /// <param name="kernel">The function.</param>
    /// <param name="a">First array.</param>
    /// <param name="aStride">1, or 0 for one number.</param>
    /// <param name="b">Second array.</param>
    /// <param name="bStride">1, or 0 for one number.</param>
    /// <param name="count">Elements.</param>
    /// <returns>The sum.</returns>
    public static float Sum<TKernel>(TKernel kernel, float* a, nint aStride, float* b, nint bStride, int count)
        where TKernel : struct, IBinaryKernel
    {
        float* lanes = stackalloc float[16];
        if (Vector512.IsHardwareAccelerated)
        {
            Lanes<Wide16, TKernel>(kernel, a, aStride, b, bStride, count, lanes);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Lanes<Wide8, TKernel>(kernel, a, aStride, b, bStride, count, lanes);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Lanes<Wide4, TKernel>(kernel, a, aStride, b, bStride, count, lanes);
        }
        else
        {
            Lanes<Wide1, TKernel>(kernel, a, aStride, b, bStride, count, lanes);
        }

        return Fold(lanes);
    }

    /// <summary>Σ x[i].</summary>
    public static float Sum(float* x, int count) => Sum(default(First), x, 1, x, 1, count);

    /// <summary>Σ a[i] b[i], each product rounded before it is added.</summary>
    public static float Dot(float* a, float* b, int count) => Sum(default(Product), a, 1, b, 1, count);

    /// <summary>Σ x[i].</summary>
    public static float Sum(ReadOnlySpan<float> x)
    {
        fixed (float* start = x)
        {
            return Sum(start, x.Length);
        }
    }

    /// <summary>Σ (x[i] − centre)², each square rounded before it is added.</summary>
    public static float SumSquares(ReadOnlySpan<float> x, float centre)
    {
        fixed (float* start = x)
        {
            return Sum(default(SquaredDifference), start, 1, &centre, 0, x.Length);
        }
    }

    /// <summary>Largest element; −∞ of nothing.</summary>
    public static float Max(ReadOnlySpan<float> x)
    {
        fixed (float* start = x)
        {
            return x.IsEmpty ? float.NegativeInfinity : Max(start, x.Length);
        }
    }

    /// <summary>Largest element.</summary>
    /// <param name="x">The array.</param>
    /// <param name="count">Elements, at least 1.</param>
    /// <returns>The largest; it has no order of summation to keep.</returns>
    public static float Max(float* x, int count)
    {
        float max = x[0];
        int i = 0;
        if (Vector256.IsHardwareAccelerated && count >= 8)
        {
            Vector256<float> wide = Vector256.Load(x);
            for (i = 8; i + 8 <= count; i += 8)
            {
                wide = Vector256.Max(wide, Vector256.Load(x + i));
            }

            for (int j = 0; j < 8; j++)
            {
                max = MathF.Max(max, wide[j]);
            }
        }

        for (; i < count; i++)
        {
            max = MathF.Max(max, x[i]);
        }

        return max;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Fold(float* lanes)
    {
        Vector128<float> four = Vector128.Load(lanes) + Vector128.Load(lanes + 8) + (Vector128.Load(lanes + 4) + Vector128.Load(lanes + 12));
        return four[0] + four[2] + (four[1] + four[3]);
    }

    private static void Lanes<TWide, TKernel>(TKernel kernel, float* a, nint aStride, float* b, nint bStride, int count, float* lanes)
        where TWide : unmanaged, IWide<TWide>
        where TKernel : struct, IBinaryKernel
    {
        int whole = count / 16 * 16;
        for (int lane = 0; lane < 16; lane += TWide.Lanes)
        {
            TWide sum = default;
            for (int i = lane; i < whole; i += 16)
            {
                sum += kernel.Of(Read<TWide>(a, aStride, i), Read<TWide>(b, bStride, i));
            }

            TWide.Store(sum, lanes + lane);
        }

        for (int i = whole; i < count; i++)
        {
            lanes[i - whole] += One(kernel, a[i * aStride], b[i * bStride]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide Read<TWide>(float* x, nint stride, int i)
        where TWide : unmanaged, IWide<TWide> => stride == 0 ? TWide.BroadcastFrom(x) : TWide.Load(x + i);

    private static float One<TKernel>(TKernel kernel, float a, float b)
        where TKernel : struct, IBinaryKernel => kernel.Of(new Wide1(a), new Wide1(b)).Value;

    private readonly struct First : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => a;
    }

    private readonly struct SquaredDifference : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => (a - b) * (a - b);
    }

    private readonly struct Product : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => a * b;
    }
}
