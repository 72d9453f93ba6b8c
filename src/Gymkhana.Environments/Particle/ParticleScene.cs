using System.Collections.Immutable;
using System.Numerics;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.Particle;

/// <summary>What the pictures of the particle worlds are made of: a field in the dark, discs that glow a little, fading trails, arcs between those who talk.</summary>
internal static class ParticleScene
{
    /// <summary>The part of the plane that is shown while no agent is beyond it.</summary>
    public static Viewport Frame { get; } = new(-2.58f, -1.45f, 2.58f, 1.45f);

    /// <summary>Colours of classes of hunters, in order.</summary>
    public static ImmutableArray<Rgba> Classes { get; } =
    [
        new(0xf2, 0x7d, 0x62), new(0x5b, 0xa4, 0xf5), new(0xe9, 0xc4, 0x5a), new(0xb4, 0x8c, 0xf2), new(0x3f, 0xcf, 0xd2), new(0xea, 0x6f, 0xa8),
    ];

    /// <summary>Colour of prey, and of agents in a world without hunters.</summary>
    public static Rgba Prey { get; } = new(0x8f, 0xe3, 0x9c);

    private static readonly Rgba Stone = new(0x33, 0x3c, 0x4a);

    /// <summary>The field: the square in which bodies start, with the bounds that cost prey something.</summary>
    public static void AddField(Scene scene, in ParticlePicture picture)
    {
        scene.Viewport = picture.View;
        scene.Background = FilmPalette.Backdrop;
        scene.FillRoundedRectangle(new Vector2(-1, -1), new Vector2(1, 1), 0.05f, FilmPalette.Card);
        for (int column = -4; column <= 4; column++)
        {
            for (int row = -4; row <= 4; row++)
            {
                scene.FillCircle(new Vector2(column, row) * 0.2f, 0.005f, FilmPalette.Quiet.WithAlpha(60));
            }
        }

        ReadOnlySpan<Vector2> corners = [new(-1, -1), new(1, -1), new(1, 1), new(-1, 1)];
        scene.StrokePolyline(corners, 0.008f, FilmPalette.Rim, closed: true);
    }

    /// <summary>An obstacle that bodies bump into.</summary>
    public static void AddStone(Scene scene, Vector2 place, float radius)
    {
        scene.FillSoftCircle(place + new Vector2(0.02f, -0.03f), radius * 1.25f, Rgba.Black.WithAlpha(140), radius * 0.7f);
        scene.FillCircle(place, radius, Stone);
        scene.FillCircle(place + new Vector2(-0.02f, 0.025f), radius * 0.86f, Rgba.Lerp(Stone, Rgba.White, 0.06f));
        scene.StrokeCircle(place, radius - 0.006f, 0.012f, Rgba.Lerp(Stone, Rgba.White, 0.2f));
    }

    /// <summary>A place to be covered.</summary>
    public static void AddGoal(Scene scene, Vector2 place, float radius, bool covered)
    {
        Rgba colour = covered ? FilmPalette.Positive : FilmPalette.Quiet;
        scene.FillSoftCircle(place, radius * 3, colour.WithAlpha((byte)(covered ? 120 : 50)), radius);
        scene.FillCircle(place, radius, colour.WithAlpha((byte)(covered ? 255 : 150)));
        scene.StrokeCircle(place, 0.1f, 0.008f, colour.WithAlpha(130));
    }

    /// <summary>The way an agent has come, fading: pieces of a ribbon that share their ends.</summary>
    public static void AddTrail(Scene scene, in ParticlePicture picture, int agent, float radius, Rgba colour)
    {
        Vector2 from = picture.Agent(agent), side = default;
        for (int age = 1; age < picture.Count; age++)
        {
            Vector2 to = picture.Earlier(agent, age), way = to - from;
            float length = way.Length(), left = 1 - ((float)age / ParticleTrails.Length);
            if (length < 1e-4f) continue;
            Vector2 across = new Vector2(-way.Y, way.X) * (radius * 0.62f * left / length);
            Vector2 before = side == default ? across : side;
            scene.FillPolygon([from + before, to + across, to - across, from - before], colour.Fade(0.4f * left * left));
            (from, side) = (to, across);
        }
    }

    /// <summary>An agent.</summary>
    public static void AddBody(Scene scene, Vector2 place, float radius, Rgba colour, string mark = "")
    {
        scene.FillSoftCircle(place, radius * 1.9f, colour.WithAlpha(64), radius * 0.8f, additive: true);
        scene.FillCircle(place, radius, colour);
        scene.FillCircle(place + new Vector2(-radius * 0.25f, radius * 0.3f), radius * 0.5f, Rgba.White.WithAlpha(46));
        scene.StrokeCircle(place, radius - 0.004f, 0.008f, Rgba.Lerp(colour, Rgba.Black, 0.35f));
        if (mark.Length > 0)
        {
            scene.Text(place, radius * 1.35f, mark, FilmPalette.Backdrop, HorizontalAnchor.Centre, VerticalAnchor.Middle, weight: 1.4f);
        }
    }

    /// <summary>A flash where bodies touch that should, or should not.</summary>
    public static void AddTouch(Scene scene, Vector2 place, Rgba colour)
    {
        scene.FillSoftCircle(place, 0.3f, colour.WithAlpha(150), 0.02f, additive: true);
        scene.StrokeCircle(place, 0.13f, 0.01f, Rgba.White.WithAlpha(170));
    }

    /// <summary>How far an agent is heard.</summary>
    public static void AddRange(Scene scene, Vector2 place, float range, Rgba colour)
    {
        scene.FillCircle(place, range, colour.WithAlpha(6));
        scene.StrokeCircle(place, range, 0.005f, colour.WithAlpha(40));
    }

    /// <summary>A message: an arc from its sender, thin and faint there, to its receiver. Messages to and fro bend to different sides.</summary>
    public static void AddMessage(Scene scene, Vector2 from, Vector2 to, Rgba colour, float weight)
    {
        Vector2 way = to - from;
        Vector2 bend = ((from + to) * 0.5f) + (new Vector2(-way.Y, way.X) * 0.16f);
        Span<Vector2> points = stackalloc Vector2[14];
        Curves.Quadratic(from, bend, to, points);
        Vector2 last = from;
        for (int i = 0; i < points.Length; i++)
        {
            float along = (i + 1f) / points.Length;
            scene.StrokeLine(last, points[i], 0.005f + (0.025f * weight * along), colour.Fade((0.1f + (0.85f * weight)) * (0.25f + (0.75f * along))), roundCaps: false);
            last = points[i];
        }
    }

    /// <summary>A line of the legend at the left, 0 for the topmost.</summary>
    public static void AddLegend(Scene scene, int line, Rgba colour, string text)
    {
        float unit = Unit(scene);
        Vector2 at = Corner(scene, 0.1f, 0.5f + (0.15f * line));
        scene.FillCircle(at + new Vector2(0.03f * unit, 0), 0.034f * unit, colour);
        scene.Text(at + new Vector2(0.12f * unit, 0), 0.088f * unit, text, FilmPalette.Text, vertical: VerticalAnchor.Middle);
    }

    /// <summary>The name, and what is counted.</summary>
    public static void AddTitle(Scene scene, string name, string subtitle)
    {
        scene.Text(Corner(scene, 0.1f, 0.12f), 0.105f * Unit(scene), name, FilmPalette.Text, vertical: VerticalAnchor.Top, weight: 1.15f);
        scene.Text(Corner(scene, 0.1f, 0.26f), 0.075f * Unit(scene), subtitle, FilmPalette.Quiet, vertical: VerticalAnchor.Top);
    }

    /// <summary>A figure at the right, 0 for the topmost.</summary>
    public static void AddFigure(Scene scene, int line, string value, string name)
    {
        float down = 0.12f + (0.36f * line), across = Frame.Width - 0.12f;
        scene.Text(Corner(scene, across, down), 0.17f * Unit(scene), value, FilmPalette.Text, HorizontalAnchor.Right, VerticalAnchor.Top, weight: 1.15f);
        scene.Text(Corner(scene, across, down + 0.19f), 0.072f * Unit(scene), name, FilmPalette.Quiet, HorizontalAnchor.Right, VerticalAnchor.Top);
    }

    // Words keep their size and place in the picture, however wide it is.
    private static float Unit(Scene scene) => scene.Viewport.Height / Frame.Height;

    // A place in the usual frame, from its upper left corner.
    private static Vector2 Corner(Scene scene, float across, float down) => new Vector2(scene.Viewport.Left, scene.Viewport.Top) + (new Vector2(across, -down) * Unit(scene));
}
