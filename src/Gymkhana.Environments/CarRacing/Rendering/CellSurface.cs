using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>
/// The window of 1000×800 as a grid of cells, one for each pixel of the reduced picture. A cell that has one colour all over is only that
/// colour; its pixels are written down when something covers it in part. Most of a picture is such cells, which makes drawing and
/// reducing it many times cheaper and changes no pixel.
/// </summary>
/// <remarks>
/// Row 0 is at the top. A pixel is red, green and blue from the lowest byte up, the highest byte 0. Cells begin at the first pixel of each result
/// of <see cref="Across"/> and <see cref="Down"/>; one more row and column of cells holds the last pixels.
/// Pointers: callers keep rows in 0–799 and columns in 0–999; a row has 8 pixels of room behind it for wide reads.
/// </remarks>
internal sealed unsafe class CellSurface
{
    /// <summary>Columns.</summary>
    public const int Width = WindowCamera.Width;

    /// <summary>Rows.</summary>
    public const int Height = WindowCamera.Height;

    /// <summary>Pixels from a row to the next.</summary>
    public const int Stride = Width + 8;

    /// <summary>Rows and columns of the reduced picture.</summary>
    public const int Side = 96;

    /// <summary>Rows and columns of cells.</summary>
    public const int Cells = Side + 1;

    /// <summary>In place of a cell's colour: its pixels count.</summary>
    public const uint Mixed = uint.MaxValue;

    private readonly uint[] _memory = GC.AllocateArray<uint>(Stride * (Height + 1), pinned: true);
    private readonly uint[] _colours = GC.AllocateArray<uint>(Cells * Cells, pinned: true);
    private readonly bool[] _written = new bool[Cells * Cells];
    private readonly int[] _columnStart = new int[Cells + 1];
    private readonly int[] _rowStart = new int[Cells + 1];
    private readonly byte[] _columnOf = new byte[Width + 1];
    private readonly byte[] _rowOf = new byte[Height + 1];

    /// <summary>A black surface.</summary>
    public CellSurface()
    {
        Pixels = (uint*)Unsafe.AsPointer(ref _memory[0]);
        Colours = (uint*)Unsafe.AsPointer(ref _colours[0]);
        Divide(Across, _columnStart, _columnOf, Width);
        Divide(Down, _rowStart, _rowOf, Height);
    }

    /// <summary>How columns are reduced.</summary>
    public ShrinkWeights Across { get; } = new(Width, Side);

    /// <summary>How rows are reduced.</summary>
    public ShrinkWeights Down { get; } = new(Height, Side);

    /// <summary>The pixels of cells that are <see cref="Mixed"/>; of others when written down.</summary>
    public uint* Pixels { get; }

    /// <summary>The colour of each cell, row by row, or <see cref="Mixed"/>.</summary>
    public uint* Colours { get; }

    /// <summary>First column of each column of cells, and <see cref="Width"/>.</summary>
    public ReadOnlySpan<int> ColumnStart => _columnStart;

    /// <summary>First row of each row of cells, and <see cref="Height"/>.</summary>
    public ReadOnlySpan<int> RowStart => _rowStart;

    /// <summary>The pixels of a row, where they have been written down.</summary>
    public ReadOnlySpan<uint> Row(int row) => _memory.AsSpan(row * Stride, Width);

    /// <summary>The column of cells of a column, 0–1000.</summary>
    public int CellColumn(int x) => _columnOf[x];

    /// <summary>The row of cells of a row, 0–800.</summary>
    public int CellRow(int row) => _rowOf[row];

    /// <summary>One colour all over.</summary>
    public void Clear(uint colour)
    {
        _colours.AsSpan().Fill(colour);
        _written.AsSpan().Clear();
    }

    /// <summary>Makes ready to draw on some cells in a colour: their pixels are written down, unless they have that colour already.</summary>
    /// <param name="top">First row of cells.</param>
    /// <param name="bottom">Last row of cells.</param>
    /// <param name="left">First column of cells.</param>
    /// <param name="right">Last column of cells.</param>
    /// <param name="colour">The colour to be drawn.</param>
    /// <returns>False when drawing would change nothing.</returns>
    public bool Open(int top, int bottom, int left, int right, uint colour)
    {
        bool changes = false;
        for (int row = top; row <= bottom; row++)
        {
            for (int column = left; column <= right; column++)
            {
                uint present = Colours[(row * Cells) + column];
                if (present == colour)
                {
                    continue;
                }

                changes = true;
                if (present != Mixed)
                {
                    WriteCell(row, column, present);
                    Colours[(row * Cells) + column] = Mixed;
                }
            }
        }

        return changes;
    }

    /// <summary>Writes the pixels of a cell down when they are not yet; its colour stays.</summary>
    public void WriteDown(int row, int column)
    {
        int cell = (row * Cells) + column;
        if (Colours[cell] != Mixed && !_written[cell])
        {
            WriteCell(row, column, Colours[cell]);
            _written[cell] = true;
        }
    }

    /// <summary>Fills part of a row.</summary>
    /// <param name="row">0–799.</param>
    /// <param name="from">First column; may lie outside.</param>
    /// <param name="to">Last column; may lie outside.</param>
    /// <param name="colour">The colour.</param>
    public void FillRow(int row, int from, int to, uint colour)
    {
        (from, to) = (Math.Max(from, 0), Math.Min(to, Width - 1));
        if (from <= to && Open(_rowOf[row], _rowOf[row], _columnOf[from], _columnOf[to], colour))
        {
            new Span<uint>(Pixels + (row * Stride) + from, to - from + 1).Fill(colour);
        }
    }

    /// <summary>Fills a span in each of some rows, whole cells at a time where it can.</summary>
    /// <param name="top">First row, 0–799.</param>
    /// <param name="bottom">Last row, 0–799.</param>
    /// <param name="left">For each row of the surface, the first column, 0 or more.</param>
    /// <param name="right">For each row of the surface, the last column, 999 or less; before the first where there is nothing.</param>
    /// <param name="colour">The colour.</param>
    public void FillRows(int top, int bottom, ReadOnlySpan<int> left, ReadOnlySpan<int> right, uint colour)
    {
        for (int band = _rowOf[top]; band <= _rowOf[bottom]; band++)
        {
            int first = Math.Max(top, _rowStart[band]), last = Math.Min(bottom, _rowStart[band + 1] - 1);
            (int outerLeft, int innerLeft, int innerRight, int outerRight) = (Width, 0, Width, -1);
            for (int row = first; row <= last; row++)
            {
                (int l, int r) = (left[row], right[row]);
                (innerLeft, innerRight) = (Math.Max(innerLeft, l), Math.Min(innerRight, r));
                if (l <= r)
                {
                    (outerLeft, outerRight) = (Math.Min(outerLeft, l), Math.Max(outerRight, r));
                }
            }

            if (outerLeft > outerRight)
            {
                continue;
            }

            // Cells from `whole` to before `end` are covered in every row of the band.
            bool isWholeBand = last - first + 1 == _rowStart[band + 1] - _rowStart[band];
            int whole = innerLeft < Width ? _columnOf[innerLeft] + (_columnStart[_columnOf[innerLeft]] == innerLeft ? 0 : 1) : Cells;
            int end = innerRight >= 0 ? _columnOf[innerRight + 1] : 0;
            if (!isWholeBand || end <= whole)
            {
                FillPart(band, first, last, left, right, 0, Width - 1, outerLeft, outerRight, colour);
                continue;
            }

            new Span<uint>(Colours + (band * Cells) + whole, end - whole).Fill(colour);
            FillPart(band, first, last, left, right, 0, _columnStart[whole] - 1, outerLeft, _columnStart[whole] - 1, colour);
            FillPart(band, first, last, left, right, _columnStart[end], Width - 1, _columnStart[end], outerRight, colour);
        }
    }

    /// <summary>Fills a rectangle.</summary>
    public void FillRectangle(int top, int bottom, int left, int right, uint colour)
    {
        for (int band = _rowOf[top]; band <= _rowOf[bottom]; band++)
        {
            bool isWhole = _rowStart[band] >= top && _rowStart[band + 1] - 1 <= bottom && left == 0 && right == Width - 1;
            if (isWhole)
            {
                new Span<uint>(Colours + (band * Cells), Cells).Fill(colour);
                continue;
            }

            for (int row = Math.Max(top, _rowStart[band]); row <= Math.Min(bottom, _rowStart[band + 1] - 1); row++)
            {
                FillRow(row, left, right, colour);
            }
        }
    }

    /// <summary>Writes every cell's pixels down.</summary>
    public void WriteAllDown()
    {
        for (int row = 0; row < Cells; row++)
        {
            for (int column = 0; column < Cells; column++)
            {
                WriteDown(row, column);
            }
        }
    }

    private void FillPart(int band, int first, int last, ReadOnlySpan<int> left, ReadOnlySpan<int> right, int low, int high, int outerLeft, int outerRight, uint colour)
    {
        if (outerLeft > outerRight || !Open(band, band, _columnOf[outerLeft], _columnOf[outerRight], colour))
        {
            return;
        }

        Vector128<uint> four = Vector128.Create(colour);
        for (int row = first; row <= last; row++)
        {
            int from = Math.Max(left[row], low), to = Math.Min(right[row], high);
            if (from <= to)
            {
                Fill(Pixels + (row * Stride) + from, to - from + 1, four);
            }
        }
    }

    // Mostly a few pixels: a call costs more than they do.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill(uint* at, int count, Vector128<uint> four)
    {
        if (count < 4)
        {
            *at = four.ToScalar();
            at[count >> 1] = four.ToScalar();
            at[count - 1] = four.ToScalar();
            return;
        }

        uint* last = at + count - 4;
        for (; at < last; at += 4)
        {
            four.Store(at);
        }

        four.Store(last);
    }

    private void WriteCell(int row, int column, uint colour)
    {
        int start = _columnStart[column], width = _columnStart[column + 1] - start;
        uint* at = Pixels + (_rowStart[row] * Stride) + start, end = Pixels + (_rowStart[row + 1] * Stride) + start;
        Vector128<uint> four = Vector128.Create(colour);
        if (width < 8)
        {
            for (; at < end; at += Stride)
            {
                Fill(at, width, four);
            }

            return;
        }

        for (; at < end; at += Stride)
        {
            // 10 or 11 pixels: the last four overlap the ones before.
            four.Store(at);
            four.Store(at + 4);
            four.Store(at + width - 4);
        }
    }

    private static void Divide(ShrinkWeights weights, int[] start, byte[] cellOf, int length)
    {
        weights.First.CopyTo(start, 0);
        start[Cells] = length;
        for (int cell = 0; cell < Cells; cell++)
        {
            cellOf.AsSpan(start[cell], start[cell + 1] - start[cell]).Fill((byte)cell);
        }

        cellOf[length] = Cells;
    }
}
