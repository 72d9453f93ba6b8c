namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>
/// Draws the original's picture, pixel for pixel: at 1000×800 with its polygons and their quirks, then reduced to 96×96. Only the figures of
/// the score, in rows 84–95 and columns 0–13, are our own.
/// </summary>
public sealed class ExactPainter : ICarPainter
{
    private const int Side = CellSurface.Side;

    private readonly CarWindow _window = new();
    private readonly CellReduction _reduction;
    private readonly uint[] _picture = new uint[Side * Side];

    /// <summary>A painter for one thread.</summary>
    public ExactPainter() => _reduction = new CellReduction(_window.Surface);

    /// <inheritdoc/>
    public void PaintColour(CarSnapshot car, Span<byte> rgb)
    {
        ArgumentNullException.ThrowIfNull(car);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rgb.Length, 3 * _picture.Length);
        Paint(car);
        for (int i = 0; i < _picture.Length; i++)
        {
            uint pixel = _picture[i];
            rgb[(3 * i) + 2] = (byte)(pixel >> 16);
            rgb[(3 * i) + 1] = (byte)(pixel >> 8);
            rgb[3 * i] = (byte)pixel;
        }
    }

    /// <inheritdoc/>
    public void PaintGrey(CarSnapshot car, Span<byte> grey)
    {
        ArgumentNullException.ThrowIfNull(car);
        ArgumentOutOfRangeException.ThrowIfNotEqual(grey.Length, _picture.Length);
        Paint(car);
        for (int i = 0; i < grey.Length; i++)
        {
            uint pixel = _picture[i];
            grey[i] = (byte)(((299 * (pixel & 0xff)) + (587 * ((pixel >> 8) & 0xff)) + (114 * (pixel >> 16)) + 500) / 1000);
        }
    }

    private void Paint(CarSnapshot car)
    {
        _window.Draw(car, showsTraces: false);
        _reduction.Reduce(_picture);
    }
}
