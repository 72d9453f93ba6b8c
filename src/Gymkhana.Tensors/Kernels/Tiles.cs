using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// The innermost loops of every product: a few rows of the left factor times one or two bundles of columns of the right
/// one, with all sums in registers. Each sum is one chain of fused multiply-adds over k in ascending order, and so has the
/// same bits in every one of these loops, at every width.
/// </summary>
/// <remarks>
/// Eight rows by two bundles keep 16 chains in flight, which covers the latency of a fused multiply-add on two ports, and
/// read two bundles and eight single floats for 16 multiply-adds; they need 19 registers. Where there are 16 registers,
/// four rows by two bundles are used. All arguments have the same meaning: <c>depth</c> summands; <c>left</c> the starts of
/// rows and <c>columns</c> the place of summand k in them; <c>right</c> the first bundle of row 0 of the right factor, its
/// rows <c>stride</c> floats apart; <c>sums</c> the starts of the rows of results; <c>goOn</c> whether the sums begin with
/// what is there instead of 0. Bounds: left[r] + columns.At(k) for r below the rows, k below depth, is readable, right has
/// depth rows of the bundles' width, and each sums[r] is writable over the bundles' width.
/// </remarks>
internal static unsafe class Tiles
{
    /// <summary>Eight rows by two bundles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Of8By2<TWide, TColumns>(int depth, float** left, TColumns columns, float* right, nint stride, float** sums, bool goOn)
        where TWide : unmanaged, IWide<TWide>
        where TColumns : struct, IColumns
    {
        float* a0 = left[0];
        float* a1 = left[1];
        float* a2 = left[2];
        float* a3 = left[3];
        float* a4 = left[4];
        float* a5 = left[5];
        float* a6 = left[6];
        float* a7 = left[7];
        TWide s00 = default, s01 = default;
        TWide s10 = default, s11 = default;
        TWide s20 = default, s21 = default;
        TWide s30 = default, s31 = default;
        TWide s40 = default, s41 = default;
        TWide s50 = default, s51 = default;
        TWide s60 = default, s61 = default;
        TWide s70 = default, s71 = default;
        if (goOn)
        {
            s00 = TWide.Load(sums[0]);
            s01 = TWide.Load(sums[0] + TWide.Lanes);
            s10 = TWide.Load(sums[1]);
            s11 = TWide.Load(sums[1] + TWide.Lanes);
            s20 = TWide.Load(sums[2]);
            s21 = TWide.Load(sums[2] + TWide.Lanes);
            s30 = TWide.Load(sums[3]);
            s31 = TWide.Load(sums[3] + TWide.Lanes);
            s40 = TWide.Load(sums[4]);
            s41 = TWide.Load(sums[4] + TWide.Lanes);
            s50 = TWide.Load(sums[5]);
            s51 = TWide.Load(sums[5] + TWide.Lanes);
            s60 = TWide.Load(sums[6]);
            s61 = TWide.Load(sums[6] + TWide.Lanes);
            s70 = TWide.Load(sums[7]);
            s71 = TWide.Load(sums[7] + TWide.Lanes);
        }

        for (int k = 0; k < depth; k++)
        {
            nint at = columns.At(k);
            var b0 = TWide.Load(right);
            var b1 = TWide.Load(right + TWide.Lanes);
            var a = TWide.BroadcastFrom(a0 + at);
            s00 = TWide.FusedMultiplyAdd(a, b0, s00);
            s01 = TWide.FusedMultiplyAdd(a, b1, s01);
            a = TWide.BroadcastFrom(a1 + at);
            s10 = TWide.FusedMultiplyAdd(a, b0, s10);
            s11 = TWide.FusedMultiplyAdd(a, b1, s11);
            a = TWide.BroadcastFrom(a2 + at);
            s20 = TWide.FusedMultiplyAdd(a, b0, s20);
            s21 = TWide.FusedMultiplyAdd(a, b1, s21);
            a = TWide.BroadcastFrom(a3 + at);
            s30 = TWide.FusedMultiplyAdd(a, b0, s30);
            s31 = TWide.FusedMultiplyAdd(a, b1, s31);
            a = TWide.BroadcastFrom(a4 + at);
            s40 = TWide.FusedMultiplyAdd(a, b0, s40);
            s41 = TWide.FusedMultiplyAdd(a, b1, s41);
            a = TWide.BroadcastFrom(a5 + at);
            s50 = TWide.FusedMultiplyAdd(a, b0, s50);
            s51 = TWide.FusedMultiplyAdd(a, b1, s51);
            a = TWide.BroadcastFrom(a6 + at);
            s60 = TWide.FusedMultiplyAdd(a, b0, s60);
            s61 = TWide.FusedMultiplyAdd(a, b1, s61);
            a = TWide.BroadcastFrom(a7 + at);
            s70 = TWide.FusedMultiplyAdd(a, b0, s70);
            s71 = TWide.FusedMultiplyAdd(a, b1, s71);
            right += stride;
        }

        TWide.Store(s00, sums[0]);
        TWide.Store(s01, sums[0] + TWide.Lanes);
        TWide.Store(s10, sums[1]);
        TWide.Store(s11, sums[1] + TWide.Lanes);
        TWide.Store(s20, sums[2]);
        TWide.Store(s21, sums[2] + TWide.Lanes);
        TWide.Store(s30, sums[3]);
        TWide.Store(s31, sums[3] + TWide.Lanes);
        TWide.Store(s40, sums[4]);
        TWide.Store(s41, sums[4] + TWide.Lanes);
        TWide.Store(s50, sums[5]);
        TWide.Store(s51, sums[5] + TWide.Lanes);
        TWide.Store(s60, sums[6]);
        TWide.Store(s61, sums[6] + TWide.Lanes);
        TWide.Store(s70, sums[7]);
        TWide.Store(s71, sums[7] + TWide.Lanes);
    }

    /// <summary>Eight rows by one bundle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Of8By1<TWide, TColumns>(int depth, float** left, TColumns columns, float* right, nint stride, float** sums, bool goOn)
        where TWide : unmanaged, IWide<TWide>
        where TColumns : struct, IColumns
    {
        float* a0 = left[0];
        float* a1 = left[1];
        float* a2 = left[2];
        float* a3 = left[3];
        float* a4 = left[4];
        float* a5 = left[5];
        float* a6 = left[6];
        float* a7 = left[7];
        TWide s00 = default;
        TWide s10 = default;
        TWide s20 = default;
        TWide s30 = default;
        TWide s40 = default;
        TWide s50 = default;
        TWide s60 = default;
        TWide s70 = default;
        if (goOn)
        {
            s00 = TWide.Load(sums[0]);
            s10 = TWide.Load(sums[1]);
            s20 = TWide.Load(sums[2]);
            s30 = TWide.Load(sums[3]);
            s40 = TWide.Load(sums[4]);
            s50 = TWide.Load(sums[5]);
            s60 = TWide.Load(sums[6]);
            s70 = TWide.Load(sums[7]);
        }

        for (int k = 0; k < depth; k++)
        {
            nint at = columns.At(k);
            var b0 = TWide.Load(right);
            s00 = TWide.FusedMultiplyAdd(TWide.BroadcastFrom(a0 + at), b0, s00);
            s10 = TWide.FusedMultiplyAdd(TWide.BroadcastFrom(a1 + at), b0, s10);
            s20 = TWide.FusedMultiplyAdd(TWide.BroadcastFrom(a2 + at), b0, s20);
            s30 = TWide.FusedMultiplyAdd(TWide.BroadcastFrom(a3 + at), b0, s30);
            s40 = TWide.FusedMultiplyAdd(TWide.BroadcastFrom(a4 + at), b0, s40);
            s50 = TWide.FusedMultiplyAdd(TWide.BroadcastFrom(a5 + at), b0, s50);
            s60 = TWide.FusedMultiplyAdd(TWide.BroadcastFrom(a6 + at), b0, s60);
            s70 = TWide.FusedMultiplyAdd(TWide.BroadcastFrom(a7 + at), b0, s70);
            right += stride;
        }

        TWide.Store(s00, sums[0]);
        TWide.Store(s10, sums[1]);
        TWide.Store(s20, sums[2]);
        TWide.Store(s30, sums[3]);
        TWide.Store(s40, sums[4]);
        TWide.Store(s50, sums[5]);
        TWide.Store(s60, sums[6]);
        TWide.Store(s70, sums[7]);
    }

    /// <summary>Four rows by two bundles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Of4By2<TWide, TColumns>(int depth, float** left, TColumns columns, float* right, nint stride, float** sums, bool goOn)
        where TWide : unmanaged, IWide<TWide>
        where TColumns : struct, IColumns
    {
        float* a0 = left[0];
        float* a1 = left[1];
        float* a2 = left[2];
        float* a3 = left[3];
        TWide s00 = default, s01 = default;
        TWide s10 = default, s11 = default;
        TWide s20 = default, s21 = default;
        TWide s30 = default, s31 = default;
        if (goOn)
        {
            s00 = TWide.Load(sums[0]);
            s01 = TWide.Load(sums[0] + TWide.Lanes);
            s10 = TWide.Load(sums[1]);
            s11 = TWide.Load(sums[1] + TWide.Lanes);
            s20 = TWide.Load(sums[2]);
            s21 = TWide.Load(sums[2] + TWide.Lanes);
            s30 = TWide.Load(sums[3]);
            s31 = TWide.Load(sums[3] + TWide.Lanes);
        }

        for (int k = 0; k < depth; k++)
        {
            nint at = columns.At(k);
            var b0 = TWide.Load(right);
            var b1 = TWide.Load(right + TWide.Lanes);
            var a = TWide.BroadcastFrom(a0 + at);
            s00 = TWide.FusedMultiplyAdd(a, b0, s00);
            s01 = TWide.FusedMultiplyAdd(a, b1, s01);
            a = TWide.BroadcastFrom(a1 + at);
            s10 = TWide.FusedMultiplyAdd(a, b0, s10);
            s11 = TWide.FusedMultiplyAdd(a, b1, s11);
            a = TWide.BroadcastFrom(a2 + at);
            s20 = TWide.FusedMultiplyAdd(a, b0, s20);
            s21 = TWide.FusedMultiplyAdd(a, b1, s21);
            a = TWide.BroadcastFrom(a3 + at);
            s30 = TWide.FusedMultiplyAdd(a, b0, s30);
            s31 = TWide.FusedMultiplyAdd(a, b1, s31);
            right += stride;
        }

        TWide.Store(s00, sums[0]);
        TWide.Store(s01, sums[0] + TWide.Lanes);
        TWide.Store(s10, sums[1]);
        TWide.Store(s11, sums[1] + TWide.Lanes);
        TWide.Store(s20, sums[2]);
        TWide.Store(s21, sums[2] + TWide.Lanes);
        TWide.Store(s30, sums[3]);
        TWide.Store(s31, sums[3] + TWide.Lanes);
    }

    /// <summary>Four rows by one bundle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Of4By1<TWide, TColumns>(int depth, float** left, TColumns columns, float* right, nint stride, float** sums, bool goOn)
        where TWide : unmanaged, IWide<TWide>
        where TColumns : struct, IColumns
    {
        float* a0 = left[0];
        float* a1 = left[1];
        float* a2 = left[2];
        float* a3 = left[3];
        TWide s00 = default;
        TWide s10 = default;
        TWide s20 = default;
        TWide s30 = default;
        if (goOn)
        {
            s00 = TWide.Load(sums[0]);
            s10 = TWide.Load(sums[1]);
            s20 = TWide.Load(sums[2]);
            s30 = TWide.Load(sums[3]);
        }

        for (int k = 0; k < depth; k++)
        {
            nint at = columns.At(k);
            var b0 = TWide.Load(right);
            s00 = TWide.FusedMultiplyAdd(TWide.BroadcastFrom(a0 + at), b0, s00);
            s10 = TWide.FusedMultiplyAdd(TWide.BroadcastFrom(a1 + at), b0, s10);
            s20 = TWide.FusedMultiplyAdd(TWide.BroadcastFrom(a2 + at), b0, s20);
            s30 = TWide.FusedMultiplyAdd(TWide.BroadcastFrom(a3 + at), b0, s30);
            right += stride;
        }

        TWide.Store(s00, sums[0]);
        TWide.Store(s10, sums[1]);
        TWide.Store(s20, sums[2]);
        TWide.Store(s30, sums[3]);
    }

    /// <summary>One row by two bundles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Of1By2<TWide, TColumns>(int depth, float** left, TColumns columns, float* right, nint stride, float** sums, bool goOn)
        where TWide : unmanaged, IWide<TWide>
        where TColumns : struct, IColumns
    {
        float* a0 = left[0];
        TWide s00 = default, s01 = default;
        if (goOn)
        {
            s00 = TWide.Load(sums[0]);
            s01 = TWide.Load(sums[0] + TWide.Lanes);
        }

        for (int k = 0; k < depth; k++)
        {
            nint at = columns.At(k);
            var b0 = TWide.Load(right);
            var b1 = TWide.Load(right + TWide.Lanes);
            var a = TWide.BroadcastFrom(a0 + at);
            s00 = TWide.FusedMultiplyAdd(a, b0, s00);
            s01 = TWide.FusedMultiplyAdd(a, b1, s01);
            right += stride;
        }

        TWide.Store(s00, sums[0]);
        TWide.Store(s01, sums[0] + TWide.Lanes);
    }

    /// <summary>One row by one bundle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Of1By1<TWide, TColumns>(int depth, float** left, TColumns columns, float* right, nint stride, float** sums, bool goOn)
        where TWide : unmanaged, IWide<TWide>
        where TColumns : struct, IColumns
    {
        float* a0 = left[0];
        TWide s00 = default;
        if (goOn)
        {
            s00 = TWide.Load(sums[0]);
        }

        for (int k = 0; k < depth; k++)
        {
            nint at = columns.At(k);
            var b0 = TWide.Load(right);
            var a = TWide.BroadcastFrom(a0 + at);
            s00 = TWide.FusedMultiplyAdd(a, b0, s00);
            right += stride;
        }

        TWide.Store(s00, sums[0]);
    }

    /// <summary>One row by eight bundles: for one observation at a time, where two chains would wait for each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Of1By8<TWide, TColumns>(int depth, float** left, TColumns columns, float* right, nint stride, float** sums, bool goOn)
        where TWide : unmanaged, IWide<TWide>
        where TColumns : struct, IColumns
    {
        float* a0 = left[0];
        TWide s00 = default, s01 = default, s02 = default, s03 = default, s04 = default, s05 = default, s06 = default, s07 = default;
        if (goOn)
        {
            s00 = TWide.Load(sums[0]);
            s01 = TWide.Load(sums[0] + TWide.Lanes);
            s02 = TWide.Load(sums[0] + (2 * TWide.Lanes));
            s03 = TWide.Load(sums[0] + (3 * TWide.Lanes));
            s04 = TWide.Load(sums[0] + (4 * TWide.Lanes));
            s05 = TWide.Load(sums[0] + (5 * TWide.Lanes));
            s06 = TWide.Load(sums[0] + (6 * TWide.Lanes));
            s07 = TWide.Load(sums[0] + (7 * TWide.Lanes));
        }

        for (int k = 0; k < depth; k++)
        {
            nint at = columns.At(k);
            var b0 = TWide.Load(right);
            var b1 = TWide.Load(right + TWide.Lanes);
            var b2 = TWide.Load(right + (2 * TWide.Lanes));
            var b3 = TWide.Load(right + (3 * TWide.Lanes));
            var b4 = TWide.Load(right + (4 * TWide.Lanes));
            var b5 = TWide.Load(right + (5 * TWide.Lanes));
            var b6 = TWide.Load(right + (6 * TWide.Lanes));
            var b7 = TWide.Load(right + (7 * TWide.Lanes));
            var a = TWide.BroadcastFrom(a0 + at);
            s00 = TWide.FusedMultiplyAdd(a, b0, s00);
            s01 = TWide.FusedMultiplyAdd(a, b1, s01);
            s02 = TWide.FusedMultiplyAdd(a, b2, s02);
            s03 = TWide.FusedMultiplyAdd(a, b3, s03);
            s04 = TWide.FusedMultiplyAdd(a, b4, s04);
            s05 = TWide.FusedMultiplyAdd(a, b5, s05);
            s06 = TWide.FusedMultiplyAdd(a, b6, s06);
            s07 = TWide.FusedMultiplyAdd(a, b7, s07);
            right += stride;
        }

        TWide.Store(s00, sums[0]);
        TWide.Store(s01, sums[0] + TWide.Lanes);
        TWide.Store(s02, sums[0] + (2 * TWide.Lanes));
        TWide.Store(s03, sums[0] + (3 * TWide.Lanes));
        TWide.Store(s04, sums[0] + (4 * TWide.Lanes));
        TWide.Store(s05, sums[0] + (5 * TWide.Lanes));
        TWide.Store(s06, sums[0] + (6 * TWide.Lanes));
        TWide.Store(s07, sums[0] + (7 * TWide.Lanes));
    }
}
