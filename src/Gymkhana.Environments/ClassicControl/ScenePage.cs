using System.Numerics;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.ClassicControl;

/// <summary>What the pictures of classic control have in common; for viewports whose y grows upwards.</summary>
internal static class ScenePage
{
    /// <summary>Writes the name into the upper left corner.</summary>
    public static void Title(Scene scene, string name)
    {
        Viewport view = scene.Viewport;
        scene.Text(new Vector2(view.Left + (view.Height * 0.05f), view.Top - (view.Height * 0.06f)), view.Height * 0.042f, name, FilmPalette.Quiet, vertical: VerticalAnchor.Top);
    }

    /// <summary>A limb with rounded ends and a light along it.</summary>
    public static void Limb(Scene scene, Vector2 from, Vector2 to, float width, Rgba colour)
    {
        scene.StrokeLine(from, to, width, colour);
        scene.StrokeLine(Vector2.Lerp(from, to, 0.1f), Vector2.Lerp(from, to, 0.9f), width * 0.28f, Rgba.White.WithAlpha(56));
    }

    /// <summary>A joint of two limbs.</summary>
    public static void Joint(Scene scene, Vector2 at, float radius)
    {
        scene.FillCircle(at, radius, FilmPalette.Backdrop);
        scene.FillCircle(at, radius * 0.58f, FilmPalette.Text);
    }

    /// <summary>The point a length away in the direction of an angle from straight up, counted clockwise, rad.</summary>
    public static Vector2 Clockwise(double angle, float length) => new((float)Math.Sin(angle) * length, (float)Math.Cos(angle) * length);
}
