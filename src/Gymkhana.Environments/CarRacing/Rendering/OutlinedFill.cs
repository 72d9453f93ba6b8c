using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>
/// Polygons as the original draws the ground: an anti-aliased outline, edge by edge, and over it a plain fill (SDL_gfx's <c>aapolygon</c>
/// and <c>filled_polygon</c>). Its quirks are part of the picture: outlines are cut at the window's rim with slopes in single precision, and fills
/// keep half a pixel from them.
/// </summary>
/// <remarks>Rows count from below, and are turned over as they are drawn; rows below <see cref="FirstShown"/> are left out.</remarks>
internal sealed unsafe class OutlinedFill
{
    /// <summary>Rows from below that the instruments cover.</summary>
    public const int FirstShown = 100;

    private const int LastX = CellSurface.Width - 1;
    private const int LastY = CellSurface.Height - 1;
    private const int Stride = CellSurface.Stride;
    private const int MostCrossings = 4;

    private readonly CellSurface _surface;
    private readonly int[] _crossings = new int[CellSurface.Height * MostCrossings];
    private readonly byte[] _count = new byte[CellSurface.Height];
    private readonly int[] _left = new int[CellSurface.Height];
    private readonly int[] _right = new int[CellSurface.Height];

    // For each weight of the second pixel: 256 − alpha of the first pixel in four lanes, and of the second in the others.
    private readonly ushort[] _keep = GC.AllocateArray<ushort>(256 * 8, pinned: true);
    private readonly ushort* _keepAt;

    /// <summary>Draws on a surface.</summary>
    /// <param name="surface">The surface.</param>
    public OutlinedFill(CellSurface surface)
    {
        _surface = surface;
        _keepAt = (ushort*)Unsafe.AsPointer(ref _keep[0]);
        for (int weight = 0; weight < 256; weight++)
        {
            _keep.AsSpan(weight * 8, 4).Fill((ushort)(256 - ((255 * (255 - weight)) >> 8)));
            _keep.AsSpan((weight * 8) + 4, 4).Fill((ushort)(256 - ((255 * weight) >> 8)));
        }
    }

    /// <summary>Draws a quadrilateral.</summary>
    /// <param name="x">Columns of its corners.</param>
    /// <param name="y">Rows of its corners, from below.</param>
    /// <param name="colour">Its colour.</param>
    public void Draw(ReadOnlySpan<int> x, ReadOnlySpan<int> y, uint colour)
    {
        (int minX, int maxX, int minY, int maxY) = (int.MaxValue, int.MinValue, int.MaxValue, int.MinValue);
        for (int i = 0; i < 4; i++)
        {
            (minX, maxX) = (Math.Min(minX, x[i]), Math.Max(maxX, x[i]));
            (minY, maxY) = (Math.Min(minY, y[i]), Math.Max(maxY, y[i]));
        }

        if (maxX < 0 || minX > LastX || maxY < FirstShown || minY > LastY)
        {
            return;
        }

        for (int i = 0; i < 4; i++)
        {
            Edge(x[i], y[i], x[(i + 1) & 3], y[(i + 1) & 3], colour);
        }

        Fill(x, y, minY, maxY, colour);
    }

    private void Fill(ReadOnlySpan<int> x, ReadOnlySpan<int> y, int minY, int maxY, uint colour)
    {
        int low = Math.Max(minY, FirstShown), high = Math.Min(maxY, LastY);
        if (low > high)
        {
            return;
        }

        _count.AsSpan(low, high - low + 1).Clear();
        for (int i = 0; i < 4; i++)
        {
            int before = (i + 3) & 3;
            if (y[before] < y[i])
            {
                Cross(x[before], y[before], x[i], y[i], maxY, low, high);
            }
            else if (y[before] > y[i])
            {
                Cross(x[i], y[i], x[before], y[before], maxY, low, high);
            }
        }

        bool isConvex = true;
        for (int row = low; row <= high; row++)
        {
            int at = row * MostCrossings;
            if (_count[row] != 2)
            {
                isConvex = false;
                continue;
            }

            (int from, int to) = Span(Math.Min(_crossings[at], _crossings[at + 1]), Math.Max(_crossings[at], _crossings[at + 1]));
            (_left[LastY - row], _right[LastY - row]) = (Math.Max(from, 0), Math.Min(to, LastX));
        }

        if (isConvex)
        {
            _surface.FillRows(LastY - high, LastY - low, _left, _right, colour);
            return;
        }

        for (int row = low; row <= high; row++)
        {
            Span<int> crossings = _crossings.AsSpan(row * MostCrossings, _count[row]);
            crossings.Sort();
            for (int i = 0; i + 1 < crossings.Length; i += 2)
            {
                (int from, int to) = Span(crossings[i], crossings[i + 1]);
                _surface.FillRow(LastY - row, from, to, colour);
            }
        }
    }

    // Crossings in 16 binary places; half a place is taken off each end, and they are rounded to the nearest.
    private static (int From, int To) Span(int first, int second)
    {
        (first, second) = (first + 1, second - 1);
        int from = (first >> 16) + ((first & 0x8000) >> 15), to = (second >> 16) + ((second & 0x8000) >> 15);
        return from <= to ? (from, to) : (to, from);
    }

    private void Cross(int x1, int y1, int x2, int y2, int maxY, int low, int high)
    {
        int first = Math.Max(y1, low), end = Math.Min(y2 == maxY ? y2 : y2 - 1, high);
        if (first > end)
        {
            return;
        }

        // 65536·(row − y1)/(y2 − y1) rounded down, row after row without a division.
        int length = y2 - y1, whole = 65536 / length, rest = 65536 % length;
        (long quotient, long remainder) = Math.DivRem(65536L * (first - y1), length);
        int at = (int)quotient, over = (int)remainder, width = x2 - x1, start = 65536 * x1;
        for (int row = first; row <= end; row++)
        {
            if (_count[row] < MostCrossings)
            {
                _crossings[(row * MostCrossings) + _count[row]++] = (at * width) + start;
            }

            at += whole;
            over += rest;
            if (over >= length)
            {
                over -= length;
                at++;
            }
        }
    }

    private void Edge(int x1, int y1, int x2, int y2, uint colour)
    {
        if (!WindowClip.Clip(ref x1, ref y1, ref x2, ref y2))
        {
            return;
        }

        (int fromX, int fromY, int dx, int dy) = y1 <= y2 ? (x1, y1, x2 - x1, y2 - y1) : (x2, y2, x1 - x2, y1 - y2);
        int direction = dx >= 0 ? 1 : -1;
        dx = Math.Abs(dx);
        if (dx == 0)
        {
            for (int y = Math.Max(fromY, FirstShown); y <= fromY + dy; y++)
            {
                _surface.FillRow(LastY - y, x1, x1, colour);
            }
        }
        else if (dy == 0)
        {
            _surface.FillRow(LastY - y1, Math.Min(x1, x2), Math.Max(x1, x2), colour);
        }
        else
        {
            _surface.FillRow(LastY - y1, x1, x1, colour);
            if (dy > dx)
            {
                Steep(fromX, fromY, dx, dy, direction, colour);
            }
            else
            {
                Flat(fromX, fromY, dx, dy, direction, colour);
            }
        }
    }

    // Step k of an edge: `minor` / 2^32 columns aside, the fraction is the weight of the next pixel. Neither end is drawn. The pixel aside
    // is no farther than the end point, so that both pixels are in the window.
    private void Steep(int fromX, int fromY, int dx, int dy, int direction, uint colour)
    {
        ulong step = (ulong)(((uint)dx << 16) / (uint)dy) << 16;
        (Vector128<ushort> ink, Vector128<ushort> ink256) = InkOf(colour);
        for (int k = Math.Max(1, FirstShown - fromY); k < dy;)
        {
            // As far as one row of cells goes.
            int row = LastY - (fromY + k), band = _surface.CellRow(row);
            int end = Math.Min(dy, k + row - _surface.RowStart[band] + 1);
            int near = fromX + (direction * (int)((step * (ulong)k) >> 32)), far = fromX + (direction * ((int)((step * (ulong)(end - 1)) >> 32) + 1));
            if (_surface.Open(band, band, _surface.CellColumn(Math.Min(near, far)), _surface.CellColumn(Math.Max(near, far)), colour))
            {
                uint* line = _surface.Pixels + (row * Stride) + fromX;
                for (ulong minor = step * (ulong)k; k < end; k++, minor += step, line -= Stride)
                {
                    uint* at = line + (direction * (int)(minor >> 32));
                    Blend(at, at + direction, (int)(minor >> 24) & 255, ink, ink256);
                }
            }

            k = end;
        }
    }

    private void Flat(int fromX, int fromY, int dx, int dy, int direction, uint colour)
    {
        ulong step = (ulong)(((uint)dy << 16) / (uint)dx) << 16;
        (Vector128<ushort> ink, Vector128<ushort> ink256) = InkOf(colour);
        for (int k = 1; k < dx;)
        {
            // As far as one column of cells goes.
            int x = fromX + (direction * k), column = _surface.CellColumn(x);
            int rest = direction > 0 ? _surface.ColumnStart[column + 1] - x : x - _surface.ColumnStart[column] + 1;
            int end = Math.Min(dx, k + rest);
            int low = fromY + (int)((step * (ulong)k) >> 32), high = fromY + (int)((step * (ulong)(end - 1)) >> 32) + 1;
            if (high >= FirstShown && _surface.Open(_surface.CellRow(LastY - high), _surface.CellRow(LastY - low), column, column, colour))
            {
                uint* line = _surface.Pixels + ((LastY - fromY) * Stride) + x;
                for (ulong minor = step * (ulong)k; k < end; k++, minor += step, line += direction)
                {
                    uint* at = line - ((int)(minor >> 32) * Stride);
                    Blend(at, at - Stride, (int)(minor >> 24) & 255, ink, ink256);
                }
            }

            k = end;
        }
    }

    private static (Vector128<ushort> Ink, Vector128<ushort> Ink256) InkOf(uint colour)
    {
        Vector128<ushort> ink = Vector128.WidenLower(Vector128.Create(colour).AsByte());
        return (ink, ink << 8);
    }

    // d + ((c − d)·alpha >> 8) for each channel of two pixels, as (256·c + (d − c)·(256 − alpha)) >> 8: the result fits in 16 bits, so
    // what overflows on the way does not matter.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Blend(uint* first, uint* second, int weight, Vector128<ushort> ink, Vector128<ushort> ink256)
    {
        Vector128<ushort> present = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*first).WithElement(1, *second).AsByte());
        Vector128<ushort> mixed = (((present - ink) * Vector128.Load(_keepAt + (8 * weight))) + ink256) >>> 8;
        Vector128<uint> bytes = Vector128.Narrow(mixed, mixed).AsUInt32();
        *first = bytes.ToScalar();
        *second = bytes.GetElement(1);
    }
}
