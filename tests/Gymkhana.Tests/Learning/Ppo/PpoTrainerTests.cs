using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Core.Spaces;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Environments.Walker;
using Gymkhana.Learning.Ppo;
using Gymkhana.Tests.Environments;

namespace Gymkhana.Tests.Learning.Ppo;

public sealed class PpoTrainerTests
{
    private static readonly BoxSpace Pictures = new([.. Enumerable.Repeat(0f, 36 * 36)], [.. Enumerable.Repeat(255f, 36 * 36)], [1, 36, 36], ElementType.UInt8);

    // Every part of the state is used by one of them; copies do not divide by threads, rollouts not by restarts.
    private static readonly Dictionary<string, (EnvironmentRegistration World, string Settings)> Cases = new(StringComparer.Ordinal)
    {
        ["choices"] = (CartPole.Registration, "restart-steps=40"),
        ["numbers"] = (Pendulum.Registration, "normalize-observations=true normalize-rewards=true restart-steps=1000 shared=true"),
        ["beta"] = (Pendulum.Registration, "head=beta restart-steps=33 target-kl=0.0001"),
        ["pixels"] = (SpaceEnvironment.Registration(Pictures, new MultiDiscreteSpace([3, 2])), "body=nature restart-steps=50 epochs=1 copies=3 steps=8"),
    };

    public static TheoryData<string> Names() => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Advance_AnyThreads_GivesTheSameBytes(string name)
    {
        using PpoTrainer one = new(Context(name, threads: 1)), three = new(Context(name, threads: 3));
        for (int update = 0; update < 4; update++)
        {
            Assert.Equal(one.Advance().Metrics, three.Advance().Metrics);
        }

        Assert.Equal(State(one), State(three));
        Assert.Equal(Champion(one), Champion(three));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Resume_AfterAnyUpdate_EndsLikeATrainingNeverStopped(string name)
    {
        using PpoTrainer whole = new(Context(name));
        using PpoTrainer first = new(Context(name));
        PpoTrainer resumed = first;
        for (int update = 0; update < 6; update++)
        {
            TrainingReport expected = whole.Advance(), actual = resumed.Advance();
            Assert.Equal(expected.Metrics, actual.Metrics);
            Assert.Equal(expected.ChampionChanged, actual.ChampionChanged);
            byte[] state = State(resumed);
            Assert.Equal(State(whole), state);
            using var memory = new MemoryStream(state);
            resumed = new PpoTrainer(Context(name, threads: 1 + (update % 2)), memory);
        }

        Assert.Equal(Champion(whole), Champion(resumed));
    }

    [Fact]
    public void Resume_DamagedState_IsOneLine()
    {
        using PpoTrainer trainer = new(Context("numbers"));
        trainer.Advance();
        byte[] state = State(trainer);
        for (int length = 0; length < state.Length; length += 1 + (state.Length / 50))
        {
            using var memory = new MemoryStream(state[..length]);
            Assert.DoesNotContain('\n', Assert.ThrowsAny<GymkhanaException>(() => new PpoTrainer(Context("numbers"), memory)).Message);
        }

        using var other = new MemoryStream(state);
        Assert.ThrowsAny<GymkhanaException>(() => new PpoTrainer(Context("choices"), other));
    }

    [Fact]
    public void Advance_RollingOut_ReportsWhatThePageOfPpoNames()
    {
        using PpoTrainer trainer = new(Context("choices"));
        TrainingReport report = trainer.Advance();
        Assert.Equal(1, report.Iteration);
        Assert.Equal(4 * 16, report.AgentSteps);
        Assert.True(report.ChampionChanged);
        Assert.Equal(
            ["return", "length", "episodes", "policyLoss", "valueLoss", "entropy", "approxKl", "clipFraction", "gradientNorm", "explainedVariance", "gradientSteps", "learningRate", "validation", "validationFigure", "championValidation", "championFigure"],
            report.Metrics.Select(m => m.Name));
        Assert.Equal(["validation", "validationFigure", "championValidation", "championFigure"], report.Metrics.Where(m => m.Interval is not null).Select(m => m.Name));
        Assert.DoesNotContain("validation", trainer.Advance().Metrics.Select(m => m.Name));

        // Two choices of about equal probability.
        Assert.Equal(Math.Log(2), report.Metrics.Single(m => m.Name == "entropy").Value, 0.01);
    }

    [Fact]
    public void LearningRate_WithAFinalShare_FallsStraightToIt()
    {
        using PpoTrainer trainer = new(Context("choices", "updates=3 final-rate=0.5"));
        double[] rates = [.. Enumerable.Range(0, 3).Select(_ => trainer.Advance().Metrics.Single(m => m.Name == "learningRate").Value)];
        Assert.Equal([3e-4, 2.25e-4, 1.5e-4], rates.Select(r => Math.Round(r, 10)));
        Assert.True(trainer.IsFinished);
    }

    [Fact]
    public void TargetKl_TinyLimit_EndsLearningAfterFewSteps()
    {
        using PpoTrainer trainer = new(Context("choices", "target-kl=1e-9 epochs=20"));
        Assert.Equal(1, trainer.Advance().Metrics.Single(m => m.Name == "gradientSteps").Value);
    }

    [Fact]
    public void Create_SeveralAgents_IsRefused()
    {
        var world = new EnvironmentRegistration("Toy-v0", "Two groups.", new SettingSchema(), (_, count) => new ToyEnvironment(count, twoGroups: true));
        var context = new TrainingContext(world, world.Schema.Defaults, world.Schema.Defaults, PpoSettings.Schema.Defaults, 1, 1);
        Assert.Contains("one agent", Assert.ThrowsAny<GymkhanaException>(() => new PpoTrainer(context)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hidden=64+", "joined by +")]
    [InlineData("body=small", "numbers need the body mlp")]
    [InlineData("copies=1 steps=1", "copies × steps")]
    public void Create_ImpossibleSettings_IsOneLine(string settings, string expected) =>
        Assert.Contains(expected, Assert.ThrowsAny<GymkhanaException>(() => new PpoTrainer(Context("choices", settings))).Message, StringComparison.Ordinal);

    [Fact]
    public void Create_OtherEyesForTheScores_IsRefused()
    {
        SettingSchema schema = new(new Setting { Key = "wide", Kind = SettingKind.Switch, Default = "false", Description = "more numbers" });
        var world = new EnvironmentRegistration("Space-v0", "Noise.", schema, (s, count) => new SpaceEnvironment(new BoxSpace(-1, 1, s.Switch("wide") ? 3 : 2), new DiscreteSpace(2), count));
        var context = new TrainingContext(world, schema.Defaults.With("wide", "true"), schema.Defaults, PpoSettings.Schema.Defaults, 1, 1);
        Assert.Contains("other observations or actions", Assert.ThrowsAny<GymkhanaException>(() => new PpoTrainer(context)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LearnFrom_Warm_AllocatesNothing()
    {
        SettingValues values = Values("choices", "");
        PpoSettings settings = PpoSettings.From(values, new CartPole(CartPole.Registration.Schema.Defaults, 1));
        var ppo = new Gymkhana.Learning.Ppo.Ppo(settings, count => new CartPole(CartPole.Registration.Schema.Defaults, count), 1, 1);
        ppo.Advance();
        var batch = new Minibatch(ppo.Network, 32);
        int[] rows = [.. Enumerable.Range(0, 32)];
        Assert.Equal(0, Allocations.Least(() =>
        {
            batch.Gather(ppo.Rollout, rows, null);
            ppo.LearnFrom(batch, mayStop: false);
        }));
    }

    [Fact]
    public void PresetsFor_EveryEnvironment_HaveSettingsThatExist()
    {
        var algorithm = new PpoAlgorithm();
        foreach (EnvironmentRegistration world in Gymkhana.Cli.Rooms.Open().Environments.Registrations)
        {
            foreach (Preset preset in algorithm.PresetsFor(world.Id))
            {
                SettingValues task = world.Schema.Defaults.With(preset.Interface);
                PpoSettings settings = PpoSettings.From(algorithm.Schema.Defaults.With(preset.Algorithm), world.Create(task.With(preset.Environment), 1));
                Assert.True(settings.Network.Fits(world.Create(task, 1).Groups[0].ObservationSpace, world.Create(task, 1).Groups[0].ActionSpace));
            }
        }

        Assert.NotEmpty(algorithm.PresetsFor("CartPole-v1"));
        Assert.Empty(algorithm.PresetsFor(WalkerPage.Id));
    }

    private static TrainingContext Context(string name, string more = "", int threads = 1)
    {
        EnvironmentRegistration world = Cases[name].World;
        return new TrainingContext(world, world.Schema.Defaults, world.Schema.Defaults, Values(name, more), 7, threads);
    }

    private static TrainingContext Context(string name, int threads) => Context(name, string.Empty, threads);

    private static SettingValues Values(string name, string more)
    {
        SettingValues values = PpoSettings.Schema.Defaults;
        foreach (string assignment in $"copies=4 steps=16 minibatch=20 updates=10 evaluate-every=3 validation-episodes=2 {Cases[name].Settings} {more}".Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = assignment.Split('=');
            values = values.With(parts[0], parts[1]);
        }

        return values;
    }

    private static byte[] State(PpoTrainer trainer)
    {
        using var memory = new MemoryStream();
        trainer.Save(memory);
        return memory.ToArray();
    }

    private static byte[] Champion(PpoTrainer trainer)
    {
        using var memory = new MemoryStream();
        trainer.SaveChampion(memory);
        return memory.ToArray();
    }
}
