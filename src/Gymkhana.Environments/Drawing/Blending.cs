using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Drawing;

/// <summary>
/// Source-over and additive blending of premultiplied 32-bit pixels (0xAARRGGBB), in integers only, so that every SIMD width
/// gives the same bits: out = div255(source · coverage + below · (255 − div255(alpha · coverage))), one rounding a channel.
/// </summary>
internal static class Blending
{
    // Two channels ride in one word, 16 bits each: s·c + d·ia + 128 ≤ 65280 never carries into its neighbour.
    private const uint Pair = 0x00FF00FF;
    private const uint HalfPair = 0x00800080;

    internal static uint Premultiply(Rgba colour)
    {
        uint a = colour.A;
        return a << 24 | Divide255(colour.R * a) << 16 | Divide255(colour.G * a) << 8 | Divide255(colour.B * a);
    }

    internal static Rgba Straighten(uint pixel)
    {
        uint a = pixel >> 24;
        if (a == 0) return default;
        uint half = a / 2;
        return new Rgba(
            (byte)Math.Min(255, ((((pixel >> 16) & 255) * 255) + half) / a),
            (byte)Math.Min(255, ((((pixel >> 8) & 255) * 255) + half) / a),
            (byte)Math.Min(255, (((pixel & 255) * 255) + half) / a),
            (byte)a);
    }

    /// <summary>round(x / 255) for 0 ≤ x ≤ 65025.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Divide255(uint x)
    {
        x += 128;
        return (x + (x >> 8)) >> 8;
    }

    /// <summary>Covers one pixel with a premultiplied colour; coverage 0-255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Pixel(ref uint below, uint source, uint coverage)
    {
        uint clear = 255 - Divide255((source >> 24) * coverage);
        uint d = below;
        uint rb = ((source & Pair) * coverage) + ((d & Pair) * clear) + HalfPair;
        uint ag = (((source >> 8) & Pair) * coverage) + (((d >> 8) & Pair) * clear) + HalfPair;
        rb = ((rb + ((rb >> 8) & Pair)) >> 8) & Pair;
        ag = (ag + ((ag >> 8) & Pair)) & ~Pair;
        below = rb | ag;
    }

    /// <summary>Covers a run of pixels with one premultiplied colour at one coverage.</summary>
    internal static void Run(Span<uint> below, uint source, uint coverage)
    {
        if (coverage == 255 && source >> 24 == 255)
        {
            below.Fill(source);
            return;
        }

        int i = 0;
        if (below.Length >= Vector<uint>.Count)
        {
            var pair = new Vector<uint>(Pair);
            Vector<ushort> clear = new((ushort)(255 - Divide255((source >> 24) * coverage)));
            Vector<ushort> rbSource = Vector.AsVectorUInt16(new Vector<uint>(((source & Pair) * coverage) + HalfPair));
            Vector<ushort> agSource = Vector.AsVectorUInt16(new Vector<uint>((((source >> 8) & Pair) * coverage) + HalfPair));
            Span<Vector<uint>> wide = MemoryMarshal.Cast<uint, Vector<uint>>(below);
            for (int k = 0; k < wide.Length; k++)
            {
                Vector<uint> d = wide[k];
                Vector<ushort> rb = (Vector.AsVectorUInt16(d & pair) * clear) + rbSource;
                Vector<ushort> ag = (Vector.AsVectorUInt16(Vector.ShiftRightLogical(d, 8) & pair) * clear) + agSource;
                rb = Vector.ShiftRightLogical(rb + Vector.ShiftRightLogical(rb, 8), 8);
                ag += Vector.ShiftRightLogical(ag, 8);
                wide[k] = Vector.AsVectorUInt32(rb) | Vector.AndNot(Vector.AsVectorUInt32(ag), pair);
            }

            i = wide.Length * Vector<uint>.Count;
        }

        for (; i < below.Length; i++) Pixel(ref below[i], source, coverage);
    }

    /// <summary>Covers one vector of pixels, or adds light to it, each lane at its own coverage (0-255).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Wide(Span<uint> below, uint source, Vector<uint> coverage, bool additive)
    {
        var pair = new Vector<uint>(Pair);
        Vector<ushort> half = new(128), full = new(255), alpha = new((ushort)(source >> 24));
        Vector<ushort> cover = Vector.AsVectorUInt16(coverage | Vector.ShiftLeft(coverage, 16));
        Vector<ushort> rb = (Vector.AsVectorUInt16(new Vector<uint>(source & Pair)) * cover) + half;
        Vector<ushort> ag = (Vector.AsVectorUInt16(new Vector<uint>((source >> 8) & Pair)) * cover) + half;
        var d = new Vector<uint>(below);
        if (!additive)
        {
            Vector<ushort> covered = (alpha * cover) + half;
            Vector<ushort> clear = full - Vector.ShiftRightLogical(covered + Vector.ShiftRightLogical(covered, 8), 8);
            rb += Vector.AsVectorUInt16(d & pair) * clear;
            ag += Vector.AsVectorUInt16(Vector.ShiftRightLogical(d, 8) & pair) * clear;
        }

        rb = Vector.ShiftRightLogical(rb + Vector.ShiftRightLogical(rb, 8), 8);
        ag += Vector.ShiftRightLogical(ag, 8);
        Vector<uint> result = Vector.AsVectorUInt32(rb) | Vector.AndNot(Vector.AsVectorUInt32(ag), pair);
        if (additive)
        {
            // Byte by byte: below + min(light, what is left up to 255).
            Vector<byte> bytes = Vector.AsVectorByte(d);
            result = Vector.AsVectorUInt32(bytes + Vector.Min(Vector.AsVectorByte(result), ~bytes));
        }

        result.CopyTo(below);
    }

    /// <summary>Adds the light of a premultiplied colour to one pixel, channel by channel up to 255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void AddLight(ref uint below, uint source, uint coverage)
    {
        uint rb = ((source & Pair) * coverage) + HalfPair;
        uint ag = (((source >> 8) & Pair) * coverage) + HalfPair;
        rb = ((rb + ((rb >> 8) & Pair)) >> 8) & Pair;
        ag = ((ag + ((ag >> 8) & Pair)) >> 8) & Pair;
        rb += below & Pair;
        ag += (below >> 8) & Pair;

        // A channel that reached 256 shows bit 8 of its half: turn that bit into 255.
        rb |= ((rb >> 8) & 0x00010001) * 255;
        ag |= ((ag >> 8) & 0x00010001) * 255;
        below = (rb & Pair) | (ag & Pair) << 8;
    }
}
