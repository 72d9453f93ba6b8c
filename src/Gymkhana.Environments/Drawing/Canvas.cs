using System.Numerics;
using System.Runtime.InteropServices;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Drawing;

/// <summary>
/// A picture in memory and the means to draw on it, in pixels: x right, y down, (0, 0) the upper left corner of the upper left
/// pixel. Everything is anti-aliased; the arithmetic is IEEE-exact or integer, so a scene gives the same bytes on any machine.
/// Drawing allocates nothing once the inner lists have grown. What is not finite is not drawn. Not for several threads at once.
/// </summary>
public sealed partial class Canvas
{
    private readonly uint[] _pixels;
    private readonly CoverageFiller _filler;
    private readonly PathStroker _stroker;

    /// <summary>Creates a clear (fully transparent) picture.</summary>
    /// <param name="width">Width in pixels, 1-16384.</param>
    /// <param name="height">Height in pixels, 1-16384.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is out of range.</exception>
    public Canvas(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 16384);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, 16384);
        Width = width;
        Height = height;
        _pixels = new uint[width * height];
        _filler = new CoverageFiller(width, height);
        _stroker = new PathStroker(_filler);
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The pixels, [Height, Width] row-major, each 0xAARRGGBB with colours premultiplied by alpha. The canvas owns them.</summary>
    public Span<uint> Pixels => _pixels;

    /// <summary>The same memory as bytes: blue, green, red, alpha on little-endian machines.</summary>
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(_pixels.AsSpan());

    /// <summary>The colour of one pixel with straight alpha.</summary>
    public Rgba this[int x, int y]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)x, (uint)Width, nameof(x));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Height, nameof(y));
            return Blending.Straighten(_pixels[(y * Width) + x]);
        }
    }

    /// <summary>Replaces every pixel.</summary>
    public void Clear(Rgba colour) => _pixels.AsSpan().Fill(Blending.Premultiply(colour));

    /// <summary>Copies another picture of the same size over this one.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public void CopyFrom(Canvas other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Width != Width || other.Height != Height)
        {
            throw new ArgumentException($"A canvas of {Width}x{Height} cannot copy one of {other.Width}x{other.Height}; the sizes must be equal.", nameof(other));
        }

        other.Pixels.CopyTo(_pixels);
    }

    /// <summary>Writes the colours as R, G, B bytes, [Height, Width, 3]; transparent parts are shown over black.</summary>
    /// <exception cref="ArgumentException"><paramref name="rgb"/> does not hold Height · Width · 3 bytes.</exception>
    public void CopyRgb(Span<byte> rgb)
    {
        if (rgb.Length != _pixels.Length * 3)
        {
            throw new ArgumentException($"A canvas of {Width}x{Height} fills {_pixels.Length * 3} bytes of RGB, got {rgb.Length}.", nameof(rgb));
        }

        int at = 0;
        foreach (uint pixel in _pixels)
        {
            rgb[at + 2] = (byte)pixel;
            rgb[at + 1] = (byte)(pixel >> 8);
            rgb[at] = (byte)(pixel >> 16);
            at += 3;
        }
    }

    private Span<uint> Row(int y) => _pixels.AsSpan(y * Width, Width);

    private static bool Finite(Vector2 point, float a, float b = 0) => float.IsFinite(point.X + point.Y + a + b);
}
