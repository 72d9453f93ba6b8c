using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>Field, grass and road of a picture.</summary>
internal sealed unsafe class FastGround
{
    private const int Side = CoverageLayer.Side;
    private const double Playfield = 2000.0 / 6;
    private const double Square = Playfield / 20;
    private const int FirstSquare = -20;
    private const int LastSquare = 18;

    // Half a tile and its border on the outer side, with some room, m.
    private const double TileRadius = 12;

    private readonly bool _isGrey;
    private readonly CoverageLayer _squares = new(0);
    private readonly CoverageLayer _field = new(0);
    private readonly CoverageLayer _road;
    private readonly IComposer _composer;

    /// <summary>Draws the ground.</summary>
    /// <param name="isGrey">Whether in shades of grey.</param>
    /// <param name="width">Lanes of the arithmetic: 1, 4, 8 or 16; they change no result.</param>
    public FastGround(bool isGrey, int width)
    {
        _isGrey = isGrey;
        _road = new CoverageLayer(isGrey ? 1 : 3);
        _composer = WideWidth.Dispatch(width, default(ComposerFactory));
    }

    private interface IComposer
    {
        void Compose(float* squares, float* field, float* coverage, float* shade, float ground, float grass, float* image);
    }

    /// <summary>Draws the ground of a picture.</summary>
    /// <param name="car">What is shown.</param>
    /// <param name="camera">From where.</param>
    /// <param name="image">Receives planes of 96×96 shades.</param>
    public void Paint(CarSnapshot car, in CarCamera camera, float[] image)
    {
        CarTrack track = car.Track ?? throw new InvalidOperationException("There is no track to draw. Reset the environment first.");
        _squares.Clear();
        _road.Clear();
        AddSquares(camera);
        AddRoad(car, track, camera);
        bool showsEdge = Math.Abs(camera.CenterX) + camera.Radius > Playfield || Math.Abs(camera.CenterY) + camera.Radius > Playfield;
        if (showsEdge)
        {
            _field.Clear();
            AddRectangle(_field, camera, -Playfield, -Playfield, Playfield, Playfield);
        }

        CarPalette palette = car.Palette;
        Ink field = FastShades.Of(_isGrey, palette.FieldRed, palette.FieldGreen, palette.FieldBlue), grass = FastShades.Of(_isGrey, palette.GrassRed, palette.GrassGreen, palette.GrassBlue);
        fixed (float* planes = image)
        {
            float* outside = showsEdge ? _field.Changes : null;
            _composer.Compose(_squares.Changes, outside, _road.Changes, _road.Changes + CoverageLayer.Plane, field.Red, grass.Red, planes);
            if (!_isGrey)
            {
                _composer.Compose(_squares.Changes, outside, _road.Changes, _road.Changes + (2 * CoverageLayer.Plane), field.Green, grass.Green, planes + (Side * Side));
                _composer.Compose(_squares.Changes, outside, _road.Changes, _road.Changes + (3 * CoverageLayer.Plane), field.Blue, grass.Blue, planes + (2 * Side * Side));
            }
        }
    }

    private void AddSquares(in CarCamera camera)
    {
        int left = Even(camera.CenterX - camera.Radius), right = Even(camera.CenterX + camera.Radius);
        int low = Even(camera.CenterY - camera.Radius), high = Even(camera.CenterY + camera.Radius);
        for (int x = left; x <= right; x += 2)
        {
            for (int y = low; y <= high; y += 2)
            {
                AddRectangle(_squares, camera, Square * x, Square * y, Square * (x + 1), Square * (y + 1));
            }
        }
    }

    // The even square at or before a place, among those that there are.
    private static int Even(double place) => Math.Clamp((int)Math.Floor(place / (2 * Square)) * 2, FirstSquare, LastSquare);

    private static void AddRectangle(CoverageLayer layer, in CarCamera camera, double x0, double y0, double x1, double y1)
    {
        Ink ink = new(1, 0, 0, 0);
        (float ax, float ay) = camera.Map(x0, y1);
        (float bx, float by) = camera.Map(x1, y1);
        (float cx, float cy) = camera.Map(x1, y0);
        (float dx, float dy) = camera.Map(x0, y0);
        layer.Edge(ax, ay, bx, by, ink);
        layer.Edge(bx, by, cx, cy, ink);
        layer.Edge(cx, cy, dx, dy, ink);
        layer.Edge(dx, dy, ax, ay, ink);
    }

    // A tile's first edge lies at its own row of the centre line, the second at the row before it, which is the next tile's second.
    // Between two tiles only their difference is drawn.
    private void AddRoad(CarSnapshot car, CarTrack track, in CarCamera camera)
    {
        double reach = (camera.Radius + TileRadius) * (camera.Radius + TileRadius);
        int count = track.Count;
        bool shown = IsNear(track, count - 1, camera, reach);
        Ink ink = shown ? ShadeOf(car, count - 1) : default;
        for (int i = 0; i < count; i++)
        {
            // Here `shown` and `ink` are those of tile i − 1, whose first edge is tile i's second.
            bool isShown = IsNear(track, i, camera, reach);
            Ink own = isShown ? ShadeOf(car, i) : default;
            if (shown || isShown)
            {
                AddTile(track, i, camera, isShown, own, ink - own);
            }

            if (isShown && track.BorderSides[i] != 0)
            {
                AddBorder(track, i, camera);
            }

            (shown, ink) = (isShown, own);
        }
    }

    private void AddTile(CarTrack track, int tile, in CarCamera camera, bool isShown, in Ink own, in Ink step)
    {
        ReadOnlySpan<double> corners = track.TileCorners.AsSpan(8 * tile, 8);
        (float rx, float ry) = camera.Map(corners[4], corners[5]);
        (float lx, float ly) = camera.Map(corners[6], corners[7]);

        // Left to right, below it the tile before this one: its first edge and, backwards, this one's second.
        if (step != default)
        {
            _road.Edge(lx, ly, rx, ry, step);
        }

        if (isShown)
        {
            (float firstLeftX, float firstLeftY) = camera.Map(corners[0], corners[1]);
            (float firstRightX, float firstRightY) = camera.Map(corners[2], corners[3]);
            _road.Edge(firstRightX, firstRightY, rx, ry, own);
            _road.Edge(lx, ly, firstLeftX, firstLeftY, own);
        }
    }

    private void AddBorder(CarTrack track, int tile, in CarCamera camera)
    {
        // Borders on the left are listed the other way round.
        Ink ink = tile % 2 == 0 ? FastShades.Of(_isGrey, 255, 255, 255) : FastShades.Of(_isGrey, 255, 0, 0);
        ink = track.BorderSides[tile] > 0 ? ink : -ink;
        ReadOnlySpan<double> corners = track.BorderCorners.AsSpan(8 * tile, 8);
        (float x, float y) = camera.Map(corners[6], corners[7]);
        for (int i = 0; i < 8; i += 2)
        {
            (float nextX, float nextY) = camera.Map(corners[i], corners[i + 1]);
            _road.Edge(x, y, nextX, nextY, ink);
            (x, y) = (nextX, nextY);
        }
    }

    private static bool IsNear(CarTrack track, int tile, in CarCamera camera, double reach)
    {
        (double x, double y) = (track.X[tile] - camera.CenterX, track.Y[tile] - camera.CenterY);
        return (x * x) + (y * y) < reach;
    }

    // 102, 104 or 107 of the usual road; the plain shade once the car has touched the tile.
    private Ink ShadeOf(CarSnapshot car, int tile)
    {
        int lighter = car.Touched[tile] ? 0 : (tile % 3) switch { 0 => 0, 1 => 2, _ => 5 };
        CarPalette palette = car.Palette;
        return FastShades.Of(_isGrey, Math.Min(palette.RoadRed + lighter, 255), Math.Min(palette.RoadGreen + lighter, 255), Math.Min(palette.RoadBlue + lighter, 255));
    }

    private readonly struct ComposerFactory : IWideFactory<IComposer>
    {
        public IComposer Create<TWide>()
            where TWide : unmanaged, IWide<TWide> => new Composer<TWide>();
    }

    // Sums down the columns, several of them at a time.
    private sealed class Composer<TWide> : IComposer
        where TWide : unmanaged, IWide<TWide>
    {
        public void Compose(float* squares, float* field, float* coverage, float* shade, float ground, float grass, float* image)
        {
            TWide one = TWide.Broadcast(1), zero = TWide.Broadcast(0), lighter = TWide.Broadcast(grass - ground), plain = TWide.Broadcast(ground), most = TWide.Broadcast(255);
            for (int x = 0; x < Side; x += TWide.Lanes)
            {
                TWide onSquare = zero, onField = zero, onRoad = zero, road = zero;
                for (int at = x; at < x + (Side * Side); at += Side)
                {
                    onSquare += TWide.Load(squares + at);
                    onRoad += TWide.Load(coverage + at);
                    road += TWide.Load(shade + at);
                    TWide value = plain + (lighter * TWide.Min(TWide.Max(onSquare, zero), one));
                    if (field != null)
                    {
                        onField += TWide.Load(field + at);
                        value *= TWide.Min(TWide.Max(onField, zero), one);
                    }

                    // Where tiles overlap, as on the inner side of bends, their mean.
                    value = (value * (one - TWide.Min(TWide.Max(onRoad, zero), one))) + (road / TWide.Max(onRoad, one));
                    TWide.Store(TWide.Min(TWide.Max(value, zero), most), image + at);
                }
            }
        }
    }
}
