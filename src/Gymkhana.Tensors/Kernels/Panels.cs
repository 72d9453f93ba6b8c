using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>Packs columns of a right factor into a panel: two bundles wide, row after row, zeros where there is no column.</summary>
internal static unsafe class Panels
{
    /// <summary>panel[k·2·lanes + j] = matrix(k, j).</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="matrix">The right factor from the panel's first column on.</param>
    /// <param name="depth">Number of rows.</param>
    /// <param name="width">Number of columns, at most two bundles.</param>
    /// <param name="panel">Receives <paramref name="depth"/> rows of two bundles.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack<TWide>(Matrix matrix, int depth, int width, float* panel)
        where TWide : unmanaged, IWide<TWide>
    {
        int stride = 2 * TWide.Lanes;
        if (width < stride)
        {
            new Span<float>(panel, depth * stride).Clear();
        }

        if (matrix.ColumnStride == 1 && width == stride)
        {
            float* row = matrix.Data;
            for (int k = 0; k < depth; k++)
            {
                TWide.Store(TWide.Load(row), panel);
                TWide.Store(TWide.Load(row + TWide.Lanes), panel + TWide.Lanes);
                row += matrix.RowStride;
                panel += stride;
            }
        }
        else if (matrix.RowStride == 1)
        {
            Transposition.Copy(matrix.Data, matrix.ColumnStride, width, depth, panel, stride);
        }
        else if (matrix.ColumnStride == 1)
        {
            for (int k = 0; k < depth; k++)
            {
                new ReadOnlySpan<float>(matrix.Data + (k * matrix.RowStride), width).CopyTo(new Span<float>(panel + (k * stride), width));
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
}
