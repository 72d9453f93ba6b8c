using System.Globalization;
using System.Numerics;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>What a scene says in figures: score, tiles, time, speed, steering and turning; and the map of the track.</summary>
internal static class CarInstruments
{
    private const float Margin = 20;
    private const float CardHeight = 84;
    private const float MapSide = 168;
    private const float Label = 14;
    private const float FastSpeed = 100; // m/s: the physics goes no faster
    private const float FullSteer = 0.4f; // rad
    private const float FastTurn = 4; // rad/s
    private const int Wheels = 4;

    /// <summary>Adds the instruments.</summary>
    public static void Add(Scene scene, CarSnapshot car, CarTrack track, float width, float height)
    {
        float top = height - Margin - CardHeight;
        AddCard(scene, Margin, top, 392, CardHeight);
        int touched = car.Touched.AsSpan(0, track.Count).Count(true);
        AddFigure(scene, Margin + 20, top, "SCORE", Math.Round(car.Score).ToString("0", CultureInfo.InvariantCulture), car.Score < 0 ? FilmPalette.Negative : FilmPalette.Text);
        AddFigure(scene, Margin + 142, top, "TILES", string.Create(CultureInfo.InvariantCulture, $"{touched}/{track.Count}"), FilmPalette.Text);
        AddFigure(scene, Margin + 304, top, "TIME", string.Create(CultureInfo.InvariantCulture, $"{car.Time:0.0}"), FilmPalette.Text);

        float left = width - Margin - 432;
        AddCard(scene, left, top, 432, CardHeight);
        float speed = new Vector2(car.VelocityX, car.VelocityY).Length();
        AddFigure(scene, left + 20, top, "M/S", speed.ToString("0", CultureInfo.InvariantCulture), FilmPalette.Text);
        AddGauge(scene, left + 92, top, 92, "SPEED", 0, speed / FastSpeed, FilmPalette.Walkers[1]);
        AddGauge(scene, left + 204, top, 92, "STEERING", 0.5f, -car.SteeringAngle / (2 * FullSteer), FilmPalette.Positive);
        AddGauge(scene, left + 316, top, 92, "TURNING", 0.5f, -car.AngularVelocity / (2 * FastTurn), FilmPalette.Negative);
        for (int wheel = 0; wheel < Wheels; wheel++)
        {
            // Rims in m/s beside the speed: longer where a wheel spins, shorter where it locks.
            float rim = (float)(car.WheelOmega[wheel] * 0.54) / FastSpeed;
            AddBar(scene, left + 92, top + 56 + (4 * wheel), 92, 2.5f, 0, rim, FilmPalette.Walkers[1].WithAlpha(150));
        }

        AddMap(scene, car, track, width - Margin - MapSide, Margin);
    }

    private static void AddCard(Scene scene, float left, float top, float width, float height) =>
        scene.FillRoundedRectangle(new Vector2(left, top), new Vector2(left + width, top + height), 14, FilmPalette.Backdrop.WithAlpha(205));

    private static void AddFigure(Scene scene, float left, float top, string label, string figure, Rgba colour)
    {
        scene.Text(new Vector2(left, top + 26), Label, label, FilmPalette.Quiet, weight: 1.2f);
        scene.Text(new Vector2(left, top + 64), 36, figure, colour, weight: 1.2f);
    }

    private static void AddGauge(Scene scene, float left, float top, float width, string label, float zero, float share, Rgba colour)
    {
        scene.Text(new Vector2(left, top + 26), Label, label, FilmPalette.Quiet, weight: 1.2f);
        AddBar(scene, left, top + 38, width, 13, zero, share, colour);
        if (zero > 0)
        {
            scene.FillRectangle(new Vector2(left + (zero * width) - 1, top + 36), new Vector2(left + (zero * width) + 1, top + 53), FilmPalette.Text);
        }
    }

    private static void AddBar(Scene scene, float left, float top, float width, float height, float zero, float share, Rgba colour)
    {
        float end = Math.Clamp(zero + share, 0, 1), from = left + (width * Math.Min(zero, end)), to = left + (width * Math.Max(zero, end));
        scene.FillRoundedRectangle(new Vector2(left, top), new Vector2(left + width, top + height), height / 3, FilmPalette.Rim);
        if (to > from)
        {
            scene.FillRoundedRectangle(new Vector2(from, top), new Vector2(to, top + height), height / 3, colour);
        }
    }

    private static void AddMap(Scene scene, CarSnapshot car, CarTrack track, float left, float top)
    {
        AddCard(scene, left, top, MapSide, MapSide);
        (Vector2 low, Vector2 high) = (new Vector2(float.MaxValue), new Vector2(float.MinValue));
        for (int i = 0; i < track.Count; i++)
        {
            Vector2 point = new((float)track.X[i], (float)track.Y[i]);
            (low, high) = (Vector2.Min(low, point), Vector2.Max(high, point));
        }

        float scale = (MapSide - 40) / Math.Max(1, Math.Max(high.X - low.X, high.Y - low.Y));
        Vector2 middle = (low + high) / 2, centre = new(left + (MapSide / 2), top + (MapSide / 2));
        Span<Vector2> line = track.Count <= 512 ? stackalloc Vector2[track.Count] : new Vector2[track.Count];
        for (int i = 0; i < line.Length; i++)
        {
            line[i] = OnMap((float)track.X[i], (float)track.Y[i]);
        }

        scene.StrokePolyline(line, 4, FilmPalette.Quiet.WithAlpha(140), closed: true);
        for (int first = 0; first < line.Length;)
        {
            int end = first;
            while (end < line.Length && car.Touched[end])
            {
                end++;
            }

            // A tile reaches from the row before its own.
            int before = first == 0 ? 0 : first - 1;
            if (end > first && end - before > 1)
            {
                scene.StrokePolyline(line[before..end], 4, FilmPalette.Positive);
            }

            first = end + 1;
        }

        scene.FillCircle(Vector2.Clamp(OnMap(car.HullX, car.HullY), new Vector2(left + 8, top + 8), new Vector2(left + MapSide - 8, top + MapSide - 8)), 5.5f, new Rgba(0xff, 0x3b, 0x3b));

        Vector2 OnMap(float x, float y) => centre + (scale * new Vector2(x - middle.X, middle.Y - y));
    }
}
