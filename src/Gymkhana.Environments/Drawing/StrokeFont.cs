using System.Globalization;
using System.Numerics;

namespace Gymkhana.Environments.Drawing;

/// <summary>
/// Our own sans serif: letters are centre lines, drawn with a round pen, so that one design serves every weight. Units are
/// thousandths of an em, y up from the line the letters stand on; figures are all of one width. Outlines are <see cref="StrokeFontGlyphs"/>.
/// </summary>
internal static class StrokeFont
{
    /// <summary>Width of the regular pen.</summary>
    internal const float Pen = 86;

    /// <summary>Height of the centre lines of small letters, such as x.</summary>
    internal const float SmallHeight = 470;

    /// <summary>Height of the centre lines of capitals.</summary>
    internal const float CapitalHeight = 660;

    /// <summary>Depth of the centre lines below the line, as a positive number.</summary>
    internal const float Descent = 190;

    // A quarter ellipse is drawn a little squarer than a circle (0.552), as humanist letters are.
    private const float Squareness = 0.585f;

    private static readonly Glyph Missing = Parse("560 M90 0 L90 660 L470 660 L470 0 Z");
    private static readonly Dictionary<char, Glyph> Glyphs = Read();

    /// <summary>The letter's shape; a box for what the font lacks.</summary>
    internal static Glyph Of(char character) => Glyphs.GetValueOrDefault(character, Missing);

    /// <summary>Whether the font has the character.</summary>
    internal static bool Has(char character) => Glyphs.ContainsKey(character);

    /// <summary>
    /// Room added after every letter, in thousandths of an em: a thick pen needs more, and so does small text.
    /// </summary>
    internal static float Tracking(float size, float weight) =>
        18 + (MathF.Max(0, weight - 1) * 70) + (MathF.Max(0, 16 - size) * 4);

    /// <summary>Width of a line of text in pixels.</summary>
    internal static float Measure(ReadOnlySpan<char> text, float size, float weight)
    {
        float tracking = Tracking(size, weight), advance = 0;
        foreach (char c in text) advance += Of(c).Advance + tracking;
        return advance * size / 1000;
    }

    private static Dictionary<char, Glyph> Read()
    {
        var glyphs = new Dictionary<char, Glyph>();
        foreach ((char character, string shape) in StrokeFontGlyphs.All) glyphs.Add(character, Parse(shape));
        return glyphs;
    }

    // The advance, then commands: M move, L line, C cubic, h and v quarter ellipses that leave level or upright, D dot, Z close.
    private static Glyph Parse(string shape)
    {
        string[] words = shape.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var pieces = new List<GlyphPiece>();
        Vector2 current = default;
        int at = 1;
        while (at < words.Length)
        {
            char command = words[at][0];
            if (command == 'Z')
            {
                pieces.Add(new GlyphPiece('Z', default, default, default));
                at++;
                continue;
            }

            Vector2 a = Point(words[at][1..], words[at + 1]), b = a, c = a;
            at += 2;
            switch (command)
            {
                case 'M' or 'L' or 'D':
                    break;
                case 'C':
                    b = Point(words[at], words[at + 1]);
                    c = Point(words[at + 2], words[at + 3]);
                    at += 4;
                    break;
                case 'h':
                    (a, b) = (new Vector2(current.X + ((c.X - current.X) * Squareness), current.Y), new Vector2(c.X, c.Y - ((c.Y - current.Y) * Squareness)));
                    command = 'C';
                    break;
                case 'v':
                    (a, b) = (new Vector2(current.X, current.Y + ((c.Y - current.Y) * Squareness)), new Vector2(c.X - ((c.X - current.X) * Squareness), c.Y));
                    command = 'C';
                    break;
                default:
                    throw new InvalidOperationException($"Unknown stroke command '{command}' in the font.");
            }

            pieces.Add(new GlyphPiece(command, a, b, c));
            current = c;
        }

        return new Glyph(float.Parse(words[0], CultureInfo.InvariantCulture), [.. pieces]);
    }

    private static Vector2 Point(string x, string y) =>
        new(float.Parse(x, CultureInfo.InvariantCulture), float.Parse(y, CultureInfo.InvariantCulture));
}

/// <summary>A letter: how far the pen moves on, and the pieces of its centre lines.</summary>
internal sealed record Glyph(float Advance, GlyphPiece[] Pieces);

/// <summary>One piece of a centre line: M, L, C (two control points and the end), D (a dot) or Z; the end is <paramref name="End"/>.</summary>
internal readonly record struct GlyphPiece(char Command, Vector2 Control1, Vector2 Control2, Vector2 End);
