namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>Polygons and thick lines without anti-aliasing, as pygame-ce's <c>draw.polygon</c> and <c>draw.lines</c> fill them.</summary>
internal sealed class PlainFill
{
    private const int LastY = CellSurface.Height - 1;
    private const int MostCorners = 8;

    private readonly CellSurface _surface;
    private readonly int[] _crossings = new int[MostCorners];

    /// <summary>Draws on a surface.</summary>
    /// <param name="surface">The surface.</param>
    public PlainFill(CellSurface surface) => _surface = surface;

    /// <summary>Fills a polygon of at most eight corners.</summary>
    /// <param name="x">Columns of its corners.</param>
    /// <param name="y">Rows of its corners.</param>
    /// <param name="isUpwards">Whether rows count from below.</param>
    /// <param name="colour">The colour.</param>
    public void Polygon(ReadOnlySpan<int> x, ReadOnlySpan<int> y, bool isUpwards, uint colour)
    {
        (int minY, int maxY) = (int.MaxValue, int.MinValue);
        foreach (int row in y)
        {
            (minY, maxY) = (Math.Min(minY, row), Math.Max(maxY, row));
        }

        if (minY == maxY)
        {
            (int minX, int maxX) = (int.MaxValue, int.MinValue);
            foreach (int column in x)
            {
                (minX, maxX) = (Math.Min(minX, column), Math.Max(maxX, column));
            }

            Row(minY, minX, maxX, isUpwards, colour);
            return;
        }

        for (int row = Math.Max(minY, 0); row <= Math.Min(maxY, LastY); row++)
        {
            Span<int> crossings = Crossings(x, y, row, maxY);
            for (int i = 0; i + 1 < crossings.Length; i += 2)
            {
                Row(row, crossings[i], crossings[i + 1], isUpwards, colour);
            }
        }

        // Level edges between the lowest and the highest row.
        for (int i = 0; i < x.Length; i++)
        {
            int before = i == 0 ? x.Length - 1 : i - 1;
            if (y[i] > minY && y[i] < maxY && y[before] == y[i])
            {
                Row(y[i], Math.Min(x[i], x[before]), Math.Max(x[i], x[before]), isUpwards, colour);
            }
        }
    }

    /// <summary>A line two pixels wide; its width runs along rows when it is steep, and along columns when it is not.</summary>
    /// <param name="x1">Column of its first end.</param>
    /// <param name="y1">Row of its first end, from below.</param>
    /// <param name="x2">Column of its second end.</param>
    /// <param name="y2">Row of its second end, from below.</param>
    /// <param name="colour">The colour.</param>
    public void Line(int x1, int y1, int x2, int y2, uint colour)
    {
        (int dx, int dy) = (Math.Abs(x2 - x1), Math.Abs(y2 - y1));
        (int stepX, int stepY) = (x1 < x2 ? 1 : -1, y1 < y2 ? 1 : -1);
        bool isSteep = dx <= dy;
        if (dx + dy == 0)
        {
            // Taking a step would never end.
            Row(y1, x1, x1 + 1, isUpwards: true, colour);
            return;
        }

        int error = (dx > dy ? dx : -dy) / 2;
        while (isSteep ? y1 != y2 + stepY : x1 != x2 + stepX)
        {
            Row(y1, x1, isSteep ? x1 + 1 : x1, isUpwards: true, colour);
            if (!isSteep)
            {
                Row(y1 + 1, x1, x1, isUpwards: true, colour);
            }

            int now = error;
            if (now > -dx)
            {
                error -= dy;
                x1 += stepX;
            }

            if (now < dy)
            {
                error += dx;
                y1 += stepY;
            }
        }
    }

    // Where a row crosses the edges: each edge from its lower row to before its upper, the topmost row too. Quotients are in single
    // precision, rounded down and up in turn.
    private Span<int> Crossings(ReadOnlySpan<int> x, ReadOnlySpan<int> y, int row, int maxY)
    {
        int count = 0;
        for (int i = 0; i < x.Length; i++)
        {
            int before = i == 0 ? x.Length - 1 : i - 1;
            (int x1, int y1, int x2, int y2) = y[before] < y[i] ? (x[before], y[before], x[i], y[i]) : (x[i], y[i], x[before], y[before]);
            if (y1 != y2 && ((row >= y1 && row < y2) || (row == maxY && y2 == maxY)))
            {
                float aside = (row - y1) * (x2 - x1) / (float)(y2 - y1);
                _crossings[count] = (int)(count % 2 == 0 ? MathF.Floor(aside) : MathF.Ceiling(aside)) + x1;
                count++;
            }
        }

        Span<int> crossings = _crossings.AsSpan(0, count);
        crossings.Sort();
        return crossings;
    }

    private void Row(int y, int from, int to, bool isUpwards, uint colour)
    {
        if (y is >= 0 and <= LastY)
        {
            _surface.FillRow(isUpwards ? LastY - y : y, from, to, colour);
        }
    }
}
