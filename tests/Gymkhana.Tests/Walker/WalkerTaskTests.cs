using Gymkhana.Environments.Walker;

namespace Gymkhana.Tests.Walker;

public sealed class WalkerTaskTests
{
    private const float Dt = 1f / 60f;

    [Fact]
    public void Reset_DiscTargets_TheFirstIsAhead()
    {
        WalkerEnvironment environment = WalkerRig.Make(new WalkerOptions(), 100);
        HashSet<float> places = [];
        for (int copy = 0; copy < environment.Count; copy++)
        {
            float[] target = environment.Recorded("target", copy), seen = environment.Observed(copy);
            Assert.Equal(250f, target[1]);
            Assert.InRange(target[0], 0f, 1000f);
            float distance = MathF.Sqrt(((target[0] - 500) * (target[0] - 500)) + (200f * 200f));
            Assert.Equal(distance / 1000, seen[0], 1e-6f);
            Assert.Equal(200 / distance, seen[1], 1e-6f);
            Assert.Equal((target[0] - 500) / distance, seen[2], 1e-6f);
            Assert.Equal([0, 0, 0, 0, 0, 0], seen[3..]);
            places.Add(target[0]);
        }

        Assert.Equal(100, places.Count);
    }

    [Fact]
    public void Step_UntrainedNetwork_EarnsForBeingNearAndNothingElse()
    {
        WalkerEnvironment environment = WalkerRig.Make(new WalkerOptions(), 4);
        float[] start = environment.Recorded("positions"), target = environment.Recorded("target");
        double sum = 0;
        for (int step = 0; step < 6000; step++)
        {
            environment.Step([0, 0, 0, 0, 0, 0]);
            Assert.Equal(start, environment.Recorded("positions"));
            sum += environment.Reward();
        }

        Assert.True(environment.Truncated());
        Assert.Equal(0, environment.Figures[0, 0, 0]);
        float distance = MathF.Sqrt(((target[0] - 500) * (target[0] - 500)) + (200f * 200f));
        Assert.Equal(100.0 / (1 + distance), sum, 1e-4);
    }

    [Fact]
    public void Step_TargetReached_PaysAHundredAndMovesTheBodyWithItsMotion()
    {
        WalkerEnvironment moved = WalkerRig.Make(new WalkerOptions(), 1), left = WalkerRig.Make(new WalkerOptions { Recenter = false }, 1);
        for (int step = 0; step < 100; step++)
        {
            moved.StepRandomly(step);
            left.StepRandomly(step);
        }

        (float headX, float headY) = WalkerRig.Head(left.Recorded("positions"));
        moved.PlaceTarget(headX + 9, headY - 12);
        left.PlaceTarget(headX + 9, headY - 12);
        moved.StepRandomly(100);
        left.StepRandomly(100);

        (headX, headY) = WalkerRig.Head(left.Recorded("positions"));
        float[] there = left.Recorded("positions"), here = moved.Recorded("positions");
        for (int point = 0; point < 5; point++)
        {
            Assert.Equal(there[2 * point] - headX + 500, here[2 * point], 1e-3f);
            Assert.Equal(there[(2 * point) + 1] - headY + 500, here[(2 * point) + 1], 1e-3f);
            Assert.Equal(
                left.Bodies[WalkerState.X + point, 0] - left.Bodies[WalkerState.LastX + point, 0],
                moved.Bodies[WalkerState.X + point, 0] - moved.Bodies[WalkerState.LastX + point, 0],
                1e-3f);
            Assert.Equal(
                left.Bodies[WalkerState.Y + point, 0] - left.Bodies[WalkerState.LastY + point, 0],
                moved.Bodies[WalkerState.Y + point, 0] - moved.Bodies[WalkerState.LastY + point, 0],
                1e-3f);
        }

        Assert.Equal(left.Recorded("friction"), moved.Recorded("friction"));
        Assert.Equal(left.Recorded("muscle_activation"), moved.Recorded("muscle_activation"));
        Assert.Equal(left.Recorded("muscle_length"), moved.Recorded("muscle_length"));
        Assert.Equal(left.Recorded("target"), moved.Recorded("target"));
        Assert.Equal(1, moved.TargetIndex(0));
        Assert.Equal(1, moved.Figures[0, 0, 0]);
        Assert.Equal(100, moved.Part("target"));

        // Paid for the distance before the move; the walker then sees the next target from the centre.
        Assert.Equal(left.Part("approach"), moved.Part("approach"));
        Assert.InRange(moved.Part("approach"), Dt / 21, Dt / 11);
        float[] target = moved.Recorded("target");
        Assert.Equal(MathF.Sqrt(((target[0] - 500) * (target[0] - 500)) + ((target[1] - 500) * (target[1] - 500))) / 1000, moved.Observed()[0], 1e-5f);
    }

    [Theory]
    [InlineData(20.001f, 0)]
    [InlineData(19.999f, 100)]
    public void Step_HeadAtTheEdgeOfTheTarget_ReachesItInsideOnly(float distance, double pay)
    {
        WalkerEnvironment environment = WalkerRig.Make(new WalkerOptions());
        environment.PlaceTarget(500 + distance, 450);
        environment.Step([0, 0, 0, 0, 0, 0]);
        Assert.Equal(pay, environment.Part("target"));
        Assert.Equal(Dt / (1 + distance), environment.Part("approach"), 1e-8);
        Assert.Equal(pay + environment.Part("approach"), environment.Reward());
    }

    [Fact]
    public void Step_SquareTargets_AppearInTheSquareAndTheBodyStays()
    {
        WalkerEnvironment environment = WalkerRig.Make(new WalkerOptions { Targets = TargetRule.Square, Recenter = false }, 64);
        float low = float.MaxValue, high = float.MinValue;
        for (int step = 0; step < 40; step++)
        {
            for (int copy = 0; copy < 64; copy++)
            {
                float[] target = environment.Recorded("target", copy);
                low = MathF.Min(low, MathF.Min(target[0], target[1]));
                high = MathF.Max(high, MathF.Max(target[0], target[1]));
                environment.PlaceTarget(500, 455, copy);
            }

            environment.Step([0, 0, 0, 0, 0, 0]);
            Assert.Equal((500f, 450f), WalkerRig.Head(environment.Recorded("positions", step)));
            Assert.Equal(step + 1, environment.TargetIndex(step));
        }

        Assert.InRange(low, 50f, 55f);
        Assert.InRange(high, 945f, 950f);
    }

    [Fact]
    public void Step_EnergyPrice_ChargesWorkOfMusclesAndChangesOfGrip()
    {
        WalkerEnvironment environment = WalkerRig.MakeFarTarget(1, 16, new WalkerOptions { EnergyPrice = 2 });
        float[] grip = environment.Recorded("friction"), length = environment.Recorded("muscle_length"), actions = new float[6];
        double total = 0;
        for (int step = 0; step < 200; step++)
        {
            WalkerRig.RandomActions(5, step, actions);
            environment.Step(actions);
            float[] newGrip = environment.Recorded("friction"), newLength = environment.Recorded("muscle_length"), activation = environment.Recorded("muscle_activation");
            double energy = grip.Zip(newGrip, (a, b) => Math.Abs((double)b - a)).Sum();
            for (int muscle = 0; muscle < 2; muscle++)
            {
                double rest = 100 * (1 + ((actions[4 + muscle] > 0 ? 0.35 : 0.4) * activation[muscle]));
                energy += Math.Abs(rest - newLength[muscle]) / 100 * Math.Abs(newLength[muscle] - length[muscle]) / 100;
            }

            total += energy;
            Assert.Equal(-2 * energy, environment.Part("energy"), 1e-5);
            Assert.Equal(environment.Part("target") + environment.Part("approach") + environment.Part("progress") + environment.Part("energy"), environment.Reward(), 1e-12);
            Assert.Equal(total, environment.Figures[0, 1, 0], 1e-3);
            (grip, length) = (newGrip, newLength);
        }

        Assert.InRange(total, 1, 100);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Step_Delay_ShowsTheBodyOfThatManyStepsAgo(int delay)
    {
        WalkerEnvironment environment = WalkerRig.Make(new WalkerOptions { Delay = (delay, delay) });
        List<float[]> senses = [Senses(environment)];
        for (int step = 0; step < 50; step++)
        {
            environment.StepRandomly(step);
            senses.Add(Senses(environment));
            float[] expected = step + 1 >= delay ? senses[step + 1 - delay] : new float[6];
            ReferenceWalkerTests.AssertNear(expected, environment.Observed().AsSpan(3), 1e-6f, step);
        }

        static float[] Senses(WalkerEnvironment environment) =>
            [.. environment.Recorded("friction"), .. environment.Recorded("muscle_length").Select(l => l < 100 ? (l - 100) / 40 : (l - 100) / 35)];
    }

    [Fact]
    public void Step_RangeOfDelays_EachCopySeesWithItsOwn()
    {
        WalkerEnvironment mixed = WalkerRig.Make(new WalkerOptions { Delay = (0, 3) }, 40);
        WalkerEnvironment[] fix = [.. Enumerable.Range(0, 4).Select(d => WalkerRig.Make(new WalkerOptions { Delay = (d, d) }, 40))];
        int[] delays = [.. Enumerable.Range(0, 40).Select(copy => (int)mixed.Recorded("conditions", copy)[2])];
        Assert.Equal([0, 1, 2, 3], delays.Distinct().Order());
        for (int step = 0; step < 60; step++)
        {
            mixed.StepRandomly(step);
            Array.ForEach(fix, e => e.StepRandomly(step));
            for (int copy = 0; copy < 40; copy++)
            {
                Assert.Equal(fix[delays[copy]].Observed(copy), mixed.Observed(copy));
            }
        }
    }
}
