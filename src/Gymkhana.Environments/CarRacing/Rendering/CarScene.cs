using System.Numerics;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>
/// The car and its track as a scene for films and the browser: seen as the driver's pictures are, from above, heading up and coming closer during
/// the first second, but wider and smooth at any size. Tiles that have been touched are lighter; a small map shows where on the track the car is.
/// </summary>
public static class CarScene
{
    private const float Field = 2000f / 6;
    private const float Square = Field / 20;
    private const float KerbUnderRoad = 0.3f;
    private const int Corners = 8;

    /// <summary>What a picture shows: 1280×720 pixels around the car.</summary>
    public static Viewport Frame => Viewport.Pixels((int)CarView.Width, (int)CarView.Height);

    /// <summary>Adds a car, its track and its instruments; sets the viewport and the background.</summary>
    /// <param name="scene">The scene; its units become pixels of 1280×720.</param>
    /// <param name="car">How the car and its track stand.</param>
    /// <exception cref="InvalidOperationException">There is no track yet.</exception>
    public static void Add(Scene scene, CarSnapshot car)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(car);
        CarTrack track = car.Track ?? throw new InvalidOperationException("There is no track to draw. Reset the environment first.");
        scene.Viewport = Frame;
        scene.Background = FilmPalette.Backdrop;
        CarView view = new(car);
        AddField(scene, view, car.Palette);
        AddKerbs(scene, view, track);
        AddRoad(scene, view, car, track);
        AddTraces(scene, view, car);
        CarFigure.Add(scene, car, view);
        CarInstruments.Add(scene, car, track, CarView.Width, CarView.Height);
    }

    private static void AddField(Scene scene, in CarView view, CarPalette palette)
    {
        AddQuadrilateral(scene, view, [-Field, -Field, Field, -Field, Field, Field, -Field, Field], Soften(palette.FieldRed, palette.FieldGreen, palette.FieldBlue));
        Rgba grass = Soften(palette.GrassRed, palette.GrassGreen, palette.GrassBlue);
        for (int column = -20; column < 20; column += 2)
        {
            for (int row = -20; row < 20; row += 2)
            {
                (double x, double y) = (Square * column, Square * row);
                if (view.MayShow(x, y))
                {
                    AddQuadrilateral(scene, view, [x, y, x + Square, y, x + Square, y + Square, x, y + Square], grass);
                }
            }
        }
    }

    // Kerbs go a little under the road, so that no seam shows between them.
    private static void AddKerbs(Scene scene, in CarView view, CarTrack track)
    {
        Span<double> wide = stackalloc double[Corners];
        for (int tile = 0; tile < track.Count; tile++)
        {
            ReadOnlySpan<double> corners = track.BorderCorners.AsSpan(Corners * tile, Corners);
            if (track.BorderSides[tile] == 0 || !view.MayShow(corners[0], corners[1]))
            {
                continue;
            }

            corners.CopyTo(wide);
            for (int axis = 0; axis < 2; axis++)
            {
                wide[axis] += KerbUnderRoad * (corners[axis] - corners[2 + axis]);
                wide[6 + axis] += KerbUnderRoad * (corners[6 + axis] - corners[4 + axis]);
            }

            AddQuadrilateral(scene, view, wide, tile % 2 == 0 ? new Rgba(0xf2, 0xf2, 0xee) : new Rgba(0xd9, 0x2f, 0x2f));
        }
    }

    private static void AddRoad(Scene scene, in CarView view, CarSnapshot car, CarTrack track)
    {
        CarPalette palette = car.Palette;
        Rgba road = Soften(palette.RoadRed, palette.RoadGreen, palette.RoadBlue);
        AddRuns(scene, view, track, touched: null, road);
        AddRuns(scene, view, track, car.Touched, Rgba.Lerp(road, Rgba.White, 0.1f));
        if (view.MayShow(track.TileCorners[0], track.TileCorners[1]))
        {
            (Vector2 left, Vector2 right) = (view.Of(track.TileCorners[0], track.TileCorners[1]), view.Of(track.TileCorners[2], track.TileCorners[3]));
            scene.StrokeLine(left, right, 0.5f * view.Scale, Rgba.White.WithAlpha(200), roundCaps: false);
        }
    }

    // Each run of tiles in view is one band: along the left edges, and back along the right ones.
    private static void AddRuns(Scene scene, in CarView view, CarTrack track, bool[]? touched, Rgba colour)
    {
        List<Vector2> band = [];
        for (int tile = 0; tile < track.Count;)
        {
            int first = tile;
            while (tile < track.Count && view.MayShow(track.X[tile], track.Y[tile]) && (touched is null || touched[tile]))
            {
                tile++;
            }

            if (tile == first)
            {
                tile++;
                continue;
            }

            band.Clear();
            AddEdge(band, view, track, first, 6);
            for (int i = first; i < tile; i++)
            {
                AddEdge(band, view, track, i, 0);
            }

            for (int i = tile - 1; i >= first; i--)
            {
                AddEdge(band, view, track, i, 2);
            }

            AddEdge(band, view, track, first, 4);
            scene.FillPolygon(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(band), colour);
        }
    }

    private static void AddEdge(List<Vector2> band, in CarView view, CarTrack track, int tile, int corner) =>
        band.Add(view.Of(track.TileCorners[(Corners * tile) + corner], track.TileCorners[(Corners * tile) + corner + 1]));

    private static void AddTraces(Scene scene, in CarView view, CarSnapshot car)
    {
        List<Vector2> line = [];
        foreach (SkidMark mark in car.SkidMarks)
        {
            line.Clear();
            for (int i = 0; i + 1 < mark.Points.Count; i += 2)
            {
                line.Add(view.Of(mark.Points[i], mark.Points[i + 1]));
            }

            Rgba colour = mark.OnGrass ? new Rgba(74, 70, 24, 150) : new Rgba(16, 17, 20, 120);
            scene.StrokePolyline(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(line), 0.34f * view.Scale, colour);
        }
    }

    private static void AddQuadrilateral(Scene scene, in CarView view, ReadOnlySpan<double> corners, Rgba colour)
    {
        Span<Vector2> points = stackalloc Vector2[4];
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = view.Of(corners[2 * i], corners[(2 * i) + 1]);
        }

        scene.FillPolygon(points, colour);
    }

    // The game's bright colours, a little calmer.
    private static Rgba Soften(byte red, byte green, byte blue) => Rgba.Lerp(new Rgba(red, green, blue), new Rgba(0x30, 0x3c, 0x3a), 0.3f);
}
