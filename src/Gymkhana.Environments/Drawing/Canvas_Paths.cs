using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Drawing;

/// <content>Polygons, strokes and rounded rectangles: everything that is an outline.</content>
public sealed partial class Canvas
{
    /// <summary>Fills a polygon (nonzero winding) by exact area coverage.</summary>
    public void FillPolygon(ReadOnlySpan<Vector2> points, Rgba colour)
    {
        _filler.Add(points);
        _filler.Fill(_pixels, Blending.Premultiply(colour));
    }

    /// <summary>Fills several contours at once (nonzero winding): a contour wound the other way is a hole.</summary>
    /// <param name="points">The points of all contours, one after another.</param>
    /// <param name="ends">Index after the last point of each contour, ascending.</param>
    /// <param name="colour">The colour.</param>
    public void FillContours(ReadOnlySpan<Vector2> points, ReadOnlySpan<int> ends, Rgba colour)
    {
        int start = 0;
        foreach (int end in ends)
        {
            _filler.Add(points[start..end]);
            start = end;
        }

        _filler.Fill(_pixels, Blending.Premultiply(colour));
    }

    /// <summary>Strokes a straight line; <paramref name="width"/> in pixels, below 1 it thins out instead of breaking up.</summary>
    public void StrokeLine(Vector2 from, Vector2 to, float width, Rgba colour, bool roundCaps = true) =>
        StrokePolyline([from, to], width, colour, closed: false, roundCaps);

    /// <summary>Strokes a polyline with round joins.</summary>
    public void StrokePolyline(ReadOnlySpan<Vector2> points, float width, Rgba colour, bool closed = false, bool roundCaps = true)
    {
        _stroker.Begin();
        foreach (Vector2 point in points) _stroker.Add(point);
        _stroker.Stroke(width, closed, roundCaps);
        _filler.Fill(_pixels, Blending.Premultiply(colour));
    }

    /// <summary>Fills the rectangle between two opposite corners.</summary>
    public void FillRectangle(Vector2 corner, Vector2 opposite, Rgba colour) => FillRoundedRectangle(corner, opposite, 0, colour);

    /// <summary>Fills the rectangle between two opposite corners, rounded by <paramref name="radius"/> pixels (held to half the shorter side).</summary>
    public void FillRoundedRectangle(Vector2 corner, Vector2 opposite, float radius, Rgba colour)
    {
        Vector2 low = Vector2.Min(corner, opposite), high = Vector2.Max(corner, opposite);
        float r = MathF.Min(radius, MathF.Min(high.X - low.X, high.Y - low.Y) / 2);
        if (r > 0)
        {
            _filler.MoveTo(low + new Vector2(r, 0));
            RoundCorner(new Vector2(high.X - r, low.Y + r), -Vector2.UnitY, Vector2.UnitX, r);
            RoundCorner(new Vector2(high.X - r, high.Y - r), Vector2.UnitX, Vector2.UnitY, r);
            RoundCorner(new Vector2(low.X + r, high.Y - r), Vector2.UnitY, -Vector2.UnitX, r);
            RoundCorner(new Vector2(low.X + r, low.Y + r), -Vector2.UnitX, -Vector2.UnitY, r);
            _filler.Close();
        }
        else
        {
            _filler.Add([low, new Vector2(high.X, low.Y), high, new Vector2(low.X, high.Y)]);
        }

        _filler.Fill(_pixels, Blending.Premultiply(colour));
    }

    private void RoundCorner(Vector2 centre, Vector2 from, Vector2 to, float radius)
    {
        _filler.LineTo(centre + (from * radius));
        _stroker.Arc(centre, from, to, radius);
    }
}
