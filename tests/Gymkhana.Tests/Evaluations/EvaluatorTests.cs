using System.Collections.Immutable;
using System.Text.Json;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Tests.Environments;

namespace Gymkhana.Tests.Evaluations;

public sealed class EvaluatorTests
{
    private static readonly ulong[] Seeds = [.. Enumerable.Range(0, 23).Select(i => (ulong)i * 7)];

    [Theory]
    [InlineData(1, 64)]
    [InlineData(2, 64)]
    [InlineData(2, 5)]
    [InlineData(3, 1)]
    [InlineData(1, 8)]
    public void Evaluate_AnyThreadsAndBatchSize_GivesTheSameResults(int threads, int batchSize)
    {
        EvaluationReport expected = Evaluator.Evaluate(count => new ToyEnvironment(count), new RandomPolicy(), Seeds, threads: 1);
        EvaluationReport report = Evaluator.Evaluate(count => new ToyEnvironment(count), [new RandomPolicy()], Seeds, threads, batchSize);

        Assert.Equal(expected.ToJson(), report.ToJson());
        Assert.Equal(Seeds, report.Results.Select(r => r.Seed));
        Assert.Equal(expected.Results.Select(r => (r.Return, r.Length, r.Terminated, r.Truncated)), report.Results.Select(r => (r.Return, r.Length, r.Terminated, r.Truncated)));
    }

    [Fact]
    public void Evaluate_OneEpisode_MatchesPlayingItByHand()
    {
        var environment = new ToyEnvironment(1);
        IActor actor = new RandomPolicy().CreateActor(environment);
        environment.Reset(5);
        actor.Reset([5]);
        double sum = 0;
        int length = 0;
        do
        {
            actor.Act();
            environment.Step();
            sum += environment.Groups[0].Rewards[0, 0, 0];
            length++;
        }
        while (!environment.Groups[0].Terminated[0, 0, 0] && !environment.Groups[0].Truncated[0, 0, 0]);

        EpisodeResult result = Evaluator.Evaluate(count => new ToyEnvironment(count), new RandomPolicy(), [5], threads: 1).Results[0];

        Assert.Equal(sum, result.Return);
        Assert.Equal(length, result.Length);
        Assert.Equal(length, result.Figures[0]);
        Assert.Equal(environment.Figures[0, 1, 0], result.Figures[1]);
        Assert.Equal(environment.Groups[0].Terminated[0, 0, 0], result.Terminated);
        Assert.Equal(environment.Groups[0].Truncated[0, 0, 0], result.Truncated);
    }

    [Fact]
    public void Evaluate_TwoGroups_EachHasItsPolicyAndReturn()
    {
        EvaluationReport report = Evaluator.Evaluate(
            count => new ToyEnvironment(count, twoGroups: true), [new StillPolicy(1), new StillPolicy(0.5)], Seeds, threads: 2, batchSize: 4);

        // Both "others" are paid 0.5 a step; nobody pushes the point, so that its episodes last to the limit unless it drifts out.
        Assert.All(report.Results, r => Assert.Equal(0.5 * r.Length, r.GroupReturns[1]));
        Assert.All(report.Results, r => Assert.Equal(r.Return, r.GroupReturns[0]));
        Assert.Equal("still + still", report.PolicyName);
    }

    [Fact]
    public void Evaluate_TooFewPolicies_NamesTheGroups()
    {
        PolicyMismatchException failure = Assert.Throws<PolicyMismatchException>(
            () => Evaluator.Evaluate(count => new ToyEnvironment(count, twoGroups: true), [new RandomPolicy()], Seeds, threads: 1));

        Assert.Contains("2 groups of agents (point, others)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_EpisodesOutlastTheirLimit_IsRefusedAtAnyThreadCount()
    {
        foreach (int threads in (int[])[1, 2])
        {
            Assert.Throws<GymkhanaException>(
                () => Evaluator.Evaluate(count => new ToyEnvironment(count, Fault.OutlastsLimit), [new StillPolicy(1)], Seeds, threads, batchSize: 4));
        }
    }

    [Fact]
    public void Evaluate_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(
            () => Evaluator.Evaluate(count => new ToyEnvironment(count), new RandomPolicy(), Seeds, 1, source.Token));
        Assert.Throws<OperationCanceledException>(
            () => Evaluator.Evaluate(count => new ToyEnvironment(count), [new RandomPolicy()], Seeds, 2, 4, source.Token));
    }

    [Fact]
    public void Evaluate_NoSeeds_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Evaluator.Evaluate(count => new ToyEnvironment(count), new RandomPolicy(), [], threads: 1));

    [Fact]
    public void ToJson_Report_HasTheKeysThatArePromised()
    {
        ImmutableArray<EpisodeResult> results =
        [
            new(40, 1, 10, true, false, [10, 0.5], [1]),
            new(41, 3, 30, false, true, [30, 0.5], [3]),
        ];
        string json = new EvaluationReport(new ToyEnvironment(1).Spec, "chase", results).ToJson();

        Assert.Equal(
            """{"policy":"chase","environment":"Toy-v0","episodes":2,"seed":40,"mean":2,"iqm":2,"ci95":[1,3],"iqmCi95":[1,3],"metrics":{"steps":{"mean":20,"ci95":[10,30]},"farthest":{"mean":0.5,"ci95":[0.5,0.5]}}}""",
            json);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(json).RootElement.ValueKind);
    }

    /// <summary>Writes one number into every action.</summary>
    private sealed class StillPolicy(double value) : IPolicy
    {
        public string Name => "still";

        public IActor CreateActor(IEnvironment environment, int group = 0) => new Actor(environment.Groups[group].Actions, value);

        private sealed class Actor(Batch actions, double value) : IActor
        {
            public void Reset(ReadOnlySpan<ulong> seeds)
            {
            }

            public void Act()
            {
                for (int copy = 0; copy < actions.Count; copy++)
                {
                    for (int agent = 0; agent < actions.Agents; agent++)
                    {
                        actions.Write(agent, 0, copy, value);
                    }
                }
            }

            public void EpisodeEnded(int copy)
            {
            }
        }
    }
}
