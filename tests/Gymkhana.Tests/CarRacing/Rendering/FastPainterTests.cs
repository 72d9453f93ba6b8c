using Gymkhana.Environments.CarRacing;
using Gymkhana.Environments.CarRacing.Rendering;

namespace Gymkhana.Tests.CarRacing.Rendering;

/// <summary>The fast painter beside the exact one, which is the original's picture; the score is left out.</summary>
public sealed class FastPainterTests
{
    private const int Side = 96;

    // The original rounds down twice on the way to 96×96, and grey is rounded once more.
    private const int LevelsInPlainParts = 2;

    // Seen with these drives: 0.1 on the mean, and at most 0.30 in colour and 0.40 in grey, in the first pictures, which show the whole track
    // with tiles of three pixels.
    private const double MeanLevels = 0.5;

    [Theory]
    [InlineData("cont_slalom_s0")]
    [InlineData("cont_random_s3")]
    [InlineData("lap_follow_s1")]
    public void Paint_BesideTheExactPicture_DiffersAtEdgesOnly(string name)
    {
        var drive = new RecordedDrive(name);
        (ICarPainter exact, ICarPainter fast) = (new ExactPainter(), new FastPainter());
        byte[] exactColour = new byte[Side * Side * 3], fastColour = new byte[Side * Side * 3], exactGrey = new byte[Side * Side], fastGrey = new byte[Side * Side];
        for (int step = 0; step <= 390; step += 13)
        {
            CarSnapshot car = drive.To(step);
            exact.PaintColour(car, exactColour);
            fast.PaintColour(car, fastColour);
            exact.PaintGrey(car, exactGrey);
            fast.PaintGrey(car, fastGrey);
            Compare(exactColour, fastColour, 3, $"{name}, step {step}, colour");
            Compare(exactGrey, fastGrey, 1, $"{name}, step {step}, grey");
            for (int i = 0; i < fastGrey.Length; i++)
            {
                double grey = (0.299 * fastColour[3 * i]) + (0.587 * fastColour[(3 * i) + 1]) + (0.114 * fastColour[(3 * i) + 2]);
                Assert.True(Math.Abs(grey - fastGrey[i]) <= 1.5, $"{name}, step {step}, pixel {i}: {fastGrey[i]} where the colours' grey is {grey:f1}");
            }
        }
    }

    [Fact]
    public void Paint_AfterWarmUp_AllocatesNothing()
    {
        CarSnapshot car = new RecordedDrive("cont_slalom_s0").To(60);
        var painter = new FastPainter();
        byte[] rgb = new byte[Side * Side * 3], grey = new byte[Side * Side];
        Assert.Equal(0, Allocations.Least(() =>
        {
            painter.PaintColour(car, rgb);
            painter.PaintGrey(car, grey);
        }));
    }

    [Theory]
    [Trait("Category", "Determinism")]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Paint_EveryWidth_GivesTheSameGround(int width)
    {
        var drive = new RecordedDrive("cont_slalom_s1");
        FastGround grey = new(isGrey: true, width), colour = new(isGrey: false, width);
        FastGround greyAlone = new(isGrey: true, 1), colourAlone = new(isGrey: false, 1);
        float[] one = new float[Side * Side * 3], other = new float[Side * Side * 3];
        for (int step = 0; step <= 390; step += 30)
        {
            CarSnapshot car = drive.To(step);
            CarCamera camera = new(car, Side, Side);
            grey.Paint(car, camera, one);
            greyAlone.Paint(car, camera, other);
            Assert.Equal(other[..(Side * Side)], one[..(Side * Side)]);
            colour.Paint(car, camera, one);
            colourAlone.Paint(car, camera, other);
            Assert.Equal(other, one);
        }
    }

    [Fact]
    public void Paint_ParkedOnTheEdgeOfTheField_ShowsBlackBeyondIt()
    {
        // Facing the edge at 333.3 m from 5 m before it: the upper half of the picture is nothing.
        CarSnapshot car = new() { Track = Square(), Touched = new bool[4], HullX = 0, HullY = 328, HullCosine = 1, Time = 1 };
        byte[] colours = new byte[Side * Side * 3];
        new FastPainter().PaintColour(car, colours);
        Assert.Equal([0, 0, 0], colours[..3]);
        Assert.Equal([100, 202, 100], colours.AsSpan(((80 * Side) + 5) * 3, 3).ToArray());
    }

    [Fact]
    public void Paint_TilesThatTheCarHasTouched_AreTheDarkest()
    {
        CarSnapshot car = new() { Track = Square(), Touched = [false, false, false, false], HullX = 0, HullY = 0, HullCosine = 1, Time = 1 };
        byte[] grey = new byte[Side * Side];
        FastPainter painter = new();
        int[] shades = [100, 102, 105, 100];
        for (int tile = 0; tile < 4; tile++)
        {
            // Each in turn is 90 m square around the car.
            car.Track = Square(tile);
            Array.Clear(car.Touched);
            painter.PaintGrey(car, grey);
            Assert.Equal(shades[tile], grey[(40 * Side) + 10]);
            car.Touched[tile] = true;
            painter.PaintGrey(car, grey);
            Assert.Equal(100, grey[(40 * Side) + 10]);
        }
    }

    private static void Compare(ReadOnlySpan<byte> exact, ReadOnlySpan<byte> fast, int channels, string what)
    {
        double sum = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            (int x, int y) = (i / channels % Side, i / channels / Side);
            if (y >= 84 && x <= 13)
            {
                continue;
            }

            int difference = Math.Abs(exact[i] - fast[i]);
            sum += difference;
            Assert.True(difference <= LevelsInPlainParts || !IsPlain(exact, i, x, y, channels), $"{what}, column {x}, row {y}: {fast[i]} where the exact picture is {exact[i]} all around");
        }

        Assert.True(sum / exact.Length < MeanLevels, $"{what}: {sum / exact.Length:f2} levels apart on the mean");
    }

    // Whether the eight pixels around are like this one.
    private static bool IsPlain(ReadOnlySpan<byte> picture, int i, int x, int y, int channels)
    {
        for (int row = Math.Max(y - 1, 0); row <= Math.Min(y + 1, Side - 1); row++)
        {
            for (int column = Math.Max(x - 1, 0); column <= Math.Min(x + 1, Side - 1); column++)
            {
                if (picture[i + ((((row - y) * Side) + column - x) * channels)] != picture[i])
                {
                    return false;
                }
            }
        }

        return true;
    }

    // Four tiles, one of which fills the picture while the others lie far ahead of it.
    private static CarTrack Square(int near = -1)
    {
        double[] x = new double[4], y = new double[4], corners = new double[32];
        for (int tile = 0; tile < 4; tile++)
        {
            y[tile] = tile == near ? 0 : -1000 - (100 * tile);
            (double front, double back) = (FrontOf(tile), FrontOf((tile + 3) % 4));
            double[] around = [-45, front, 45, front, 45, back, -45, back];
            around.CopyTo(corners, 8 * tile);
        }

        return new CarTrack { Alpha = new double[4], Beta = new double[4], X = x, Y = y, TileCorners = corners, BorderSides = new sbyte[4], BorderCorners = new double[32] };

        double FrontOf(int row) => row == near ? 45 : row == (near + 3) % 4 ? -45 : -1000;
    }
}
