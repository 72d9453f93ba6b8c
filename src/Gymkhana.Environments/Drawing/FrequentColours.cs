namespace Gymkhana.Environments.Drawing;

/// <summary>
/// The colours a picture has most of, such as its background, from every seventh pixel. A GIF keeps these exact in every palette:
/// a background that is off by one level after something moved across it would show as a trail.
/// </summary>
internal sealed class FrequentColours
{
    internal const int Most = 32;

    private const int Stride = 7;
    private const int HashBits = 15;

    private readonly int[] _keys = new int[1 << HashBits];
    private readonly int[] _counts = new int[1 << HashBits];
    private readonly uint[] _colours = new uint[Most];

    /// <summary>Up to 32 colours (0xRRGGBB) that each fill at least a thousandth of the picture, most frequent first.</summary>
    internal ReadOnlySpan<uint> Of(ReadOnlySpan<uint> pixels)
    {
        Array.Fill(_keys, -1);
        Array.Clear(_counts);
        int distinct = 0;
        for (int i = 0; i < pixels.Length; i += Stride)
        {
            int colour = (int)(pixels[i] & 0xFFFFFF);
            int slot = (int)((uint)colour * 2654435761u >> (32 - HashBits));
            while (_keys[slot] >= 0 && _keys[slot] != colour) slot = (slot + 1) & ((1 << HashBits) - 1);
            if (_keys[slot] < 0)
            {
                // Half full: what is new by now is rare.
                if (distinct == 1 << (HashBits - 1)) continue;
                distinct++;
                _keys[slot] = colour;
            }

            _counts[slot]++;
        }

        int least = Math.Max(1, pixels.Length / Stride / 1000), found = 0;
        while (found < Most)
        {
            int best = -1;
            for (int slot = 0; slot < _counts.Length; slot++)
            {
                if (_counts[slot] >= least && (best < 0 || _counts[slot] > _counts[best])) best = slot;
            }

            if (best < 0) break;
            _colours[found++] = (uint)_keys[best];
            _counts[best] = 0;
        }

        return _colours.AsSpan(0, found);
    }
}
