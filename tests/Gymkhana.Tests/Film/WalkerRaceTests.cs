using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Environments.Walker.Film;

namespace Gymkhana.Tests.Film;

public sealed class WalkerRaceTests
{
    [Fact]
    public void Race_SamePoliciesTwice_SameRanking()
    {
        Assert.Equal(Run(targets: 2).Ranking(), Run(targets: 2).Ranking());
    }

    [Fact]
    public void Race_EqualWalkers_TieInTheOrderOfTheStartListAndSeeTheSameTargets()
    {
        var race = new WalkerRace([new Seeker("a"), new Seeker("b")], new RaceRules { Targets = 1, Seed = 5, LimitSeconds = 100 });
        var moments = new RunnerMoment[2];
        race.Read(moments);
        Assert.Equal(moments[0].Target, moments[1].Target);
        while (!race.IsOver) race.Step();

        Assert.Equal([0, 1], race.Ranking().Select(r => r.Walker));
        Assert.Equal(race.Ranking()[0].Seconds, race.Ranking()[1].Seconds);
    }

    [Fact]
    public void Race_TimeIsUp_EndsAndWhoNeverArrivedHasNoTime()
    {
        var race = new WalkerRace([new Idle()], new RaceRules { Targets = 3, LimitSeconds = 0.5 });
        int steps = 0;
        for (; !race.IsOver && steps < 1000; steps++) race.Step();

        Assert.Equal(30, steps);
        Assert.Equal(new RaceResult("idle", 0, 0, null), Assert.Single(race.Ranking()));
    }

    [Fact]
    public void Race_TooManyWalkers_IsRefused()
    {
        IPolicy[] nine = [.. Enumerable.Range(0, 9).Select(_ => new Idle())];
        Assert.Contains("1 to 8", Assert.Throws<ArgumentException>(() => new WalkerRace(nine, new RaceRules())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new WalkerRace([], new RaceRules()));
        Assert.Throws<ArgumentException>(() => new WalkerRace([new Idle()], new RaceRules { LimitSeconds = double.NaN }));
    }

    private static WalkerRace Run(int targets)
    {
        var race = new WalkerRace([new Seeker("a"), new Idle()], new RaceRules { Targets = targets, Seed = 5, LimitSeconds = 60 });
        while (!race.IsOver) race.Step();
        return race;
    }

    /// <summary>Does nothing.</summary>
    internal sealed class Idle : IPolicy
    {
        public string Name => "idle";

        public IActor CreateActor(IEnvironment environment, int group = 0) => new Script(environment, (_, actions) => actions.Clear());
    }

    /// <summary>A gait by hand: feet grip and muscles pull in turn.</summary>
    internal sealed class Seeker(string name) : IPolicy
    {
        public string Name => name;

        public IActor CreateActor(IEnvironment environment, int group = 0) => new Script(environment, (step, actions) =>
        {
            bool first = step / 12 % 2 == 0;
            float front = first ? 1 : -1;
            (actions[0], actions[1], actions[2], actions[3], actions[4], actions[5]) = (-front, -front, front, front, first ? 1 : -1, first ? 0.9f : -1);
        });
    }

    private delegate void Gait(long step, Span<float> actions);

    private sealed class Script(IEnvironment environment, Gait gait) : IActor
    {
        private readonly float[] _actions = new float[6];
        private long _step;

        public void Reset(ReadOnlySpan<ulong> seeds) => _step = 0;

        public void Act()
        {
            gait(_step++, _actions);
            for (int i = 0; i < _actions.Length; i++) environment.Groups[0].Actions.As<float>()[0, i, 0] = _actions[i];
        }

        public void EpisodeEnded(int copy) => _step = 0;
    }
}
