using Gymkhana.Core.Environments;
using Gymkhana.Environments.Walker;

namespace Gymkhana.Tests.Walker;

public sealed class WalkerKernelTests
{
    // Half of the last digit that the record prints; the bits themselves are compared with the reference's.
    private const float PrintedDigit = 1e-6f;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Step_OpenLoop_IsWhereTheOriginalIs(int width)
    {
        WalkerEnvironment environment = WalkerRig.MakeFarTarget(3, width);
        float[] actions = new float[6];
        int k = 0;
        foreach ((int steps, float[] points) in WalkerGolden.OpenLoop)
        {
            for (; k < steps; k++)
            {
                WalkerGolden.OpenLoopActions(k, actions);
                environment.Step(actions);
            }

            for (int copy = 0; copy < environment.Count; copy++)
            {
                ReferenceWalkerTests.AssertNear(points, environment.Recorded("positions", copy), PrintedDigit, k);
            }
        }

        Assert.Equal(1200, k);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Step_DriftingGait_IsWhereTheOriginalIs(int width)
    {
        WalkerEnvironment environment = WalkerRig.MakeFarTarget(3, width);
        float[] actions = new float[6];
        int k = 0;
        foreach (float[] head in WalkerGolden.DriftHeads)
        {
            for (int i = 0; i < 2 * WalkerGolden.DriftPhase; i++, k++)
            {
                WalkerGolden.DriftActions(k, actions);
                environment.Step(actions);
            }

            for (int copy = 0; copy < environment.Count; copy++)
            {
                (float x, float y) = WalkerRig.Head(environment.Recorded("positions", copy));
                ReferenceWalkerTests.AssertNear(head, [x, y], PrintedDigit, k);
            }
        }
    }

    [Theory]
    [InlineData(1f, 1f)]
    [InlineData(0.5f, 1.5f)]
    [InlineData(2.5f, 0.4f)]
    public void Step_RandomActions_IsWhereTheReferenceIs(float grip, float strength)
    {
        WalkerEnvironment environment = WalkerRig.MakeFarTarget(5, 16, new WalkerOptions { Grip = (grip, grip), Strength = (strength, strength) });
        ReferenceWalker reference = new(WalkerQuirks.Repaired) { Grip = grip, Strength = strength };
        float[] actions = new float[6], expected = new float[9], target = environment.Recorded("target");
        reference.Observe(target[0], target[1], expected);
        for (int step = 0; step < 600; step++)
        {
            WalkerRig.RandomActions(3, step, actions);
            environment.Step(actions);
            reference.Step(actions);
            reference.Observe(target[0], target[1], expected);
            Assert.Equal(reference.Points, environment.Recorded("positions"));
            Assert.Equal(reference.Friction, environment.Recorded("friction"));
            Assert.Equal(reference.Activation, environment.Recorded("muscle_activation"));
            Assert.Equal(reference.Length, environment.Recorded("muscle_length"));

            // The kernel multiplies by the inverse where the reference divides: the last bit of an observation may differ.
            ReferenceWalkerTests.AssertNear(expected, environment.Observed(), expected[0] * 1e-6f, step);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public void Step_NarrowerBundles_GiveTheBitsOfTheWidest(int width)
    {
        WalkerOptions options = new()
        {
            EpisodeSeconds = 5,
            StallSeconds = 3,
            Grip = (0.5f, 2f),
            Strength = (0.5f, 1.5f),
            Delay = (0, 3),
            EnergyPrice = 0.1f,
        };
        WalkerEnvironment narrow = WalkerRig.Make(options, 19, width), wide = WalkerRig.Make(options, 19, 16);
        int reached = 0;
        for (int step = 0; step < 700; step++)
        {
            if (step % 50 == 49)
            {
                // Targets come so near that some walkers reach them.
                for (int copy = 0; copy < 19; copy += 3)
                {
                    float[] points = wide.Recorded("positions", copy);
                    narrow.PlaceTarget(points[0] + 45, points[1], copy);
                    wide.PlaceTarget(points[0] + 45, points[1], copy);
                }
            }

            narrow.StepRandomly(step);
            wide.StepRandomly(step);
            AssertSameBits(narrow, wide);
            reached += wide.Groups[0].RewardPartValues.Lane(0).ToArray().Count(r => r == 100);
        }

        Assert.InRange(reached, 50, 700);
    }

    [Fact]
    public void Step_AnotherPlaceInAnotherBatch_GivesTheSameBits()
    {
        WalkerOptions options = new() { EpisodeSeconds = 2, Grip = (0.5f, 2f), Delay = (0, 3) };
        WalkerEnvironment alone = WalkerRig.Make(options, 1, 16, seed: 30), many = WalkerRig.Make(options, 37, 16, seed: 10);
        for (int step = 0; step < 300; step++)
        {
            alone.StepRandomly(step);
            many.StepRandomly(step);
            Assert.Equal(alone.Observed(), many.Observed(20));
            Assert.Equal(alone.Recorded("positions"), many.Recorded("positions", 20));
            Assert.Equal(alone.Reward(), many.Reward(20));
        }
    }

    [Fact]
    public void Step_ActionsOutOfRangeOrNaN_AreClamped()
    {
        WalkerEnvironment wild = WalkerRig.Make(new WalkerOptions()), tame = WalkerRig.Make(new WalkerOptions());
        for (int step = 0; step < 100; step++)
        {
            wild.Step([9f, -3f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1.5f]);
            tame.Step([1f, -1f, 1f, -1f, 1f, 1f]);
            Assert.Equal(tame.Recorded("positions"), wild.Recorded("positions"));
        }
    }

    [Fact]
    public void Step_TargetsReachedAndEpisodesEnding_AllocatesNothing()
    {
        WalkerEnvironment environment = new(new WalkerOptions { EpisodeSeconds = 1, StallSeconds = 1, Delay = (0, 2) }, 8);
        environment.Reset(3);
        double targets = 0;
        Assert.Equal(0, Allocations.Least(() => targets = Run(environment, 600)));
        Assert.True(targets > 0);

        static double Run(WalkerEnvironment environment, int steps)
        {
            double reached = 0;
            for (int step = 0; step < steps; step++)
            {
                environment.PlaceTarget(500, 455, step % 8);
                environment.Step();
                foreach (double part in environment.Groups[0].RewardPartValues.Lane(0))
                {
                    reached += part;
                }
            }

            return reached;
        }
    }

    private static void AssertSameBits(WalkerEnvironment a, WalkerEnvironment b)
    {
        foreach ((StateField one, StateField other) in a.State.Zip(b.State))
        {
            for (int feature = 0; feature < one.Values.Features; feature++)
            {
                for (int copy = 0; copy < a.Count; copy++)
                {
                    Assert.Equal(one.Values.Read(0, feature, copy), other.Values.Read(0, feature, copy));
                }
            }
        }

        for (int copy = 0; copy < a.Count; copy++)
        {
            Assert.Equal(a.Observed(copy), b.Observed(copy));
            Assert.Equal(a.FinallyObserved(copy), b.FinallyObserved(copy));
            Assert.Equal(a.Reward(copy), b.Reward(copy));
            Assert.Equal(a.Figures[0, 1, copy], b.Figures[0, 1, copy]);
        }
    }
}
