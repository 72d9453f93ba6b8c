namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>Where the original shows a point in its window of 1000×800, y upwards: double precision, operation by operation.</summary>
internal readonly struct WindowCamera
{
    /// <summary>Columns of the window.</summary>
    public const int Width = 1000;

    /// <summary>Rows of the window.</summary>
    public const int Height = 800;

    private const double Scale = 6;
    private const double Closest = 2.7;
    private const double Tolerance = 1e-6;

    private readonly double _sine;
    private readonly double _cosine;
    private readonly double _shiftX;
    private readonly double _shiftY;

    /// <summary>The camera that follows a car: it stands at (500, 200) and faces up.</summary>
    /// <param name="car">The car.</param>
    public WindowCamera(CarSnapshot car)
    {
        PixelsPerMeter = (0.1 * Scale * Math.Max(1 - car.Time, 0)) + (Closest * Scale * Math.Min(car.Time, 1));
        (_sine, _cosine) = Turn(-(double)car.HullAngle);
        (double x, double y) = Rotate(-car.HullX * PixelsPerMeter, -car.HullY * PixelsPerMeter);
        (_shiftX, _shiftY) = ((Width / 2) + x, (Height / 4) + y);

        // The middle of the window lies ahead of the car.
        double ahead = Height / 4 / PixelsPerMeter;
        (CenterX, CenterY) = (car.HullX + (_sine * ahead), car.HullY + (_cosine * ahead));
        Radius = Math.Sqrt((Width * Width) + (Height * Height)) / 2 / PixelsPerMeter;
    }

    /// <summary>Pixels in a metre.</summary>
    public double PixelsPerMeter { get; }

    /// <summary>What the middle of the window shows, m.</summary>
    public double CenterX { get; }

    /// <summary>What the middle of the window shows, m.</summary>
    public double CenterY { get; }

    /// <summary>Nothing farther from the middle is in the window, m.</summary>
    public double Radius { get; }

    /// <summary>Whether something of a size may be in the window.</summary>
    /// <param name="x">One of its points, m.</param>
    /// <param name="y">One of its points, m.</param>
    /// <param name="size">None of its points is farther from that, m.</param>
    /// <returns>False when it certainly is not.</returns>
    public bool MayShow(double x, double y, double size)
    {
        (double dx, double dy, double reach) = (x - CenterX, y - CenterY, Radius + size);
        return (dx * dx) + (dy * dy) <= reach * reach;
    }

    /// <summary>The pixel of a point: coordinates are cut off towards zero.</summary>
    /// <param name="x">m.</param>
    /// <param name="y">m.</param>
    /// <returns>Column, and row from below.</returns>
    public (int X, int Y) Pixel(double x, double y)
    {
        (double turnedX, double turnedY) = Rotate(x, y);
        return ((int)((turnedX * PixelsPerMeter) + _shiftX), (int)((turnedY * PixelsPerMeter) + _shiftY));
    }

    private (double X, double Y) Rotate(double x, double y) => ((_cosine * x) - (_sine * y), (_sine * x) + (_cosine * y));

    // Sine and cosine of an angle reduced to one turn; within a millionth of a quarter turn they are exactly 0 and ±1.
    private static (double Sine, double Cosine) Turn(double angle)
    {
        angle %= 2 * Math.PI;
        if (angle < 0)
        {
            angle += 2 * Math.PI;
        }

        if ((angle + Tolerance) % (Math.PI / 2) < 2 * Tolerance)
        {
            return (int)((angle + Tolerance) / (Math.PI / 2)) switch
            {
                1 => (1, 0),
                2 => (0, -1),
                3 => (-1, 0),
                _ => (0, 1),
            };
        }

        return (Math.Sin(angle), Math.Cos(angle));
    }
}
