using System.Buffers.Binary;

namespace Gymkhana.Environments.Drawing;

/// <summary>
/// Writes an animated GIF (GIF89a) that loops forever, frame by frame. Each frame holds only the rectangle that changed, with what
/// did not change within it left transparent, and brings a palette of its own for the rest. Transparent parts of a canvas are shown
/// over black. Delays are in hundredths of a second and add up without drift; beyond 50 frames per second frames are left out,
/// since viewers slow down shorter delays.
/// </summary>
public sealed class GifWriter : IFrameWriter
{
    private const byte Transparent = 255;
    private const int ShortestDelay = 2;

    // Bayer's 8×8 order, the thresholds of ordered dithering.
    private static ReadOnlySpan<byte> Bayer =>
    [
        0, 32, 8, 40, 2, 34, 10, 42, 48, 16, 56, 24, 50, 18, 58, 26, 12, 44, 4, 36, 14, 46, 6, 38, 60, 28, 52, 20, 62, 30, 54, 22,
        3, 35, 11, 43, 1, 33, 9, 41, 51, 19, 59, 27, 49, 17, 57, 25, 15, 47, 7, 39, 13, 45, 5, 37, 63, 31, 55, 23, 61, 29, 53, 21,
    ];

    private readonly string _path;
    private readonly int _width;
    private readonly int _height;
    private readonly double _framesPerSecond;
    private readonly bool _dither;
    private readonly PendingFile _file;
    private readonly Stream _stream;
    private readonly uint[] _shown;
    private readonly uint[] _changed;
    private readonly byte[] _indices;
    private readonly GifPalette _palette = new();
    private readonly FrequentColours _frequent = new();
    private readonly LzwEncoder _lzw = new();
    private long _frames;
    private long _written;
    private long _elapsed;

    /// <summary>Opens the film.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="width">Width in pixels, 1-65535.</param>
    /// <param name="height">Height in pixels, 1-65535.</param>
    /// <param name="framesPerSecond">Frames per second, above 0.</param>
    /// <param name="dither">Ordered dithering where a frame has more than 255 colours: smoother, larger.</param>
    /// <exception cref="Core.GymkhanaException">The file cannot be written.</exception>
    public GifWriter(string path, int width, int height, double framesPerSecond, bool dither = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 65535);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, 65535);
        if (!(framesPerSecond > 0) || !double.IsFinite(framesPerSecond))
        {
            throw new ArgumentOutOfRangeException(nameof(framesPerSecond), framesPerSecond, "A film needs more than 0 frames per second.");
        }

        (_path, _width, _height, _framesPerSecond, _dither) = (path, width, height, framesPerSecond, dither);
        _shown = new uint[width * height];
        _changed = new uint[width * height];
        _indices = new byte[width * height];
        _file = new PendingFile(path);
        _stream = _file.Create();
        WriteHeader();
    }

    /// <inheritdoc/>
    public void Add(Canvas frame)
    {
        FrameWriters.CheckSize(frame, _width, _height);
        _frames++;
        long now = (long)Math.Round(_frames * 100 / _framesPerSecond);
        long delay = now - _elapsed;
        if (delay < ShortestDelay && _written > 0)
        {
            // Its time goes to the next frame; a last frame left out is no loss.
            return;
        }

        delay = Math.Clamp(delay, ShortestDelay, 65535);
        _elapsed = Math.Max(now, _elapsed + delay);
        WriteFrame(frame.Pixels, (int)delay);
        _written++;
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_written == 0) throw FrameWriters.Empty(_path);
        _stream.WriteByte(0x3B);
        _stream.Dispose();
        _file.Complete();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _file.Dispose();
    }

    private void WriteHeader()
    {
        _stream.Write("GIF89a"u8);
        Span<byte> screen = stackalloc byte[7];
        BinaryPrimitives.WriteUInt16LittleEndian(screen, (ushort)_width);
        BinaryPrimitives.WriteUInt16LittleEndian(screen[2..], (ushort)_height);
        screen[4] = 0x70; // No global palette, eight bits a channel.
        screen[5] = 0;
        screen[6] = 0;
        _stream.Write(screen);

        // The extension every viewer knows for "loop forever".
        _stream.Write([0x21, 0xFF, 11]);
        _stream.Write("NETSCAPE2.0"u8);
        _stream.Write([3, 1, 0, 0, 0]);
    }

    private void WriteFrame(ReadOnlySpan<uint> pixels, int delay)
    {
        int left = _width, right = -1, top = _height, bottom = -1, count = 0;
        for (int y = 0; y < _height; y++)
        {
            ReadOnlySpan<uint> row = pixels.Slice(y * _width, _width);
            Span<uint> shown = _shown.AsSpan(y * _width, _width);
            for (int x = 0; x < row.Length; x++)
            {
                uint pixel = row[x] & 0xFFFFFF;
                if (_written > 0 && pixel == shown[x]) continue;
                _changed[count++] = pixel;
                (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), y);
            }
        }

        // A frame where nothing moved still takes its time: one transparent pixel.
        if (count == 0) (left, right, top, bottom) = (0, 0, 0, 0);
        _palette.Make(_changed.AsSpan(0, count), _frequent.Of(pixels));
        bool dither = _dither && _palette.Count == GifPalette.MostColours;
        int width = right - left + 1, height = bottom - top + 1, at = 0;
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                uint pixel = pixels[(y * _width) + x] & 0xFFFFFF;
                ref uint shown = ref _shown[(y * _width) + x];
                bool same = count == 0 || (_written > 0 && pixel == shown);
                _indices[at++] = same ? Transparent : _palette.IndexOf(dither && !_palette.Has(pixel) ? Dither(pixel, x, y) : pixel);
                shown = pixel;
            }
        }

        WriteFrameHead(left, top, width, height, delay);
        _lzw.Write(_stream, _indices.AsSpan(0, width * height));
    }

    private void WriteFrameHead(int left, int top, int width, int height, int delay)
    {
        // Graphic control: leave in place (method 1), a transparent index.
        Span<byte> head = stackalloc byte[18];
        head[0] = 0x21;
        head[1] = 0xF9;
        head[2] = 4;
        head[3] = 1 << 2 | 1;
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], (ushort)delay);
        head[6] = Transparent;
        head[7] = 0;
        head[8] = 0x2C;
        BinaryPrimitives.WriteUInt16LittleEndian(head[9..], (ushort)left);
        BinaryPrimitives.WriteUInt16LittleEndian(head[11..], (ushort)top);
        BinaryPrimitives.WriteUInt16LittleEndian(head[13..], (ushort)width);
        BinaryPrimitives.WriteUInt16LittleEndian(head[15..], (ushort)height);
        head[17] = 0x80 | 7; // A palette of 256 follows.
        _stream.Write(head);
        Span<byte> colours = stackalloc byte[768];
        colours.Clear();
        for (int i = 0; i < _palette.Count; i++)
        {
            uint colour = _palette.Colours[i];
            colours[i * 3] = (byte)(colour >> 16);
            colours[(i * 3) + 1] = (byte)(colour >> 8);
            colours[(i * 3) + 2] = (byte)colour;
        }

        _stream.Write(colours);
    }

    // Moves each channel by up to ±6 levels, about half the distance between neighbours in a palette of 255.
    private static uint Dither(uint pixel, int x, int y)
    {
        int shift = ((Bayer[((y & 7) << 3) | (x & 7)] * 12) - 378) / 63;
        uint r = (uint)Math.Clamp((int)((pixel >> 16) & 255) + shift, 0, 255);
        uint g = (uint)Math.Clamp((int)((pixel >> 8) & 255) + shift, 0, 255);
        uint b = (uint)Math.Clamp((int)(pixel & 255) + shift, 0, 255);
        return r << 16 | g << 8 | b;
    }
}
