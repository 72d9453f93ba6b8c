using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Drawing;

/// <content>Text, stroked letter by letter in the font of <see cref="StrokeFont"/>.</content>
public sealed partial class Canvas
{
    // A full stop is a little wider than the pen, or it would look thinner than the stems.
    private const float DotSize = 1.28f;

    // Largest distance in pixels between a curve and the straight pieces that stand for it.
    private const float CurveFlatness = 0.06f;

    /// <summary>Width of a line of text in pixels for an em of <paramref name="size"/> pixels.</summary>
    public static float MeasureText(ReadOnlySpan<char> text, float size) => StrokeFont.Measure(text, size);

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
        var fit = new TextFit(position.Y, size, Math.Clamp(weight, 0.3f, 2.5f), vertical);
        float x = horizontal switch
        {
            HorizontalAnchor.Centre => position.X - (StrokeFont.Measure(text, size) / 2),
            HorizontalAnchor.Right => position.X - StrokeFont.Measure(text, size),
            _ => position.X,
        };
        if (fit.Baseline < -size || fit.Baseline > Height + (2 * size)) return;
        uint source = Blending.Premultiply(colour);
        foreach (char character in text)
        {
            Glyph glyph = StrokeFont.Of(character);
            if (x > Width + size) return;
            if (x > -(2 * size) && glyph.Pieces.Length > 0)
            {
                StrokeGlyph(glyph, x, fit);
                _filler.Fill(_pixels, source);
            }

            x += glyph.Advance * fit.Scale;
        }
    }

    private void StrokeGlyph(Glyph glyph, float x, in TextFit fit)
    {
        Vector2 current = default;
        bool open = false;
        foreach (ref readonly GlyphPiece piece in glyph.Pieces.AsSpan())
        {
            switch (piece.Command)
            {
                case 'Z':
                    _stroker.Stroke(fit.Pen, closed: true, roundCaps: true);
                    open = false;
                    continue;
                case 'M' or 'D':
                    if (open) _stroker.Stroke(fit.Pen, closed: false, roundCaps: true);
                    open = piece.Command == 'M';
                    current = fit.Place(piece.End, x);
                    _stroker.Begin();
                    if (open) _stroker.Add(current);
                    else _stroker.Dot(current, fit.Pen * DotSize / 2);
                    continue;
                case 'L':
                    current = fit.Place(piece.End, x);
                    _stroker.Add(current);
                    continue;
                default:
                    Vector2 end = fit.Place(piece.End, x);
                    AddCurve(current, fit.Place(piece.Control1, x), fit.Place(piece.Control2, x), end);
                    current = end;
                    continue;
            }
        }

        if (open) _stroker.Stroke(fit.Pen, closed: false, roundCaps: true);
    }

    // n straight pieces stay within max|second difference| · 6 / (8 n²) of a cubic: the bound of linear interpolation.
    private void AddCurve(Vector2 from, Vector2 control1, Vector2 control2, Vector2 to)
    {
        Vector2 bend0 = from - (2 * control1) + control2, bend1 = control1 - (2 * control2) + to;
        float bend = MathF.Sqrt(MathF.Max(bend0.LengthSquared(), bend1.LengthSquared()));
        int count = Math.Clamp((int)MathF.Ceiling(MathF.Sqrt(bend * 0.75f / CurveFlatness)), 2, 32);
        Span<Vector2> points = stackalloc Vector2[count];
        Curves.Cubic(from, control1, control2, to, points);
        foreach (Vector2 point in points) _stroker.Add(point);
    }

    // Maps font units to pixels. The pen's outer edges at the baseline, the top of small letters and the top of capitals are moved
    // to whole pixels, and heights between are stretched to fit.
    private readonly struct TextFit
    {
        public readonly float Scale;
        public readonly float Pen;
        public readonly float Baseline;
        private readonly float _small;
        private readonly float _capital;

        public TextFit(float y, float size, float weight, VerticalAnchor anchor)
        {
            Scale = size / 1000;

            // Below one pixel a stroke only fades; a light weight may.
            Pen = MathF.Max(StrokeFont.Pen * Scale * weight, MathF.Min(1.1f, 1.1f * weight));
            _small = MathF.Round((StrokeFont.SmallHeight * Scale) + Pen) - Pen;
            _capital = MathF.Round((StrokeFont.CapitalHeight * Scale) + Pen) - Pen;
            float foot = anchor switch
            {
                VerticalAnchor.Top => y + _capital + Pen,
                VerticalAnchor.Middle => y + ((_capital + Pen) / 2),
                VerticalAnchor.Bottom => y - (StrokeFont.Descent * Scale),
                _ => y,
            };
            Baseline = MathF.Round(foot) - (Pen / 2);
        }

        public Vector2 Place(Vector2 point, float x)
        {
            float height = point.Y switch
            {
                <= 0 => point.Y * Scale,
                <= StrokeFont.SmallHeight => point.Y * (_small / StrokeFont.SmallHeight),
                <= StrokeFont.CapitalHeight => _small + ((point.Y - StrokeFont.SmallHeight) * ((_capital - _small) / (StrokeFont.CapitalHeight - StrokeFont.SmallHeight))),
                _ => _capital + ((point.Y - StrokeFont.CapitalHeight) * Scale),
            };
            return new Vector2(x + (point.X * Scale), Baseline - height);
        }
    }
}
