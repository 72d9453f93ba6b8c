using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>A matrix product to be computed, and how one thread computes a block of it.</summary>
/// <param name="rows">Rows of A and C.</param>
/// <param name="columns">Columns of B and C.</param>
/// <param name="depth">Columns of A, rows of B.</param>
/// <param name="a">Left factor.</param>
/// <param name="b">Right factor.</param>
/// <param name="c">Element (0, 0) of the result, row-major.</param>
/// <param name="cStride">Floats from a row of it to the next.</param>
/// <param name="accumulate">Whether the product is added to what is there.</param>
/// <param name="epilogue">Bias and activation.</param>
internal readonly unsafe struct Product(int rows, int columns, int depth, Matrix a, Matrix b, float* c, nint cStride, bool accumulate, Epilogue epilogue)
{
    // A panel of 256 rows by 32 floats is 32 KB: with a few rows of A it stays in the first-level cache.
    private const int BlockDepth = 256;

    // Panels that are packed together, so that the rows of B are read, and those of C written, a page's fraction at a time
    // rather than in scattered lines: 8 of them are 256 KB, and stay in the second-level cache.
    private const int BlockPanels = 8;

    // Rows that all packed panels are multiplied with before the next rows come.
    private const int BlockRows = 64;

    // Up to so many rows a right factor that is row-major, with rows no longer than this, is read where it is: its lines
    // survive in the first-level cache from tile to tile, and packing would cost more than it saves.
    private const int FewRows = 64;
    private const int ShortRow = 256;

    // Floats between the columns of a transposed left factor from which on it is worth packing.
    private const int LongRow = 128;

    /// <summary>Rows of the result.</summary>
    public int Rows => rows;

    /// <summary>Columns of the result.</summary>
    public int Columns => columns;

    /// <summary>Number of summands.</summary>
    public int Depth => depth;

    /// <summary>Number of multiply-adds.</summary>
    public long Work => (long)rows * columns * depth;

    /// <summary>Makes room for what is packed, for all workers.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="scratch">Where.</param>
    public void Reserve<TWide>(Scratch scratch)
        where TWide : unmanaged, IWide<TWide>
    {
        long block = Math.Min(depth, BlockDepth + (BlockDepth / 2));
        scratch.Reserve(ScratchSlot.Panel, BlockPanels * 2 * TWide.Lanes * block);
        scratch.Reserve(ScratchSlot.Left, BlockRows * block);
    }

    /// <summary>The same product of other matrices.</summary>
    /// <param name="aOffset">Floats to the left factor.</param>
    /// <param name="bOffset">Floats to the right factor.</param>
    /// <param name="cOffset">Floats to the result.</param>
    /// <returns>The moved product.</returns>
    public Product Moved(nint aOffset, nint bOffset, nint cOffset) =>
        new(rows, columns, depth, new Matrix(a.Data + aOffset, a.RowStride, a.ColumnStride), new Matrix(b.Data + bOffset, b.RowStride, b.ColumnStride), c + cOffset, cStride, accumulate, epilogue);

    /// <summary>Computes a block of the result.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="firstColumn">First column.</param>
    /// <param name="columnCount">Number of columns.</param>
    /// <param name="scratch">Where panels are packed.</param>
    /// <param name="worker">Whose scratch.</param>
    public void Compute<TWide>(int firstRow, int rowCount, int firstColumn, int columnCount, Scratch scratch, int worker)
        where TWide : unmanaged, IWide<TWide>
    {
        int panelWidth = 2 * TWide.Lanes;
        int lastColumn = firstColumn + columnCount;
        int column = firstColumn;
        if (rowCount < 4 && b.ColumnStride == 1)
        {
            column = ComputeRows<TWide>(firstRow, rowCount, column, lastColumn);
        }

        bool readable = b.ColumnStride == 1 && (rowCount <= 8 || (rowCount <= FewRows && b.RowStride <= ShortRow));
        if (readable)
        {
            int direct = (lastColumn - column) / TWide.Lanes * TWide.Lanes;
            for (int end = column + direct; column < end; column += panelWidth)
            {
                Matrix right = b.From(0, column);
                ComputePanel<TWide>(firstRow, rowCount, column, Math.Min(panelWidth, end - column), 0, depth, right.Data, right.RowStride);
            }

            column = Math.Min(column, firstColumn + ((lastColumn - firstColumn) / TWide.Lanes * TWide.Lanes));
        }

        int blockWidth = BlockPanels * panelWidth;
        for (; column < lastColumn; column += blockWidth)
        {
            int k = 0;
            do
            {
                // The last block takes a small rest with it rather than leave it to a block of its own.
                int block = depth - k <= BlockDepth + (BlockDepth / 2) ? depth - k : BlockDepth;
                ComputeBlock<TWide>(firstRow, rowCount, column, Math.Min(blockWidth, lastColumn - column), k, block, scratch, worker);
                k += block;
            }
            while (k < depth);
        }
    }

    private void ComputeBlock<TWide>(int firstRow, int rowCount, int column, int columnCount, int k, int block, Scratch scratch, int worker)
        where TWide : unmanaged, IWide<TWide>
    {
        int panelWidth = 2 * TWide.Lanes;
        nint panelSize = (nint)block * panelWidth;
        float* packed = scratch.Floats(worker, ScratchSlot.Panel, BlockPanels * panelSize);
        Panels.PackAll<TWide>(b.From(k, column), block, columnCount, packed);

        // A transposed left factor is read a line for each k, far apart: where several panels read the same, it is packed too.
        bool packLeft = a.RowStride == 1 && a.ColumnStride >= LongRow && columnCount > 2 * panelWidth;
        float* left = packLeft ? scratch.Floats(worker, ScratchSlot.Left, BlockRows * (long)block) : null;
        int* offsets = stackalloc int[BlockRows];
        for (int row = 0; row < BlockRows; row++)
        {
            offsets[row] = (row / Panels.LeftRows * block * Panels.LeftRows) + (row % Panels.LeftRows);
        }

        for (int row = 0; row < rowCount; row += BlockRows)
        {
            int rows = Math.Min(BlockRows, rowCount - row);
            float* panel = packed;
            if (packLeft)
            {
                Panels.PackLeft(a.From(firstRow + row, k), rows, block, left);
            }

            for (int j = 0; j < columnCount; j += panelWidth)
            {
                int width = Math.Min(panelWidth, columnCount - j);
                nint stride = Panels.Stride<TWide>(width);
                if (packLeft)
                {
                    ComputePanel<TWide>(firstRow + row, rows, column + j, width, k, block, new RowSet(left, offsets), Panels.LeftRows, panel, stride);
                }
                else
                {
                    ComputePanel<TWide>(firstRow + row, rows, column + j, width, k, block, panel, stride);
                }

                panel += panelSize;
            }
        }
    }

    private void ComputePanel<TWide>(int firstRow, int rowCount, int column, int width, int k, int block, float* panel, nint stride)
        where TWide : unmanaged, IWide<TWide>
    {
        Matrix left = a.From(firstRow, k);
        ComputePanel<TWide>(firstRow, rowCount, column, width, k, block, new RowSet(left.Data, left.RowStride), left.ColumnStride, panel, stride);
    }

    private void ComputePanel<TWide>(
        int firstRow, int rowCount, int column, int width, int k, int block, RowSet left, nint leftStride, float* panel, nint stride)
        where TWide : unmanaged, IWide<TWide>
    {
        var sums = new RowSet(c + (firstRow * cStride) + column, cStride);
        Epilogue finish = k + block == depth ? epilogue.From(firstRow, column) : default;
        Strip.Multiply<TWide, EvenColumns>(rowCount, width, block, left, new EvenColumns(leftStride), panel, stride, sums, accumulate || k > 0, finish);
    }

    // One to three rows, as when one observation is acted upon: eight bundles of columns at a time, straight from B.
    private int ComputeRows<TWide>(int firstRow, int rowCount, int column, int lastColumn)
        where TWide : unmanaged, IWide<TWide>
    {
        int width = 8 * TWide.Lanes;
        for (; column + width <= lastColumn; column += width)
        {
            for (int row = firstRow; row < firstRow + rowCount; row++)
            {
                float* left = a.Data + (row * a.RowStride);
                float* sums = c + (row * cStride) + column;
                Tiles.Of1By8<TWide, EvenColumns>(depth, &left, new EvenColumns(a.ColumnStride), b.Data + column, b.RowStride, &sums, accumulate);
                if (!epilogue.IsEmpty)
                {
                    epilogue.From(row, column).Apply<TWide>(&sums, 0, 1, width);
                }
            }
        }

        return column;
    }
}

/// <summary>Products of the same kind whose matrices lie at equal distances.</summary>
/// <param name="first">Product 0.</param>
/// <param name="count">How many.</param>
/// <param name="aBatch">Floats from a left factor to the next.</param>
/// <param name="bBatch">Floats from a right factor to the next.</param>
/// <param name="cBatch">Floats from a result to the next.</param>
internal readonly struct ProductBatch(Product first, int count, nint aBatch, nint bBatch, nint cBatch)
{
    /// <summary>Product 0.</summary>
    public Product First => first;

    /// <summary>How many.</summary>
    public int Count => count;

    /// <summary>One of the products.</summary>
    /// <param name="item">Which.</param>
    public Product this[int item] => first.Moved(item * aBatch, item * bBatch, item * cBatch);
}
