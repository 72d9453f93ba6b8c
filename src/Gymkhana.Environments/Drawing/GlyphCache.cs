using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Drawing;

/// <summary>
/// Letters already drawn, as coverage masks: one for each character, size, weight and quarter of a pixel across. When the memory
/// is full everything is forgotten and drawn anew, so it never grows.
/// </summary>
internal sealed class GlyphCache
{
    /// <summary>Largest em in pixels that is kept; larger letters are drawn each time.</summary>
    internal const float LargestSize = 64;

    // Room for the widest letter at the largest size, with its foot two thirds down.
    private const int ScratchSide = 160;
    private const int ScratchLeft = 32;
    private const int ScratchFoot = 112;
    private const int Quarters = 4;
    private const int Capacity = 1 << 19;
    private const int MostMasks = 4096;

    // A full stop is a little wider than the pen, or it would look thinner than the stems.
    private const float DotSize = 1.28f;

    // Largest distance in pixels between a curve and the straight pieces that stand for it.
    private const float CurveFlatness = 0.06f;

    private readonly Dictionary<Key, GlyphMask> _masks = new(MostMasks);
    private readonly byte[] _memory = new byte[Capacity];
    private readonly uint[] _scratch = new uint[ScratchSide * ScratchSide];
    private readonly CoverageFiller _filler = new(ScratchSide, ScratchSide);
    private readonly PathStroker _stroker;
    private int _used;

    internal GlyphCache() => _stroker = new PathStroker(_filler);

    /// <summary>The mask of a letter that starts at <paramref name="x"/>, rounded to a quarter pixel; <paramref name="column"/> is its whole part.</summary>
    internal GlyphMask Find(char character, Glyph glyph, float size, float weight, in TextFit fit, float x, out int column)
    {
        int quarters = (int)MathF.Floor((x * Quarters) + 0.5f);
        column = quarters >> 2;
        int phase = quarters & (Quarters - 1);
        var key = new Key(character, phase, size, weight);
        if (_masks.TryGetValue(key, out GlyphMask mask)) return mask;
        Stroke(_stroker, glyph, ScratchLeft + (phase / (float)Quarters), ScratchFoot, fit);
        _filler.Fill(_scratch, 0xFFFFFFFF);
        mask = Store();
        _masks.Add(key, mask);
        return mask;
    }

    /// <summary>One row of a mask: coverages 0-255.</summary>
    internal ReadOnlySpan<byte> RowOf(in GlyphMask mask, int row) => _memory.AsSpan(mask.Start + (row * mask.Width), mask.Width);

    /// <summary>Adds a letter's strokes to a filler.</summary>
    internal static void Stroke(PathStroker stroker, Glyph glyph, float x, float foot, in TextFit fit)
    {
        Vector2 current = default;
        bool open = false;
        foreach (ref readonly GlyphPiece piece in glyph.Pieces.AsSpan())
        {
            switch (piece.Command)
            {
                case 'Z':
                    stroker.Stroke(fit.Pen, closed: true, roundCaps: true);
                    open = false;
                    continue;
                case 'M' or 'D':
                    if (open) stroker.Stroke(fit.Pen, closed: false, roundCaps: true);
                    open = piece.Command == 'M';
                    current = fit.Place(piece.End, x, foot);
                    stroker.Begin();
                    if (open) stroker.Add(current);
                    else stroker.Dot(current, fit.Pen * DotSize / 2);
                    continue;
                case 'L':
                    current = fit.Place(piece.End, x, foot);
                    stroker.Add(current);
                    continue;
                default:
                    Vector2 end = fit.Place(piece.End, x, foot);
                    AddCurve(stroker, current, fit.Place(piece.Control1, x, foot), fit.Place(piece.Control2, x, foot), end);
                    current = end;
                    continue;
            }
        }

        if (open) stroker.Stroke(fit.Pen, closed: false, roundCaps: true);
    }

    // n straight pieces stay within max|second difference| · 6 / (8 n²) of a cubic: the bound of linear interpolation.
    private static void AddCurve(PathStroker stroker, Vector2 from, Vector2 control1, Vector2 control2, Vector2 to)
    {
        Vector2 bend0 = from - (2 * control1) + control2, bend1 = control1 - (2 * control2) + to;
        float bend = MathF.Sqrt(MathF.Max(bend0.LengthSquared(), bend1.LengthSquared()));
        int count = Math.Clamp((int)MathF.Ceiling(MathF.Sqrt(bend * 0.75f / CurveFlatness)), 2, 32);
        Span<Vector2> points = stackalloc Vector2[count];
        Curves.Cubic(from, control1, control2, to, points);
        foreach (Vector2 point in points) stroker.Add(point);
    }

    // Moves what is on the scratch picture, without its empty border, to the memory.
    private GlyphMask Store()
    {
        int left = ScratchSide, right = -1, top = ScratchSide, bottom = -1;
        for (int y = 0; y < ScratchSide; y++)
        {
            ReadOnlySpan<uint> row = _scratch.AsSpan(y * ScratchSide, ScratchSide);
            int first = row.IndexOfAnyExcept(0u);
            if (first < 0) continue;
            left = Math.Min(left, first);
            right = Math.Max(right, row.LastIndexOfAnyExcept(0u));
            top = Math.Min(top, y);
            bottom = y;
        }

        int width = Math.Max(0, right - left + 1), height = Math.Max(0, bottom - top + 1);
        if (_used + (width * height) > Capacity || _masks.Count == MostMasks)
        {
            _masks.Clear();
            _used = 0;
        }

        var mask = new GlyphMask(_used, left - ScratchLeft, top - ScratchFoot, width, height);
        for (int y = top; y <= bottom; y++)
        {
            Span<uint> row = _scratch.AsSpan((y * ScratchSide) + left, width);
            foreach (uint pixel in row) _memory[_used++] = (byte)(pixel >> 24);
            row.Clear();
        }

        return mask;
    }

    private readonly record struct Key(char Character, int Phase, float Size, float Weight);
}

/// <summary>Where a mask lies in the cache's memory, and its place relative to the letter's start and foot, in pixels.</summary>
internal readonly record struct GlyphMask(int Start, int Left, int Top, int Width, int Height);
