namespace Gymkhana.Core.Scenes;

/// <summary>What a <see cref="Primitive"/> is, and how its points and numbers are meant.</summary>
public enum PrimitiveKind
{
    /// <summary>A filled polygon, nonzero winding. Points: its corners.</summary>
    Polygon,

    /// <summary>A stroked polyline. Points: its corners. <see cref="Primitive.Width"/>; closed or not; round caps or butt; joins are round.</summary>
    Polyline,

    /// <summary>A filled circle. Points: the centre. <see cref="Primitive.Radius"/>.</summary>
    Circle,

    /// <summary>A stroked circle. Points: the centre. <see cref="Primitive.Radius"/> of the middle of the stroke, <see cref="Primitive.Width"/>.</summary>
    Ring,

    /// <summary>A circle whose alpha falls to nothing at <see cref="Primitive.Radius"/>; full within <see cref="Primitive.Width"/> of the centre. Points: the centre.</summary>
    SoftCircle,

    /// <summary>A filled rectangle. Points: two opposite corners. <see cref="Primitive.Radius"/> of its corners.</summary>
    RoundedRectangle,

    /// <summary>Text. Points: the anchor. <see cref="Primitive.Radius"/> is the em height, <see cref="Primitive.Width"/> the weight (1 is regular).</summary>
    Text,

    /// <summary>Many small discs. Points: the centres. <see cref="Primitive.Radius"/>. One colour each from <see cref="Scene.ColoursOf"/>.</summary>
    Grains,
}

/// <summary>Where the anchor lies across a text.</summary>
public enum HorizontalAnchor
{
    /// <summary>The text begins at the anchor.</summary>
    Left,

    /// <summary>The text is centred on the anchor.</summary>
    Centre,

    /// <summary>The text ends at the anchor.</summary>
    Right,
}

/// <summary>Where the anchor lies along the height of a text.</summary>
public enum VerticalAnchor
{
    /// <summary>On the line the letters stand on.</summary>
    Baseline,

    /// <summary>At the top of the capitals.</summary>
    Top,

    /// <summary>Halfway up the capitals.</summary>
    Middle,

    /// <summary>At the foot of the descenders.</summary>
    Bottom,
}

/// <summary>
/// One thing to draw, in world units. Its points are <see cref="Scene.PointsOf"/>; <see cref="Kind"/> says which numbers count.
/// </summary>
public readonly record struct Primitive
{
    /// <summary>What it is.</summary>
    public PrimitiveKind Kind { get; init; }

    /// <summary>Its colour; grains have their own.</summary>
    public Rgba Colour { get; init; }

    /// <summary>Index of its first point in the scene's points.</summary>
    public int PointStart { get; init; }

    /// <summary>Count of its points.</summary>
    public int PointCount { get; init; }

    /// <summary>Index of its first colour in the scene's colours; grains only.</summary>
    public int ColourStart { get; init; }

    /// <summary>A radius or height in world units.</summary>
    public float Radius { get; init; }

    /// <summary>A width in world units, or a weight.</summary>
    public float Width { get; init; }

    /// <summary>A polyline's last point is joined to its first.</summary>
    public bool Closed { get; init; }

    /// <summary>A polyline's ends are half discs; else they are cut straight.</summary>
    public bool RoundCaps { get; init; }

    /// <summary>The light of a soft circle is added to what is below (a glow) instead of covering it.</summary>
    public bool Additive { get; init; }

    /// <summary>Where the anchor lies across a text.</summary>
    public HorizontalAnchor Horizontal { get; init; }

    /// <summary>Where the anchor lies along the height of a text.</summary>
    public VerticalAnchor Vertical { get; init; }

    /// <summary>The text of a text; null for everything else.</summary>
    public string? Text { get; init; }
}
