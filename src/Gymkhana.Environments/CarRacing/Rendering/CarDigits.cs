namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>The digits of the score, made of straight strokes, in the box that the original gives them.</summary>
internal sealed class CarDigits
{
    private const float Middle = 60;
    private const float Advance = 23.3f;
    private const float Width = 18;
    private const float Thickness = 5.5f;
    private const float Top = 735;
    private const float Height = 31;
    private const int LeastCharacters = 4;
    private const int MostCharacters = 12;

    // Strokes of each digit: top, upper left, upper right, middle, lower left, lower right, bottom.
    private static ReadOnlySpan<byte> Strokes => [0b1110111, 0b0010010, 0b1011101, 0b1011011, 0b0111010, 0b1101011, 0b1101111, 0b1010010, 0b1111111, 0b1111011];

    private readonly Stroke[] _made = new Stroke[MostCharacters * 7];

    /// <summary>The strokes of a score, rounded to a whole number with at least four characters.</summary>
    /// <param name="score">The score.</param>
    /// <returns>Rectangles in pixels of 1000×800; good until the next call.</returns>
    public ReadOnlySpan<Stroke> Of(double score)
    {
        double rounded = Math.Round(Math.Clamp(score, -9_999_999, 9_999_999), MidpointRounding.ToEven);
        bool isNegative = rounded < 0;
        long rest = (long)Math.Abs(rounded);
        int characters = isNegative ? 2 : 1;
        for (long left = rest / 10; left > 0; left /= 10)
        {
            characters++;
        }

        characters = Math.Max(characters, LeastCharacters);
        float x = Middle + ((characters - 1) * Advance / 2);
        int made = 0;
        for (int i = characters - 1; i >= 0; i--)
        {
            made = i == 0 && isNegative ? Add(0b0001000, x, made) : Add(Strokes[(int)(rest % 10)], x, made);
            rest /= 10;
            x -= Advance;
        }

        return _made.AsSpan(0, made);
    }

    private int Add(int strokes, float middle, int made)
    {
        (float left, float right) = (middle - (Width / 2), middle + (Width / 2));
        (float half, float bottom) = (Top + (Height / 2), Top + Height);
        for (int stroke = 0; stroke < 7; stroke++)
        {
            if ((strokes & (0b1000000 >> stroke)) != 0)
            {
                _made[made++] = stroke switch
                {
                    0 => new Stroke(left, right, Top, Top + Thickness),
                    1 => new Stroke(left, left + Thickness, Top, half),
                    2 => new Stroke(right - Thickness, right, Top, half),
                    3 => new Stroke(left, right, half - (Thickness / 2), half + (Thickness / 2)),
                    4 => new Stroke(left, left + Thickness, half, bottom),
                    5 => new Stroke(right - Thickness, right, half, bottom),
                    _ => new Stroke(left, right, bottom - Thickness, bottom),
                };
            }
        }

        return made;
    }

    /// <summary>A rectangle.</summary>
    /// <param name="Left">First column.</param>
    /// <param name="Right">After the last column.</param>
    /// <param name="Top">First row.</param>
    /// <param name="Bottom">After the last row.</param>
    public readonly record struct Stroke(float Left, float Right, float Top, float Bottom);
}
