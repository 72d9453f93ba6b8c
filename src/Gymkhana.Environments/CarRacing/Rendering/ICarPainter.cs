namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>Draws what a car's driver sees: 96×96 pixels, row 0 at the top.</summary>
public interface ICarPainter
{
    /// <summary>Draws in colour.</summary>
    /// <param name="car">How the car and its track stand.</param>
    /// <param name="rgb">Receives 96×96×3 bytes, row by row, red, green and blue of each pixel in turn.</param>
    void PaintColour(CarSnapshot car, Span<byte> rgb);

    /// <summary>Draws in shades of grey, 0.299·red + 0.587·green + 0.114·blue rounded to the nearest.</summary>
    /// <param name="car">How the car and its track stand.</param>
    /// <param name="grey">Receives 96×96 bytes, row by row.</param>
    void PaintGrey(CarSnapshot car, Span<byte> grey);
}
