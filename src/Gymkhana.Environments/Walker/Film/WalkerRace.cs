using System.Collections.Immutable;
using System.Numerics;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>What a race is run by.</summary>
public sealed record RaceRules
{
    /// <summary>Targets to reach; 0 for a walk that only time ends.</summary>
    public int Targets { get; init; } = 20;

    /// <summary>Seed of the list of targets, shared by all walkers.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Longest duration, s.</summary>
    public double LimitSeconds { get; init; } = 300;

    /// <summary>Colours of the walkers in pictures, in the order of the start list; where there are too few, those of the palette.</summary>
    public ImmutableArray<Rgba> Colours { get; init; } = [];

    /// <summary>The world of every walker.</summary>
    public WalkerOptions World { get; init; } = RaceWorld;

    /// <summary>The world of a race: targets anywhere in the square, and a body walks on from where it is.</summary>
    public static WalkerOptions RaceWorld { get; } = new() { Targets = TargetRule.Square, Recenter = false, EpisodeSeconds = 10_000 };

    /// <summary>The colour of a walker in pictures.</summary>
    /// <param name="walker">Its place on the start list, from 0 to 7.</param>
    /// <returns>The colour.</returns>
    public Rgba ColourOf(int walker) => walker < Colours.Length ? Colours[walker] : FilmPalette.Walkers[walker];

    /// <summary>Whether so many targets are all there are; never where there is no such number.</summary>
    /// <param name="reached">Targets that a walker has reached.</param>
    /// <returns>True where it has finished.</returns>
    public bool AreAll(int reached) => Targets > 0 && reached >= Targets;

    /// <summary>Refuses rules that cannot be raced by.</summary>
    /// <exception cref="ArgumentException">A rule is out of range.</exception>
    public void Validate()
    {
        if (Targets is < 0 or > 10_000) throw new ArgumentException($"A race expects 0 to 10000 targets, got {Targets}.");
        if (!(LimitSeconds > 0 && LimitSeconds <= 10_000)) throw new ArgumentException($"A race expects a limit above 0 and of at most 10000 s, got {LimitSeconds}.");
    }
}

/// <summary>How one walker did.</summary>
/// <param name="Policy">Name of its policy.</param>
/// <param name="Walker">Its place on the start list, from 0.</param>
/// <param name="Reached">Targets it reached.</param>
/// <param name="Seconds">When it reached the last of them, s; null when it reached none.</param>
public sealed record RaceResult(string Policy, int Walker, int Reached, double? Seconds);

/// <summary>
/// One to eight walkers walk to the same list of targets, each at its own pace; the first to reach all wins. They do not touch each
/// other. Same policies, rules and seed: same race.
/// </summary>
public sealed class WalkerRace
{
    /// <summary>Most walkers in a race.</summary>
    public const int MostWalkers = 8;

    /// <summary>Steps in a second.</summary>
    public const double StepsPerSecond = 60;

    private readonly Runner[] _runners;
    private readonly List<int> _arrivals = []; // For each target the walkers that have reached it.
    private long _tick;

    /// <summary>A race about to begin.</summary>
    /// <param name="policies">One policy for each walker, 1 to 8.</param>
    /// <param name="rules">The rules.</param>
    /// <exception cref="ArgumentException">Too few or too many walkers, or rules out of range.</exception>
    /// <exception cref="PolicyMismatchException">A policy is not for Walker-v0.</exception>
    public WalkerRace(IReadOnlyList<IPolicy> policies, RaceRules rules)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(rules);
        rules.Validate();
        if (policies.Count is < 1 or > MostWalkers)
        {
            throw new ArgumentException($"A race expects 1 to {MostWalkers} walkers, got {policies.Count}.", nameof(policies));
        }

        Rules = rules;
        _runners = [.. policies.Select(policy => new Runner(policy, rules))];
    }

    /// <summary>The rules.</summary>
    public RaceRules Rules { get; }

    /// <summary>Walkers.</summary>
    public int Count => _runners.Length;

    /// <summary>Time since the start, s.</summary>
    public double Seconds => _tick / StepsPerSecond;

    /// <summary>Whether every walker has reached every target, or time is up.</summary>
    public bool IsOver => Seconds >= Rules.LimitSeconds || Array.TrueForAll(_runners, HasFinished);

    /// <summary>The walker in front: most targets, then the earliest, then the order of the start list.</summary>
    public int Leader
    {
        get
        {
            Span<RunnerMoment> moments = stackalloc RunnerMoment[MostWalkers];
            Read(moments);
            return RunnerMoment.LeaderOf(moments[..Count]);
        }
    }

    /// <summary>Moves every walker that has not finished by one step of 1/60 s; after the end it does nothing.</summary>
    public void Step()
    {
        bool isOver = IsOver;
        foreach (Runner runner in _runners) runner.ReachedNow = false;
        if (isOver) return;
        _tick++;
        foreach (Runner runner in _runners)
        {
            if (HasFinished(runner)) continue;
            runner.Step(_tick);
            if (runner.ReachedNow) runner.Rank = Arrive(runner.Reached - 1);
        }
    }

    /// <summary>The standings, best first: more targets, then earlier, then the order of the start list.</summary>
    /// <returns>One result for each walker.</returns>
    public IReadOnlyList<RaceResult> Ranking() =>
    [
        .. _runners
            .Select((runner, walker) => new RaceResult(runner.Policy.Name, walker, runner.Reached, runner.Reached > 0 ? runner.LastReachTick / StepsPerSecond : null))
            .OrderByDescending(result => result.Reached)
            .ThenBy(result => result.Seconds ?? double.PositiveInfinity)
            .ThenBy(result => result.Walker),
    ];

    /// <summary>Name of a walker's policy.</summary>
    public string NameOf(int walker) => _runners[walker].Policy.Name;

    /// <summary>Targets that a walker has reached.</summary>
    public int Reached(int walker) => _runners[walker].Reached;

    /// <summary>When a walker reached its latest target, s; 0 before the first.</summary>
    public double SecondsAtLastTarget(int walker) => _runners[walker].LastReachTick / StepsPerSecond;

    /// <summary>Whether a walker has reached every target.</summary>
    public bool HasFinished(int walker) => HasFinished(_runners[walker]);

    /// <summary>What acts for a walker, such as to show the values inside.</summary>
    public IActor ActorOf(int walker) => _runners[walker].Actor;

    /// <summary>The batch of one that a walker walks in.</summary>
    public IEnvironment WorldOf(int walker) => _runners[walker].World;

    /// <summary>How every walker stands.</summary>
    /// <param name="moments">Receives as many as there are walkers.</param>
    public void Read(Span<RunnerMoment> moments)
    {
        for (int walker = 0; walker < Count; walker++) moments[walker] = _runners[walker].Moment;
    }

    private bool HasFinished(Runner runner) => Rules.AreAll(runner.Reached);

    private int Arrive(int target)
    {
        while (_arrivals.Count <= target) _arrivals.Add(0);
        return Count - _arrivals[target]++;
    }

    private sealed class Runner
    {
        public Runner(IPolicy policy, RaceRules rules)
        {
            Policy = policy;
            World = new WalkerEnvironment(rules.World, 1);
            Actor = policy.CreateActor(World);
            World.Reset([rules.Seed]);
            Actor.Reset([rules.Seed]);
        }

        public IPolicy Policy { get; }

        public WalkerEnvironment World { get; }

        public IActor Actor { get; }

        public int Reached { get; private set; }

        public long LastReachTick { get; private set; }

        public bool ReachedNow { get; set; }

        private Vector2 ReachedTarget { get; set; }

        public int Rank { get; set; }

        public RunnerMoment Moment => new()
        {
            Pose = WalkerPose.Of(World, 0),
            Target = Target,
            Reached = Reached,
            LastReachStep = LastReachTick,
            ReachedNow = ReachedNow,
            ReachedTarget = ReachedTarget,
            Rank = Rank,
        };

        private Vector2 Target => new(World.Bodies[WalkerState.TargetX, 0], World.Bodies[WalkerState.TargetY, 0]);

        public void Step(long tick)
        {
            Vector2 target = Target;
            double before = World.Groups[0].Truncated[0, 0, 0] ? 0 : World.Figures[0, 0, 0];
            Actor.Act();
            World.Step();
            if (World.Figures[0, 0, 0] > before)
            {
                Reached++;
                LastReachTick = tick;
                ReachedTarget = target;
                ReachedNow = true;
            }

            if (World.Groups[0].Truncated[0, 0, 0]) Actor.EpisodeEnded(0);
        }
    }
}
