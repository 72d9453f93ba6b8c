using System.Numerics;

namespace Gymkhana.Environments.Drawing;

/// <summary>
/// Turns a polyline into the outline of its stroke: along one side, round the cap, back along the other. Joins are round outside
/// and cut at the crossing inside, so that no edge is counted twice. Arcs are halved by normalised sums: no trigonometry.
/// </summary>
internal sealed class PathStroker(CoverageFiller filler)
{
    // Largest distance in pixels between an arc and the chord that stands for it.
    private const float Flatness = 0.05f;

    // Below this turn (about 14 degrees) a join is the crossing of the two offset lines on either side.
    private const float AlmostStraight = 0.97f;

    private Vector2[] _points = new Vector2[64];
    private Vector2[] _directions = new Vector2[64];
    private float[] _lengths = new float[64];
    private int _count;

    /// <summary>Starts a polyline.</summary>
    internal void Begin() => _count = 0;

    /// <summary>Adds a point in pixels; a point on top of the last is skipped.</summary>
    internal void Add(Vector2 point)
    {
        if (_count > 0 && Vector2.DistanceSquared(_points[_count - 1], point) < 1e-6f) return;
        if (_count == _points.Length)
        {
            Array.Resize(ref _points, _count * 2);
            Array.Resize(ref _directions, _count * 2);
            Array.Resize(ref _lengths, _count * 2);
        }

        _points[_count++] = point;
    }

    /// <summary>Adds the outline of the stroke to the filler.</summary>
    internal void Stroke(float width, bool closed, bool roundCaps)
    {
        float half = width / 2;
        if (!(half > 0)) return;
        if (closed && _count > 1 && Vector2.DistanceSquared(_points[0], _points[_count - 1]) < 1e-6f) _count--;
        if (_count < 2)
        {
            if (_count == 1 && roundCaps) Dot(_points[0], half);
            return;
        }

        closed &= _count > 2;
        int segments = closed ? _count : _count - 1;
        for (int i = 0; i < segments; i++)
        {
            Vector2 along = _points[(i + 1) % _count] - _points[i];
            _lengths[i] = along.Length();
            _directions[i] = along / _lengths[i];
        }

        if (closed)
        {
            for (int side = 0; side < 2; side++)
            {
                bool forth = side == 0;
                Vector2 start = _points[0] + (Normal(forth ? _directions[0] : -_directions[segments - 1]) * half);
                filler.MoveTo(start);
                for (int k = 1; k <= _count; k++) Join(forth ? k % _count : (_count - k) % _count, forth, half, segments);
                filler.Close();
            }

            return;
        }

        filler.MoveTo(_points[0] + (Normal(_directions[0]) * half));
        for (int i = 1; i < segments; i++) Join(i, true, half, segments);
        Cap(_points[segments], _directions[segments - 1], half, roundCaps);
        for (int i = segments - 1; i > 0; i--) Join(i, false, half, segments);
        Cap(_points[0], -_directions[0], half, roundCaps);
        filler.Close();
    }

    /// <summary>Adds a disc as a polygon, wound as strokes are.</summary>
    internal void Dot(Vector2 centre, float radius)
    {
        filler.MoveTo(centre + new Vector2(radius, 0));
        Arc(centre, Vector2.UnitX, Vector2.UnitY, radius);
        Arc(centre, Vector2.UnitY, -Vector2.UnitX, radius);
        Arc(centre, -Vector2.UnitX, -Vector2.UnitY, radius);
        Arc(centre, -Vector2.UnitY, Vector2.UnitX, radius);
        filler.Close();
    }

    /// <summary>Adds lines to the end of the arc from <paramref name="from"/> to <paramref name="to"/>, unit vectors less than half a turn apart.</summary>
    internal void Arc(Vector2 centre, Vector2 from, Vector2 to, float radius)
    {
        // The chord lies radius·(1 − cos(angle / 2)) below the arc, and cos²(angle / 2) = (1 + cos angle) / 2.
        float cosine = MathF.Max(-1, Vector2.Dot(from, to));
        if (cosine < 0.9999f && radius * (1 - MathF.Sqrt(MathF.Max(0, (1 + cosine) / 2))) > Flatness)
        {
            Vector2 middle = from + to;
            middle /= middle.Length();
            Arc(centre, from, middle, radius);
            Arc(centre, middle, to, radius);
            return;
        }

        filler.LineTo(centre + (to * radius));
    }

    // The side that is walked lies to the right of the direction when y points down, so that discs and strokes wind alike.
    private static Vector2 Normal(Vector2 direction) => new(direction.Y, -direction.X);

    private void Join(int i, bool forth, float half, int segments)
    {
        int before = i == 0 ? segments - 1 : i - 1;
        int after = i % segments;
        Vector2 incoming = forth ? _directions[before] : -_directions[after];
        Vector2 outgoing = forth ? _directions[after] : -_directions[before];
        Vector2 point = _points[i];
        Vector2 n0 = Normal(incoming), n1 = Normal(outgoing);
        float cosine = Vector2.Dot(incoming, outgoing);
        float turn = (incoming.X * outgoing.Y) - (incoming.Y * outgoing.X);
        bool inside = turn < 0;
        float shorter = MathF.Min(_lengths[before], _lengths[after]);

        // The offset lines cross half·tan(angle / 2) before the corner; tan² = (1 − cos) / (1 + cos).
        bool crosses = inside && (1 - cosine) * half * half <= (1 + cosine) * shorter * shorter;
        if (cosine > AlmostStraight || crosses)
        {
            filler.LineTo(point + ((n0 + n1) * (half / (1 + cosine))));
            return;
        }

        filler.LineTo(point + (n0 * half));
        if (inside) filler.LineTo(point);
        else if (cosine < -0.5f) Turn(point, n0, incoming, n1, half);
        else Arc(point, n0, n1, half);
        filler.LineTo(point + (n1 * half));
    }

    // A sharp turn is two arcs: a straight sum of almost opposite vectors would have no direction.
    private void Turn(Vector2 point, Vector2 from, Vector2 forward, Vector2 to, float half)
    {
        Arc(point, from, forward, half);
        Arc(point, forward, to, half);
    }

    private void Cap(Vector2 point, Vector2 forward, float half, bool round)
    {
        Vector2 normal = Normal(forward);
        filler.LineTo(point + (normal * half));
        if (round) Turn(point, normal, forward, -normal, half);
        filler.LineTo(point - (normal * half));
    }
}
