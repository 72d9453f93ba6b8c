namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>Shades as the reduction from 1000×800 leaves them: it rounds down twice, and so takes 2 of every shade but black.</summary>
internal static class FastShades
{
    private const int Lost = 2;

    /// <summary>The ink of a colour.</summary>
    /// <param name="isGrey">Whether it is a shade of grey that is wanted.</param>
    /// <param name="red">0–255.</param>
    /// <param name="green">0–255.</param>
    /// <param name="blue">0–255.</param>
    public static Ink Of(bool isGrey, int red, int green, int blue)
    {
        (float r, float g, float b) = (Math.Max(red - Lost, 0), Math.Max(green - Lost, 0), Math.Max(blue - Lost, 0));
        return isGrey ? new Ink(1, (0.299f * r) + (0.587f * g) + (0.114f * b), 0, 0) : new Ink(1, r, g, b);
    }
}
