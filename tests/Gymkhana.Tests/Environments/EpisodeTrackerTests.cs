using Gymkhana.Core.Environments;

namespace Gymkhana.Tests.Environments;

public sealed class EpisodeTrackerTests
{
    [Fact]
    public void Observe_OverManyEpisodes_AddsUpEachOne()
    {
        var environment = new ToyEnvironment(3);
        var tracker = new EpisodeTracker(environment);
        environment.Reset(1);
        tracker.Reset();
        double[] sums = new double[3];
        int[] lengths = new int[3];
        int ends = 0;
        for (int step = 0; step < 200; step++)
        {
            environment.Groups[0].Actions.As<int>().Lane(0).Fill(step % 40 < 20 ? 2 : 1);
            environment.Step();
            tracker.Observe();
            for (int copy = 0; copy < 3; copy++)
            {
                sums[copy] += environment.Groups[0].Rewards[0, 0, copy];
                lengths[copy]++;
                bool ended = environment.Groups[0].Terminated[0, 0, copy] || environment.Groups[0].Truncated[0, 0, copy];
                Assert.Equal(ended, tracker.Ended[copy]);
                Assert.Equal(environment.Groups[0].Terminated[0, 0, copy], tracker.Terminated[copy]);
                Assert.Equal(sums[copy], tracker.Returns()[copy]);
                Assert.Equal(lengths[copy], tracker.Lengths[copy]);
                if (ended)
                {
                    (sums[copy], lengths[copy]) = (0, 0);
                    ends++;
                }
            }
        }

        Assert.True(ends > 20);
    }

    [Fact]
    public void Observe_SeveralAgents_EndsWhenAllHaveAndAveragesTheirRewards()
    {
        var environment = new ToyEnvironment(1, twoGroups: true);
        var tracker = new EpisodeTracker(environment);
        AgentGroup others = environment.Groups[1];
        environment.Groups[0].Terminated[0, 0, 0] = true;
        others.Truncated[0, 0, 0] = true;
        others.Rewards[0, 0, 0] = 1;
        others.Rewards[1, 0, 0] = 2;

        tracker.Observe();
        Assert.False(tracker.Ended[0]);
        Assert.Equal(1.5, tracker.Returns(1)[0]);

        others.Truncated[1, 0, 0] = true;
        tracker.Observe();
        Assert.True(tracker.Ended[0]);
        Assert.Equal(3, tracker.Returns(1)[0]);
        Assert.Equal(2, tracker.Lengths[0]);
    }
}
