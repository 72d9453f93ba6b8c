using Gymkhana.Environments.CarRacing.Rendering;

namespace Gymkhana.Tests.CarRacing.Rendering;

public sealed class CarDigitsTests
{
    // Strokes of a digit of seven: 0 has 6, 1 has 2, and so on; a minus has one.
    [Theory]
    [InlineData(0, 6 + 6 + 6 + 6)]
    [InlineData(1.5, 6 + 6 + 6 + 5)]
    [InlineData(2.5, 6 + 6 + 6 + 5)]
    [InlineData(-5.2, 1 + 6 + 6 + 5)]
    [InlineData(917.4, 6 + 6 + 2 + 3)]
    [InlineData(-1234, 1 + 2 + 5 + 5 + 4)]
    public void Of_Score_IsRoundedAndHasFourCharacters(double score, int strokes)
    {
        CarDigits digits = new();
        ReadOnlySpan<CarDigits.Stroke> made = digits.Of(score);
        Assert.Equal(strokes, made.Length);
        float left = float.MaxValue, right = 0;
        foreach (CarDigits.Stroke stroke in made)
        {
            left = Math.Min(left, stroke.Left);
            right = Math.Max(right, stroke.Right);
        }

        // In the middle of the original's box.
        Assert.InRange(left + right, 118, 124);
    }
}
