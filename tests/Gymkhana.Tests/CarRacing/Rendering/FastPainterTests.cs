using Gymkhana.Environments.CarRacing;
using Gymkhana.Environments.CarRacing.Rendering;

namespace Gymkhana.Tests.CarRacing.Rendering;

public sealed class FastPainterTests
{
    private const int Side = RecordedFrames.Side;

    // Measured 0.07 to 0.32: the original rounds corners to pixels of 1000×800, a tenth of a pixel here, which shows along edges only.
    private const double MostMeanDifference = 0.4;
    private const double MostFarPixels = 0.005;
    private const int Far = 20;

    [Fact]
    public void PaintColour_RecordedFrames_LooksLikeTheOriginal()
    {
        FastPainter painter = new();
        byte[] picture = new byte[Side * Side * 3];
        int seen = 0;
        RecordedFrames.Play((name, car, expected) =>
        {
            painter.PaintColour(car, picture);
            int sum = 0, far = 0, compared = 0;
            for (int pixel = 0; pixel < Side * Side; pixel++)
            {
                if (!RecordedFrames.IsScore(pixel))
                {
                    int most = 0;
                    for (int part = 0; part < 3; part++)
                    {
                        int difference = Math.Abs(picture[(3 * pixel) + part] - expected[(3 * pixel) + part]);
                        sum += difference;
                        most = Math.Max(most, difference);
                    }

                    far += most > Far ? 1 : 0;
                    compared++;
                }
            }

            Assert.True(sum / (3.0 * compared) <= MostMeanDifference, $"{name}: {sum / (3.0 * compared):0.000} levels apart on the mean");
            Assert.True((double)far / compared <= MostFarPixels, $"{name}: {far} of {compared} pixels are more than {Far} levels apart");
            seen++;
        });
        Assert.Equal(21, seen);
    }

    [Fact]
    public void PaintGrey_RecordedFrames_IsTheGreyOfTheColours()
    {
        FastPainter painter = new();
        byte[] colours = new byte[Side * Side * 3], grey = new byte[Side * Side];
        RecordedFrames.Play((name, car, _) =>
        {
            painter.PaintColour(car, colours);
            painter.PaintGrey(car, grey);
            for (int pixel = 0; pixel < grey.Length; pixel++)
            {
                // Each of the three colours was rounded.
                double expected = (0.299 * colours[3 * pixel]) + (0.587 * colours[(3 * pixel) + 1]) + (0.114 * colours[(3 * pixel) + 2]);
                Assert.True(Math.Abs(expected - grey[pixel]) <= 1.01, $"{name}, pixel {pixel}: grey {grey[pixel]}, of the colours {expected:0.00}");
            }
        });
    }

    [Theory]
    [Trait("Category", "Determinism")]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Paint_EveryWidth_GivesTheSameGround(int width)
    {
        FastGround grey = new(isGrey: true, width), colour = new(isGrey: false, width);
        FastGround greyAlone = new(isGrey: true, 1), colourAlone = new(isGrey: false, 1);
        float[] one = new float[Side * Side * 3], other = new float[Side * Side * 3];
        RecordedFrames.Play((_, car, _) =>
        {
            CarCamera camera = new(car, Side, Side);
            grey.Paint(car, camera, one);
            greyAlone.Paint(car, camera, other);
            Assert.Equal(other[..(Side * Side)], one[..(Side * Side)]);
            colour.Paint(car, camera, one);
            colourAlone.Paint(car, camera, other);
            Assert.Equal(other, one);
        });
    }

    [Fact]
    public void Paint_AfterTheFirst_AllocatesNothing()
    {
        FastPainter painter = new();
        byte[] colours = new byte[Side * Side * 3], grey = new byte[Side * Side];
        CarSnapshot? shown = null;
        RecordedFrames.Play((_, car, _) => shown = car);
        Assert.Equal(0, Allocations.Least(() =>
        {
            painter.PaintGrey(shown!, grey); // Every recording shows a car.
            painter.PaintColour(shown!, colours);
        }));
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
