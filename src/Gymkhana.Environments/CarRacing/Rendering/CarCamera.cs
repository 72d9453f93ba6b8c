namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>Where the points of the field lie in the picture: the car a quarter of its height above the lower edge, facing up.</summary>
internal readonly struct CarCamera
{
    private const double WindowWidth = 1000;
    private const double WindowHeight = 800;
    private const double CarHeight = WindowHeight / 4;
    private const double Scale = 6;
    private const double Zoom = 2.7;

    private readonly double _x;
    private readonly double _y;
    private readonly double _acrossX;
    private readonly double _acrossY;
    private readonly double _downX;
    private readonly double _downY;
    private readonly double _left;
    private readonly double _top;

    /// <summary>The camera of a picture.</summary>
    /// <param name="car">The car it follows.</param>
    /// <param name="width">Columns of the picture.</param>
    /// <param name="height">Rows of the picture.</param>
    public CarCamera(CarSnapshot car, double width, double height)
    {
        (_x, _y) = (car.HullX, car.HullY);

        // It comes closer during the first second. Turned by the hull's angle backwards.
        PixelsPerMeter = (0.1 * Scale * Math.Max(1 - car.Time, 0)) + (Zoom * Scale * Math.Min(car.Time, 1));
        double cosine = car.HullCosine, sine = -car.HullSine;
        (double across, double down) = (PixelsPerMeter * width / WindowWidth, PixelsPerMeter * height / WindowHeight);
        (_acrossX, _acrossY) = (cosine * across, -sine * across);
        (_downX, _downY) = (-sine * down, -cosine * down);
        (_left, _top) = (width / 2, height * (WindowHeight - CarHeight) / WindowHeight);

        // The middle of the picture lies ahead of the car.
        double ahead = ((WindowHeight / 2) - CarHeight) / PixelsPerMeter;
        (CenterX, CenterY) = (_x + (sine * ahead), _y + (cosine * ahead));
        Radius = Math.Sqrt((WindowWidth * WindowWidth) + (WindowHeight * WindowHeight)) / 2 / PixelsPerMeter;
    }

    /// <summary>Pixels of the window of 1000×800 in a metre.</summary>
    public double PixelsPerMeter { get; }

    /// <summary>What the middle of the picture shows, m.</summary>
    public double CenterX { get; }

    /// <summary>What the middle of the picture shows, m.</summary>
    public double CenterY { get; }

    /// <summary>Nothing farther from there is in the picture, m.</summary>
    public double Radius { get; }

    /// <summary>Where a point lies, columns from the left and rows from the top.</summary>
    public (float X, float Y) Map(double x, double y)
    {
        (double dx, double dy) = (x - _x, y - _y);
        return ((float)(_left + (dx * _acrossX) + (dy * _acrossY)), (float)(_top + (dx * _downX) + (dy * _downY)));
    }
}
