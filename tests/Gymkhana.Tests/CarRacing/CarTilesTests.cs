using System.Runtime.Intrinsics;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.CarRacing;

namespace Gymkhana.Tests.CarRacing;

public sealed class CarTilesTests
{
    [Fact]
    public void WheelsOn_RandomPlaces_IsThePlainDistanceOfTheOutlines()
    {
        CarTrack track = new CarTrackBuilder().Build(new NumpyGenerator(4UL), null);
        var tiles = new CarTiles();
        tiles.Load(track);
        var random = new KeyedStream(8, 0, StreamPurpose.Scenario);
        float[] car = new float[CarRows.Count];
        int touching = 0;
        int outside = 0;
        for (int trial = 0; trial < 4000; trial++)
        {
            int tile = random.NextInt(track.Count);
            Place(car, track.X[tile] + (random.NextDouble() * 18) - 9, track.Y[tile] + (random.NextDouble() * 18) - 9, random);
            (Vector256<double> x, Vector256<double> y) = Centres(car);
            int wheels = tiles.WheelsOn(tile, x, y, car);
            double hullX = CarLife.OriginX(car), hullY = CarLife.OriginY(car);
            bool near = tiles.Near(hullX, hullY, 2).Contains(tile);
            for (int wheel = 0; wheel < 4; wheel++)
            {
                bool expected = Distance(TileOutline(track, tile), WheelOutline(car, wheel)) < 0.02 + 1.2e-6;
                Assert.Equal(expected, (wheels & (1 << wheel)) != 0);
                Assert.True(near || !expected);
                touching += expected ? 1 : 0;
                outside += expected ? 0 : 1;
            }

            Assert.True(near || !tiles.HullOn(tile, hullX, hullY, car));
        }

        Assert.True(touching > 1000 && outside > 1000, $"{touching} touch, {outside} do not: the trial shows little.");
    }

    [Fact]
    public void Near_WheelsFarFromTheHull_AreAllTiles()
    {
        CarTrack track = new CarTrackBuilder().Build(new NumpyGenerator(4UL), null);
        var tiles = new CarTiles();
        tiles.Load(track);

        Assert.Equal(track.Count, tiles.Near(0, 0, 50).Length);
        Assert.True(tiles.Near(track.X[9], track.Y[9], 2).Length < 20);
        Assert.Equal(0, tiles.Near(1e6, -1e6, 2).Length);
    }

    [Fact]
    public void MakeConvex_CrossedCorners_GoRoundAnticlockwise()
    {
        double[] crossed = [0, 0, 1, 1, 1, 0, 0, 1];
        ConvexShapes.MakeConvex(crossed);
        Assert.Equal([1, 0, 1, 1, 0, 1, 0, 0], crossed);
        double[] triangle = [0, 0, 4, 0, 1, 1, 0, 4];
        ConvexShapes.MakeConvex(triangle);
        Assert.Equal([4, 0, 0, 4, 0, 0, 0, 0], triangle);
    }

    private static void Place(float[] car, double x, double y, KeyedStream random)
    {
        Array.Clear(car);
        (car[CarRows.X], car[CarRows.Y]) = ((float)x, (float)y);
        car[CarRows.Cosine] = 1;
        for (int wheel = 0; wheel < 4; wheel++)
        {
            Span<float> body = car.AsSpan(CarRows.Body(1 + wheel, 0), CarRows.PerBody);
            (double offsetX, double offsetY) = CarBody.WheelOffset(wheel);
            (body[CarRows.X], body[CarRows.Y], body[CarRows.Angle]) = ((float)(x + offsetX), (float)(y + offsetY), (float)(random.NextDouble() * 7));
            CarAngle.SinCos(body[CarRows.Angle], out body[CarRows.Sine], out body[CarRows.Cosine]);
        }
    }

    private static (Vector256<double> X, Vector256<double> Y) Centres(float[] car) => (
        Vector256.Create(car[CarRows.Body(1, 0)], car[CarRows.Body(2, 0)], car[CarRows.Body(3, 0)], (double)car[CarRows.Body(4, 0)]),
        Vector256.Create(car[CarRows.Body(1, 1)], car[CarRows.Body(2, 1)], car[CarRows.Body(3, 1)], (double)car[CarRows.Body(4, 1)]));

    private static double[] TileOutline(CarTrack track, int tile) => [.. track.TileCorners.AsSpan(8 * tile, 8).ToArray().Select(v => (double)(float)v)];

    private static double[] WheelOutline(float[] car, int wheel)
    {
        ReadOnlySpan<float> body = car.AsSpan(CarRows.Body(1 + wheel, 0), CarRows.PerBody);
        double[] corners = [-0.28f, 0.54f, 0.28f, 0.54f, 0.28f, -0.54f, -0.28f, -0.54f];
        for (int i = 0; i < 8; i += 2)
        {
            (double x, double y) = (corners[i], corners[i + 1]);
            corners[i] = ((double)body[CarRows.Cosine] * x) - ((double)body[CarRows.Sine] * y) + body[CarRows.X];
            corners[i + 1] = ((double)body[CarRows.Sine] * x) + ((double)body[CarRows.Cosine] * y) + body[CarRows.Y];
        }

        return corners;
    }

    // Zero where a corner of one lies in the other or edges cross; else the least distance of a corner to an edge.
    private static double Distance(double[] a, double[] b)
    {
        double least = double.PositiveInfinity;
        for (int i = 0; i < 8; i += 2)
        {
            if (Holds(a, b[i], b[i + 1]) || Holds(b, a[i], a[i + 1]))
            {
                return 0;
            }

            for (int j = 0; j < 8; j += 2)
            {
                if (Cross(a, i, b, j))
                {
                    return 0;
                }

                least = Math.Min(least, Math.Min(ToEdge(a, i, b[j], b[j + 1]), ToEdge(b, i, a[j], a[j + 1])));
            }
        }

        return least;
    }

    private static double Side(double ax, double ay, double bx, double by, double px, double py) => ((bx - ax) * (py - ay)) - ((by - ay) * (px - ax));

    private static bool Holds(double[] shape, double x, double y)
    {
        int left = 0;
        for (int i = 0; i < 8; i += 2)
        {
            int j = (i + 2) % 8;
            left += Math.Sign(Side(shape[i], shape[i + 1], shape[j], shape[j + 1], x, y));
        }

        return Math.Abs(left) == 4;
    }

    private static bool Cross(double[] a, int i, double[] b, int j)
    {
        int k = (i + 2) % 8, l = (j + 2) % 8;
        return Side(a[i], a[i + 1], a[k], a[k + 1], b[j], b[j + 1]) * Side(a[i], a[i + 1], a[k], a[k + 1], b[l], b[l + 1]) < 0
            && Side(b[j], b[j + 1], b[l], b[l + 1], a[i], a[i + 1]) * Side(b[j], b[j + 1], b[l], b[l + 1], a[k], a[k + 1]) < 0;
    }

    private static double ToEdge(double[] shape, int i, double x, double y)
    {
        int j = (i + 2) % 8;
        (double ex, double ey) = (shape[j] - shape[i], shape[j + 1] - shape[i + 1]);
        double along = Math.Clamp((((x - shape[i]) * ex) + ((y - shape[i + 1]) * ey)) / ((ex * ex) + (ey * ey)), 0, 1);
        (double dx, double dy) = (x - shape[i] - (along * ex), y - shape[i + 1] - (along * ey));
        return Math.Sqrt((dx * dx) + (dy * dy));
    }
}
