using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>Sums of the rows of a matrix, in the order of <see cref="LaneSums"/>; short rows are done sixteen at a time, a row in each lane.</summary>
internal static unsafe class RowSums
{
    /// <summary>Rows of at most so many elements are short.</summary>
    public const int Short = 16;

    /// <summary>sums[r] = Σ x[r, :].</summary>
    /// <param name="x">[rows, count].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="sums">[rows].</param>
    public static void Of(float* x, int rows, int count, float* sums)
    {
        if (count is > 0 and <= Short)
        {
            Width.Run(new ShortRows(x, rows, count, sums));
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            sums[row] = LaneSums.Sum(x + ((nint)row * count), count);
        }
    }

    /// <summary>Up to sixteen rows with rows and columns exchanged: lane r of column c is at c · 16 + r. Rows that there are not are zeros.</summary>
    /// <param name="from">[rows, count].</param>
    /// <param name="rows">Rows; more than sixteen are not looked at.</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="columns">Receives [count, 16].</param>
    public static void Take(float* from, int rows, int count, float* columns)
    {
        if (rows < Short)
        {
            new Span<float>(columns, Short * count).Clear();
        }

        Transposition.Copy(from, count, Math.Min(rows, Short), count, columns, Short);
    }

    /// <summary>Sum of the columns of [count, 16]: column c gets column c + 8, then 4, 2, 1, as lanes of <see cref="LaneSums"/>; those past the last would be zeros.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="columns">The columns, destroyed.</param>
    /// <param name="count">Number of them, 1 to 16.</param>
    /// <returns>The sums, a row in each lane.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Fold<TWide>(float* columns, int count)
        where TWide : unmanaged, IWide<TWide>
    {
        for (int half = Short / 2; half > 0; half /= 2)
        {
            for (int c = 0; c < half && c + half < count; c++)
            {
                TWide.Store(TWide.Load(columns + (c * Short)) + TWide.Load(columns + ((c + half) * Short)), columns + (c * Short));
            }
        }

        // The lanes of LaneSums begin at 0, so that −0 becomes 0.
        return default(TWide) + TWide.Load(columns);
    }

    private readonly struct ShortRows(float* x, int rows, int count, float* sums) : IWideAction
    {
        [SkipLocalsInit]
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            float* columns = stackalloc float[Short * Short];
            float* totals = stackalloc float[Short];
            for (int row = 0; row < rows; row += Short)
            {
                Take(x + ((nint)row * count), rows - row, count, columns);
                for (int lane = 0; lane < Short; lane += TWide.Lanes)
                {
                    TWide.Store(Fold<TWide>(columns + lane, count), totals + lane);
                }

                int present = Math.Min(Short, rows - row);
                new ReadOnlySpan<float>(totals, present).CopyTo(new Span<float>(sums + row, present));
            }
        }
    }
}
