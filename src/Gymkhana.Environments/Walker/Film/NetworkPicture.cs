using System.Numerics;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>Draws a network lighting up: connections as wide as the signal they carry, nodes as bright as their value.</summary>
internal sealed class NetworkPicture
{
    private const float LabelSize = 11.5f;
    private const float NodeRadius = 6.5f;
    private const int Pieces = 10;
    private float[] _values = [];

    /// <summary>Draws a network into a rectangle of the scene.</summary>
    /// <param name="scene">The scene, in pixels of the design.</param>
    /// <param name="network">The network.</param>
    /// <param name="low">Upper left corner.</param>
    /// <param name="high">Lower right corner.</param>
    public void Draw(Scene scene, ILiveNetwork network, Vector2 low, Vector2 high)
    {
        NetworkDiagram diagram = network.Diagram;
        if (_values.Length < diagram.Nodes.Length) _values = new float[diagram.Nodes.Length];
        Span<float> values = _values.AsSpan(0, diagram.Nodes.Length);
        network.Read(values);
        bool named = high.X - low.X >= 380;
        float labels = named ? 132 : 14;
        Vector2 corner = low + new Vector2(labels, 0), size = high - low - new Vector2(2 * labels, 0);
        float radius = MathF.Min(NodeRadius, size.Y / 2 / Math.Max(1, Crowd(diagram)) * 0.8f);
        foreach (DiagramLink link in diagram.Links)
        {
            Vector2 from = corner + (diagram.Nodes[link.From].Place * size), to = corner + (diagram.Nodes[link.To].Place * size);
            DrawLink(scene, from, to, link.Weight * values[link.From]);
        }

        for (int node = 0; node < values.Length; node++)
        {
            DiagramNode what = diagram.Nodes[node];
            Vector2 at = corner + (what.Place * size);
            float value = float.IsFinite(values[node]) ? values[node] : 0, strength = MathF.Min(1, MathF.Abs(value));
            Rgba colour = value >= 0 ? FilmPalette.Positive : FilmPalette.Negative;
            if (strength > 0.5f) scene.FillSoftCircle(at, radius * 2.6f, colour.Fade(0.4f * (strength - 0.5f) * 2), radius * 0.6f);
            scene.FillCircle(at, radius, FilmPalette.Backdrop);
            scene.FillCircle(at, radius - 1.3f, Rgba.Lerp(new Rgba(0x2a, 0x31, 0x3b), colour, strength));
            scene.StrokeCircle(at, radius - 0.6f, 1.2f, Rgba.Lerp(new Rgba(0x55, 0x60, 0x6e), colour, strength));
            if (!named || what.Label.Length == 0) continue;
            bool isInput = what.Role == DiagramRole.Input;
            Rgba ink = Rgba.Lerp(FilmPalette.Quiet, FilmPalette.Text, strength);
            string label = FilmText.Shorten(what.Label, LabelSize, labels - radius - 8);
            scene.Text(at + new Vector2((radius + 6) * (isInput ? -1 : 1), 0), LabelSize, label, ink, isInput ? HorizontalAnchor.Right : HorizontalAnchor.Left, VerticalAnchor.Middle);
        }
    }

    private static int Crowd(NetworkDiagram diagram)
    {
        Span<int> counts = stackalloc int[Math.Min(diagram.Layers, 256)];
        int most = 1;
        foreach (DiagramNode node in diagram.Nodes)
        {
            ref int count = ref counts[Math.Min((int)((node.Place.X * (diagram.Layers - 1)) + 0.5f), counts.Length - 1)];
            most = Math.Max(most, ++count);
        }

        return most;
    }

    private static void DrawLink(Scene scene, Vector2 from, Vector2 to, float signal)
    {
        float strength = float.IsFinite(signal) ? MathF.Min(1, MathF.Abs(signal)) : 0;
        Rgba colour = Rgba.Lerp(new Rgba(0x4a, 0x54, 0x62, 110), (signal >= 0 ? FilmPalette.Positive : FilmPalette.Negative).WithAlpha(215), strength);
        float bend = (to.X - from.X) * 0.45f, width = 0.8f + (3.4f * strength);
        Span<Vector2> points = stackalloc Vector2[Pieces + 1];
        points[0] = from;
        Curves.Cubic(from, from + new Vector2(bend, 0), to - new Vector2(bend, 0), to, points[1..]);
        scene.StrokePolyline(points, width, colour, roundCaps: false);
    }
}

/// <summary>Fits words into the room there is.</summary>
internal static class FilmText
{
    /// <summary>A text, with its middle left out where it is too wide.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">Em of the font.</param>
    /// <param name="room">Room, in the unit of the em.</param>
    /// <param name="weight">Weight of the pen.</param>
    /// <returns>The text, or as much of its ends as fits around "...".</returns>
    public static string Shorten(string text, float size, float room, float weight = 1)
    {
        if (Canvas.MeasureText(text, size, weight) <= room) return text;
        for (int kept = text.Length - 1; kept > 1; kept--)
        {
            string shorter = string.Concat(text.AsSpan(0, kept / 2).TrimEnd(), "…", text.AsSpan(text.Length - ((kept + 1) / 2)).TrimStart());
            if (Canvas.MeasureText(shorter, size, weight) <= room) return shorter;
        }

        return "…";
    }
}
