using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Packs columns of a right factor into a panel, row after row, with zeros where there is no column. A panel of more than one
/// bundle of columns is two bundles wide, a narrow one one bundle.
/// </summary>
internal static unsafe class Panels
{
    /// <summary>Rows of a left factor that are packed side by side.</summary>
    public const int LeftRows = 8;

    /// <summary>Floats from a row of a panel to the next.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="width">Number of columns, at most two bundles.</param>
    /// <returns>One bundle or two.</returns>
    public static int Stride<TWide>(int width)
        where TWide : unmanaged, IWide<TWide> => width <= TWide.Lanes ? TWide.Lanes : 2 * TWide.Lanes;

    /// <summary>panel[k·stride + j] = matrix(k, j).</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="matrix">The right factor from the panel's first column on.</param>
    /// <param name="depth">Number of rows.</param>
    /// <param name="width">Number of columns, at most two bundles.</param>
    /// <param name="panel">Receives <paramref name="depth"/> rows of one or two bundles.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack<TWide>(Matrix matrix, int depth, int width, float* panel)
        where TWide : unmanaged, IWide<TWide>
    {
        int stride = Stride<TWide>(width);
        if (width < stride)
        {
            new Span<float>(panel, depth * stride).Clear();
        }

        if (matrix.RowStride == 1)
        {
            Transposition.Copy(matrix.Data, matrix.ColumnStride, width, depth, panel, stride);
        }
        else if (matrix.ColumnStride == 1)
        {
            for (int k = 0; k < depth; k++)
            {
                CopyRow<TWide>(matrix.Data + (k * matrix.RowStride), panel + ((nint)k * stride), width);
            }
        }
        else
        {
            for (int k = 0; k < depth; k++)
            {
                for (int j = 0; j < width; j++)
                {
                    panel[(k * stride) + j] = matrix.Data[(k * matrix.RowStride) + (j * matrix.ColumnStride)];
                }
            }
        }
    }

    /// <summary>Packs columns into panels that follow each other, each with room for rows of two bundles.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="matrix">The right factor from the first column on.</param>
    /// <param name="depth">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="panels">Receives the panels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackAll<TWide>(Matrix matrix, int depth, int columns, float* panels)
        where TWide : unmanaged, IWide<TWide>
    {
        int width = 2 * TWide.Lanes;
        nint size = (nint)depth * width;
        int whole = 0;
        if (matrix.ColumnStride == 1)
        {
            // Row by row over all whole panels: long runs of memory are read in order.
            whole = columns / width * width;
            for (int k = 0; k < depth; k++)
            {
                float* row = matrix.Data + (k * matrix.RowStride);
                float* to = panels + ((nint)k * width);
                for (int j = 0; j < whole; j += width)
                {
                    TWide.Store(TWide.Load(row + j), to);
                    TWide.Store(TWide.Load(row + j + TWide.Lanes), to + TWide.Lanes);
                    to += size;
                }
            }
        }

        for (int j = whole; j < columns; j += width)
        {
            Pack<TWide>(matrix.From(0, j), depth, Math.Min(width, columns - j), panels + (j / width * size));
        }
    }

    /// <summary>packed[(i / 8)·depth·8 + k·8 + i mod 8] = matrix(i, k) of a matrix with a row stride of 1.</summary>
    /// <param name="matrix">The left factor from the first row and summand on.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="depth">Number of summands.</param>
    /// <param name="packed">Receives the rows, eight by eight.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackLeft(Matrix matrix, int rows, int depth, float* packed)
    {
        for (int k = 0; k < depth; k++)
        {
            float* from = matrix.Data + (k * matrix.ColumnStride);
            float* to = packed + (k * LeftRows);
            int row = 0;
            for (; row + LeftRows <= rows; row += LeftRows)
            {
                Vector256.Load(from + row).Store(to);
                to += depth * LeftRows;
            }

            for (; row < rows; row++)
            {
                *to++ = from[row];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRow<TWide>(float* from, float* to, int count)
        where TWide : unmanaged, IWide<TWide>
    {
        int i = 0;
        for (; i + TWide.Lanes <= count; i += TWide.Lanes)
        {
            TWide.Store(TWide.Load(from + i), to + i);
        }

        for (; i < count; i++)
        {
            to[i] = from[i];
        }
    }
}
