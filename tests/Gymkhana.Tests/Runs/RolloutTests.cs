using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Files;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Environments.Particle;
using Gymkhana.Environments.Walker;

namespace Gymkhana.Tests.Runs;

public sealed class RolloutTests
{
    private const int EpisodeSteps = 60;

    [Fact]
    public void Record_OneCopy_HasNoCopyAxisAndAnObservationMore()
    {
        Dictionary<string, NpyArray> arrays = Record(copies: 1, steps: 150, new RandomPolicy());

        Assert.Equal([151, 9], arrays["observations"].Shape);
        Assert.Equal([150, 6], arrays["actions"].Shape);
        Assert.Equal([150], arrays["rewards"].Shape);
        Assert.Equal([151, 5, 2], arrays["info/positions"].Shape);
        Assert.Equal([59, 119], arrays["episode_ends"].ToArray<long>());
        Assert.Equal([2, 9], arrays["final_observations"].Shape);
        Assert.Equal([3], arrays["seeds"].ToArray<ulong>());
        Assert.Equal([59, 119], arrays["truncated"].ToArray<bool>().Index().Where(p => p.Item).Select(p => p.Index));
        Assert.DoesNotContain(true, arrays["terminated"].ToArray<bool>());
    }

    [Fact]
    public void Record_RewardParts_SumToTheReward()
    {
        Dictionary<string, NpyArray> arrays = Record(copies: 1, steps: 100, new RandomPolicy());
        double[][] parts = [.. arrays.Where(a => a.Key.StartsWith("reward/", StringComparison.Ordinal)).Select(a => a.Value.ToArray<double>())];
        double[] rewards = arrays["rewards"].ToArray<double>();
        Assert.Equal(4, parts.Length);
        for (int t = 0; t < rewards.Length; t++)
        {
            // The environment adds its parts in some order; in doubles that leaves an error of a few units in the last place.
            Assert.Equal(rewards[t], parts.Sum(p => p[t]), 1e-12);
        }
    }

    [Fact]
    public void Record_EpisodeEnd_KeepsTheFinalObservationBesideTheNewFirstOne()
    {
        Dictionary<string, NpyArray> arrays = Record(copies: 1, steps: EpisodeSteps + 1, new RandomPolicy());
        float[] observations = arrays["observations"].ToArray<float>();
        float[] first = observations[..9];
        float[] afterEnd = observations[(EpisodeSteps * 9)..((EpisodeSteps + 1) * 9)];
        float[] last = arrays["final_observations"].ToArray<float>();
        Assert.NotEqual(afterEnd, last);

        // Every episode starts with the body at rest: the senses that do not look at the target are those of the reset.
        Assert.Equal(first[3..], afterEnd[3..]);
    }

    [Fact]
    public void Record_SeveralCopies_ArePutOnASecondAxisAndPlayAsAlone()
    {
        Dictionary<string, NpyArray> three = Record(copies: 3, steps: 70, new RandomPolicy());
        Dictionary<string, NpyArray> one = Record(copies: 1, steps: 70, new RandomPolicy());

        Assert.Equal([71, 3, 9], three["observations"].Shape);
        Assert.Equal([70, 3], three["rewards"].Shape);
        Assert.Equal([59, 0, 59, 1, 59, 2], three["episode_ends"].ToArray<long>());
        Assert.Equal([3, 9], three["final_observations"].Shape);
        float[] together = three["observations"].ToArray<float>();
        float[] firstCopy = [.. Enumerable.Range(0, 71).SelectMany(t => together[(t * 27)..((t * 27) + 9)])];
        Assert.Equal(one["observations"].ToArray<float>(), firstCopy);
    }

    [Fact]
    [Trait("Category", "Determinism")]
    public void Record_ItsOwnActionsAgain_GivesTheSameTrajectory()
    {
        Dictionary<string, NpyArray> first = Record(copies: 1, steps: 130, new RandomPolicy());
        Dictionary<string, NpyArray> again = Record(copies: 1, steps: 130, new RecordedActions(first["actions"], "actions.npy"));
        foreach (string name in first.Keys)
        {
            Assert.True(first[name].Bytes.Span.SequenceEqual(again[name].Bytes.Span), name);
        }
    }

    [Fact]
    public void Record_SeveralAgents_AreNamedAndStandTogetherToo()
    {
        var environment = new SimpleTagEnvironment(new SimpleTagOptions { Prey = 2, PlainHunters = 3, Obstacles = 1 }, 2);
        Dictionary<string, NpyArray> arrays = Rollout.Record(environment, [new RandomPolicy(), new RandomPolicy()], seed: 3, 30).ToDictionary(a => a.Name, a => a.Array);
        Assert.Equal([31, 2, 18], arrays["observations/adversary_2"].Shape);
        Assert.Equal([31, 2, 16], arrays["observations/agent_1"].Shape);
        Assert.Equal([2, 16], arrays["final_observations/agent_0"].Shape);
        Assert.Equal([30, 2], arrays["rewards/agent_1"].Shape);
        Assert.Equal([30, 2], arrays["reward/bounds/agent_1"].Shape);
        Assert.Equal([30, 2, 5], arrays["actions"].Shape);
        Assert.Equal([30, 2, 5], arrays["truncated"].Shape);
        double[] together = arrays["rewards"].ToArray<double>(), own = arrays["rewards/agent_0"].ToArray<double>();
        Assert.Equal(own, Enumerable.Range(0, 60).Select(i => together[(5 * i) + 3]));
    }

    [Fact]
    public void RecordedActions_OfAllGroups_ReachTheirAgents()
    {
        var environment = new SimpleTagEnvironment(new SimpleTagOptions { Obstacles = 0 }, 1);
        var policy = new RecordedActions(NpyArray.Create<int>([0, 1, 2, 3, 4, 4, 4, 4], 2, 4), "all.npy");
        environment.Reset(1);
        IActor[] actors = [policy.CreateActor(environment, 0), policy.CreateActor(environment, 1)];
        Array.ForEach(actors, a => a.Act());
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(a => environment.Groups[0].Actions.Read(a, 0, 0)));
        Assert.Equal(3, environment.Groups[1].Actions.Read(0, 0, 0));

        PolicyMismatchException failure = Assert.Throws<PolicyMismatchException>(() => new RecordedActions(NpyArray.Create<int>([0, 1], 1, 2), "two.npy").CreateActor(environment, 0));
        Assert.Contains("expects 3 (Discrete(5)), or 4 for all its groups", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RecordedActions_OtherWidth_IsRefusedWithBothNumbers()
    {
        var policy = new RecordedActions(NpyArray.Create<float>(new float[20], 5, 4), "four.npy");
        PolicyMismatchException failure = Assert.Throws<PolicyMismatchException>(() => Record(copies: 1, steps: 5, policy));
        Assert.Contains("'four.npy' holds float32 (5, 4): 4 numbers for each step, but Walker-v0 expects 6", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RecordedActions_NotFinite_NamesTheRow()
    {
        var policy = new RecordedActions(NpyArray.Create<double>([0, 0, 0, 0, 0, 0, 0, double.NaN, 0, 0, 0, 0], 2, 6), "nan.npy");
        PolicyMismatchException failure = Assert.Throws<PolicyMismatchException>(() => Record(copies: 1, steps: 2, policy));
        Assert.Contains("row 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RecordedActions_TextOrNoRows_AreRefused()
    {
        Assert.Throws<GymkhanaException>(() => new RecordedActions(NpyArray.CreateText(["left"], 1), "words.npy"));
        Assert.Throws<GymkhanaException>(() => new RecordedActions(NpyArray.Create<float>([], 0, 6), "empty.npy"));
        Assert.Throws<GymkhanaException>(() => new RecordedActions(NpyArray.Create<float>([1]), "number.npy"));
    }

    private static Dictionary<string, NpyArray> Record(int copies, int steps, IPolicy policy)
    {
        EnvironmentRegistration walker = WalkerEnvironment.Registration;
        IEnvironment environment = walker.Create(walker.Schema.Defaults.With("episode-seconds", "1"), copies);
        return Rollout.Record(environment, [policy], seed: 3, steps).ToDictionary(a => a.Name, a => a.Array);
    }
}
