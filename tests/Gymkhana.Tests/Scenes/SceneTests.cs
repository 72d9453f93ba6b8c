using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Tests.Scenes;

public sealed class SceneTests
{
    [Fact]
    public void Primitives_AfterSeveralCalls_KeepPaintersOrderAndTheirPoints()
    {
        var scene = new Scene();
        scene.FillPolygon([new(0, 0), new(1, 0), new(0, 1)], Rgba.White);
        scene.FillGrains([new(5, 5), new(6, 6)], 0.1f, [Rgba.White, Rgba.Black]);
        scene.StrokeLine(new(2, 3), new(4, 5), 0.5f, Rgba.Black, roundCaps: false);
        scene.Text(new(7, 8), 2, "hello", Rgba.White, HorizontalAnchor.Right, VerticalAnchor.Middle);

        Assert.Equal(
            [PrimitiveKind.Polygon, PrimitiveKind.Grains, PrimitiveKind.Polyline, PrimitiveKind.Text],
            scene.Primitives.ToArray().Select(p => p.Kind));
        Assert.Equal([new(2, 3), new(4, 5)], scene.PointsOf(scene.Primitives[2]).ToArray());
        Assert.Equal([Rgba.White, Rgba.Black], scene.ColoursOf(scene.Primitives[1]).ToArray());
        Assert.Equal("hello", scene.Primitives[3].Text);
        Assert.True(scene.ColoursOf(scene.Primitives[0]).IsEmpty);
    }

    [Fact]
    public void FillGrains_ColoursMissing_Refuses() =>
        Assert.Throws<ArgumentException>(() => new Scene().FillGrains([Vector2.Zero, Vector2.One], 1, [Rgba.White]));

    [Fact]
    public void FillQuadraticBezier_ControlsHalfway_KeepsStraightSides()
    {
        var scene = new Scene();
        scene.FillQuadraticBezier([new(0, 0), new(1, 0), new(2, 0), new(2, 1), new(2, 2), new(1, 1)], Rgba.White);
        ReadOnlySpan<Vector2> points = scene.PointsOf(scene.Primitives[0]);
        Assert.Equal(new Vector2(0, 0), points[^1]);

        // On the curve up to rounding: a few units in the last place of 2.
        foreach (Vector2 point in points) Assert.True(point.Y < 1e-6f || point.X > 2 - 1e-6f || MathF.Abs(point.X - point.Y) < 1e-6f);
    }

    [Fact]
    public void Clear_ThenFillAgain_AllocatesNothing()
    {
        var scene = new Scene();
        var triangle = new Vector2[] { new(0, 0), new(1, 0), new(0, 1) };
        Assert.Equal(0, Allocations.Least(Fill));

        void Fill()
        {
            scene.Clear();
            for (int i = 0; i < 100; i++)
            {
                scene.FillPolygon(triangle, Rgba.White);
                scene.FillCircle(new(i, i), 2, Rgba.Black);
                scene.StrokeLine(new(0, 0), new(i, 1), 1, Rgba.White);
                scene.Text(new(0, 0), 1, "text", Rgba.White);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Viewport_WideWorldInSquarePicture_IsCentredAndUniform(bool yUp)
    {
        PixelMap map = new Viewport(-10, 0, 10, 10, yUp).ToPixels(100, 100);
        Assert.Equal(5, map.Scale);
        Assert.Equal(new Vector2(0, yUp ? 75 : 25), map.Map(new(-10, 0)));
        Assert.Equal(new Vector2(100, yUp ? 25 : 75), map.Map(new(10, 10)));
        Assert.Equal(new Vector2(3, 4), map.Unmap(map.Map(new(3, 4))));
    }

    [Fact]
    public void Viewport_WithoutArea_SaysSo() =>
        Assert.Throws<InvalidOperationException>(() => new Viewport(0, 0, 0, 5).ToPixels(10, 10));
}
