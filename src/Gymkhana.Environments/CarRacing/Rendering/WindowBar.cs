using System.Numerics;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>The bar of instruments below the picture: score, speed, spin of the wheels, steering, turning speed.</summary>
internal sealed unsafe class WindowBar
{
    private const int Top = 700;
    private const int LastX = CellSurface.Width - 1;
    private const int LastY = CellSurface.Height - 1;
    private const double Unit = 25;
    private const double Step = 20;
    private const double Least = 1e-4;
    private const int DigitWidth = 23;
    private const int DigitHeight = 42;
    private const int DigitTop = 729;
    private const int ScoreMiddle = 60;
    private const int FewestDigits = 4;
    private const double LargestScore = 999_999_999;

    private readonly CellSurface _surface;
    private readonly PlainFill _plain;
    private readonly uint[][] _digits = new uint[11][];
    private readonly int[] _x = new int[4];
    private readonly int[] _y = new int[4];

    /// <summary>Draws on a surface.</summary>
    /// <param name="surface">The surface.</param>
    public WindowBar(CellSurface surface)
    {
        _surface = surface;
        _plain = new PlainFill(surface);
        for (int i = 0; i < _digits.Length; i++)
        {
            _digits[i] = DigitOf("0123456789-"[i]);
        }
    }

    /// <summary>Draws the bar.</summary>
    /// <param name="car">What it shows.</param>
    public void Draw(CarSnapshot car)
    {
        _surface.FillRectangle(Top, LastY, 0, LastX, WindowColour.Black);
        double speed = Math.Sqrt(((double)car.VelocityX * car.VelocityX) + ((double)car.VelocityY * car.VelocityY));
        Upright(5, speed, 0.02, WindowColour.White);
        for (int wheel = 0; wheel < 4; wheel++)
        {
            Upright(7 + wheel, car.WheelOmega[wheel], 0.01, WindowColour.Of(wheel < 2 ? 0 : 51, 0, 255));
        }

        Sideways(20, car.SteeringAngle, -10, WindowColour.Of(0, 255, 0));
        Sideways(30, car.AngularVelocity, -0.8, WindowColour.Red);
        DrawScore(car.Score);
    }

    private void Upright(int place, double value, double scale, uint colour)
    {
        int end = (int)(LastY + 1 - (Step + (Step * (scale * value)))), start = (int)(LastY + 1 - Step);
        Rectangle(value, (int)(place * Unit), (int)((place + 1) * Unit), end, start, colour);
    }

    private void Sideways(int place, double value, double scale, uint colour) => Rectangle(
        value, (int)(place * Unit), (int)((place + (scale * value)) * Unit), (int)(LastY + 1 - (4 * Step)), (int)(LastY + 1 - (2 * Step)), colour);

    private void Rectangle(double value, int x1, int x2, int y1, int y2, uint colour)
    {
        if (Math.Abs(value) > Least)
        {
            (_x[0], _x[1], _x[2], _x[3]) = (x1, x2, x2, x1);
            (_y[0], _y[1], _y[2], _y[3]) = (y1, y1, y2, y2);
            _plain.Polygon(_x, _y, isUpwards: false, colour);
        }
    }

    // A whole number with zeros in front, four characters at least, in the middle of its box.
    private void DrawScore(double score)
    {
        double rounded = Math.Round(Math.Clamp(score, -LargestScore, LargestScore), MidpointRounding.ToEven);
        bool isNegative = double.IsNegative(rounded);
        int rest = (int)Math.Abs(rounded), count = isNegative ? 2 : 1;
        for (int left = rest / 10; left > 0; left /= 10)
        {
            count++;
        }

        count = Math.Max(count, FewestDigits);
        int start = ScoreMiddle - (count * DigitWidth / 2);
        for (int i = count - 1; i >= 0; i--, rest /= 10)
        {
            DrawDigit(i == 0 && isNegative ? 10 : rest % 10, start + (i * DigitWidth));
        }
    }

    private void DrawDigit(int digit, int left)
    {
        int from = Math.Max(left, 0), to = Math.Min(left + DigitWidth, CellSurface.Width) - 1;
        if (from > to)
        {
            return;
        }

        _surface.Open(_surface.CellRow(DigitTop), _surface.CellRow(DigitTop + DigitHeight - 1), _surface.CellColumn(from), _surface.CellColumn(to), CellSurface.Mixed);
        for (int row = 0; row < DigitHeight; row++)
        {
            _digits[digit].AsSpan((row * DigitWidth) + from - left, to - from + 1).CopyTo(new Span<uint>(_surface.Pixels + ((DigitTop + row) * CellSurface.Stride) + from, to - from + 1));
        }
    }

    // The original's font is not ours to give away: figures of our own, as wide and as high.
    private static uint[] DigitOf(char character)
    {
        Canvas canvas = new(DigitWidth, DigitHeight);
        canvas.Clear(Rgba.Black);
        canvas.DrawText([character], new Vector2(DigitWidth / 2f, 21), 39, Rgba.White, HorizontalAnchor.Centre, VerticalAnchor.Middle, 1.7f);
        return [.. canvas.Pixels.ToArray().Select(pixel => WindowColour.White & ((pixel & 0xff) * 0x010101))];
    }
}
