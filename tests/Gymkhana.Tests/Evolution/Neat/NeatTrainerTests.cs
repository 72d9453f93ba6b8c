using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Environments.Walker;
using Gymkhana.Evolution.Neat;

namespace Gymkhana.Tests.Evolution.Neat;

public sealed class NeatTrainerTests
{
    private const int Generations = 16;

    [Theory]
    [Trait("Category", "Determinism")]
    [InlineData(0, 2)]
    [InlineData(3, 2)]
    [InlineData(3, 7)]
    [InlineData(3, 11)]
    public void Resume_AtAnyGeneration_EndsWithTheBytesOfAnUninterruptedRun(int refineAfter, int stopAfter)
    {
        using NeatTrainer whole = new(Context(refineAfter, threads: 1));
        Advance(whole, Generations);
        using NeatTrainer begun = new(Context(refineAfter, threads: 2));
        Advance(begun, stopAfter);
        using MemoryStream checkpoint = new(State(begun));
        using NeatTrainer resumed = new(Context(refineAfter, threads: 1), checkpoint);
        Advance(resumed, Generations - stopAfter);
        Assert.Equal(State(whole), State(resumed));
        Assert.Equal(Champion(whole), Champion(resumed));
        Assert.True(whole.IsFinished);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Advance_AnyPhase_TellsOfSpeciesWithoutANumberTwice(int refineAfter)
    {
        using NeatTrainer trainer = new(Context(refineAfter, threads: 1));
        for (int generation = 0; generation < Generations; generation++)
        {
            TrainingReport report = trainer.Advance();
            Assert.Equal(report.Metrics.Single(m => m.Name == "species").Value, report.Species.Count);
            Assert.Equal(report.Species.Count, report.Species.Select(s => s.Id).Distinct().Count());
            Assert.All(report.Species, s => Assert.True(s.Members > 0));
        }
    }

    [Fact]
    public void Resume_DamagedCheckpoint_IsOneClearFailure()
    {
        using NeatTrainer trainer = new(Context(refineAfter: 3, threads: 1));
        Advance(trainer, 5);
        byte[] state = State(trainer);
        using MemoryStream marked = new([.. state]);
        marked.WriteByte(0);
        marked.Position = 0;
        Assert.Throws<GymkhanaException>(() => new NeatTrainer(Context(3, 1), marked));
        foreach (int length in new[] { 0, 3, 30, state.Length / 2, state.Length - 1 })
        {
            using MemoryStream cut = new(state[..length]);
            Assert.Throws<GymkhanaException>(() => new NeatTrainer(Context(3, 1), cut));
        }
    }

    [Fact]
    public void Champion_WrittenAndRead_IsTheSameBytesAndPlays()
    {
        using NeatTrainer trainer = new(Context(refineAfter: 0, threads: 1));
        Advance(trainer, 4);
        byte[] written = Champion(trainer);
        IPolicy policy = new NeatAlgorithm().LoadPolicy(new MemoryStream(written), "champion");
        using MemoryStream again = new();
        ((GenomePolicy)policy).Document.Write(again);
        Assert.Equal(written, again.ToArray());
        IEnvironment environment = CartPole.Registration.Create(CartPole.Registration.Schema.Defaults, 3);
        IActor actor = policy.CreateActor(environment);
        environment.Reset([1, 2, 3]);
        actor.Act();
        environment.Step();
    }

    [Fact]
    public void Champion_OfAnotherEnvironment_IsRefused()
    {
        using NeatTrainer trainer = new(Context(refineAfter: 0, threads: 1));
        IEnvironment walker = WalkerEnvironment.Registration.Create(WalkerEnvironment.Registration.Schema.Defaults, 1);
        PolicyMismatchException refusal = Assert.Throws<PolicyMismatchException>(() => trainer.Champion.CreateActor(walker));
        Assert.Contains("evolved in CartPole-v1 and does not fit Walker-v0", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Champion_DamagedAnywhere_IsReadOrRefusedInOneLine()
    {
        using NeatTrainer trainer = new(Context(refineAfter: 0, threads: 1));
        Advance(trainer, 4);
        byte[] written = Champion(trainer);
        GeneRng rng = new(8, 0, Gymkhana.Core.Randomness.StreamPurpose.Sampling);
        int refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            byte[] damaged = i % 3 == 0 ? written[..rng.NextInt(written.Length)] : [.. written];
            for (int change = 0; i % 3 != 0 && change <= i % 5; change++)
            {
                damaged[rng.NextInt(damaged.Length)] = i % 3 == 1 ? (byte)rng.NextInt(256) : (byte)"0123456789-e.,[]{}\""[rng.NextInt(19)];
            }

            try
            {
                _ = new NeatAlgorithm().LoadPolicy(new MemoryStream(damaged), "champion");
            }
            catch (GymkhanaException failure)
            {
                refused++;
                Assert.DoesNotContain('\n', failure.Message);
            }
        }

        Assert.InRange(refused, 1000, 3000);
    }

    [Theory]
    [Trait("Category", "Determinism")]
    [InlineData("grow-islands", "2", 9)]
    [InlineData("grow-islands", "1", 15)]
    public void Resume_AmongGrownIslands_EndsWithTheBytesOfAnUninterruptedRun(string key, string value, int stopAfter)
    {
        (string, string)[] more = [(key, value), ("grow-hidden", "2"), ("halving-growth", "1.5"), ("patience", "1"), ("islands", "2"), ("generations", "30")];
        using NeatTrainer whole = new(Context(3, threads: 1, more));
        Advance(whole, 30);
        using NeatTrainer begun = new(Context(3, threads: 2, more));
        Advance(begun, stopAfter);
        using MemoryStream checkpoint = new(State(begun));
        using NeatTrainer resumed = new(Context(3, threads: 1, more), checkpoint);
        Advance(resumed, 30 - stopAfter);
        Assert.Equal(State(whole), State(resumed));
        Assert.Equal(Champion(whole), Champion(resumed));
    }

    [Fact]
    public void Advance_NoProgressWithGrowth_GrowsTheChampionByHiddenNodesFedByEveryInput()
    {
        (string, string)[] more = [("grow-islands", "1"), ("grow-hidden", "5"), ("grow-nodes", "0"), ("grow-connections", "0"), ("patience", "1"), ("islands", "1"), ("add-node", "0"), ("generations", "40")];
        using NeatTrainer trainer = new(Context(3, threads: 1, more));
        List<double> hidden = [];
        for (int i = 0; i < 40; i++)
        {
            hidden.Add(Figure(trainer.Advance(), "hiddenNodes"));
        }

        Assert.Equal(0, hidden[4]);
        Assert.Equal(0, hidden.Max() % 5);
        Assert.True(hidden.Max() >= 5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Advance_Walkers_TellsTheIntervalsThatAnEvaluationOfTheChampionHas(int refineAfter)
    {
        const int Episodes = 12;
        TrainingContext context = Context(refineAfter, threads: 2, ("validation-lists", $"{Episodes}"), ("generations", "4"));
        SettingValues world = WalkerEnvironment.Registration.Schema.Defaults.With("episode-seconds", "4");
        context = context with { Environment = WalkerEnvironment.Registration, EnvironmentSettings = world, EvaluationSettings = world };
        using NeatTrainer trainer = new(context);
        TrainingReport last = trainer.Advance();
        while (!trainer.IsFinished) last = trainer.Advance();

        ulong[] seeds = [.. Enumerable.Range(0, Episodes).Select(i => EpisodeSeeds.Validation(context.Seed, i))];
        EvaluationReport report = Evaluator.Evaluate(count => context.Environment.Create(world, count), trainer.Champion, seeds, threads: 1);
        Same(report.Return, last.Metrics.Single(m => m.Name == "championValidation"));
        Same(report.Figures[0].Summary, last.Metrics.Single(m => m.Name == "championFigure"));
        Assert.All(["validation", "validationFigure"], name => Assert.NotNull(last.Metrics.Single(m => m.Name == name).Interval));

        static void Same(ScoreSummary expected, Metric metric)
        {
            Assert.Equal(expected.Mean, metric.Value, 1e-9);
            Assert.Equal(expected.MeanInterval.Low, metric.Interval!.Value.Low, 1e-9);
            Assert.Equal(expected.MeanInterval.High, metric.Interval.Value.High, 1e-9);
        }
    }

    private static double Figure(TrainingReport report, string name) => report.Metrics.Single(m => m.Name == name).Value;

    private static TrainingContext Context(int refineAfter, int threads, params (string Key, string Value)[] more)
    {
        SettingValues algorithm = NeatSettings.Schema.Defaults;
        foreach ((string key, string value) in new[]
        {
            ("population", "12"), ("generations", $"{Generations}"), ("lists", "2"), ("validation-lists", "2"), ("refine-after", $"{refineAfter}"),
            ("islands", "4"), ("offspring", "4"), ("halving", "2"), ("patience", "3"), ("recurrent", "0.3"), ("add-node", "0.4"), ("add-connection", "0.5"),
        }.Concat(more))
        {
            algorithm = algorithm.With(key, value);
        }

        SettingValues environment = CartPole.Registration.Schema.Defaults;
        return new TrainingContext(CartPole.Registration, environment, environment, algorithm, 9, threads);
    }

    private static void Advance(NeatTrainer trainer, int generations)
    {
        for (int i = 0; i < generations; i++)
        {
            trainer.Advance();
        }
    }

    private static byte[] State(NeatTrainer trainer)
    {
        using MemoryStream memory = new();
        trainer.Save(memory);
        return memory.ToArray();
    }

    private static byte[] Champion(NeatTrainer trainer)
    {
        using MemoryStream memory = new();
        trainer.SaveChampion(memory);
        return memory.ToArray();
    }
}
