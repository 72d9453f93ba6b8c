using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Learning.Datasets;
using Gymkhana.Learning.Offline;
using Gymkhana.Tests.Learning.Datasets;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Learning.Offline;

public sealed class OfflineTrainerTests
{
    public static TheoryData<string> Names => [.. OfflineAlgorithm.All.Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Train_SavedAndResumedOrWithOtherThreads_EndsWithTheSameBytes(string name)
    {
        using var folder = new TemporaryFolder();
        Collect(folder["d"]);
        byte[] whole = Run(name, folder["d"], rounds: 5, threads: 1, stopAfter: null, out string metrics);
        Assert.Equal(whole, Run(name, folder["d"], rounds: 5, threads: 2, stopAfter: null, out string again));
        Assert.Equal(metrics, again);
        Assert.Equal(whole, Run(name, folder["d"], rounds: 5, threads: 1, stopAfter: 2, out string resumed));
        Assert.Equal(metrics, resumed);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Update_Warm_AllocatesNothing(string name)
    {
        using var folder = new TemporaryFolder();
        Collect(folder["d"]);
        OfflineAlgorithm algorithm = OfflineAlgorithm.All.Single(a => a.Name == name);
        OfflineSettings settings = OfflineSettings.From(algorithm.Schema.Defaults.With("batch", "16"));
        Dataset dataset = DatasetSamples.Open(folder["d"]);
        var network = new ActionNetwork(settings.Network(dataset.Layout, 2, algorithm.Heads), new(1, 0, 1u));
        OfflineLearner learner = algorithm.CreateLearner(network, settings, 1);
        using TransitionStream stream = new(dataset, EpisodeSelection.Split(dataset, 1, 0).Learning, new StreamOptions(16, 1 << 20, 1, false), default, _ => { });
        double[] figures = new double[learner.Figures.Count];
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                learner.Update(stream.Next(), figures);
            }
        }));
    }

    [Theory]
    [InlineData("bcq", "last")]
    [InlineData("bc", "loss")]
    public void Train_NoWorld_NeverMakesOneAndStillHasAChampion(string name, string by)
    {
        using var folder = new TemporaryFolder();
        Collect(folder["d"]);
        OfflineAlgorithm algorithm = OfflineAlgorithm.All.Single(a => a.Name == name);
        EnvironmentRegistration forbidden = CartPole.Registration with { Create = (_, _) => throw new InvalidOperationException("the world was entered") };
        TrainingContext context = Context(algorithm, folder["d"], 4, 1) with { Environment = forbidden };
        context = context with { AlgorithmSettings = context.AlgorithmSettings.With("no-world", "true").With("validation", "0.2") };
        using ITrainer trainer = algorithm.Start(context);
        Assert.False(trainer.ScoresInWorld);
        double best = double.MaxValue;
        while (!trainer.IsFinished)
        {
            TrainingReport report = trainer.Advance();
            double loss = report.Metrics.Single(m => m.Name == "validationLoss").Value;
            Assert.Equal(by == "last" || loss < best, report.ChampionChanged);
            Assert.Equal(0, report.AgentSteps);
            best = Math.Min(best, loss);
        }

        using var file = new MemoryStream();
        trainer.SaveChampion(file);
        file.Position = 0;
        IPolicy policy = algorithm.LoadPolicy(file, "champion");
        IEnvironment world = CartPole.Registration.Create(CartPole.Registration.Schema.Defaults, 3);
        world.Reset(1);
        IActor actor = policy.CreateActor(world);
        actor.Reset([1, 2, 3]);
        actor.Act();
        Assert.Equal(0, Allocations.Least(actor.Act));
    }

    [Fact]
    public void Start_DatasetOfAnotherWorldOrNone_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        Collect(folder["d"]);
        OfflineAlgorithm bcq = OfflineAlgorithm.All.Single(a => a.Name == "bcq");
        TrainingContext context = Context(bcq, folder["d"], 1, 1);
        TrainingContext other = context with { Environment = Acrobot.Registration, EvaluationSettings = Acrobot.Registration.Schema.Defaults };
        Assert.Contains("does not fit Acrobot-v1", Assert.Throws<DatasetException>(() => bcq.Start(other)).Message, StringComparison.Ordinal);
        TrainingContext none = context with { AlgorithmSettings = bcq.Schema.Defaults };
        Assert.Contains("--data DIR", Assert.Throws<DatasetException>(() => bcq.Start(none)).Message, StringComparison.Ordinal);
        TrainingContext hidden = context with { AlgorithmSettings = context.AlgorithmSettings.With("hidden", "12+x") };
        Assert.Contains("joined by +", Assert.Throws<SettingException>(() => bcq.Start(hidden)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DamagedChampionOrCheckpoint_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        Collect(folder["d"]);
        OfflineAlgorithm bcq = OfflineAlgorithm.All.Single(a => a.Name == "bcq");
        TrainingContext context = Context(bcq, folder["d"], 2, 1);
        using ITrainer trainer = bcq.Start(context);
        trainer.Advance();
        using var checkpoint = new MemoryStream();
        trainer.Save(checkpoint);
        using var champion = new MemoryStream();
        trainer.SaveChampion(champion);
        foreach (int length in new[] { 0, 3, 20, 200, 3000 })
        {
            Assert.ThrowsAny<GymkhanaException>(() => bcq.Resume(context, new MemoryStream(checkpoint.ToArray()[..length])));
            Assert.ThrowsAny<GymkhanaException>(() => bcq.LoadPolicy(new MemoryStream(champion.ToArray()[..length]), "x"));
        }
    }

    [Fact]
    public void Estimate_PoliciesOfTheData_OrdersThemAsTheWorldDoes()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.Collect(DatasetSamples.CartPolePlan(12000, new BalancingScript(0.2), new BalancingScript(0.8)), folder["d"]);
        Dataset dataset = DatasetSamples.Open(folder["d"]);
        OfflineAlgorithm bcq = OfflineAlgorithm.All.Single(a => a.Name == "bcq");
        OfflineSettings settings = OfflineSettings.From(bcq.Schema.Defaults.With("hidden", "64+64").With("batch", "64").With("learning-rate", "0.001").With("discount", "0.9").With("tau", "0.02"));

        // Falling at once takes some nine steps, (1 − 0.9⁹) / 0.1 = 6.1; standing for ever is worth 10.
        double good = Value(BestOf(worst: false)), bad = Value(BestOf(worst: true));
        Assert.InRange(good, 8.5, 11);
        Assert.InRange(bad, 4.5, 8);

        double Value(OfflinePolicy policy) => new FittedQEvaluation(dataset, policy, settings, 1, 1, _ => { }).Run(1500, _ => { }, CancellationToken.None).Value;

        // Q(s, right) = lean, Q(s, left) = −lean, or the other way round.
        OfflinePolicy BestOf(bool worst)
        {
            var network = new ActionNetwork(new([4], false, [], [], 2, ActionHeads.Values), new(1, 0, 1u));
            float[] lean = [0.05f, 0.1f, 1, 0.5f];
            for (int i = 0; i < 4; i++)
            {
                network["q1.weight"].Values[i] = worst ? lean[i] : -lean[i];
                network["q1.weight"].Values[4 + i] = worst ? -lean[i] : lean[i];
            }

            network["q1.bias"].Values.Clear();
            return new OfflinePolicy(network, ActionRule.MostValuable, worst ? "bad" : "good", new PolicyOrigin("CartPole-v1", new Dictionary<string, string>()));
        }
    }

    [Theory]
    [InlineData("light", 2, 256)]
    [InlineData("nature", 3, 512)]
    [InlineData("small", 6, 128)]
    public void Network_BodyForPixels_HasItsConvolutionsAndHeads(string body, int convolutions, int hidden)
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], 12);
        Dataset dataset = DatasetSamples.Open(folder["d"]);
        OfflineAlgorithm bcq = OfflineAlgorithm.All.Single(a => a.Name == "bcq");
        ActionNetworkDescription description = OfflineSettings.From(bcq.Schema.Defaults.With("body", body)).Network(dataset.Layout, 25, bcq.Heads);
        Assert.Equal(convolutions, description.Convolutions.Length);
        Assert.Equal([hidden], description.Hidden);
    }

    [Theory]
    [InlineData("bcq")]
    [InlineData("dqn")]
    [InlineData("cql")]
    public void Train_ScaledRewards_AreTheSameAsRewardsOfThatSize(string name)
    {
        OfflineAlgorithm algorithm = OfflineAlgorithm.All.Single(a => a.Name == name);
        int value = algorithm.CreateLearner(Network(), Settings(1), 1).Figures.ToList().IndexOf("meanValue");
        (double[] small, float[] weights) = Learn(rewards: 1, scale: 0.25);
        (double[] same, float[] others) = Learn(rewards: 0.25f, scale: 1);
        Assert.Equal(weights, others);
        Assert.NotEqual(weights, Learn(rewards: 1, scale: 1).Weights);
        Assert.Equal(same[value] * 4, small[value], 5); // told in the world's own rewards
        Assert.Equal(same[0], small[0]);

        OfflineSettings Settings(double scale) => OfflineSettings.From(algorithm.Schema.Defaults.With("batch", "8")) with { RewardScale = scale };

        ActionNetwork Network() => new(new([3], false, [], [8], 2, algorithm.Heads), new(1, 0, 1u));

        (double[] Figures, float[] Weights) Learn(float rewards, double scale)
        {
            ActionNetwork network = Network();
            OfflineLearner learner = algorithm.CreateLearner(network, Settings(scale), 1);
            double[] figures = new double[learner.Figures.Count];
            for (int update = 0; update < 5; update++)
            {
                learner.Update(DatasetSamples.Numbers(8, rewards), figures);
            }

            return (figures, network["q1.weight"].Values.ToArray());
        }
    }

    private static void Collect(string folder) =>
        DatasetSamples.Collect(DatasetSamples.CartPolePlan(1500, new BalancingScript(0.3), new BalancingScript(0.7)), folder);

    private static TrainingContext Context(OfflineAlgorithm algorithm, string data, int rounds, int threads)
    {
        SettingValues settings = algorithm.Schema.Defaults.With(
        [
            new("data", data), new("rounds", $"{rounds}"), new("updates", "20"), new("batch", "32"), new("hidden", "24+24"), new("evaluate-every", "2"), new("evaluation-episodes", "4"),
        ]);
        SettingValues task = CartPole.Registration.Schema.Defaults;
        return new TrainingContext(CartPole.Registration, task, task, settings, 3, threads);
    }

    private static byte[] Run(string name, string data, int rounds, int threads, int? stopAfter, out string metrics)
    {
        OfflineAlgorithm algorithm = OfflineAlgorithm.All.Single(a => a.Name == name);
        TrainingContext context = Context(algorithm, data, rounds, threads);
        ITrainer trainer = algorithm.Start(context);
        List<string> lines = [];
        while (!trainer.IsFinished)
        {
            TrainingReport report = trainer.Advance();
            lines.Add(string.Join(' ', report.Metrics.Select(m => $"{m.Name}={m.Value:R}")));
            if (trainer.Iteration == stopAfter)
            {
                using var state = new MemoryStream();
                trainer.Save(state);
                trainer.Dispose();
                state.Position = 0;
                trainer = algorithm.Resume(context, state);
            }
        }

        metrics = string.Join('\n', lines);
        using var champion = new MemoryStream();
        trainer.SaveChampion(champion);
        trainer.Save(champion);
        trainer.Dispose();
        return champion.ToArray();
    }
}
