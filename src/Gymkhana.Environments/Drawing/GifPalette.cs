namespace Gymkhana.Environments.Drawing;

/// <summary>
/// Up to 255 colours for the pixels of one frame. When there are no more colours than that, they are the palette and every pixel
/// is exact. Otherwise median cut (Heckbert 1982) over colours of six bits a channel: the box with the most pixels times its
/// longest side is cut at its median until there are 255, and each box gives the mean of its pixels.
/// </summary>
internal sealed class GifPalette
{
    internal const int MostColours = 255;

    private const int Bins = 1 << 18;
    private const int HashSize = 1024;

    private readonly int[] _bins = new int[Bins];
    private readonly int[] _used = new int[Bins];
    private readonly long[] _red = new long[Bins];
    private readonly long[] _green = new long[Bins];
    private readonly long[] _blue = new long[Bins];
    private readonly short[] _nearest = new short[Bins];
    private readonly int[] _hash = new int[HashSize];
    private readonly byte[] _hashIndex = new byte[HashSize];
    private readonly uint[] _colours = new uint[MostColours];
    private readonly List<Box> _boxes = [];
    private readonly int[] _axisKeys = new int[Bins];
    private bool _exact;

    /// <summary>Colours as 0xRRGGBB.</summary>
    internal ReadOnlySpan<uint> Colours => _colours.AsSpan(0, Count);

    /// <summary>Count of colours.</summary>
    internal int Count { get; private set; }

    /// <summary>Makes the palette of some pixels (0xRRGGBB); <paramref name="kept"/> (fewer than 255) are in it whatever happens.</summary>
    internal void Make(ReadOnlySpan<uint> pixels, ReadOnlySpan<uint> kept)
    {
        Count = 0;
        _exact = true;
        Array.Fill(_hash, -1);
        foreach (uint pixel in pixels)
        {
            int slot = Slot(pixel);
            if (_hash[slot] >= 0) continue;
            if (Count == MostColours)
            {
                _exact = false;
                Array.Fill(_hash, -1);
                Count = 0;
                foreach (uint colour in kept) Keep(Slot(colour), colour);
                MedianCut(pixels);
                return;
            }

            Keep(slot, pixel);
        }
    }

    /// <summary>Whether a colour is in the palette because it was kept, or because all are.</summary>
    internal bool Has(uint pixel) => _hash[Slot(pixel)] >= 0;

    /// <summary>Index of the palette's colour for a pixel (0xRRGGBB): exact, or the nearest for its six bits a channel.</summary>
    internal byte IndexOf(uint pixel)
    {
        int slot = Slot(pixel);
        if (_hash[slot] >= 0) return _hashIndex[slot];
        if (_exact) return (byte)Nearest(pixel);
        int bin = Bin(pixel);
        if (_nearest[bin] < 0) _nearest[bin] = (short)Nearest(pixel);
        return (byte)_nearest[bin];
    }

    private void Keep(int slot, uint colour)
    {
        _hash[slot] = (int)colour;
        _hashIndex[slot] = (byte)Count;
        _colours[Count++] = colour;
    }

    // Where a colour stands in the open-addressed table, or the free place for it.
    private int Slot(uint pixel)
    {
        int slot = (int)((pixel * 2654435761u) >> 22);
        while (_hash[slot] >= 0 && _hash[slot] != (int)pixel) slot = (slot + 1) & (HashSize - 1);
        return slot;
    }

    private static int Bin(uint pixel) => (int)(((pixel >> 18) & 63) << 12 | ((pixel >> 10) & 63) << 6 | ((pixel >> 2) & 63));

    private int Nearest(uint pixel)
    {
        int best = 0, least = int.MaxValue;
        for (int i = 0; i < Count; i++)
        {
            int r = (int)((_colours[i] >> 16) & 255) - (int)((pixel >> 16) & 255);
            int g = (int)((_colours[i] >> 8) & 255) - (int)((pixel >> 8) & 255);
            int b = (int)(_colours[i] & 255) - (int)(pixel & 255);

            // Green weighs most in what the eye sees as bright, blue least.
            int distance = (3 * r * r) + (6 * g * g) + (2 * b * b);
            if (distance >= least) continue;
            least = distance;
            best = i;
        }

        return best;
    }

    private void MedianCut(ReadOnlySpan<uint> pixels)
    {
        int used = CountBins(pixels);
        _boxes.Clear();
        _boxes.Add(Bound(0, used));
        while (_boxes.Count < MostColours - Count)
        {
            int widest = -1;
            long most = 0;
            for (int i = 0; i < _boxes.Count; i++)
            {
                long weight = _boxes[i].Pixels * _boxes[i].Side * _boxes[i].Side;
                if (weight > most) (most, widest) = (weight, i);
            }

            if (widest < 0) break;
            Cut(widest);
        }

        foreach (Box box in _boxes) _colours[Count++] = Mean(box);
        Array.Fill(_nearest, (short)-1);
    }

    private int CountBins(ReadOnlySpan<uint> pixels)
    {
        Array.Clear(_bins);
        Array.Clear(_red);
        Array.Clear(_green);
        Array.Clear(_blue);
        int used = 0;
        foreach (uint pixel in pixels)
        {
            if (_hash[Slot(pixel)] >= 0) continue;
            int bin = Bin(pixel);
            if (_bins[bin]++ == 0) _used[used++] = bin;
            _red[bin] += (pixel >> 16) & 255;
            _green[bin] += (pixel >> 8) & 255;
            _blue[bin] += pixel & 255;
        }

        // In order of colour, whatever the order of pixels.
        Array.Sort(_used, 0, used);
        return used;
    }

    private Box Bound(int start, int end)
    {
        int r0 = 63, g0 = 63, b0 = 63, r1 = 0, g1 = 0, b1 = 0;
        long pixels = 0;
        for (int i = start; i < end; i++)
        {
            int bin = _used[i], r = bin >> 12, g = (bin >> 6) & 63, b = bin & 63;
            (r0, r1, g0, g1, b0, b1) = (Math.Min(r0, r), Math.Max(r1, r), Math.Min(g0, g), Math.Max(g1, g), Math.Min(b0, b), Math.Max(b1, b));
            pixels += _bins[bin];
        }

        int red = r1 - r0, green = g1 - g0, blue = b1 - b0;
        int side = Math.Max(red, Math.Max(green, blue));
        return new Box(start, end, pixels, side, side == green ? 6 : side == red ? 12 : 0);
    }

    private void Cut(int index)
    {
        Box box = _boxes[index];
        for (int i = box.Start; i < box.End; i++) _axisKeys[i] = (((_used[i] >> box.Shift) & 63) << 18) | _used[i];
        Array.Sort(_axisKeys, box.Start, box.End - box.Start);
        long below = 0;
        int cut = box.Start + 1;
        for (int i = box.Start; i < box.End; i++)
        {
            _used[i] = _axisKeys[i] & (Bins - 1);
            if (below * 2 < box.Pixels) cut = i + 1;
            below += _bins[_used[i]];
        }

        cut = Math.Clamp(cut, box.Start + 1, box.End - 1);
        _boxes[index] = Bound(box.Start, cut);
        _boxes.Add(Bound(cut, box.End));
    }

    private uint Mean(Box box)
    {
        long r = 0, g = 0, b = 0, half = box.Pixels / 2;
        for (int i = box.Start; i < box.End; i++)
        {
            r += _red[_used[i]];
            g += _green[_used[i]];
            b += _blue[_used[i]];
        }

        return (uint)((r + half) / box.Pixels) << 16 | (uint)((g + half) / box.Pixels) << 8 | (uint)((b + half) / box.Pixels);
    }

    private readonly record struct Box(int Start, int End, long Pixels, long Side, int Shift);
}
