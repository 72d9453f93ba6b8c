using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>A product of any number of rows with a panel of columns, two bundles wide: the loop over <see cref="Tiles"/>.</summary>
internal static unsafe class Strip
{
    private const int MostColumns = 32;

    /// <summary>Sums += left × panel, or = where they do not go on.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <typeparam name="TColumns">How the left factor is read.</typeparam>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Number of columns, at most two bundles.</param>
    /// <param name="depth">Number of summands.</param>
    /// <param name="left">Rows of the left factor.</param>
    /// <param name="columns">Place of summand k in them.</param>
    /// <param name="panel">Row 0 of the right factor; padded to one or two whole bundles.</param>
    /// <param name="stride">Floats from a row of the panel to the next.</param>
    /// <param name="sums">Rows of the result.</param>
    /// <param name="goOn">Whether the sums begin with what is there.</param>
    /// <param name="epilogue">What happens to the rows afterwards.</param>
    [SkipLocalsInit]
    public static void Multiply<TWide, TColumns>(
        int rows, int width, int depth, RowSet left, TColumns columns, float* panel, nint stride, RowSet sums, bool goOn, Epilogue epilogue = default)
        where TWide : unmanaged, IWide<TWide>
        where TColumns : struct, IColumns
    {
        float** leftRows = stackalloc float*[8];
        float** sumRows = stackalloc float*[8];
        float** finalRows = stackalloc float*[8];
        float* edge = stackalloc float[8 * MostColumns];
        bool narrow = width <= TWide.Lanes;
        bool whole = width == TWide.Lanes || width == 2 * TWide.Lanes;
        bool finish = !epilogue.IsEmpty;
        for (int row = 0, count; row < rows; row += count)
        {
            count = Count<TWide>(rows - row);
            for (int r = 0; r < count; r++)
            {
                leftRows[r] = left[row + r];
                finalRows[r] = sums[row + r];
                sumRows[r] = whole ? finalRows[r] : edge + (r * MostColumns);
            }

            if (!whole && goOn)
            {
                Copy(finalRows, sumRows, count, width);
            }

            Tile<TWide, TColumns>(count, narrow, depth, leftRows, columns, panel, stride, sumRows, goOn);
            if (finish)
            {
                epilogue.Apply<TWide>(sumRows, row, count, width);
            }

            if (!whole)
            {
                Copy(sumRows, finalRows, count, width);
            }
        }
    }

    // With 32 registers eight rows fit, with 16 four.
    private static int Count<TWide>(int rows)
        where TWide : unmanaged, IWide<TWide> =>
        rows >= 8 && (Avx512F.VL.IsSupported || AdvSimd.IsSupported) ? 8 : rows >= 4 ? 4 : 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<TWide, TColumns>(
        int rows, bool narrow, int depth, float** left, TColumns columns, float* panel, nint stride, float** sums, bool goOn)
        where TWide : unmanaged, IWide<TWide>
        where TColumns : struct, IColumns
    {
        switch (rows, narrow)
        {
            case (8, false):
                Tiles.Of8By2<TWide, TColumns>(depth, left, columns, panel, stride, sums, goOn);
                break;
            case (8, true):
                Tiles.Of8By1<TWide, TColumns>(depth, left, columns, panel, stride, sums, goOn);
                break;
            case (4, false):
                Tiles.Of4By2<TWide, TColumns>(depth, left, columns, panel, stride, sums, goOn);
                break;
            case (4, true):
                Tiles.Of4By1<TWide, TColumns>(depth, left, columns, panel, stride, sums, goOn);
                break;
            case (1, false):
                Tiles.Of1By2<TWide, TColumns>(depth, left, columns, panel, stride, sums, goOn);
                break;
            default:
                Tiles.Of1By1<TWide, TColumns>(depth, left, columns, panel, stride, sums, goOn);
                break;
        }
    }

    private static void Copy(float** from, float** to, int rows, int count)
    {
        for (int row = 0; row < rows; row++)
        {
            new ReadOnlySpan<float>(from[row], count).CopyTo(new Span<float>(to[row], count));
        }
    }
}
