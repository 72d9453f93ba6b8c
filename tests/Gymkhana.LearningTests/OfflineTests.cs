using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Learning.Datasets;
using Gymkhana.Learning.Offline;

namespace Gymkhana.LearningTests;

/// <summary>
/// What is learned from a mixed dataset of CartPole-v1: most of it is by policies that mostly do the wrong thing, so that doing what the
/// data mostly did fails, and what is worth doing can only be told by the rewards.
/// </summary>
[Trait("Category", "Learning")]
public sealed class OfflineTests(ITestOutputHelper output)
{
    private const int Rounds = 10;

    [Fact]
    public void Train_MixedCartPole_BcqIsAboveCloning()
    {
        string folder = Directory.CreateTempSubdirectory("gymkhana-").FullName;
        try
        {
            var plan = new CollectionPlan
            {
                Environment = CartPole.Registration,
                Settings = CartPole.Registration.Schema.Defaults,
                Policies = [.. new[] { 0.75, 0.65, 0.55, 0.25 }.Select(wrong => new ActingPolicy(new Balancing(wrong), 0))],
                Transitions = 40000,
                Seed = 1,
                Kind = "mixed",
                ShardBytes = 1 << 16,
            };
            DatasetManifest data = DatasetCollector.Open(plan, folder).Collect(_ => { }, TestContext.Current.CancellationToken);
            output.WriteLine($"data: {data.Transitions} transitions, mean return {data.MeanReturn:0.0}; {string.Join(", ", data.Behaviours.Select(b => $"{b.MeanReturn:0.0}"))}");
            ScoreSummary cloned = Learn("bc", folder), bcq = Learn("bcq", folder);
            Assert.True(bcq.Mean >= 400, $"BCQ has {bcq.Mean}");
            Assert.True(bcq.MeanInterval.Low > cloned.MeanInterval.High, $"BCQ has {bcq.Mean}, cloning {cloned.Mean}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private ScoreSummary Learn(string name, string data)
    {
        var lesson = new Lesson
        {
            Algorithm = OfflineAlgorithm.All.Single(a => a.Name == name),
            Environment = CartPole.Registration,
            Settings = new()
            {
                ["data"] = data,
                ["rounds"] = $"{Rounds}",
                ["updates"] = "500",
                ["hidden"] = "64+64",
                ["learning-rate"] = "0.001",
                ["evaluate-every"] = "2",
            },
        };
        if (name == "bcq")
        {
            lesson.Settings["tau"] = "0.02";
            lesson.Settings["threshold"] = "0.3";
        }

        ScoreSummary score = lesson.Learn(seed: 1, episodes: 100).Return;
        output.WriteLine($"{name}: {score.Mean:0.0} [{score.MeanInterval.Low:0.0}, {score.MeanInterval.High:0.0}]");
        return score;
    }

    /// <summary>Pushes to the side the pole falls to, or with some probability to the other.</summary>
    private sealed class Balancing(double wrong) : IPolicy
    {
        public string Name => $"{wrong:P0} wrong";

        public IActor CreateActor(IEnvironment environment, int group = 0) => new Actor(environment.Groups[group], wrong);
    }

    private sealed class Actor(AgentGroup group, double wrong) : IActor
    {
        private readonly KeyedStream[] _streams = [.. Enumerable.Range(0, group.Actions.Count).Select(i => new KeyedStream((ulong)i, 0, StreamPurpose.Acting))];

        public void Reset(ReadOnlySpan<ulong> seeds)
        {
            for (int copy = 0; copy < seeds.Length; copy++)
            {
                _streams[copy].Rekey(seeds[copy], 0, StreamPurpose.Acting);
            }
        }

        public void Act()
        {
            Batch<float> seen = group.Observations.As<float>();
            for (int copy = 0; copy < _streams.Length; copy++)
            {
                float lean = seen[0, 2, copy] + (0.5f * seen[0, 3, copy]) + (0.05f * seen[0, 0, copy]) + (0.1f * seen[0, 1, copy]);
                group.Actions.Write(0, 0, copy, (lean > 0) != _streams[copy].NextBool(wrong) ? 1 : 0);
            }
        }

        public void EpisodeEnded(int copy)
        {
        }
    }
}
