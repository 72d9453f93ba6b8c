using System.Numerics;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Tests.Drawing;

public sealed class SceneRasterizerTests
{
    private const ulong GoldenHash = 15134644423764819004;

    [Fact]
    public void Draw_TestScene_GivesTheGoldenBytes()
    {
        // Recorded from this rasteriser after the pictures were looked at; equal with AVX-512, AVX2 or all intrinsics switched off.
        var canvas = new Canvas(320, 200);
        new SceneRasterizer().Draw(TestScene(), canvas);
        Assert.Equal(GoldenHash, Supersampling.Hash(canvas));
    }

    [Fact]
    public void Draw_AfterWarmUp_AllocatesNothing()
    {
        Scene scene = TestScene();
        var canvas = new Canvas(320, 200);
        var rasterizer = new SceneRasterizer();
        Assert.Equal(0, Allocations.Least(() => rasterizer.Draw(scene, canvas)));
    }

    [Fact]
    public void Draw_Twice_GivesTheSamePicture()
    {
        // Letters come from the cache the second time.
        var canvas = new Canvas(320, 200);
        var rasterizer = new SceneRasterizer();
        rasterizer.Draw(TestScene(), canvas);
        ulong first = Supersampling.Hash(canvas);
        rasterizer.Draw(TestScene(), canvas);
        Assert.Equal(first, Supersampling.Hash(canvas));
    }

    [Fact]
    public void Draw_YUpWorld_PutsHighThingsAtTheTop()
    {
        var scene = new Scene { Viewport = new Viewport(0, 0, 10, 10), Background = Rgba.Black };
        scene.FillCircle(new(5, 9), 0.5f, Rgba.White);
        var canvas = new Canvas(100, 100);
        new SceneRasterizer().Draw(scene, canvas);
        Assert.Equal(Rgba.White, canvas[50, 10]);
        Assert.Equal(Rgba.Black, canvas[50, 90]);
    }

    internal static Scene TestScene()
    {
        var scene = new Scene { Viewport = new Viewport(0, 0, 32, 20), Background = Rgba.Parse("#12161c") };
        scene.FillSoftCircle(new(22, 12), 7, Rgba.Parse("#3b6ea880"), 1, additive: true);
        scene.FillSoftCircle(new(8, 4), 4, Rgba.Black.WithAlpha(150));
        scene.FillPolygon([new(1, 1), new(9.3f, 2.2f), new(6.1f, 9.7f), new(2, 7)], Rgba.Parse("#7cc4ff"));
        scene.FillQuadraticBezier([new(12, 3), new(14, 9), new(17, 4), new(16, 0), new(14, 1), new(12, 0)], Rgba.Parse("#bb9af7cc"));
        scene.StrokePolyline([new(2, 12), new(6, 18), new(9, 11), new(12, 17)], 0.7f, Rgba.Parse("#9ece6a"));
        scene.StrokePolyline([new(18, 2), new(24, 3), new(21, 7)], 0.4f, Rgba.Parse("#f7768e"), closed: true);
        scene.StrokeLine(new(0, 19), new(32, 18.2f), 0.06f, Rgba.White, roundCaps: false);
        scene.FillCircle(new(26, 5), 2.7f, Rgba.Parse("#ffb454"));
        scene.FillCircle(new(26, 9), 0.12f, Rgba.Parse("#ffb454"));
        scene.StrokeCircle(new(26, 5), 3.3f, 0.25f, Rgba.Parse("#e6edf3"));
        scene.FillRoundedRectangle(new(14, 11), new(24, 15), 0.9f, Rgba.Parse("#253041e0"));
        scene.Text(new(19, 13), 1.8f, "Walker 12.4 m/s · 3×", Rgba.Parse("#e6edf3"), HorizontalAnchor.Centre, VerticalAnchor.Middle);
        scene.Text(new(31, 1), 7.5f, "Gy&8", Rgba.Parse("#8b98a5"), HorizontalAnchor.Right, weight: 1.4f);
        var grains = new Vector2[400];
        var colours = new Rgba[400];
        for (int i = 0; i < grains.Length; i++)
        {
            // A fixed lattice of places, off the pixels and over the border.
            grains[i] = new Vector2((i * 0.618034f % 1 * 14) - 1, (i * 0.754878f % 1 * 4) - 0.5f);
            colours[i] = Rgba.Lerp(Rgba.Parse("#c9a36a"), Rgba.Parse("#6b5334cc"), i / 400f);
        }

        scene.FillGrains(grains, 0.11f, colours);
        return scene;
    }
}
