namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>
/// Adds up how much of each pixel polygons cover, exactly, and the shades they bring with them. An edge is written down as a change from
/// a pixel to the one below it; a sum down each column then gives coverage and shade. Polygons that share an edge thus leave no seam.
/// </summary>
/// <remarks>
/// Clockwise polygons, y downwards, count as positive. The planes follow each other, coverage first, each of <see cref="Rows"/> rows of 96
/// numbers; the last row takes what falls below the picture.
/// </remarks>
internal sealed unsafe class CoverageLayer
{
    /// <summary>Columns, and rows of the picture.</summary>
    public const int Side = 96;

    /// <summary>Rows of a plane.</summary>
    public const int Rows = Side + 1;

    /// <summary>Numbers of a plane.</summary>
    public const int Plane = Rows * Side;

    private readonly int _shades;
    private readonly float[] _memory;

    /// <summary>A layer that covers nothing.</summary>
    /// <param name="shades">Shades beside the coverage: 0, 1 or 3.</param>
    public CoverageLayer(int shades)
    {
        _shades = shades;
        _memory = GC.AllocateArray<float>(Plane * (shades + 1), pinned: true);
        Changes = (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _memory[0]);
    }

    /// <summary>The planes; good as long as this object is.</summary>
    public float* Changes { get; }

    /// <summary>Forgets everything.</summary>
    public void Clear() => Array.Clear(_memory);

    /// <summary>Adds the edge from one point to another.</summary>
    /// <param name="x0">First point, columns from the left.</param>
    /// <param name="y0">First point, rows from the top.</param>
    /// <param name="x1">Second point.</param>
    /// <param name="y1">Second point.</param>
    /// <param name="ink">What lies below an edge that goes to the right.</param>
    public void Edge(float x0, float y0, float x1, float y1, in Ink ink)
    {
        Ink below = ink;
        if (x0 > x1)
        {
            (x0, y0, x1, y1) = (x1, y1, x0, y0);
            below = -ink;
        }

        if (x1 <= 0 || x0 >= Side || x0 == x1 || (y0 >= Side && y1 >= Side))
        {
            return;
        }

        float slope = (y1 - y0) / (x1 - x0);
        float end = Math.Min(x1, Side);
        float x = Math.Max(x0, 0);
        float y = y0 + ((x - x0) * slope);
        while (x < end)
        {
            int column = (int)x;
            float next = Math.Min(column + 1, end);
            float nextY = y0 + ((next - x0) * slope);
            Column(column, next - x, y, nextY, below);
            (x, y) = (next, nextY);
        }
    }

    // A part of an edge within one column.
    private void Column(int column, float width, float ya, float yb, in Ink ink)
    {
        float low = Math.Min(ya, yb), high = Math.Max(ya, yb);
        if (low < 0)
        {
            float above = high <= 0 ? width : width * (-low / (high - low));
            Add(0, column, above, ink);
            width -= above;
            low = 0;
        }

        if (low >= Side || high <= 0)
        {
            return;
        }

        if (high > Side)
        {
            width *= (Side - low) / (high - low);
            high = Side;
        }

        int row = (int)low;
        if (high <= row + 1)
        {
            Split(row, column, width, ((low + high) * 0.5f) - row, ink);
            return;
        }

        float share = width / (high - low);
        for (float top = low; top < high; row++)
        {
            float bottom = Math.Min(row + 1, high);
            Split(row, column, share * (bottom - top), ((top + bottom) * 0.5f) - row, ink);
            top = bottom;
        }
    }

    // The edge crosses a pixel at a mean height of `depth` below its top: so much of the pixel lies above it.
    private void Split(int row, int column, float width, float depth, in Ink ink)
    {
        float below = width * depth;
        Add(row, column, width - below, ink);
        Add(row + 1, column, below, ink);
    }

    private void Add(int row, int column, float amount, in Ink ink)
    {
        float* at = Changes + (row * Side) + column;
        at[0] += amount * ink.Coverage;
        if (_shades > 0)
        {
            at[Plane] += amount * ink.Red;
            if (_shades > 1)
            {
                at[2 * Plane] += amount * ink.Green;
                at[3 * Plane] += amount * ink.Blue;
            }
        }
    }
}

/// <summary>What an edge brings: coverage, and shades times coverage. A layer of one shade takes the first.</summary>
/// <param name="Coverage">1 for the outline of something, 0 between two things that touch.</param>
/// <param name="Red">Red, or grey, 0–255 times the coverage.</param>
/// <param name="Green">Green.</param>
/// <param name="Blue">Blue.</param>
internal readonly record struct Ink(float Coverage, float Red, float Green, float Blue)
{
    public static Ink operator -(in Ink ink) => new(-ink.Coverage, -ink.Red, -ink.Green, -ink.Blue);

    public static Ink operator -(in Ink a, in Ink b) => new(a.Coverage - b.Coverage, a.Red - b.Red, a.Green - b.Green, a.Blue - b.Blue);
}
