using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>The car in a scene: a shadow, wheels that turn, and the hull.</summary>
internal static class CarFigure
{
    private const float Size = 0.02f;
    private const double StripTurn = 1.2;

    private static readonly Rgba Paint = new(0xd6, 0x1f, 0x26);
    private static readonly Rgba Dark = new(0x15, 0x17, 0x1b);

    // In units of Size. The parts overlap a little, so that no seam shows between them.
    private static readonly float[][] Hull =
    [
        [-60, 130, 60, 130, 60, 110, -60, 110],
        [-15, 120, 15, 120, 20, 8, -20, 8],
        [25, 20, 50, -10, 50, -40, 20, -96, -20, -96, -50, -40, -50, -10, -25, 20],
        [-50, -120, 50, -120, 50, -90, -50, -90],
    ];

    /// <summary>Adds a car.</summary>
    public static void Add(Scene scene, CarSnapshot car, in CarView view)
    {
        Body hull = new(car.HullX, car.HullY, car.HullSine, car.HullCosine);
        Vector2 shade = new(0.14f * view.Scale, 0.2f * view.Scale);
        foreach (float[] part in Hull)
        {
            AddPart(scene, part, hull, view, shade, new Rgba(0, 0, 0, 60));
        }

        for (int wheel = 0; wheel < 4; wheel++)
        {
            AddWheel(scene, new Body(car.WheelX[wheel], car.WheelY[wheel], car.WheelSine[wheel], car.WheelCosine[wheel]), car.WheelPhase[wheel], view);
        }

        foreach (float[] part in Hull)
        {
            AddPart(scene, part, hull, view, Vector2.Zero, Paint);
        }

        // A stripe along the nose, the cockpit and a helmet in it.
        AddPart(scene, [-4, 130, 4, 130, 5, 22, -5, 22], hull, view, Vector2.Zero, Rgba.White);
        AddPart(scene, [-15, 6, 15, 6, 21, -18, 15, -44, -15, -44, -21, -18], hull, view, Vector2.Zero, Dark);
        scene.FillCircle(hull.Of(0, -20 * Size, view), 11 * Size * view.Scale, new Rgba(0xf4, 0xd0, 0x3f));
    }

    private static void AddWheel(Scene scene, in Body body, double phase, in CarView view)
    {
        const float halfWidth = 14, radius = 27;
        AddPart(scene, [-halfWidth, radius, halfWidth, radius, halfWidth, -radius, -halfWidth, -radius], body, view, Vector2.Zero, Dark);

        // The strip on the tread, while it is on the upper side.
        double s1 = Math.Sin(phase), s2 = Math.Sin(phase + StripTurn), c1 = Math.Cos(phase), c2 = Math.Cos(phase + StripTurn);
        if (s1 > 0 && s2 > 0)
        {
            return;
        }

        float first = radius * (float)(s1 > 0 ? Math.Sign(c1) : c1), second = radius * (float)(s2 > 0 ? Math.Sign(c2) : c2);
        AddPart(scene, [-halfWidth, first, halfWidth, first, halfWidth, second, -halfWidth, second], body, view, Vector2.Zero, new Rgba(86, 88, 92));
    }

    private static void AddPart(Scene scene, ReadOnlySpan<float> corners, in Body body, in CarView view, Vector2 aside, Rgba colour)
    {
        Span<Vector2> points = stackalloc Vector2[corners.Length / 2];
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = body.Of(corners[2 * i] * Size, corners[(2 * i) + 1] * Size, view) + aside;
        }

        scene.FillPolygon(points, colour);
    }

    private readonly record struct Body(float X, float Y, float Sine, float Cosine)
    {
        public Vector2 Of(float x, float y, in CarView view) => view.Of((Cosine * x) - (Sine * y) + X, (Sine * x) + (Cosine * y) + Y);
    }
}
