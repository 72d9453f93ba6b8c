using System.Numerics;
using System.Runtime.InteropServices;

namespace Gymkhana.Core.Scenes;

/// <summary>
/// A picture as a list of primitives in world units, drawn in the order they were added. An environment fills it, a
/// rasteriser or a browser draws it. <see cref="Clear"/> keeps the memory, so that filling it again allocates nothing.
/// </summary>
public sealed class Scene
{
    private const int PiecesPerCurve = 12;

    private readonly List<Primitive> _primitives = [];
    private readonly List<Vector2> _points = [];
    private readonly List<Rgba> _colours = [];

    /// <summary>The part of the world to show.</summary>
    public Viewport Viewport { get; set; } = new(0, 0, 1, 1);

    /// <summary>The colour below everything.</summary>
    public Rgba Background { get; set; } = Rgba.Black;

    /// <summary>All primitives in painter's order. Valid until the scene changes.</summary>
    public ReadOnlySpan<Primitive> Primitives => CollectionsMarshal.AsSpan(_primitives);

    /// <summary>The points of one of this scene's primitives, in world units. Valid until the scene changes.</summary>
    public ReadOnlySpan<Vector2> PointsOf(in Primitive primitive) =>
        CollectionsMarshal.AsSpan(_points).Slice(primitive.PointStart, primitive.PointCount);

    /// <summary>The colours of grains, one a point; empty for other kinds. Valid until the scene changes.</summary>
    public ReadOnlySpan<Rgba> ColoursOf(in Primitive primitive) =>
        primitive.Kind == PrimitiveKind.Grains
            ? CollectionsMarshal.AsSpan(_colours).Slice(primitive.ColourStart, primitive.PointCount)
            : [];

    /// <summary>Forgets every primitive and keeps the memory, the viewport and the background.</summary>
    public void Clear()
    {
        _primitives.Clear();
        _points.Clear();
        _colours.Clear();
    }

    /// <summary>A filled polygon with nonzero winding; fewer than three points draw nothing.</summary>
    public void FillPolygon(ReadOnlySpan<Vector2> points, Rgba colour)
    {
        if (points.Length < 3) return;
        Add(new Primitive { Kind = PrimitiveKind.Polygon, Colour = colour }, points);
    }

    /// <summary>A filled triangle.</summary>
    public void FillTriangle(Vector2 a, Vector2 b, Vector2 c, Rgba colour) => FillPolygon([a, b, c], colour);

    /// <summary>A filled rectangle between two opposite corners.</summary>
    public void FillRectangle(Vector2 corner, Vector2 opposite, Rgba colour) => FillRoundedRectangle(corner, opposite, 0, colour);

    /// <summary>A filled rectangle between two opposite corners, its own corners rounded (held to half the shorter side).</summary>
    public void FillRoundedRectangle(Vector2 corner, Vector2 opposite, float radius, Rgba colour) =>
        Add(new Primitive { Kind = PrimitiveKind.RoundedRectangle, Colour = colour, Radius = radius }, [corner, opposite]);

    /// <summary>
    /// A closed outline of quadratic Bézier curves, filled: a corner, the control point after it, the next corner, its control
    /// point, and so on; the last curve ends at the first corner. A control point halfway between its corners makes a straight side.
    /// </summary>
    /// <exception cref="ArgumentException">The number of points is odd or below four.</exception>
    public void FillQuadraticBezier(ReadOnlySpan<Vector2> cornersAndControls, Rgba colour)
    {
        int count = cornersAndControls.Length;
        if (count < 4 || count % 2 != 0)
        {
            throw new ArgumentException($"A Bézier outline expects corner, control, corner, control, ... (an even count of at least 4), got {count} points.", nameof(cornersAndControls));
        }

        Span<Vector2> piece = stackalloc Vector2[PiecesPerCurve];
        int start = _points.Count;
        for (int i = 0; i < count; i += 2)
        {
            Curves.Quadratic(cornersAndControls[i], cornersAndControls[i + 1], cornersAndControls[(i + 2) % count], piece);
            _points.AddRange(piece);
        }

        _primitives.Add(new Primitive { Kind = PrimitiveKind.Polygon, Colour = colour, PointStart = start, PointCount = _points.Count - start });
    }

    /// <summary>A straight stroke.</summary>
    public void StrokeLine(Vector2 from, Vector2 to, float width, Rgba colour, bool roundCaps = true) =>
        Add(new Primitive { Kind = PrimitiveKind.Polyline, Colour = colour, Width = width, RoundCaps = roundCaps }, [from, to]);

    /// <summary>A stroke through points with round joins; fewer than two points draw nothing.</summary>
    public void StrokePolyline(ReadOnlySpan<Vector2> points, float width, Rgba colour, bool closed = false, bool roundCaps = true)
    {
        if (points.Length < 2) return;
        Add(new Primitive { Kind = PrimitiveKind.Polyline, Colour = colour, Width = width, Closed = closed, RoundCaps = roundCaps }, points);
    }

    /// <summary>A filled circle.</summary>
    public void FillCircle(Vector2 centre, float radius, Rgba colour) =>
        Add(new Primitive { Kind = PrimitiveKind.Circle, Colour = colour, Radius = radius }, [centre]);

    /// <summary>A stroked circle; <paramref name="radius"/> runs to the middle of the stroke.</summary>
    public void StrokeCircle(Vector2 centre, float radius, float width, Rgba colour) =>
        Add(new Primitive { Kind = PrimitiveKind.Ring, Colour = colour, Radius = radius, Width = width }, [centre]);

    /// <summary>
    /// A circle for shadows and glows: full within <paramref name="core"/> of the centre, then falling smoothly to nothing at
    /// <paramref name="radius"/>. With <paramref name="additive"/> its light is added to what is below.
    /// </summary>
    public void FillSoftCircle(Vector2 centre, float radius, Rgba colour, float core = 0, bool additive = false) =>
        Add(new Primitive { Kind = PrimitiveKind.SoftCircle, Colour = colour, Radius = radius, Width = core, Additive = additive }, [centre]);

    /// <summary>A line of text. Capitals are about 0.74 of <paramref name="height"/> (the em) high.</summary>
    /// <param name="position">The anchor.</param>
    /// <param name="height">Em height in world units.</param>
    /// <param name="text">One line; characters the font lacks show as a box.</param>
    /// <param name="colour">Its colour.</param>
    /// <param name="horizontal">Where the anchor lies across the text.</param>
    /// <param name="vertical">Where the anchor lies along its height.</param>
    /// <param name="weight">Thickness of the strokes: 1 is regular, 0.7 light, 1.5 bold.</param>
    public void Text(
        Vector2 position,
        float height,
        string text,
        Rgba colour,
        HorizontalAnchor horizontal = HorizontalAnchor.Left,
        VerticalAnchor vertical = VerticalAnchor.Baseline,
        float weight = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        Add(
            new Primitive
            {
                Kind = PrimitiveKind.Text,
                Colour = colour,
                Radius = height,
                Width = weight,
                Text = text,
                Horizontal = horizontal,
                Vertical = vertical,
            },
            [position]);
    }

    /// <summary>Many small discs of one radius, each with its colour: sand, sparks, trails.</summary>
    /// <exception cref="ArgumentException">There is not one colour for each centre.</exception>
    public void FillGrains(ReadOnlySpan<Vector2> centres, float radius, ReadOnlySpan<Rgba> colours)
    {
        if (centres.Length != colours.Length)
        {
            throw new ArgumentException($"Grains expect one colour each: {centres.Length} centres, got {colours.Length} colours.", nameof(colours));
        }

        Add(new Primitive { Kind = PrimitiveKind.Grains, Radius = radius, ColourStart = _colours.Count }, centres);
        _colours.AddRange(colours);
    }

    private void Add(Primitive primitive, ReadOnlySpan<Vector2> points)
    {
        int start = _points.Count;
        _points.AddRange(points);
        _primitives.Add(primitive with { PointStart = start, PointCount = points.Length });
    }
}
