using System.Numerics;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>Where things are in a frame: the world's square at the left, the panel at the right. Lengths are pixels of a design 720 or 400 high.</summary>
internal readonly record struct FilmLayout
{
    private const float Margin = 14;
    private const float CardUnits = 1050;
    private const float CardHeight = 62;
    private const float CardGap = 8;
    private const float HeaderHeight = 70;

    private FilmLayout(float width, float height, int walkers)
    {
        Width = width;
        Height = height;
        float scale = MathF.Min(height - (2 * Margin), width - (2 * Margin)) / CardUnits;
        float centre = height / 2;
        ArenaScale = scale;
        World = new Viewport(500 - (centre / scale), 500 - (centre / scale), 500 + ((width - centre) / scale), 500 + ((height - centre) / scale), YUp: false);
        PanelLeft = height + 6;
        Columns = walkers > 4 ? 2 : 1;
        Rows = (walkers + Columns - 1) / Columns;
    }

    public float Width { get; }

    public float Height { get; }

    public float ArenaScale { get; }

    /// <summary>From units to the frame.</summary>
    public Viewport World { get; }

    public Viewport Design => new(0, 0, Width, Height, YUp: false);

    public float PanelLeft { get; }

    public float PanelRight => Width - Margin;

    public int Columns { get; }

    public int Rows { get; }

    /// <summary>Upper end of the network's card.</summary>
    public float NetworkTop => HeaderHeight + Margin + (Rows * (CardHeight + CardGap)) + 4;

    public float NetworkBottom => Height - Margin;

    /// <summary>Middle of the arena's top.</summary>
    public Vector2 ArenaTop => new(Height / 2, Margin);

    public static FilmLayout For(int width, int height, int walkers)
    {
        float design = height >= 600 ? 720 : 400;
        return new FilmLayout(design * width / height, design, walkers);
    }

    public (Vector2 Low, Vector2 High) Card(int place)
    {
        float width = (PanelRight - PanelLeft - ((Columns - 1) * CardGap)) / Columns;
        Vector2 low = new(PanelLeft + (place % Columns * (width + CardGap)), HeaderHeight + Margin + (place / Columns * (CardHeight + CardGap)));
        return (low, low + new Vector2(width, CardHeight));
    }

    public void DrawBackdrop(Scene scene)
    {
        float half = CardUnits * ArenaScale / 2;
        Vector2 centre = new(Height / 2), corner = new(half);
        scene.FillRoundedRectangle(centre - corner, centre + corner, 25 * ArenaScale, FilmPalette.Rim);
        scene.FillRoundedRectangle(centre - corner + Vector2.One, centre + corner - Vector2.One, 24.5f * ArenaScale, FilmPalette.Ground);
    }

    // What walks out of the square at the right goes under the panel.
    public void CoverPanel(Scene scene) =>
        scene.FillRectangle(new Vector2(Height - 8, 0), new Vector2(Width, Height), FilmPalette.Backdrop);
}
