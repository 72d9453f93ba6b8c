namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>Field, grass, road and the traces of wheels as the original draws them.</summary>
internal sealed class WindowGround
{
    private const double Field = 2000.0 / 6;
    private const double Square = Field / 20;
    private const int FirstSquare = -20;
    private const int LastSquare = 18;
    private const int Quadrilateral = 8;

    // A tile and its border are within this of the tile's first corner, m.
    private const double TileSize = 20;

    private readonly OutlinedFill _outlined;
    private readonly PlainFill _plain;
    private readonly int[] _x = new int[4];
    private readonly int[] _y = new int[4];

    /// <summary>Draws on a surface.</summary>
    /// <param name="surface">The surface.</param>
    public WindowGround(CellSurface surface)
    {
        _outlined = new OutlinedFill(surface);
        _plain = new PlainFill(surface);
    }

    /// <summary>Draws field, grass and road.</summary>
    /// <param name="car">What is shown.</param>
    /// <param name="camera">From where.</param>
    public void Draw(CarSnapshot car, in WindowCamera camera)
    {
        CarTrack track = car.Track ?? throw new InvalidOperationException("There is no track to draw. Reset the environment first.");
        CarPalette palette = car.Palette;
        Draw([Field, Field, Field, -Field, -Field, -Field, -Field, Field], camera, WindowColour.Of(palette.FieldRed, palette.FieldGreen, palette.FieldBlue));
        DrawSquares(camera, WindowColour.Of(palette.GrassRed, palette.GrassGreen, palette.GrassBlue));
        for (int tile = 0; tile < track.Count; tile++)
        {
            ReadOnlySpan<double> corners = track.TileCorners.AsSpan(Quadrilateral * tile, Quadrilateral);
            if (!camera.MayShow(corners[0], corners[1], TileSize))
            {
                continue;
            }

            Draw(corners, camera, ShadeOf(car, tile));
            if (track.BorderSides[tile] != 0)
            {
                Draw(track.BorderCorners.AsSpan(Quadrilateral * tile, Quadrilateral), camera, tile % 2 == 0 ? WindowColour.White : WindowColour.Red);
            }
        }
    }

    /// <summary>Draws the traces of skidding wheels.</summary>
    /// <param name="car">What is shown.</param>
    /// <param name="camera">From where.</param>
    public void DrawTraces(CarSnapshot car, in WindowCamera camera)
    {
        foreach (SkidMark mark in car.SkidMarks)
        {
            (int lastX, int lastY) = (0, 0);
            for (int i = 0; i + 1 < mark.Points.Count; i += 2)
            {
                (int x, int y) = camera.Pixel(mark.Points[i], mark.Points[i + 1]);
                if (i > 0)
                {
                    _plain.Line(lastX, lastY, x, y, mark.OnGrass ? WindowColour.Mud : WindowColour.Black);
                }

                (lastX, lastY) = (x, y);
            }
        }
    }

    private void DrawSquares(in WindowCamera camera, uint colour)
    {
        (int left, int right) = (Before(camera.CenterX - camera.Radius), Before(camera.CenterX + camera.Radius));
        (int low, int high) = (Before(camera.CenterY - camera.Radius), Before(camera.CenterY + camera.Radius));
        for (int column = left; column <= right; column += 2)
        {
            for (int row = low; row <= high; row += 2)
            {
                (double x, double y) = (Square * column, Square * row);
                Draw([x + Square, y, x, y, x, y + Square, x + Square, y + Square], camera, colour);
            }
        }
    }

    // The square that begins at or before a place, among those that there are.
    private static int Before(double place) => (int)Math.Clamp(Math.Floor(place / (2 * Square)) * 2, FirstSquare, LastSquare);

    private void Draw(ReadOnlySpan<double> corners, in WindowCamera camera, uint colour)
    {
        for (int i = 0; i < 4; i++)
        {
            (_x[i], _y[i]) = camera.Pixel(corners[2 * i], corners[(2 * i) + 1]);
        }

        _outlined.Draw(_x, _y, colour);
    }

    // Three shades in turn, 0, 0.01 and 0.02 lighter; the plain one once the car has touched the tile.
    private static uint ShadeOf(CarSnapshot car, int tile)
    {
        int lighter = car.Touched[tile] ? 0 : (tile % 3) switch { 0 => 0, 1 => 2, _ => 5 };
        CarPalette palette = car.Palette;
        return WindowColour.Of(Math.Min(palette.RoadRed + lighter, 255), Math.Min(palette.RoadGreen + lighter, 255), Math.Min(palette.RoadBlue + lighter, 255));
    }
}
