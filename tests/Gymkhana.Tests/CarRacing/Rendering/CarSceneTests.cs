using Gymkhana.Core.Scenes;
using Gymkhana.Environments.CarRacing;
using Gymkhana.Environments.CarRacing.Rendering;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Tests.CarRacing.Rendering;

public sealed class CarSceneTests
{
    [Fact]
    public void Add_CarOnItsTrack_ShowsCarRoadAndGrassWhereTheGameDoes()
    {
        CarSnapshot car = new RecordedDrive("cont_gas_s0").To(60);
        var scene = new Scene();
        CarScene.Add(scene, car);
        var canvas = new Canvas(1280, 720);
        new SceneRasterizer().Draw(scene, canvas);

        // The nose of the car, the road ahead, and the field far to the left.
        Assert.True(canvas[632, 520] is { R: > 150, G: < 90, B: < 90 }, $"car: {canvas[632, 520]}");
        Assert.True(canvas[640, 440] is { R: < 140 } road && Math.Abs(road.R - road.G) < 12, $"road: {canvas[640, 440]}");
        Assert.True(canvas[40, 360] is { G: > 120, R: < 110 }, $"field: {canvas[40, 360]}");
    }

    [Fact]
    public void Add_SkiddingCar_AddsATraceForEachMark()
    {
        CarSnapshot car = new RecordedDrive("cont_slalom_s0").To(399);
        Assert.NotEmpty(car.SkidMarks);
        var scene = new Scene();
        CarScene.Add(scene, car);
        int traces = 0;
        foreach (ref readonly Primitive primitive in scene.Primitives)
        {
            traces += primitive.Kind == PrimitiveKind.Polyline && primitive.Colour == new Rgba(74, 70, 24, 150) ? 1 : 0;
        }

        Assert.Equal(car.SkidMarks.Count(m => m.OnGrass), traces);
    }

    [Fact]
    public void Add_BeforeTheFirstReset_SaysWhatToDo() =>
        Assert.Contains("Reset", Assert.Throws<InvalidOperationException>(() => CarScene.Add(new Scene(), new CarSnapshot())).Message, StringComparison.Ordinal);
}
