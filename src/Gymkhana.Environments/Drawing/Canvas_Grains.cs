using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Drawing;

/// <content>Grains: very many very small discs, stamped from masks four pixels at a time.</content>
public sealed partial class Canvas
{
    private const uint Pair = 0x00FF00FF;

    /// <summary>The form in which <see cref="DrawGrains(ReadOnlySpan{float}, ReadOnlySpan{float}, float, ReadOnlySpan{uint})"/> takes colours: premultiplied 0xAARRGGBB.</summary>
    public static uint GrainColour(Rgba colour) => Blending.Premultiply(colour);

    /// <summary>
    /// Draws small discs of one radius. The centre is rounded to 1/8 pixel and the radius to 1/8 pixel within 0.25-2; larger ones
    /// are drawn as circles. Grains that are not finite are not drawn.
    /// </summary>
    /// <param name="x">Centres, pixels from the left.</param>
    /// <param name="y">Centres, pixels from the top.</param>
    /// <param name="radius">Radius in pixels.</param>
    /// <param name="colours">Colours from <see cref="GrainColour"/>.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public void DrawGrains(ReadOnlySpan<float> x, ReadOnlySpan<float> y, float radius, ReadOnlySpan<uint> colours)
    {
        CheckLengths(x.Length, y.Length, colours.Length);
        GrainMasks masks = GrainMasks.For(radius);
        for (int i = 0; i < x.Length; i++) DrawGrain(masks, x[i], y[i], radius, colours[i]);
    }

    /// <summary>Draws small discs, each with its own radius; else as the other overload.</summary>
    /// <param name="x">Centres, pixels from the left.</param>
    /// <param name="y">Centres, pixels from the top.</param>
    /// <param name="radii">Radii in pixels.</param>
    /// <param name="colours">Colours from <see cref="GrainColour"/>.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public void DrawGrains(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> radii, ReadOnlySpan<uint> colours)
    {
        CheckLengths(x.Length, y.Length, colours.Length);
        CheckLengths(x.Length, radii.Length, colours.Length);
        for (int i = 0; i < x.Length; i++) DrawGrain(GrainMasks.For(radii[i]), x[i], y[i], radii[i], colours[i]);
    }

    /// <summary>Draws small discs of one radius at points mapped from world units; the scene's grains.</summary>
    internal void DrawGrains(ReadOnlySpan<Vector2> centres, PixelMap map, float radius, ReadOnlySpan<Rgba> colours)
    {
        GrainMasks masks = GrainMasks.For(radius);
        for (int i = 0; i < centres.Length; i++)
        {
            Vector2 centre = map.Map(centres[i]);
            DrawGrain(masks, centre.X, centre.Y, radius, Blending.Premultiply(colours[i]));
        }
    }

    private static void CheckLengths(int x, int y, int colours)
    {
        if (x != y || x != colours)
        {
            throw new ArgumentException($"Grains expect x, y, radii and colours of one length, got {x}, {y} and {colours}.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void DrawGrain(GrainMasks masks, float x, float y, float radius, uint source)
    {
        float left = x - masks.Reach, top = y - masks.Reach;
        if (left >= 0 && top >= 0 && left < Width - masks.Side && top < Height - masks.Rows && radius <= 2)
        {
            int column = (int)left, row = (int)top;
            int place = ((int)((top - row) * GrainMasks.Places) * GrainMasks.Places) + (int)((left - column) * GrainMasks.Places);
            ReadOnlySpan<uint> mask = masks.Coverages.Slice(place * masks.Side * masks.Rows, masks.Side * masks.Rows);
            Span<uint> block = _pixels.AsSpan((row * Width) + column, ((masks.Rows - 1) * Width) + masks.Side);
            if (Vector128.IsHardwareAccelerated) StampWide(block, mask, masks.Side, source);
            else Stamp(block, mask, masks.Side, source);
        }
        else
        {
            // At the border, or too large for a mask.
            FillCircle(new Vector2(x, y), MathF.Max(radius, 0.25f), source);
        }
    }

    private void FillCircle(Vector2 centre, float radius, uint source)
    {
        if (!Finite(centre, radius)) return;
        if (centre.X < -radius || centre.Y < -radius || centre.X > Width + radius || centre.Y > Height + radius) return;
        if (radius < SmallRadius) FillSmallDisc(centre, radius, source);
        else FillRing(centre, 0, radius, source);
    }

    private void Stamp(Span<uint> block, ReadOnlySpan<uint> mask, int side, uint source)
    {
        for (int row = 0, at = 0; at < mask.Length; row += Width)
        {
            for (int column = 0; column < side; column++, at++)
            {
                uint coverage = mask[at] & 255;
                if (coverage != 0) Blending.Pixel(ref block[row + column], source, coverage);
            }
        }
    }

    // The same integers as Blending.Pixel, eight 16-bit channels at a time. Bounds: the caller's block ends with its last row.
    private void StampWide(Span<uint> block, ReadOnlySpan<uint> mask, int side, uint source)
    {
        Vector128<ushort> rbSource = Vector128.Create(source & Pair).AsUInt16(), agSource = Vector128.Create((source >> 8) & Pair).AsUInt16();
        ref uint below = ref MemoryMarshal.GetReference(block);
        ref uint masks = ref MemoryMarshal.GetReference(mask);
        nuint row = 0, width = (nuint)Width, end = (nuint)mask.Length;
        if (source >> 24 == 255 && side == 4)
        {
            for (nuint at = 0; at < end; at += 4, row += width)
            {
                Vector128<ushort> coverage = Vector128.LoadUnsafe(ref masks, at).AsUInt16();
                Blend(ref below, row, coverage, Vector128.Create((ushort)255) - coverage, rbSource, agSource);
            }

            return;
        }

        Vector128<ushort> alpha = Vector128.Create((ushort)(source >> 24));
        for (nuint at = 0; at < end; row += width)
        {
            for (nuint column = 0; column < (nuint)side; column += 4, at += 4)
            {
                Vector128<ushort> coverage = Vector128.LoadUnsafe(ref masks, at).AsUInt16();
                Vector128<ushort> covered = (alpha * coverage) + Vector128.Create((ushort)128);
                Vector128<ushort> clear = Vector128.Create((ushort)255) - ((covered + (covered >>> 8)) >>> 8);
                Blend(ref below, row + column, coverage, clear, rbSource, agSource);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Blend(ref uint start, nuint at, Vector128<ushort> coverage, Vector128<ushort> clear, Vector128<ushort> rbSource, Vector128<ushort> agSource)
    {
        Vector128<uint> pair = Vector128.Create(Pair), below = Vector128.LoadUnsafe(ref start, at);
        Vector128<ushort> half = Vector128.Create((ushort)128);
        Vector128<ushort> rb = (rbSource * coverage) + ((below & pair).AsUInt16() * clear) + half;
        Vector128<ushort> ag = (agSource * coverage) + (((below >>> 8) & pair).AsUInt16() * clear) + half;
        rb = (rb + (rb >>> 8)) >>> 8;
        ag += ag >>> 8;
        (rb.AsUInt32() | Vector128.AndNot(ag.AsUInt32(), pair)).StoreUnsafe(ref start, at);
    }
}
