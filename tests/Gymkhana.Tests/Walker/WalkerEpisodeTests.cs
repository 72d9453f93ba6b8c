using Gymkhana.Core.Settings;
using Gymkhana.Environments.Walker;

namespace Gymkhana.Tests.Walker;

public sealed class WalkerEpisodeTests
{
    [Fact]
    public void Step_TimeLimitReached_IsTruncatedWithTheFinalObservation()
    {
        WalkerEnvironment brief = WalkerRig.Make(new WalkerOptions { EpisodeSeconds = 1 }), endless = WalkerRig.Make(new WalkerOptions());
        float[] first = brief.Observed(), firstTarget = brief.Recorded("target");
        for (int step = 0; step < 60; step++)
        {
            Assert.False(brief.Truncated());
            brief.StepRandomly(step);
            endless.StepRandomly(step);
        }

        Assert.True(brief.Truncated());
        Assert.False(brief.Groups[0].Terminated[0, 0, 0]);
        Assert.Equal(endless.Observed(), brief.FinallyObserved());
        Assert.Equal(endless.Recorded("positions"), brief.Recorded("positions"));
        Assert.Equal(endless.Figures[0, 1, 0], brief.Figures[0, 1, 0]);
        Assert.NotEqual(0, brief.Figures[0, 1, 0]);

        // The new episode: the body at its start, senses forgotten, another target ahead.
        Assert.Equal(first[3..], brief.Observed()[3..]);
        brief.Step([0, 0, 0, 0, 0, 0]);
        Assert.False(brief.Truncated());
        Assert.Equal((500f, 450f), WalkerRig.Head(brief.Recorded("positions")));
        Assert.Equal(250f, brief.Recorded("target")[1]);
        Assert.NotEqual(firstTarget[0], brief.Recorded("target")[0]);
        Assert.Equal(4 * 0.25, brief.Figures[0, 1, 0], 1e-6);
    }

    [Fact]
    public void Step_LaterEpisodes_RepeatTheFirstForTheSameActions()
    {
        WalkerEnvironment environment = WalkerRig.Make(new WalkerOptions { EpisodeSeconds = 1 });
        float[][] first = new float[60][], seen = new float[60][];
        for (int step = 0; step < 240; step++)
        {
            int k = step % 60;
            environment.StepRandomly(k);
            first[k] ??= environment.Recorded("positions");
            Assert.Equal(first[k], environment.Recorded("positions"));
            float[] senses = k == 59 ? environment.FinallyObserved() : environment.Observed();
            seen[k] ??= senses;
            Assert.Equal(seen[k][3..], senses[3..]);
        }
    }

    [Theory]
    [InlineData(-1, 120)]
    [InlineData(50, 170)]
    [InlineData(51, 172)] // Episodes end on even steps, because links are solved in alternating order.
    public void Step_NoTargetForTheStallLimit_IsTruncated(int reachStep, int end)
    {
        WalkerEnvironment environment = WalkerRig.Make(new WalkerOptions { StallSeconds = 2 }, 3);
        for (int step = 1; step <= end; step++)
        {
            if (step == reachStep)
            {
                environment.PlaceTarget(500, 455, copy: 1);
            }

            environment.Step([0, 0, 0, 0, 0, 0]);
            Assert.Equal(step == end, environment.Truncated(1));
            Assert.Equal(step == 120, environment.Truncated(0));
        }
    }

    [Fact]
    public void Step_StalledNeighbours_ChangeNothingForACopy()
    {
        WalkerOptions options = new() { StallSeconds = 1, EpisodeSeconds = 4, Delay = (0, 3) };
        WalkerEnvironment calm = WalkerRig.Make(options, 3), lively = WalkerRig.Make(options, 3);
        for (int step = 0; step < 500; step++)
        {
            if (step % 37 == 0)
            {
                lively.PlaceTarget(500, 455, copy: 0);
                lively.PlaceTarget(500, 455, copy: 2);
            }

            calm.StepRandomly(step);
            lively.StepRandomly(step);
            Assert.Equal(calm.Observed(1), lively.Observed(1));
            Assert.Equal(calm.Recorded("positions", 1), lively.Recorded("positions", 1));
            Assert.Equal(calm.Truncated(1), lively.Truncated(1));
        }
    }

    [Fact]
    public void Step_Ranges_DrawNewConditionsForEachEpisode()
    {
        WalkerOptions options = new() { EpisodeSeconds = 1, Grip = (0.5f, 2f), Strength = (0.8f, 1.2f), Delay = (0, 2) };
        WalkerEnvironment environment = WalkerRig.Make(options, 50);
        HashSet<float> grips = [], strengths = [], delays = [];
        for (int step = 0; step < 61; step++)
        {
            for (int copy = 0; copy < 50; copy++)
            {
                float[] conditions = environment.Recorded("conditions", copy);
                Assert.InRange(conditions[0], 0.5f, 2f);
                Assert.InRange(conditions[1], 0.8f, 1.2f);
                grips.Add(conditions[0]);
                strengths.Add(conditions[1]);
                delays.Add(conditions[2]);
            }

            environment.Step([0, 0, 0, 0, 0, 0]);
        }

        // Recorded last at the end of the first episode: the second one's conditions show after its first step.
        for (int copy = 0; copy < 50; copy++)
        {
            grips.Add(environment.Recorded("conditions", copy)[0]);
        }

        Assert.Equal(100, grips.Count);
        Assert.Equal(50, strengths.Count);
        Assert.Equal([0f, 1f, 2f], delays.Order());
    }

    [Fact]
    public void Step_BeforeReset_IsRefused()
    {
        WalkerEnvironment environment = new(new WalkerOptions(), 2);
        Assert.Contains("Walker-v0", Assert.Throws<InvalidOperationException>(environment.Step).Message, StringComparison.Ordinal);
        Assert.Contains("expects 2 seeds, got 1", Assert.Throws<ArgumentException>(() => environment.Reset([1UL])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void From_DefaultSettings_AreTheDefaultOptions()
    {
        Assert.Equal(new WalkerOptions(), WalkerOptions.From(WalkerOptions.Schema.Defaults));
        WalkerOptions changed = WalkerOptions.From(WalkerOptions.Schema.Defaults
            .With("delay", "0..3").With("targets", "square").With("recenter", "false").With("grip", "0.5..1.5").With("strength", "2")
            .With("energy-price", "0.25").With("stall-seconds", "7").With("episode-seconds", "20").With("world-size", "500"));
        Assert.Equal(
            new WalkerOptions
            {
                Delay = (0, 3),
                Targets = TargetRule.Square,
                Recenter = false,
                Grip = (0.5f, 1.5f),
                Strength = (2, 2),
                EnergyPrice = 0.25f,
                StallSeconds = 7,
                EpisodeSeconds = 20,
                WorldSize = 500,
            },
            changed);
        Assert.Contains("whole steps", Assert.Throws<SettingException>(() => WalkerOptions.From(WalkerOptions.Schema.Defaults.With("delay", "0.5"))).Message, StringComparison.Ordinal);
    }
}
