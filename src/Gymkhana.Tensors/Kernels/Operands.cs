using System.Runtime.CompilerServices;

namespace Gymkhana.Tensors.Kernels;

/// <summary>A matrix in memory that is read by its strides: element (i, j) lies at data[i·rowStride + j·columnStride].</summary>
/// <param name="data">Element (0, 0).</param>
/// <param name="rowStride">Floats from a row to the next.</param>
/// <param name="columnStride">Floats from a column to the next; 1 for row-major, and the transpose of a row-major matrix has the strides exchanged.</param>
internal readonly unsafe struct Matrix(float* data, nint rowStride, nint columnStride = 1)
{
    /// <summary>Element (0, 0).</summary>
    public readonly float* Data = data;

    /// <summary>Floats from a row to the next.</summary>
    public readonly nint RowStride = rowStride;

    /// <summary>Floats from a column to the next.</summary>
    public readonly nint ColumnStride = columnStride;

    /// <summary>The matrix with rows and columns exchanged.</summary>
    public Matrix Transposed => new(Data, ColumnStride, RowStride);

    /// <summary>The part that begins at a row and a column.</summary>
    /// <param name="row">First row.</param>
    /// <param name="column">First column.</param>
    /// <returns>The same memory.</returns>
    public Matrix From(nint row, nint column) => Moved((row * RowStride) + (column * ColumnStride));

    /// <summary>The matrix of the same strides that begins elsewhere.</summary>
    /// <param name="floats">By how much.</param>
    /// <returns>Other memory.</returns>
    public Matrix Moved(nint floats) => new(Data + floats, RowStride, ColumnStride);
}

/// <summary>Where rows begin: at equal distances, or at offsets from a table.</summary>
internal readonly unsafe struct RowSet
{
    private readonly float* _start;
    private readonly nint _stride;
    private readonly int* _offsets;

    /// <summary>Rows at equal distances.</summary>
    /// <param name="start">Row 0.</param>
    /// <param name="stride">Floats from a row to the next.</param>
    public RowSet(float* start, nint stride)
    {
        _start = start;
        _stride = stride;
    }

    /// <summary>Rows at offsets.</summary>
    /// <param name="start">What the offsets count from.</param>
    /// <param name="offsets">Offset of each row, floats.</param>
    public RowSet(float* start, int* offsets)
    {
        _start = start;
        _offsets = offsets;
    }

    /// <summary>Start of a row.</summary>
    /// <param name="row">Which.</param>
    public float* this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _offsets == null ? _start + (row * _stride) : _start + _offsets[row];
    }

    /// <summary>The same rows, each begun later.</summary>
    /// <param name="floats">By how much.</param>
    /// <returns>Moved rows.</returns>
    public RowSet Moved(nint floats) => _offsets == null ? new(_start + floats, _stride) : new(_start + floats, _offsets);
}

/// <summary>Where in its row the k-th summand of the left factor lies.</summary>
internal interface IColumns
{
    /// <summary>Its offset from the start of the row, floats.</summary>
    /// <param name="k">Which summand.</param>
    /// <returns>The offset.</returns>
    nint At(int k);
}

/// <summary>Summands at equal distances.</summary>
/// <param name="stride">Floats from one to the next.</param>
internal readonly struct EvenColumns(nint stride) : IColumns
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint At(int k) => k * stride;
}

/// <summary>Summands at offsets from a table: how a convolution reads the pixels under its window without copying them.</summary>
/// <param name="offsets">Offset of each, floats.</param>
internal readonly unsafe struct GatheredColumns(int* offsets) : IColumns
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint At(int k) => offsets[k];
}
