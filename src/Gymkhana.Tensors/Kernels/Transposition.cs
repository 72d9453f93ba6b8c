using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Gymkhana.Tensors.Kernels;

/// <summary>Copies a matrix with rows and columns exchanged.</summary>
internal static unsafe class Transposition
{
    // A page: first-level caches tell lines apart by the bits below it.
    private const int AliasedStride = 1024;

    /// <summary>to[c·toStride + r] = from[r·fromStride + c].</summary>
    /// <param name="from">The matrix, row-major; does not overlap <paramref name="to"/>.</param>
    /// <param name="fromStride">Floats from a row to the next.</param>
    /// <param name="rows">Rows of it.</param>
    /// <param name="columns">Columns of it.</param>
    /// <param name="to">Receives <paramref name="columns"/> rows.</param>
    /// <param name="toStride">Floats from a row to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* from, nint fromStride, int rows, int columns, float* to, nint toStride)
    {
        int row = 0;
        if (Avx512F.IsSupported)
        {
            for (; row + 16 <= rows && fromStride % AliasedStride == 0; row += 16)
            {
                SixteenAliased(from + (row * fromStride), fromStride, columns, to + row, toStride);
            }

            for (; row + 16 <= rows; row += 16)
            {
                Sixteen(from + (row * fromStride), fromStride, columns, to + row, toStride);
            }
        }

        if (Sse.IsSupported || AdvSimd.Arm64.IsSupported)
        {
            for (; row + 4 <= rows; row += 4)
            {
                Four(from + (row * fromStride), fromStride, columns, to + row, toStride);
            }
        }

        for (; row < rows; row++)
        {
            float* source = from + (row * fromStride);
            float* target = to + row;
            for (int column = 0; column < columns; column++)
            {
                *target = source[column];
                target += toStride;
            }
        }
    }

    // Rows whose lines fall into one set of the first-level cache would drive each other out before a line is used up:
    // whole lines are put side by side first.
    [SkipLocalsInit]
    private static void SixteenAliased(float* from, nint stride, int columns, float* to, nint toStride)
    {
        float* lines = stackalloc float[16 * 16];
        int column = 0;
        for (; column + 16 <= columns; column += 16)
        {
            for (int row = 0; row < 16; row++)
            {
                Vector512.Load(from + (row * stride) + column).Store(lines + (row * 16));
            }

            Sixteen(lines, 16, 16, to + (column * toStride), toStride);
        }

        Sixteen(from + column, stride, columns - column, to + (column * toStride), toStride);
    }

    // Four columns of 16 rows at a time: quarters of rows r, r+4, r+8, r+12 are put side by side, so that what is left is
    // to transpose 4 × 4 floats in each quarter.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sixteen(float* from, nint stride, int columns, float* to, nint toStride)
    {
        int column = 0;
        for (; column + 4 <= columns; column += 4)
        {
            float* source = from + column;
            Vector512<float> a = Quarters(source, stride);
            Vector512<float> b = Quarters(source + stride, stride);
            Vector512<float> c = Quarters(source + (2 * stride), stride);
            Vector512<float> d = Quarters(source + (3 * stride), stride);
            Vector512<double> abLow = Avx512F.UnpackLow(a, b).AsDouble();
            Vector512<double> abHigh = Avx512F.UnpackHigh(a, b).AsDouble();
            Vector512<double> cdLow = Avx512F.UnpackLow(c, d).AsDouble();
            Vector512<double> cdHigh = Avx512F.UnpackHigh(c, d).AsDouble();
            Avx512F.UnpackLow(abLow, cdLow).AsSingle().Store(to);
            Avx512F.UnpackHigh(abLow, cdLow).AsSingle().Store(to + toStride);
            Avx512F.UnpackLow(abHigh, cdHigh).AsSingle().Store(to + (2 * toStride));
            Avx512F.UnpackHigh(abHigh, cdHigh).AsSingle().Store(to + (3 * toStride));
            to += 4 * toStride;
        }

        for (; column < columns; column++)
        {
            for (int row = 0; row < 16; row++)
            {
                to[row] = from[(row * stride) + column];
            }

            to += toStride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quarters(float* source, nint stride) => Vector512.Create(
        Vector256.Create(Vector128.Load(source), Vector128.Load(source + (4 * stride))),
        Vector256.Create(Vector128.Load(source + (8 * stride)), Vector128.Load(source + (12 * stride))));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(float* from, nint stride, int columns, float* to, nint toStride)
    {
        int column = 0;
        for (; column + 4 <= columns; column += 4)
        {
            float* source = from + column;
            var a = Vector128.Load(source);
            var b = Vector128.Load(source + stride);
            var c = Vector128.Load(source + (2 * stride));
            var d = Vector128.Load(source + (3 * stride));
            if (Sse.IsSupported)
            {
                Vector128<float> abLow = Sse.UnpackLow(a, b), abHigh = Sse.UnpackHigh(a, b);
                Vector128<float> cdLow = Sse.UnpackLow(c, d), cdHigh = Sse.UnpackHigh(c, d);
                Sse.MoveLowToHigh(abLow, cdLow).Store(to);
                Sse.MoveHighToLow(cdLow, abLow).Store(to + toStride);
                Sse.MoveLowToHigh(abHigh, cdHigh).Store(to + (2 * toStride));
                Sse.MoveHighToLow(cdHigh, abHigh).Store(to + (3 * toStride));
            }
            else
            {
                Vector128<float> abLow = AdvSimd.Arm64.ZipLow(a, b), abHigh = AdvSimd.Arm64.ZipHigh(a, b);
                Vector128<float> cdLow = AdvSimd.Arm64.ZipLow(c, d), cdHigh = AdvSimd.Arm64.ZipHigh(c, d);
                Vector128.Create(abLow.GetLower(), cdLow.GetLower()).Store(to);
                Vector128.Create(abLow.GetUpper(), cdLow.GetUpper()).Store(to + toStride);
                Vector128.Create(abHigh.GetLower(), cdHigh.GetLower()).Store(to + (2 * toStride));
                Vector128.Create(abHigh.GetUpper(), cdHigh.GetUpper()).Store(to + (3 * toStride));
            }

            to += 4 * toStride;
        }

        for (; column < columns; column++)
        {
            for (int row = 0; row < 4; row++)
            {
                to[row] = from[(row * stride) + column];
            }

            to += toStride;
        }
    }
}
