namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>
/// The original's pictures for people: its window of 1000×800, and the 600×400 that its <c>rgb_array</c> gives, both with the traces that skidding
/// wheels leave. Bytes are red, green and blue of each pixel in turn, row 0 at the top.
/// </summary>
public sealed class CarFilm
{
    /// <summary>Columns of the window.</summary>
    public const int WindowWidth = CellSurface.Width;

    /// <summary>Rows of the window.</summary>
    public const int WindowHeight = CellSurface.Height;

    /// <summary>Columns of a film's picture.</summary>
    public const int Width = 600;

    /// <summary>Rows of a film's picture.</summary>
    public const int Height = 400;

    private const int Channels = 3;

    private readonly CarWindow _window = new();
    private readonly ShrinkWeights _across = new(WindowWidth, Width);
    private readonly ShrinkWeights _down = new(WindowHeight, Height);
    private readonly byte[] _full = new byte[WindowWidth * WindowHeight * Channels];
    private readonly byte[] _narrow = new byte[Width * WindowHeight * Channels];

    /// <summary>Draws the window.</summary>
    /// <param name="car">How the car and its track stand.</param>
    /// <param name="rgb">Receives 1000×800×3 bytes.</param>
    public void PaintWindow(CarSnapshot car, Span<byte> rgb) => PaintWindow(car, showsTraces: true, rgb);

    /// <summary>Draws the picture of a film.</summary>
    /// <param name="car">How the car and its track stand.</param>
    /// <param name="rgb">Receives 600×400×3 bytes.</param>
    public void Paint(CarSnapshot car, Span<byte> rgb)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rgb.Length, Width * Height * Channels);
        PaintWindow(car, showsTraces: true, _full);
        for (int row = 0; row < WindowHeight; row++)
        {
            Shrink(_full.AsSpan(row * WindowWidth * Channels), Channels, _across, _narrow.AsSpan(row * Width * Channels), Channels);
        }

        for (int column = 0; column < Width; column++)
        {
            Shrink(_narrow.AsSpan(column * Channels), Width * Channels, _down, rgb[(column * Channels)..], Width * Channels);
        }
    }

    /// <summary>Draws the window, with or without traces.</summary>
    /// <param name="car">How the car and its track stand.</param>
    /// <param name="showsTraces">Whether to show them.</param>
    /// <param name="rgb">Receives 1000×800×3 bytes.</param>
    internal void PaintWindow(CarSnapshot car, bool showsTraces, Span<byte> rgb)
    {
        ArgumentNullException.ThrowIfNull(car);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rgb.Length, _full.Length);
        _window.Draw(car, showsTraces);
        _window.Surface.WriteAllDown();
        for (int row = 0; row < WindowHeight; row++)
        {
            ReadOnlySpan<uint> pixels = _window.Surface.Row(row);
            Span<byte> line = rgb.Slice(row * WindowWidth * Channels, WindowWidth * Channels);
            for (int x = 0; x < pixels.Length; x++)
            {
                uint pixel = pixels[x];
                line[(Channels * x) + 2] = (byte)(pixel >> 16);
                line[(Channels * x) + 1] = (byte)(pixel >> 8);
                line[Channels * x] = (byte)pixel;
            }
        }
    }

    // One line of pixels; the next pixel is `step` bytes on.
    private static void Shrink(ReadOnlySpan<byte> line, int step, ShrinkWeights weights, Span<byte> result, int resultStep)
    {
        for (int i = 0; i < weights.FirstWeight.Length; i++)
        {
            (int first, int last) = (weights.First[i], weights.First[i + 1]);
            (uint firstWeight, uint lastWeight) = (weights.FirstWeight[i], weights.LastWeight[i]);
            for (int channel = 0; channel < Channels; channel++)
            {
                uint sum = ((line[(first * step) + channel] * firstWeight) >> ShrinkWeights.Places)
                    + ((line[(last * step) + channel] * lastWeight) >> ShrinkWeights.Places);
                for (int at = first + 1; at < last; at++)
                {
                    sum += line[(at * step) + channel];
                }

                result[(i * resultStep) + channel] = (byte)((sum * weights.Reciprocal) >> 16);
            }
        }
    }
}
