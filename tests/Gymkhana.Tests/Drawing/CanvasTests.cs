using System.Numerics;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Tests.Drawing;

public sealed class CanvasTests
{
    // The reference counts 16 lines of points a pixel, so an edge may be off by up to 1/16 of the pixel along its steeper way.
    private const double ReferenceError = 1 / 16.0;

    public static TheoryData<float[]> Polygons => new()
    {
        { [5.3f, 4.1f, 40.7f, 9.9f, 21.2f, 37.6f] },
        { [-12.5f, 20, 30.2f, -15.4f, 80.1f, 22.7f, 31.9f, 70.3f] },
        { [3, 3, 44, 4, 12, 20.5f, 43, 40, 5, 44] },
        { [10.25f, 10.25f, 10.75f, 10.25f, 10.75f, 40.5f, 10.25f, 40.5f] },
    };

    [Theory]
    [MemberData(nameof(Polygons))]
    public void FillPolygon_AnyShape_CoversAsTheSupersampledReference(float[] coordinates)
    {
        Vector2[] polygon = [.. Enumerable.Range(0, coordinates.Length / 2).Select(i => new Vector2(coordinates[2 * i], coordinates[(2 * i) + 1]))];
        foreach (Vector2[] points in new[] { polygon, [.. polygon.Reverse()] })
        {
            var canvas = new Canvas(48, 48);
            canvas.FillPolygon(points, Rgba.White);
            (double largest, double mean) = Supersampling.Compare(canvas, p => Supersampling.Inside(points, p));
            Assert.InRange(largest, 0, ReferenceError + (1 / 255.0));
            Assert.InRange(mean, 0, 0.02);
        }
    }

    [Fact]
    public void FillPolygon_ConvexShapesOfManyKinds_CoverAsTheReference()
    {
        // A small fixed sequence makes triangles that reach over every border.
        uint state = 1;
        float Next() => (((state = (state * 1664525) + 1013904223) >> 8) / (float)(1 << 24) * 60) - 14;
        for (int i = 0; i < 60; i++)
        {
            Vector2[] points = [new(Next(), Next()), new(Next(), Next()), new(Next(), Next())];
            var canvas = new Canvas(32, 24);
            canvas.FillPolygon(points, Rgba.White);

            // Two edges may meet in a pixel, each with its own error.
            Assert.InRange(Supersampling.Compare(canvas, p => Supersampling.Inside(points, p)).Largest, 0, (2 * ReferenceError) + (1 / 255.0));
        }
    }

    [Fact]
    public void FillPolygon_StarWoundTwice_FillsItsHeart()
    {
        var canvas = new Canvas(40, 40);
        canvas.FillPolygon([new(20, 2), new(31, 36), new(2, 15), new(38, 15), new(9, 36)], Rgba.White);
        Assert.Equal(255, canvas[20, 20].A);
    }

    [Fact]
    public void FillContours_HoleWoundBackwards_StaysEmpty()
    {
        var canvas = new Canvas(10, 10);
        canvas.FillContours([new(1, 1), new(9, 1), new(9, 9), new(1, 9), new(3, 3), new(3, 7), new(7, 7), new(7, 3)], [4, 8], Rgba.White);
        Assert.Equal(255, canvas[2, 5].A);
        Assert.Equal(0, canvas[5, 5].A);
    }

    [Fact]
    public void FillRectangle_OnPixels_IsExact()
    {
        var canvas = new Canvas(9, 7);
        var colour = new Rgba(10, 200, 30);
        canvas.Clear(Rgba.Black);
        canvas.FillRectangle(new(2, 1), new(6, 5), colour);
        for (int y = 0; y < 7; y++)
        {
            for (int x = 0; x < 9; x++) Assert.Equal(x is >= 2 and < 6 && y is >= 1 and < 5 ? colour : Rgba.Black, canvas[x, y]);
        }
    }

    [Fact]
    public void FillRectangle_HalfPixels_CoverByArea()
    {
        var canvas = new Canvas(4, 4);
        canvas.FillRectangle(new(0.5f, 0.5f), new(2.5f, 2.5f), Rgba.White);
        Assert.Equal(64, canvas[0, 0].A); // A quarter: 63.75.
        Assert.Equal(128, canvas[1, 0].A); // Half: 127.5.
        Assert.Equal(255, canvas[1, 1].A);
        Assert.Equal(0, canvas[3, 1].A);
    }

    [Theory]
    [InlineData(0.6f, 0.03)]
    [InlineData(1.7f, 0.03)]
    [InlineData(2.6f, 0.09)]
    [InlineData(9.3f, 0.06)]
    [InlineData(30f, 0.06)]
    public void FillCircle_AnyRadius_CoversAsTheReference(float radius, double tolerance)
    {
        // Small discs are integrated. Larger ones take coverage from the distance, which for a straight slanting edge is off by up
        // to 0.043 (the corner it cuts), and by the curvature 1/(8 r) besides.
        foreach (Vector2 centre in new Vector2[] { new(20, 20), new(20.37f, 19.81f), new(1.2f, 30.6f) })
        {
            var canvas = new Canvas(40, 40);
            canvas.FillCircle(centre, radius, Rgba.White);
            Assert.InRange(Supersampling.Compare(canvas, p => Vector2.Distance(p, centre) < radius).Largest, 0, tolerance);
        }
    }

    [Theory]
    [InlineData(12f, 1f)]
    [InlineData(12f, 5.5f)]
    [InlineData(25f, 3f)]
    [InlineData(4f, 8f)]
    public void StrokeCircle_AnyWidth_CoversAsTheReference(float radius, float width)
    {
        foreach (Vector2 centre in new Vector2[] { new(20, 20), new(4.4f, 35.1f) })
        {
            var canvas = new Canvas(40, 40);
            canvas.StrokeCircle(centre, radius, width, Rgba.White);

            // The error of a disc at either rim.
            Assert.InRange(Supersampling.Compare(canvas, p => MathF.Abs(Vector2.Distance(p, centre) - radius) < width / 2).Largest, 0, 0.12);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void StrokeLine_Caps_CoverAsTheReference(bool round)
    {
        Vector2 a = new(8.3f, 9.7f), b = new(31.2f, 27.4f);
        var canvas = new Canvas(40, 40);
        canvas.StrokeLine(a, b, 7, Rgba.White, round);
        Vector2 along = Vector2.Normalize(b - a);
        (double largest, double mean) = Supersampling.Compare(
            canvas,
            p => Supersampling.Distance(p, a, b) < 3.5f && (round || (Vector2.Dot(p - a, along) > 0 && Vector2.Dot(p - b, along) < 0)));

        // Besides the reference's own error, an arc's chords lie up to 0.05 pixels inside.
        Assert.InRange(largest, 0, ReferenceError + 0.06);
        Assert.InRange(mean, 0, 0.03);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void StrokePolyline_RoundJoins_CoverAsTheReference(bool closed)
    {
        Vector2[] points = [new(8, 10), new(34, 12), new(30, 34), new(12, 30)];
        var canvas = new Canvas(44, 44);
        canvas.StrokePolyline(points, 5, Rgba.White, closed);
        int segments = closed ? 4 : 3;
        (double largest, _) = Supersampling.Compare(
            canvas, p => Enumerable.Range(0, segments).Any(i => Supersampling.Distance(p, points[i], points[(i + 1) % 4]) < 2.5f));
        Assert.InRange(largest, 0, ReferenceError + 0.06);
    }

    [Fact]
    public void FillRoundedRectangle_RadiusTooLarge_IsHeldToHalfTheShorterSide()
    {
        var canvas = new Canvas(40, 20);
        canvas.FillRoundedRectangle(new(2, 2), new(38, 18), 100, Rgba.White);
        (double largest, _) = Supersampling.Compare(canvas, p => Supersampling.Distance(p, new(10, 10), new(30, 10)) < 8);
        Assert.InRange(largest, 0, ReferenceError + 0.06);
    }

    [Theory]
    [InlineData(0.5f)]
    [InlineData(1f)]
    [InlineData(1.5f)]
    [InlineData(2f)]
    public void DrawGrains_CentresOnTheirGrid_CoverAsTheReference(float radius)
    {
        var canvas = new Canvas(12, 12);

        // Centres are rounded to the middle of eighths; on such a middle the mask is the disc itself.
        Vector2 centre = new(5 + (3.5f / 8), 6 + (6.5f / 8));
        canvas.DrawGrains([centre.X], [centre.Y], radius, [Canvas.GrainColour(Rgba.White)]);
        Assert.InRange(Supersampling.Compare(canvas, p => Vector2.Distance(p, centre) < radius).Largest, 0, 0.04);
    }

    [Fact]
    public void DrawGrains_TranslucentOverColours_BlendAsPixelsDo()
    {
        // Masks of four pixels at a time and the plain blend must agree to the bit; at the border the plain one draws.
        uint source = Canvas.GrainColour(new Rgba(200, 90, 10, 140));
        var canvas = new Canvas(16, 16);
        canvas.Clear(new Rgba(13, 57, 211, 120));
        uint below = canvas.Pixels[0];
        canvas.DrawGrains([7.4f], [8.1f], 1.25f, [source]);
        var white = new Canvas(16, 16);
        white.DrawGrains([7.4f], [8.1f], 1.25f, [0xFFFFFFFF]);
        for (int i = 0; i < canvas.Pixels.Length; i++)
        {
            uint coverage = white.Pixels[i] >> 24, clear = 255 - RoundedShare((source >> 24) * coverage);
            for (int shift = 0; shift < 32; shift += 8)
            {
                uint expected = RoundedShare((((source >> shift) & 255) * coverage) + (((below >> shift) & 255) * clear));
                Assert.Equal(expected, (canvas.Pixels[i] >> shift) & 255);
            }
        }

        static uint RoundedShare(uint x) => (uint)Math.Floor((x / 255.0) + 0.5);
    }

    [Fact]
    public void Blend_EveryAlphaAndRunLength_IsTheRoundedFormula()
    {
        for (int alpha = 0; alpha <= 255; alpha += 5)
        {
            var canvas = new Canvas(37, 1);
            canvas.Clear(new Rgba(90, 160, 33));
            canvas.FillRectangle(new(0, 0), new(37, 1), new Rgba(250, 3, 128, (byte)alpha));
            uint first = canvas.Pixels[0], a = (uint)alpha;
            foreach (uint pixel in canvas.Pixels) Assert.Equal(first, pixel);
            uint red = (uint)Math.Floor((250 * a / 255.0) + 0.5);
            Assert.Equal((uint)Math.Floor(((red * 255) + (90 * (255 - a))) / 255.0 + 0.5), (first >> 16) & 255);
            Assert.Equal(255u, first >> 24);
        }
    }

    [Fact]
    public void FillSoftCircle_Additive_SaturatesInsteadOfWrapping()
    {
        var canvas = new Canvas(20, 20);
        canvas.Clear(new Rgba(200, 100, 0));
        canvas.FillSoftCircle(new(10, 10), 9, new Rgba(100, 100, 0), core: 5, additive: true);
        Assert.Equal(new Rgba(255, 200, 0), canvas[10, 10]);
        Assert.Equal(new Rgba(200, 100, 0), canvas[0, 0]);
    }

    [Fact]
    public void Draw_NotANumberOrFarAway_ChangesNothing()
    {
        var canvas = new Canvas(20, 20);
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            canvas.FillPolygon([new(bad, 0), new(5, 5), new(0, 9)], Rgba.White);
            canvas.FillCircle(new(bad, 2), 4, Rgba.White);
            canvas.FillCircle(new(4, 2), bad, Rgba.White);
            canvas.StrokeLine(new(1, bad), new(4, 4), 2, Rgba.White);
            canvas.FillSoftCircle(new(1, bad), 4, Rgba.White);
            canvas.DrawText("x", new(bad, 4), 12, Rgba.White);
            canvas.DrawGrains([bad], [3], 1, [0xFFFFFFFF]);
        }

        canvas.FillCircle(new(1e9f, -1e9f), 5, Rgba.White);
        canvas.FillPolygon([new(1e20f, 1e20f), new(2e20f, 1e20f), new(1e20f, 2e20f)], Rgba.White);
        canvas.DrawGrains([-1e9f], [1e9f], 1, [0xFFFFFFFF]);
        Assert.Equal(-1, canvas.Pixels.IndexOfAnyExcept(0u));

        // And the next shape is whole.
        canvas.FillPolygon([new(-1e8f, -1e8f), new(1e8f, -1e8f), new(1e8f, 1e8f), new(-1e8f, 1e8f)], Rgba.White);
        Assert.Equal(-1, canvas.Pixels.IndexOfAnyExcept(0xFFFFFFFFu));
    }
}
