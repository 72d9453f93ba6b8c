using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>A function of one number, by lanes: the body of a <see cref="Elementwise"/> loop.</summary>
internal interface IUnaryKernel
{
    TWide Of<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>;
}

/// <summary>A function of two numbers, by lanes.</summary>
internal interface IBinaryKernel
{
    TWide Of<TWide>(TWide a, TWide b)
        where TWide : unmanaged, IWide<TWide>;
}

/// <summary>A function of three numbers, by lanes.</summary>
internal interface ITernaryKernel
{
    TWide Of<TWide>(TWide a, TWide b, TWide c)
        where TWide : unmanaged, IWide<TWide>;
}

/// <summary>
/// Applies a function to every element. A stride is 1 (an array) or 0 (one number for all). The elements past the last whole
/// bundle go through a padded bundle: the same arithmetic. Destinations may be one of the sources.
/// </summary>
internal static unsafe class Elementwise
{
    private const int Part = 1 << 14;

    /// <summary>y = f(x), or y += f(x).</summary>
    public static void Map<TKernel>(Workers workers, TKernel kernel, float* x, float* y, int count, bool add = false)
        where TKernel : struct, IUnaryKernel
    {
        if (workers.Count == 1 || count < 4 * Part)
        {
            Map(kernel, x, y, count, add);
            return;
        }

        workers.Run(new UnaryJob<TKernel>(kernel, x, y, count, add), (count + Part - 1) / Part);
    }

    /// <summary>y = f(a, b), or y += f(a, b).</summary>
    public static void Map<TKernel>(Workers workers, TKernel kernel, float* a, float* b, float* y, int count, bool add = false)
        where TKernel : struct, IBinaryKernel
    {
        if (workers.Count == 1 || count < 4 * Part)
        {
            Map(kernel, a, 1, b, 1, y, count, add);
            return;
        }

        workers.Run(new BinaryJob<TKernel>(kernel, a, b, y, count, add), (count + Part - 1) / Part);
    }

    /// <summary>y = f(a, b, c), or y += f(a, b, c).</summary>
    public static void Map<TKernel>(Workers workers, TKernel kernel, float* a, float* b, float* c, float* y, int count, bool add = false)
        where TKernel : struct, ITernaryKernel
    {
        if (workers.Count == 1 || count < 4 * Part)
        {
            Map(kernel, a, 1, b, 1, c, 1, y, count, add);
            return;
        }

        workers.Run(new TernaryJob<TKernel>(kernel, a, b, c, y, count, add), (count + Part - 1) / Part);
    }

    /// <summary>y = f(x) on the caller's thread.</summary>
    public static void Map<TKernel>(TKernel kernel, float* x, float* y, int count, bool add)
        where TKernel : struct, IUnaryKernel
    {
        if (Vector512.IsHardwareAccelerated)
        {
            MapWide<Wide16, TKernel>(kernel, x, y, count, add);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            MapWide<Wide8, TKernel>(kernel, x, y, count, add);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            MapWide<Wide4, TKernel>(kernel, x, y, count, add);
        }
        else
        {
            MapWide<Wide1, TKernel>(kernel, x, y, count, add);
        }
    }

    /// <summary>y = f(a, b) on the caller's thread.</summary>
    public static void Map<TKernel>(TKernel kernel, float* a, nint aStride, float* b, nint bStride, float* y, int count, bool add)
        where TKernel : struct, IBinaryKernel => Map(new WithoutThird<TKernel>(kernel), a, aStride, b, bStride, a, aStride, y, count, add);

    /// <summary>y = f(a, b, c) on the caller's thread.</summary>
    public static void Map<TKernel>(TKernel kernel, float* a, nint aStride, float* b, nint bStride, float* c, nint cStride, float* y, int count, bool add)
        where TKernel : struct, ITernaryKernel
    {
        if (Vector512.IsHardwareAccelerated)
        {
            MapWide<Wide16, TKernel>(kernel, a, aStride, b, bStride, c, cStride, y, count, add);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            MapWide<Wide8, TKernel>(kernel, a, aStride, b, bStride, c, cStride, y, count, add);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            MapWide<Wide4, TKernel>(kernel, a, aStride, b, bStride, c, cStride, y, count, add);
        }
        else
        {
            MapWide<Wide1, TKernel>(kernel, a, aStride, b, bStride, c, cStride, y, count, add);
        }
    }

    private static void MapWide<TWide, TKernel>(TKernel kernel, float* x, float* y, int count, bool add)
        where TWide : unmanaged, IWide<TWide>
        where TKernel : struct, IUnaryKernel
    {
        int i = 0;
        for (; i + TWide.Lanes <= count; i += TWide.Lanes)
        {
            TWide value = kernel.Of(TWide.Load(x + i));
            TWide.Store(add ? TWide.Load(y + i) + value : value, y + i);
        }

        if (i < count)
        {
            float* padded = stackalloc float[16];
            Copy<TWide>(x + i, 1, padded, count - i);
            TWide.Store(kernel.Of(TWide.Load(padded)), padded);
            Put(padded, y + i, count - i, add);
        }
    }

    private static void MapWide<TWide, TKernel>(TKernel kernel, float* a, nint aStride, float* b, nint bStride, float* c, nint cStride, float* y, int count, bool add)
        where TWide : unmanaged, IWide<TWide>
        where TKernel : struct, ITernaryKernel
    {
        int i = 0;
        for (; i + TWide.Lanes <= count; i += TWide.Lanes)
        {
            TWide value = kernel.Of(Read<TWide>(a, aStride, i), Read<TWide>(b, bStride, i), Read<TWide>(c, cStride, i));
            TWide.Store(add ? TWide.Load(y + i) + value : value, y + i);
        }

        if (i < count)
        {
            float* padded = stackalloc float[48];
            Copy<TWide>(a + (i * aStride), aStride, padded, count - i);
            Copy<TWide>(b + (i * bStride), bStride, padded + 16, count - i);
            Copy<TWide>(c + (i * cStride), cStride, padded + 32, count - i);
            TWide.Store(kernel.Of(TWide.Load(padded), TWide.Load(padded + 16), TWide.Load(padded + 32)), padded);
            Put(padded, y + i, count - i, add);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide Read<TWide>(float* x, nint stride, int i)
        where TWide : unmanaged, IWide<TWide> => stride == 0 ? TWide.BroadcastFrom(x) : TWide.Load(x + i);

    // The lanes past the last element repeat the first one: whatever is computed there is thrown away.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<TWide>(float* x, nint stride, float* padded, int count)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide.Store(TWide.BroadcastFrom(x), padded);
        for (int i = 1; i < count && stride != 0; i++)
        {
            padded[i] = x[i];
        }
    }

    private static void Put(float* padded, float* y, int count, bool add)
    {
        for (int i = 0; i < count; i++)
        {
            y[i] = add ? y[i] + padded[i] : padded[i];
        }
    }

    private readonly struct WithoutThird<TKernel>(TKernel kernel) : ITernaryKernel
        where TKernel : struct, IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b, TWide c)
            where TWide : unmanaged, IWide<TWide> => kernel.Of(a, b);
    }

    private readonly struct UnaryJob<TKernel>(TKernel kernel, float* x, float* y, int count, bool add) : IJob
        where TKernel : struct, IUnaryKernel
    {
        public void Execute(int part, int worker)
        {
            int first = part * Part;
            Map(kernel, x + first, y + first, Math.Min(Part, count - first), add);
        }
    }

    private readonly struct BinaryJob<TKernel>(TKernel kernel, float* a, float* b, float* y, int count, bool add) : IJob
        where TKernel : struct, IBinaryKernel
    {
        public void Execute(int part, int worker)
        {
            int first = part * Part;
            Map(kernel, a + first, 1, b + first, 1, y + first, Math.Min(Part, count - first), add);
        }
    }

    private readonly struct TernaryJob<TKernel>(TKernel kernel, float* a, float* b, float* c, float* y, int count, bool add) : IJob
        where TKernel : struct, ITernaryKernel
    {
        public void Execute(int part, int worker)
        {
            int first = part * Part;
            Map(kernel, a + first, 1, b + first, 1, c + first, 1, y + first, Math.Min(Part, count - first), add);
        }
    }
}
