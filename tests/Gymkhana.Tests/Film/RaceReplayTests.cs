using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Walker.Film;

namespace Gymkhana.Tests.Film;

public sealed class RaceReplayTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact]
    public void GoTowards_ByAnyWay_GivesTheSameSandAndPicture()
    {
        RaceReplay straight = Replay(), back = Replay();
        straight.GoTowards(320, Long);
        back.GoTowards(400, Long);
        back.GoTowards(310, Long);
        back.GoTowards(20, Long);
        back.GoTowards(390, Long);
        Assert.True(back.GoTowards(320, Long));

        Assert.Equal(320, back.Step);
        Assert.True(straight.Stage.Sand.AwakeCount > 100);
        AssertSame(straight, back);
        straight.GoTowards(336, Long);
        back.GoTowards(336, Long);
        AssertSame(straight, back);
    }

    [Fact]
    public void GoTowards_ShortOfPatience_StopsOnTheWayAndGoesOnLater()
    {
        RaceReplay replay = Replay();

        Assert.False(replay.GoTowards(60, TimeSpan.Zero));
        Assert.Equal(1, replay.Step);
        while (!replay.GoTowards(60, TimeSpan.Zero))
        {
        }

        Assert.Equal(60, replay.Step);
    }

    [Fact]
    public void GoTowards_BeyondTheEnd_StopsAfterTheClosingStepsWithTheRankingOfTheRace()
    {
        RaceRules rules = new() { Targets = 1, Seed = 5, LimitSeconds = 3 };
        var race = new WalkerRace([new WalkerRaceTests.Idle(), new WalkerRaceTests.Seeker("a")], rules);
        while (!race.IsOver) race.Step();
        var replay = new RaceReplay(new WalkerRace([new WalkerRaceTests.Idle(), new WalkerRaceTests.Seeker("a")], rules));

        Assert.True(replay.GoTowards(100_000, Long));
        Assert.True(replay.IsAtEnd);
        Assert.Equal(race.Seconds, replay.Seconds);
        Assert.Equal(race.Ranking().Select(r => r.Walker), replay.Order());
        Assert.Equal(race.Ranking().Select(r => r.Reached), replay.Order().Select(w => replay.Runners[w].Reached));
        replay.GoTowards(60, Long);
        Assert.False(replay.IsOver);
        Assert.Equal(1, replay.Seconds);
        Assert.Equal(race.Seconds, replay.KnownSeconds);
    }

    [Fact]
    public void Next_AfterStepsAndSeeks_TellsEnoughToShowTheSameSand()
    {
        RaceReplay replay = Replay();
        var changes = new SandChanges(replay.Stage);
        ShownGrain[] shown = changes.All().ToArray();
        int most = 0;
        foreach (int step in (int[])[1, 2, 3, 40, 41, 42, 200, 90, 91, 400])
        {
            replay.GoTowards(step, Long);
            ReadOnlySpan<ShownGrain> news = changes.Next();
            foreach (ShownGrain grain in news) shown[grain.Grain] = grain;
            if (step < 4) most = Math.Max(most, news.Length);
        }

        Assert.InRange(most, 1, SandField.DefaultCount / 4); // changes, not all of it
        ShownGrain[] truth = new SandChanges(replay.Stage).All().ToArray();
        for (int grain = 0; grain < truth.Length; grain++)
        {
            Assert.InRange(Math.Abs(truth[grain].X - shown[grain].X), 0, 4);
            Assert.InRange(Math.Abs(truth[grain].Y - shown[grain].Y), 0, 4);
            for (int shift = 0; shift < 32; shift += 8) Assert.InRange(Math.Abs((int)((truth[grain].Look >> shift) & 255) - (int)((shown[grain].Look >> shift) & 255)), 0, 2);
        }
    }

    private static RaceReplay Replay() =>
        new(new WalkerRace([new WalkerRaceTests.Seeker("seeker"), new WalkerRaceTests.Idle(), new WalkerRaceTests.Seeker("other")], new RaceRules { Targets = 5, Seed = 2, LimitSeconds = 60 }));

    private static void AssertSame(RaceReplay a, RaceReplay b)
    {
        Assert.Equal(a.Stage.Sand.X, b.Stage.Sand.X);
        Assert.Equal(a.Stage.Sand.Y, b.Stage.Sand.Y);
        Assert.Equal(a.Stage.Sand.AwakeCount, b.Stage.Sand.AwakeCount);
        Assert.Equal(new SandChanges(a.Stage).All(), new SandChanges(b.Stage).All());
        Assert.Equal(Primitives(a), Primitives(b));
    }

    private static string[] Primitives(RaceReplay replay)
    {
        var scene = new Scene();
        replay.Stage.Draw(scene);
        List<string> lines = [];
        foreach (Primitive primitive in scene.Primitives) lines.Add($"{primitive.Kind} {primitive.Colour} {primitive.Radius} {primitive.Width} {primitive.Text} {string.Join(' ', scene.PointsOf(primitive).ToArray())}");
        return [.. lines];
    }
}
