using Gymkhana.Core.Randomness;
using Gymkhana.Environments.CarRacing;

namespace Gymkhana.Tests.CarRacing;

public sealed class CarTrackTests
{
    public static TheoryData<string> Recorded() => [.. CarRecordings.Named("track_")];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Build_RecordedSeed_IsTheSameTrackToTheBit(string name)
    {
        using var truth = new CarRecordings(name);
        CarTrack track = new CarTrackBuilder().Build(new NumpyGenerator(CarRecordings.SeedOf(name)), null);
        double[] rows = truth.Read<double>("track");
        double[] tiles = truth.Read<double>("tile_poly");
        double[] borders = truth.Read<double>("border_poly");
        bool[] hasBorder = truth.Read<bool>("border");
        sbyte[] sides = truth.Read<sbyte>("border_side");

        Assert.Equal(rows.Length / 4, track.Count);
        for (int i = 0; i < track.Count; i++)
        {
            AssertSame(rows.AsSpan(4 * i, 4), [track.Alpha[i], track.Beta[i], track.X[i], track.Y[i]], $"row {i}");
            AssertSame(tiles.AsSpan(8 * i, 8), track.TileCorners.AsSpan(8 * i, 8), $"tile {i}");
            Assert.Equal(hasBorder[i] ? sides[i] : 0, track.BorderSides[i]);
            if (hasBorder[i])
            {
                AssertSame(borders.AsSpan(8 * i, 8), track.BorderCorners.AsSpan(8 * i, 8), $"border {i}");
            }
        }
    }

    [Fact]
    public void Build_TwoHundredSeeds_HaveTheNumberOfTilesAndAttemptsOfTheOriginal()
    {
        var builder = new CarTrackBuilder();
        CarTrack? track = null;
        List<int> tiles = [];
        List<int> second = [];
        for (int seed = 0; seed < 200; seed++)
        {
            track = builder.Build(new NumpyGenerator((ulong)seed), track);
            tiles.Add(track.Count);
            Assert.InRange(builder.Attempts, 1, 2);
            if (builder.Attempts == 2)
            {
                second.Add(seed);
            }
        }

        Assert.Equal((224, 366), (tiles.Min(), tiles.Max()));
        Assert.Equal(294, Math.Round(tiles.Average()));
        Assert.Equal(11, second.Count);
        Assert.Equal([36, 100, 105, 118, 128], second.Take(5));
    }

    [Fact]
    public void Build_WithoutSeedAgain_GoesOnWithTheStream()
    {
        var random = new NumpyGenerator(0UL);
        var builder = new CarTrackBuilder();

        Assert.Equal([319, 281, 323, 300], Enumerable.Range(0, 4).Select(_ => builder.Build(random, null).Count));
    }

    [Fact]
    public void Build_IntoAnOldTrack_UsesItsArraysAndCountsItsEdition()
    {
        var builder = new CarTrackBuilder();
        CarTrack first = builder.Build(new NumpyGenerator(1UL), null);
        long edition = first.Edition;
        CarTrack again = builder.Build(new NumpyGenerator(0UL), first);

        Assert.Same(first, again);
        Assert.Equal(edition + 1, again.Edition);
        CarTrack fresh = builder.Build(new NumpyGenerator(0UL), null);
        AssertSame(fresh.BorderCorners.AsSpan(0, 8 * fresh.Count), again.BorderCorners.AsSpan(0, 8 * again.Count), "borders");
    }

    private static void AssertSame(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, string where)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i].Equals(actual[i]), $"{where}, number {i}: expected {expected[i]:R}, got {actual[i]:R}");
        }
    }
}
