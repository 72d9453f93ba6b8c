using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Drawing;

/// <content>Discs, rings and soft discs, row by row: a square root finds where the solid part begins, and it is one run.</content>
public sealed partial class Canvas
{
    // Below this radius the distance to the rim says too little about the covered area, so the area itself is integrated.
    private const float SmallRadius = 2.5f;

    /// <summary>Fills a disc. Coverage of the rim is taken from the pixel centre's distance to it; small discs are integrated.</summary>
    public void FillCircle(Vector2 centre, float radius, Rgba colour)
    {
        if (!Finite(centre, radius) || !(radius > 0)) return;
        uint source = Blending.Premultiply(colour);
        if (radius < SmallRadius) FillSmallDisc(centre, radius, source);
        else FillRing(centre, 0, radius, source);
    }

    /// <summary>Strokes a circle; <paramref name="radius"/> runs to the middle of the stroke.</summary>
    public void StrokeCircle(Vector2 centre, float radius, float width, Rgba colour)
    {
        if (!Finite(centre, radius, width) || !(width > 0) || !(radius + (width / 2) > 0)) return;
        uint source = Blending.Premultiply(colour);
        float outer = radius + (width / 2), inner = MathF.Max(0, radius - (width / 2));
        if (inner == 0 && outer < SmallRadius) FillSmallDisc(centre, outer, source);
        else FillRing(centre, inner, outer, source);
    }

    /// <summary>
    /// Fills a disc that fades: full within <paramref name="core"/> pixels of the centre, nothing at <paramref name="radius"/>,
    /// (1 − t)² between, where t grows from 0 to 1 with the square of the distance.
    /// </summary>
    /// <param name="centre">Centre in pixels.</param>
    /// <param name="radius">Where nothing is left, in pixels.</param>
    /// <param name="colour">The colour.</param>
    /// <param name="core">Radius of the full part, in pixels; held to 0-<paramref name="radius"/>.</param>
    /// <param name="additive">Adds the light to what is below (a glow) instead of covering it.</param>
    public void FillSoftCircle(Vector2 centre, float radius, Rgba colour, float core = 0, bool additive = false)
    {
        if (!Finite(centre, radius, core) || !(radius > 0)) return;
        uint source = Blending.Premultiply(colour);
        float coreSquared = Math.Clamp(core, 0, radius * 0.999f);
        coreSquared *= coreSquared;
        float scale = 1 / ((radius * radius) - coreSquared);
        int bottom = EndBefore(centre.Y + radius, Height);
        for (int y = FirstFrom(centre.Y - radius); y < bottom; y++)
        {
            float dy = y + 0.5f - centre.Y;
            float chord = HalfChord(radius, dy);
            if (chord < 0) continue;
            Span<uint> row = Row(y);
            int end = EndBefore(centre.X + chord, Width);
            int x = FirstFrom(centre.X - chord);
            float square = dy * dy;
            for (; x <= end - Vector<uint>.Count; x += Vector<uint>.Count)
            {
                // The same operations in the same order as below, so that lanes and tail agree to the bit.
                Vector<float> dx = Vector.ConvertToSingle(new Vector<int>(x) + Vector<int>.Indices) + new Vector<float>(0.5f) - new Vector<float>(centre.X);
                Vector<float> rest = Vector<float>.One - (((dx * dx) + new Vector<float>(square) - new Vector<float>(coreSquared)) * scale);
                rest = Vector.Min(Vector.Max(rest, Vector<float>.Zero), Vector<float>.One);
                var coverage = Vector.AsVectorUInt32(Vector.ConvertToInt32((rest * rest * 255) + new Vector<float>(0.5f)));
                Blending.Wide(row.Slice(x, Vector<uint>.Count), source, coverage, additive);
            }

            for (; x < end; x++)
            {
                float dx = x + 0.5f - centre.X;
                float rest = Math.Clamp(1 - (((dx * dx) + square - coreSquared) * scale), 0, 1);
                uint coverage = (uint)(int)((rest * rest * 255) + 0.5f);
                if (additive) Blending.AddLight(ref row[x], source, coverage);
                else Blending.Pixel(ref row[x], source, coverage);
            }
        }
    }

    // Half the length of the chord of a circle at height dy, or −1 when the line misses it.
    private static float HalfChord(float radius, float dy)
    {
        float square = (radius * radius) - (dy * dy);
        return radius > 0 && square >= 0 ? MathF.Sqrt(square) : -1;
    }

    // First pixel whose centre lies at or after a position, and the one after the last whose centre lies before or at it.
    private static int FirstFrom(float position) => (int)MathF.Ceiling(Math.Clamp(position - 0.5f, 0, 1 << 20));

    private static int EndBefore(float position, int limit) => (int)Math.Clamp(MathF.Floor(position - 0.5f) + 1, 0, limit);

    private void FillRing(Vector2 centre, float inner, float outer, uint source)
    {
        int bottom = EndBefore(centre.Y + outer + 0.5f, Height);
        for (int y = FirstFrom(centre.Y - outer - 0.5f); y < bottom; y++)
        {
            float dy = y + 0.5f - centre.Y;
            float reach = HalfChord(outer + 0.5f, dy);
            if (reach < 0) continue;
            var ring = new RingRow(centre.X, dy, inner, outer, source);
            float solid = HalfChord(outer - 0.5f, dy);
            float innerRim = inner > 0 ? HalfChord(inner + 0.5f, dy) : -1;
            float hole = inner > 0 ? HalfChord(inner - 0.5f, dy) : -1;
            Span<uint> row = Row(y);
            int left = FirstFrom(centre.X - reach), right = EndBefore(centre.X + reach, Width);
            if (innerRim < 0)
            {
                FillRimAndBody(row, ring, left, right, centre.X, solid);
                continue;
            }

            // From left to right: rim, body, inner rim, hole, and the same back. A thin ring has no body between its rims.
            bool thin = solid <= innerRim;
            int holeLeft = hole < 0 ? right : FirstFrom(centre.X - hole), holeRight = hole < 0 ? right : EndBefore(centre.X + hole, Width);
            if (thin)
            {
                ring.Rim(row, left, Math.Min(holeLeft, right));
                ring.Rim(row, Math.Max(holeRight, left), right);
                continue;
            }

            int bodyLeft = FirstFrom(centre.X - solid), rimLeft = FirstFrom(centre.X - innerRim);
            int rimRight = EndBefore(centre.X + innerRim, Width), bodyRight = EndBefore(centre.X + solid, Width);
            ring.Rim(row, left, Math.Min(bodyLeft, right));
            ring.Body(row, bodyLeft, Math.Min(rimLeft, right));
            if (hole < 0)
            {
                ring.Rim(row, rimLeft, rimRight);
            }
            else
            {
                ring.Rim(row, rimLeft, Math.Min(holeLeft, right));
                ring.Rim(row, Math.Max(holeRight, left), rimRight);
            }

            ring.Body(row, Math.Max(rimRight, left), bodyRight);
            ring.Rim(row, Math.Max(bodyRight, left), right);
        }
    }

    private static void FillRimAndBody(Span<uint> row, RingRow ring, int left, int right, float centre, float solid)
    {
        int bodyLeft = Math.Min(FirstFrom(centre - solid), right), bodyRight = EndBefore(centre + solid, right);
        if (solid < 0 || bodyRight <= bodyLeft)
        {
            ring.Rim(row, left, right);
            return;
        }

        ring.Rim(row, left, bodyLeft);
        ring.Body(row, bodyLeft, bodyRight);
        ring.Rim(row, bodyRight, right);
    }

    // The area of a disc within each pixel: the chord of sixteen lines a pixel, each clipped to the pixel exactly.
    private void FillSmallDisc(Vector2 centre, float radius, uint source)
    {
        int left = Math.Max(0, (int)MathF.Floor(Math.Clamp(centre.X - radius, -1, Width))), top = Math.Max(0, (int)MathF.Floor(Math.Clamp(centre.Y - radius, -1, Height)));
        int right = Math.Min(Width, (int)MathF.Ceiling(Math.Clamp(centre.X + radius, 0, Width))), bottom = Math.Min(Height, (int)MathF.Ceiling(Math.Clamp(centre.Y + radius, 0, Height)));
        for (int y = top; y < bottom; y++)
        {
            Span<uint> row = Row(y);
            for (int x = left; x < right; x++)
            {
                float area = GrainMasks.DiscArea(x - centre.X, y - centre.Y, radius);
                if (area > 0) Blending.Pixel(ref row[x], source, (uint)(int)((area * 255) + 0.5f));
            }
        }
    }

    // One row of a ring: pixels of the rim by their distance, the body as a run.
    private readonly ref struct RingRow(float centre, float dy, float inner, float outer, uint source)
    {
        public void Body(Span<uint> row, int from, int to)
        {
            if (to > from) Blending.Run(row[from..to], source, 255);
        }

        public void Rim(Span<uint> row, int from, int to)
        {
            for (int x = from; x < to; x++)
            {
                float dx = x + 0.5f - centre;
                float distance = MathF.Sqrt((dx * dx) + (dy * dy));
                float coverage = Math.Clamp(outer + 0.5f - distance, 0, 1);
                if (inner > 0) coverage -= Math.Clamp(inner + 0.5f - distance, 0, 1);
                Blending.Pixel(ref row[x], source, (uint)(int)((coverage * 255) + 0.5f));
            }
        }
    }
}
