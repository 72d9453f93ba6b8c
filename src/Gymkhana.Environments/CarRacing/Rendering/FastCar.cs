namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>The car of a picture, and the bar of instruments below it.</summary>
internal sealed unsafe class FastCar
{
    private const int Side = CoverageLayer.Side;
    private const float Size = 0.02f;
    private const int BarRow = 84;
    private const float ColumnsPerPixel = Side / 1000f;
    private const float RowsPerPixel = Side / 800f;
    private const float WheelHalfWidth = 14 * Size;
    private const float WheelRadius = 27 * Size;
    private const double StripTurn = 1.2;
    private const double LeastShown = 1e-4;

    // Corners of the hull's four parts and of a wheel, in units of Size, clockwise seen with y upwards.
    private static readonly float[][] Hull =
    [
        [-60, 130, 60, 130, 60, 110, -60, 110],
        [-15, 120, 15, 120, 20, 20, -20, 20],
        [-25, 20, 25, 20, 50, -10, 50, -40, 20, -90, -20, -90, -50, -40, -50, -10],
        [-50, -90, 50, -90, 50, -120, -50, -120],
    ];

    private readonly bool _isGrey;
    private readonly CoverageLayer _patch = new(0);
    private readonly CarDigits _digits = new();

    /// <summary>Draws cars.</summary>
    /// <param name="isGrey">Whether in shades of grey.</param>
    public FastCar(bool isGrey) => _isGrey = isGrey;

    /// <summary>Draws the car and the bar over a ground.</summary>
    /// <param name="car">The car.</param>
    /// <param name="camera">From where.</param>
    /// <param name="image">Planes of 96×96 shades.</param>
    public void Paint(CarSnapshot car, in CarCamera camera, float[] image)
    {
        for (int wheel = 0; wheel < 4; wheel++)
        {
            PaintWheel(car, wheel, camera, image);
        }

        Box box = Box.Empty;
        foreach (float[] part in Hull)
        {
            box = Outline(part, Size, car.HullX, car.HullY, car.HullSine, car.HullCosine, camera, box);
        }

        Fill(box, FastShades.Of(_isGrey, 204, 0, 0), image);
        PaintBar(car, image);
    }

    private void PaintWheel(CarSnapshot car, int wheel, in CarCamera camera, float[] image)
    {
        (float x, float y, float sine, float cosine) = (car.WheelX[wheel], car.WheelY[wheel], car.WheelSine[wheel], car.WheelCosine[wheel]);
        ReadOnlySpan<float> tyre = [-WheelHalfWidth, WheelRadius, WheelHalfWidth, WheelRadius, WheelHalfWidth, -WheelRadius, -WheelHalfWidth, -WheelRadius];
        Fill(Outline(tyre, 1, x, y, sine, cosine, camera, Box.Empty), FastShades.Of(_isGrey, 0, 0, 0), image);

        // A light strip goes round with the wheel; it is seen while it is above.
        double from = car.WheelPhase[wheel], to = from + StripTurn;
        (double s1, double s2, double c1, double c2) = (Math.Sin(from), Math.Sin(to), Math.Cos(from), Math.Cos(to));
        if (s1 > 0 && s2 > 0)
        {
            return;
        }

        c1 = s1 > 0 ? Math.Sign(c1) : c1;
        c2 = s2 > 0 ? Math.Sign(c2) : c2;
        (float high, float low) = (WheelRadius * (float)Math.Max(c1, c2), WheelRadius * (float)Math.Min(c1, c2));
        ReadOnlySpan<float> strip = [-WheelHalfWidth, high, WheelHalfWidth, high, WheelHalfWidth, low, -WheelHalfWidth, low];
        Fill(Outline(strip, 1, x, y, sine, cosine, camera, Box.Empty), FastShades.Of(_isGrey, 77, 77, 77), image);
    }

    private Box Outline(ReadOnlySpan<float> corners, float scale, float x, float y, float sine, float cosine, in CarCamera camera, Box box)
    {
        (float lastX, float lastY) = Place(corners[^2], corners[^1], camera);
        for (int i = 0; i < corners.Length; i += 2)
        {
            (float nextX, float nextY) = Place(corners[i], corners[i + 1], camera);
            _patch.Edge(lastX, lastY, nextX, nextY, new Ink(1, 0, 0, 0));
            box = box.With(nextX, nextY);
            (lastX, lastY) = (nextX, nextY);
        }

        return box;

        (float X, float Y) Place(float localX, float localY, in CarCamera view)
        {
            (localX, localY) = (localX * scale, localY * scale);
            return view.Map((cosine * localX) - (sine * localY) + x, (sine * localX) + (cosine * localY) + y);
        }
    }

    // Sums the patch down its columns, puts the ink over the image and leaves the patch empty.
    private void Fill(Box box, in Ink ink, float[] image)
    {
        (int left, int right, int top, int bottom) = box.Pixels();
        for (int column = left; column < right; column++)
        {
            float covered = 0;
            for (int row = top; row < bottom; row++)
            {
                float* change = _patch.Changes + (row * Side) + column;
                covered += *change;
                *change = 0;
                Blend(image, (row * Side) + column, Math.Clamp(covered, 0, 1), ink);
            }

            _patch.Changes[(bottom * Side) + column] = 0;
        }
    }

    private void PaintBar(CarSnapshot car, float[] image)
    {
        for (int plane = 0; plane < image.Length; plane += Side * Side)
        {
            image.AsSpan(plane + (BarRow * Side), (Side - BarRow) * Side).Clear();
        }

        double speed = Math.Sqrt(((double)car.VelocityX * car.VelocityX) + ((double)car.VelocityY * car.VelocityY));
        Upright(5, speed, 0.02, FastShades.Of(_isGrey, 255, 255, 255), image);
        for (int wheel = 0; wheel < 4; wheel++)
        {
            Upright(7 + wheel, car.WheelOmega[wheel], 0.01, FastShades.Of(_isGrey, wheel < 2 ? 0 : 51, 0, 255), image);
        }

        Sideways(20, car.SteeringAngle, -10, FastShades.Of(_isGrey, 0, 255, 0), image);
        Sideways(30, car.AngularVelocity, -0.8, FastShades.Of(_isGrey, 255, 0, 0), image);
        ReadOnlySpan<CarDigits.Stroke> strokes = _digits.Of(car.Score);
        foreach (CarDigits.Stroke stroke in strokes)
        {
            Rectangle(stroke.Left, stroke.Right, stroke.Top, stroke.Bottom, FastShades.Of(_isGrey, 255, 255, 255), image);
        }
    }

    // Bars end at whole pixels, and are left out near 0.
    private void Upright(int place, double value, double scale, in Ink ink, float[] image)
    {
        if (Math.Abs(value) > LeastShown)
        {
            int end = (int)(780 - (20 * scale * value));
            Rectangle(25 * place, (25 * (place + 1)) + 1, Math.Min(end, 780), Math.Max(end, 780) + 1, ink, image);
        }
    }

    private void Sideways(int place, double value, double scale, in Ink ink, float[] image)
    {
        if (Math.Abs(value) > LeastShown)
        {
            int start = 25 * place, end = (int)(25 * (place + (scale * value)));
            Rectangle(Math.Min(start, end), Math.Max(start, end) + 1, 720, 761, ink, image);
        }
    }

    // An upright rectangle in pixels of 1000×800.
    private void Rectangle(float left, float right, float top, float bottom, in Ink ink, float[] image)
    {
        (left, right, top, bottom) = (left * ColumnsPerPixel, right * ColumnsPerPixel, top * RowsPerPixel, bottom * RowsPerPixel);
        (int firstColumn, int lastColumn, int firstRow, int lastRow) = Box.Empty.With(left, top).With(right, bottom).Pixels();
        for (int row = firstRow; row < lastRow; row++)
        {
            float high = Math.Min(bottom, row + 1) - Math.Max(top, row);
            for (int column = firstColumn; column < lastColumn; column++)
            {
                float wide = Math.Min(right, column + 1) - Math.Max(left, column);
                Blend(image, (row * Side) + column, Math.Max(high, 0) * Math.Max(wide, 0), ink);
            }
        }
    }

    private void Blend(float[] image, int at, float covered, in Ink ink)
    {
        image[at] += (ink.Red - image[at]) * covered;
        if (!_isGrey)
        {
            image[at + (Side * Side)] += (ink.Green - image[at + (Side * Side)]) * covered;
            image[at + (2 * Side * Side)] += (ink.Blue - image[at + (2 * Side * Side)]) * covered;
        }
    }

    /// <summary>A box around points.</summary>
    private readonly record struct Box(float Left, float Right, float Top, float Bottom)
    {
        public static Box Empty => new(float.PositiveInfinity, float.NegativeInfinity, float.PositiveInfinity, float.NegativeInfinity);

        public Box With(float x, float y) => new(Math.Min(Left, x), Math.Max(Right, x), Math.Min(Top, y), Math.Max(Bottom, y));

        /// <summary>The pixels it touches: first column, column after the last, first row, row after the last.</summary>
        public (int Left, int Right, int Top, int Bottom) Pixels() => (
            (int)Math.Clamp(Left, 0, Side),
            (int)Math.Clamp(MathF.Ceiling(Right), 0, Side),
            (int)Math.Clamp(Top, 0, Side),
            (int)Math.Clamp(MathF.Ceiling(Bottom), 0, Side));
    }
}
