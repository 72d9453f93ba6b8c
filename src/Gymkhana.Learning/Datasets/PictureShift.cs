using Gymkhana.Core.Randomness;

namespace Gymkhana.Learning.Datasets;

/// <summary>
/// Moves pictures by a few pixels at random, the rims repeated, so that a network does not learn records by heart (Yarats, Kostrikov and
/// Fergus, "Image augmentation is all you need", 2021). All frames of an observation move alike; what is before and after a transition
/// move apart.
/// </summary>
/// <param name="layout">What an observation is made of: pictures [height, width], [planes, height, width] or [height, width, 3].</param>
/// <param name="most">The farthest a picture moves, pixels in each direction, at least 1.</param>
internal sealed class PictureShift(DatasetLayout layout, int most)
{
    private const int Colours = 3;

    // Rows and columns come last, but before colours.
    private readonly int _height = layout.Frame[^(IsColour(layout) ? 3 : 2)];
    private readonly int _width = layout.Frame[^(IsColour(layout) ? 2 : 1)];
    private readonly int _pixel = (IsColour(layout) ? Colours : 1) * (layout.IsPixels ? 1 : sizeof(float));
    private readonly byte[] _plane = new byte[layout.FrameBytes];

    /// <summary>Whether observations are pictures.</summary>
    /// <param name="layout">What an observation is made of.</param>
    /// <returns>True for frames of two axes or three.</returns>
    public static bool Suits(DatasetLayout layout) => layout.Frame.Length is 2 or 3;

    /// <summary>Moves what is seen before and after a transition.</summary>
    /// <param name="state">The observation before.</param>
    /// <param name="next">The observation after.</param>
    /// <param name="key">What the draws depend on.</param>
    public void Move(Span<byte> state, Span<byte> next, ulong key)
    {
        Move(state, Draw(key, 0), Draw(key, 1));
        Move(next, Draw(key, 2), Draw(key, 3));
    }

    private static bool IsColour(DatasetLayout layout) => layout.Frame.Length == 3 && layout.Frame[2] == Colours;

    private int Draw(ulong key, uint which) => (int)(StreamKey.Mix(key, which) % (ulong)((2 * most) + 1)) - most;

    private void Move(Span<byte> observation, int right, int down)
    {
        int row = _width * _pixel, plane = _height * row;
        for (int start = 0; start < observation.Length; start += plane)
        {
            Span<byte> to = observation.Slice(start, plane);
            Span<byte> from = _plane.AsSpan(0, plane);
            to.CopyTo(from);
            for (int y = 0; y < _height; y++)
            {
                MoveRow(from.Slice(Math.Clamp(y - down, 0, _height - 1) * row, row), to.Slice(y * row, row), right);
            }
        }
    }

    private void MoveRow(ReadOnlySpan<byte> from, Span<byte> to, int right)
    {
        int shift = Math.Min(Math.Abs(right), _width - 1) * _pixel;
        if (right >= 0)
        {
            from[..^shift].CopyTo(to[shift..]);
            Fill(to[..shift], from[.._pixel]);
        }
        else
        {
            from[shift..].CopyTo(to);
            Fill(to[^shift..], from[^_pixel..]);
        }
    }

    private static void Fill(Span<byte> rim, ReadOnlySpan<byte> pixel)
    {
        for (int at = 0; at < rim.Length; at += pixel.Length)
        {
            pixel.CopyTo(rim[at..]);
        }
    }
}
