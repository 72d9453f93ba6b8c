using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Drawing;

/// <content>Text, stroked letter by letter in the font of <see cref="StrokeFont"/>.</content>
public sealed partial class Canvas
{
    private readonly GlyphCache _glyphs = new();

    /// <summary>Width of a line of text in pixels for an em of <paramref name="size"/> pixels and a pen of <paramref name="weight"/>.</summary>
    public static float MeasureText(ReadOnlySpan<char> text, float size, float weight = 1) => StrokeFont.Measure(text, size, weight);

    /// <summary>
    /// Draws a line of text. The heights of letters are fitted to whole pixels, so that small text is sharp; the anchor's y moves to
    /// the nearest pixel with them.
    /// </summary>
    /// <param name="text">The text; characters the font lacks show as a box.</param>
    /// <param name="position">The anchor in pixels.</param>
    /// <param name="size">The em in pixels; capitals are 0.75 of it. Below 4 it is too small to draw as letters and is left out.</param>
    /// <param name="colour">The colour.</param>
    /// <param name="horizontal">Where the anchor lies across the text.</param>
    /// <param name="vertical">Where the anchor lies along its height.</param>
    /// <param name="weight">Thickness of the pen: 1 is regular; held to 0.3-2.5.</param>
    public void DrawText(
        ReadOnlySpan<char> text,
        Vector2 position,
        float size,
        Rgba colour,
        HorizontalAnchor horizontal = HorizontalAnchor.Left,
        VerticalAnchor vertical = VerticalAnchor.Baseline,
        float weight = 1)
    {
        if (!Finite(position, size, weight) || size < 4 || text.IsEmpty) return;
        weight = Math.Clamp(weight, 0.3f, 2.5f);
        var fit = new TextFit(position.Y, size, weight, vertical);
        float x = horizontal switch
        {
            HorizontalAnchor.Centre => position.X - (StrokeFont.Measure(text, size, weight) / 2),
            HorizontalAnchor.Right => position.X - StrokeFont.Measure(text, size, weight),
            _ => position.X,
        };
        if (fit.Foot < -size || fit.Foot > Height + (2 * size)) return;
        uint source = Blending.Premultiply(colour);
        float tracking = StrokeFont.Tracking(size, weight);
        foreach (char character in text)
        {
            if (x > Width + size) return;
            Glyph glyph = StrokeFont.Of(character);
            if (x > -(2 * size) && glyph.Pieces.Length > 0)
            {
                if (size <= GlyphCache.LargestSize)
                {
                    DrawMask(_glyphs.Find(character, glyph, size, weight, fit, x, out int column), column, (int)fit.Foot, source);
                }
                else
                {
                    GlyphCache.Stroke(_stroker, glyph, x, fit.Foot, fit);
                    _filler.Fill(_pixels, source);
                }
            }

            x += (glyph.Advance + tracking) * fit.Scale;
        }
    }

    private void DrawMask(GlyphMask mask, int column, int foot, uint source)
    {
        int left = column + mask.Left, top = foot + mask.Top;
        int from = Math.Max(0, -left), to = Math.Min(mask.Width, Width - left);
        int end = Math.Min(mask.Height, Height - top);
        if (to <= from) return;
        for (int y = Math.Max(0, -top); y < end; y++)
        {
            ReadOnlySpan<byte> coverages = _glyphs.RowOf(mask, y)[from..to];
            Span<uint> row = Row(top + y).Slice(left + from, coverages.Length);
            for (int x = 0; x < row.Length; x++)
            {
                if (coverages[x] != 0) Blending.Pixel(ref row[x], source, coverages[x]);
            }
        }
    }
}
