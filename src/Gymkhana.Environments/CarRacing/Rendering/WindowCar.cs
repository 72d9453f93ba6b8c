namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>The car as the original draws it: wheels with the strip that shows how they turn, then the hull's four parts.</summary>
internal sealed class WindowCar
{
    private const double Size = 0.02;
    private const double HalfWidth = 14;
    private const double Radius = 27;
    private const double StripTurn = 1.2;

    // Corners in the order in which the physics keeps them: how the crossings of a row are rounded depends on it.
    private static readonly float[] Wheel = [0.28f, -0.54f, 0.28f, 0.54f, -0.28f, 0.54f, -0.28f, -0.54f];

    private static readonly float[][] Hull =
    [
        [1.2f, 2.2f, 1.2f, 2.6f, -1.2f, 2.6f, -1.2f, 2.2f],
        [0.4f, 0.4f, 0.3f, 2.4f, -0.3f, 2.4f, -0.4f, 0.4f],
        [1, -0.8f, 1, -0.2f, 0.5f, 0.4f, -0.5f, 0.4f, -1, -0.2f, -1, -0.8f, -0.4f, -1.8f, 0.4f, -1.8f],
        [1, -2.4f, 1, -1.8f, -1, -1.8f, -1, -2.4f],
    ];

    private readonly PlainFill _plain;
    private readonly int[] _x = new int[8];
    private readonly int[] _y = new int[8];

    /// <summary>Draws on a surface.</summary>
    /// <param name="surface">The surface.</param>
    public WindowCar(CellSurface surface) => _plain = new PlainFill(surface);

    /// <summary>Draws a car.</summary>
    /// <param name="car">The car.</param>
    /// <param name="camera">From where.</param>
    public void Draw(CarSnapshot car, in WindowCamera camera)
    {
        for (int wheel = 0; wheel < 4; wheel++)
        {
            Place place = new(car.WheelX[wheel], car.WheelY[wheel], car.WheelSine[wheel], car.WheelCosine[wheel]);
            Draw(Wheel, place, camera, WindowColour.Black);
            DrawStrip(car.WheelPhase[wheel], place, camera);
        }

        Place hull = new(car.HullX, car.HullY, car.HullSine, car.HullCosine);
        foreach (float[] part in Hull)
        {
            Draw(part, hull, camera, WindowColour.Hull);
        }
    }

    // The strip is seen while it is on the upper side of the wheel.
    private void DrawStrip(double phase, in Place place, in WindowCamera camera)
    {
        double s1 = Math.Sin(phase), s2 = Math.Sin(phase + StripTurn), c1 = Math.Cos(phase), c2 = Math.Cos(phase + StripTurn);
        if (s1 > 0 && s2 > 0)
        {
            return;
        }

        c1 = s1 > 0 ? Math.Sign(c1) : c1;
        c2 = s2 > 0 ? Math.Sign(c2) : c2;
        float left = (float)(-HalfWidth * Size), right = (float)(HalfWidth * Size), first = (float)(Radius * c1 * Size), second = (float)(Radius * c2 * Size);
        Draw([left, first, right, first, right, second, left, second], place, camera, WindowColour.Strip);
    }

    private void Draw(ReadOnlySpan<float> corners, in Place place, in WindowCamera camera, uint colour)
    {
        int count = corners.Length / 2;
        for (int i = 0; i < count; i++)
        {
            (float x, float y) = place.Of(corners[2 * i], corners[(2 * i) + 1]);
            (_x[i], _y[i]) = camera.Pixel(x, y);
        }

        _plain.Polygon(_x.AsSpan(0, count), _y.AsSpan(0, count), isUpwards: true, colour);
    }

    /// <summary>Where a body is, in single precision as the physics has it.</summary>
    private readonly record struct Place(float X, float Y, float Sine, float Cosine)
    {
        public (float X, float Y) Of(float x, float y) => ((Cosine * x) - (Sine * y) + X, (Sine * x) + (Cosine * y) + Y);
    }
}
