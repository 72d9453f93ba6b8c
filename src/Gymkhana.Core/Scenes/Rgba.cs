using System.Globalization;

namespace Gymkhana.Core.Scenes;

/// <summary>A colour in sRGB, eight bits a channel, with straight (not premultiplied) alpha: 0 is clear, 255 opaque.</summary>
/// <param name="R">Red, 0-255.</param>
/// <param name="G">Green, 0-255.</param>
/// <param name="B">Blue, 0-255.</param>
/// <param name="A">Alpha, 0-255.</param>
public readonly record struct Rgba(byte R, byte G, byte B, byte A = 255)
{
    /// <summary>Opaque black.</summary>
    public static Rgba Black => new(0, 0, 0);

    /// <summary>Opaque white.</summary>
    public static Rgba White => new(255, 255, 255);

    /// <summary>Nothing at all.</summary>
    public static Rgba Transparent => default;

    /// <summary>Reads <c>#rgb</c>, <c>#rrggbb</c> or <c>#rrggbbaa</c>; the hash may be left out.</summary>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static Rgba Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out Rgba colour)
            ? colour
            : throw new FormatException($"'{text}' is not a colour. Write #rgb, #rrggbb or #rrggbbaa, such as #1e88e5.");

    /// <summary>Reads a colour as <see cref="Parse"/> does, answering false instead of throwing.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Rgba colour)
    {
        colour = default;
        if (text.StartsWith("#")) text = text[1..];
        if (text.Length is not (3 or 6 or 8)) return false;
        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigit(c)) return false;
        }

        uint value = uint.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        colour = text.Length switch
        {
            3 => new Rgba((byte)((value >> 8) * 17), (byte)((value >> 4 & 15) * 17), (byte)((value & 15) * 17)),
            6 => new Rgba((byte)(value >> 16), (byte)(value >> 8), (byte)value),
            _ => new Rgba((byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value),
        };
        return true;
    }

    /// <summary>The mix of two colours, channel by channel; <paramref name="t"/> is held to 0-1 (not a number counts as 0).</summary>
    public static Rgba Lerp(Rgba from, Rgba to, float t)
    {
        t = t > 0 ? MathF.Min(t, 1) : 0;
        return new Rgba(Mix(from.R, to.R, t), Mix(from.G, to.G, t), Mix(from.B, to.B, t), Mix(from.A, to.A, t));
    }

    /// <summary>The same colour with another alpha, 0-255.</summary>
    public Rgba WithAlpha(byte alpha) => this with { A = alpha };

    /// <summary>The same colour with its alpha multiplied by <paramref name="opacity"/>, held to 0-1 (not a number counts as 0).</summary>
    public Rgba Fade(float opacity) => this with { A = (byte)((A * (opacity > 0 ? MathF.Min(opacity, 1) : 0)) + 0.5f) };

    /// <summary>The colour as <c>#rrggbb</c>, or <c>#rrggbbaa</c> when it is not opaque, which <see cref="Parse"/> and a browser read.</summary>
    public override string ToString() => A == 255 ? $"#{R:x2}{G:x2}{B:x2}" : $"#{R:x2}{G:x2}{B:x2}{A:x2}";

    private static byte Mix(byte from, byte to, float t) => (byte)(from + ((to - from) * t) + 0.5f);
}
