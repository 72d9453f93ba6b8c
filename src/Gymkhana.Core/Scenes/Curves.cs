using System.Numerics;

namespace Gymkhana.Core.Scenes;

/// <summary>Turns curves into points for polygons and polylines, with IEEE-exact arithmetic only.</summary>
public static class Curves
{
    /// <summary>
    /// Points on the quadratic Bézier curve from <paramref name="from"/> to <paramref name="to"/>, evenly spaced in t over (0, 1]:
    /// the start is left out, so that curves can be chained; the end is exact.
    /// </summary>
    /// <param name="from">Start.</param>
    /// <param name="control">The point the curve bends towards.</param>
    /// <param name="to">End.</param>
    /// <param name="points">Filled whole; its length is the number of straight pieces.</param>
    public static void Quadratic(Vector2 from, Vector2 control, Vector2 to, Span<Vector2> points)
    {
        for (int i = 0; i < points.Length; i++)
        {
            float t = (i + 1f) / points.Length, s = 1 - t;
            points[i] = (from * (s * s)) + (control * (2 * s * t)) + (to * (t * t));
        }
    }

    /// <summary>Points on the cubic Bézier curve, spaced and chained as in <see cref="Quadratic"/>.</summary>
    /// <param name="from">Start.</param>
    /// <param name="control1">First control point.</param>
    /// <param name="control2">Second control point.</param>
    /// <param name="to">End.</param>
    /// <param name="points">Filled whole; its length is the number of straight pieces.</param>
    public static void Cubic(Vector2 from, Vector2 control1, Vector2 control2, Vector2 to, Span<Vector2> points)
    {
        for (int i = 0; i < points.Length; i++)
        {
            float t = (i + 1f) / points.Length, s = 1 - t;
            points[i] = (from * (s * s * s)) + (control1 * (3 * s * s * t)) + (control2 * (3 * s * t * t)) + (to * (t * t * t));
        }
    }
}
