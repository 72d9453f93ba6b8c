using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>Reduces a surface of 1000×800 to the picture of 96×96: rows first, whose results are rounded down to bytes, then columns.</summary>
internal sealed unsafe class CellReduction
{
    private const int Side = CellSurface.Side;
    private const int Cells = CellSurface.Cells;

    private readonly CellSurface _surface;
    private readonly byte[] _acrossOf = new byte[256 * Side];
    private readonly byte[] _downOf = new byte[256 * Side];

    /// <summary>Reduces a surface.</summary>
    /// <param name="surface">The surface.</param>
    public CellReduction(CellSurface surface)
    {
        _surface = surface;
        for (int i = 0; i < Side; i++)
        {
            for (uint value = 0; value < 256; value++)
            {
                _acrossOf[(value * Side) + i] = surface.Across.OfConstant(i, value);
                _downOf[(i * 256) + value] = surface.Down.OfConstant(i, value);
            }
        }
    }

    /// <summary>Makes the picture.</summary>
    /// <param name="picture">Receives 96×96 pixels, red in the lowest byte.</param>
    public void Reduce(Span<uint> picture)
    {
        for (int j = 0; j < Side; j++)
        {
            uint* above = _surface.Colours + (j * Cells), below = above + Cells;
            ReadOnlySpan<byte> down = _downOf.AsSpan(j * 256, 256);
            Span<uint> row = picture.Slice(j * Side, Side);
            for (int i = 0; i < Side; i++)
            {
                uint colour = above[i];
                bool isPlain = colour != CellSurface.Mixed && colour == above[i + 1] && colour == below[i] && colour == below[i + 1];
                row[i] = isPlain ? OfPlain(colour, i, down) : OfMixed(i, j, above + i, below + i);
            }
        }
    }

    private uint OfPlain(uint colour, int column, ReadOnlySpan<byte> down)
    {
        ref byte across = ref _acrossOf[column];
        uint red = down[Unsafe.Add(ref across, (colour & 0xff) * Side)];
        uint green = down[Unsafe.Add(ref across, ((colour >> 8) & 0xff) * Side)];
        uint blue = down[Unsafe.Add(ref across, (colour >> 16) * Side)];
        return red | (green << 8) | (blue << 16);
    }

    private uint OfMixed(int i, int j, uint* above, uint* below)
    {
        WriteDown(above[0], j, i);
        WriteDown(above[1], j, i + 1);
        WriteDown(below[0], j + 1, i);
        WriteDown(below[1], j + 1, i + 1);
        (ShrinkWeights across, ShrinkWeights down) = (_surface.Across, _surface.Down);
        int firstRow = down.First[j], lastRow = down.First[j + 1];
        uint* at = _surface.Pixels + (firstRow * CellSurface.Stride) + across.First[i];
        int width = across.First[i + 1] - across.First[i];
        Vector128<uint> firstWeight = Vector128.Create(across.FirstWeight[i]), lastWeight = Vector128.Create(across.LastWeight[i]);
        Vector128<uint> reciprocal = Vector128.Create(across.Reciprocal);

        // Between the first and the last pixel lie nine or ten whole ones.
        Vector128<byte> tenth = width == 11 ? Vector128.Create(ulong.MaxValue, 0).AsByte() : Vector128.Create((ulong)uint.MaxValue, 0).AsByte();
        Vector128<uint> sum = (Row(at, width, tenth, firstWeight, lastWeight, reciprocal) * Vector128.Create(down.FirstWeight[j])) >>> ShrinkWeights.Places;
        for (int row = firstRow + 1; row < lastRow; row++)
        {
            at += CellSurface.Stride;
            sum += Row(at, width, tenth, firstWeight, lastWeight, reciprocal);
        }

        at += CellSurface.Stride;
        sum += (Row(at, width, tenth, firstWeight, lastWeight, reciprocal) * Vector128.Create(down.LastWeight[j])) >>> ShrinkWeights.Places;
        sum = (sum * Vector128.Create(down.Reciprocal)) >>> 16;
        Vector128<ushort> narrow = Vector128.Narrow(sum, sum);
        return Vector128.Narrow(narrow, narrow).AsUInt32().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteDown(uint colour, int row, int column)
    {
        if (colour != CellSurface.Mixed)
        {
            _surface.WriteDown(row, column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Row(
        uint* at, int width, Vector128<byte> tenth, Vector128<uint> firstWeight, Vector128<uint> lastWeight, Vector128<uint> reciprocal)
    {
        (Vector128<ushort> a, Vector128<ushort> b) = Vector128.Widen(Vector128.Load((byte*)(at + 1)));
        (Vector128<ushort> c, Vector128<ushort> d) = Vector128.Widen(Vector128.Load((byte*)(at + 5)));
        Vector128<ushort> e = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)(at + 9)).AsByte() & tenth);
        Vector128<ushort> pairs = a + b + (c + d) + e;
        Vector128<uint> whole = Vector128.WidenLower(pairs) + Vector128.WidenUpper(pairs);
        Vector128<uint> first = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*at).AsByte()));
        Vector128<uint> last = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(at[width]).AsByte()));
        Vector128<uint> sum = whole + ((first * firstWeight) >>> ShrinkWeights.Places) + ((last * lastWeight) >>> ShrinkWeights.Places);
        return (sum * reciprocal) >>> 16;
    }
}
