using Gymkhana.Core.Conformance;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.CarRacing;

namespace Gymkhana.Tests.CarRacing;

public sealed class CarRacingEnvironmentTests
{
    private const int Picture = 96 * 96;

    private static readonly EnvironmentRegistration Marked = CarRacingEnvironment.RegistrationWith(() => new MarkingPainter(), () => new MarkingPainter());

    [Theory]
    [InlineData("continuous=true")]
    [InlineData("continuous=false,discrete-actions=25,action-repeat=4,stack=1,episode-steps=90,early-end=true,domain-randomize=true")]
    public void Conformance_MarkedPictures_FindsNothing(string settings)
    {
        var options = new ConformanceOptions
        {
            MinSteps = 60,
            MaxSteps = 120,
            Settings = Marked.Schema.Defaults.With(settings.Split(',').Select(s => new KeyValuePair<string, string>(s.Split('=')[0], s.Split('=')[1]))).With("grey", "true"),
        };

        Assert.Empty(EnvironmentChecks.Run(Marked, options));
    }

    [Theory]
    [InlineData("lap_follow_s0", "true")]
    [InlineData("cont_slalom_s2", "true")]
    [InlineData("disc_random_s1", "false")]
    public void Step_RecordedActions_RewardsAndEndsAreTheOriginals(string name, string continuous)
    {
        using var truth = new CarRecordings(name);
        IEnvironment environment = Marked.Create(Marked.Schema.Defaults.With("continuous", continuous).With("episode-steps", "2000").With("stack", "1"), 2);
        AgentGroup driver = environment.Groups[0];
        environment.RecordsState = true;
        environment.Reset([5, CarRecordings.SeedOf(name)]);
        double[] rewards = truth.Read<double>("reward");
        bool[] terminated = truth.Read<bool>("terminated");
        bool[] laps = truth.Read<bool>("lap_finished");
        float[] x = truth.Read<float>("hull_x");
        double[] actions = continuous == "true" ? [.. truth.Read<float>("action").Select(a => (double)a)] : [.. truth.Read<long>("action").Select(a => (double)a)];
        int width = actions.Length / rewards.Length;
        StateField hull = environment.State.First(f => f.Name == "hull_x");
        Assert.Equal(x[0], hull.Values.Read(0, 0, 1));
        for (int step = 0; step < rewards.Length; step++)
        {
            for (int i = 0; i < width; i++)
            {
                driver.Actions.Write(0, i, 1, actions[(step * width) + i]);
            }

            environment.Step();
            Assert.Equal(rewards[step], driver.Rewards[0, 0, 1]);
            Assert.Equal(terminated[step], driver.Terminated[0, 0, 1]);
            Assert.Equal(x[step + 1], hull.Values.Read(0, 0, 1));
            if (terminated[step])
            {
                Assert.Equal(laps[step] ? 1 : 0, environment.Figures[0, 2, 1]);
                Assert.Equal(laps[step] ? 1 : 0, Math.Floor(environment.Figures[0, 1, 1]));
                return;
            }
        }
    }

    [Fact]
    public void Step_TimeLimit_TruncatesAndGoesOnWithTheSameStream()
    {
        CarRacingEnvironment environment = Create(new CarRacingOptions { EpisodeSteps = 7, Stack = 1 });
        environment.Reset([0]);
        List<int> tracks = [environment.SnapshotOf(0).Track!.Count];
        for (int step = 1; step <= 21; step++)
        {
            environment.Step();
            Assert.Equal(step % 7 == 0, environment.Groups[0].Truncated[0, 0, 0]);
            Assert.False(environment.Groups[0].Terminated[0, 0, 0]);
            if (step % 7 == 0)
            {
                tracks.Add(environment.SnapshotOf(0).Track!.Count);
                Assert.Equal(8, MarkingPainter.StepIn(environment.Groups[0].FinalObservations.As<byte>().Of(0)));
                Assert.Equal(1, MarkingPainter.StepIn(environment.Groups[0].Observations.As<byte>().Of(0)));
            }
        }

        Assert.Equal([319, 281, 323, 300], tracks);
    }

    [Fact]
    public void Observations_Stack_HoldsTheLastPicturesOldestFirst()
    {
        CarRacingEnvironment environment = Create(new CarRacingOptions { Stack = 4 });
        environment.Reset([3]);
        AssertSteps(environment, 1, 1, 1, 1);
        environment.Step();
        AssertSteps(environment, 1, 1, 1, 2);
        environment.Step();
        environment.Step();
        environment.Step();
        AssertSteps(environment, 2, 3, 4, 5);
    }

    [Fact]
    public void Observations_Score_IsShownBeforeThePriceOfTheStep()
    {
        CarRacingEnvironment environment = Create(new CarRacingOptions { Stack = 1 });
        environment.Reset([0]);
        double start = MarkingPainter.ScoreIn(environment.Groups[0].Observations.As<byte>().Of(0));
        Assert.Equal(2000.0 / 319, start, 1e-12);
        environment.Step();
        Assert.Equal(start, MarkingPainter.ScoreIn(environment.Groups[0].Observations.As<byte>().Of(0)));
        Assert.Equal(start - 0.1, environment.Groups[0].Rewards[0, 0, 0], 1e-12);
        environment.Step();
        Assert.Equal(start - 0.1, MarkingPainter.ScoreIn(environment.Groups[0].Observations.As<byte>().Of(0)), 1e-12);
    }

    [Fact]
    public void HideBar_LowestRows_AreBlack()
    {
        CarRacingEnvironment environment = Create(new CarRacingOptions { HideBar = true, Stack = 2, Grey = false });
        environment.Reset([3]);
        environment.Step();
        Span<byte> seen = environment.Groups[0].Observations.As<byte>().Of(0);
        for (int picture = 0; picture < 2; picture++)
        {
            Span<byte> one = seen.Slice(picture * Picture * 3, Picture * 3);
            Assert.False(one[(84 * 96 * 3)..].ContainsAnyExcept((byte)0));
            Assert.NotEqual(0, one[(84 * 96 * 3) - 1]);
        }
    }

    [Fact]
    public void ActionRepeat_OfThree_IsThreeSingleSteps()
    {
        CarRacingEnvironment single = Create(new CarRacingOptions { EpisodeSteps = 40, Stack = 1 });
        CarRacingEnvironment thrice = Create(new CarRacingOptions { EpisodeSteps = 40, Stack = 1, ActionRepeat = 3 });
        single.Reset([11]);
        thrice.Reset([11]);
        var random = new KeyedStream(4, 0, StreamPurpose.Acting);
        for (int step = 0; step < 60; step++)
        {
            double sum = 0;
            bool ended = false;
            for (int i = 0; i < 3; i++)
            {
                float value = (float)random.NextDouble();
                single.Groups[0].Actions.Write(0, i, 0, value);
                thrice.Groups[0].Actions.Write(0, i, 0, value);
            }

            thrice.Step();
            for (int turn = 0; turn < 3 && !ended; turn++)
            {
                single.Step();
                sum += single.Groups[0].Rewards[0, 0, 0];
                ended = single.Groups[0].Truncated[0, 0, 0];
            }

            Assert.Equal(sum, thrice.Groups[0].Rewards[0, 0, 0]);
            Assert.Equal(ended, thrice.Groups[0].Truncated[0, 0, 0]);
            Assert.True(single.Groups[0].Observations.As<byte>().Of(0).SequenceEqual(thrice.Groups[0].Observations.As<byte>().Of(0)));
            if (ended)
            {
                Assert.True(single.Groups[0].FinalObservations.As<byte>().Of(0).SequenceEqual(thrice.Groups[0].FinalObservations.As<byte>().Of(0)));
            }
        }
    }

    [Fact]
    public void EarlyEnd_MeanOfTheLastHundredRewards_Truncates()
    {
        var patience = new CarPatience(2);
        patience.Begin(1);
        Assert.False(patience.IsLostAfter(1, 101));
        for (int step = 1; step < 100; step++)
        {
            Assert.False(patience.IsLostAfter(1, -1.5));
        }

        // The first reward leaves the window.
        Assert.True(patience.IsLostAfter(1, -1.5));
        patience.Begin(1);
        Assert.False(patience.IsLostAfter(1, -0.9999));
        Assert.True(patience.IsLostAfter(1, -1.0001));
    }

    [Fact]
    public void StallSeconds_NoNewTile_TruncatesAfterThatLong()
    {
        // Nothing is done: the tiles under the car count in the reset, none is new afterwards.
        CarRacingEnvironment environment = Create(new CarRacingOptions { Stack = 1, StallSteps = 25 });
        environment.Reset([3]);
        AgentGroup driver = environment.Groups[0];
        driver.Actions.As<float>().Values.Clear();
        for (int episode = 0; episode < 2; episode++)
        {
            int steps = 0;
            do
            {
                environment.Step();
                steps++;
            }
            while (!driver.Truncated[0, 0, 0] && steps < 100);
            Assert.InRange(steps, 25, 27);
            Assert.False(driver.Terminated[0, 0, 0]);
        }

        // A car that drives visits tile after tile.
        driver.Actions.As<float>()[0, 1, 0] = 0.5f;
        for (int step = 0; step < 120; step++)
        {
            environment.Step();
            Assert.False(driver.Truncated[0, 0, 0]);
        }
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("exact")]
    public void Conformance_RealPictures_FindsNothing(string render)
    {
        EnvironmentRegistration registration = CarRacingEnvironment.Registration;
        Assert.Empty(EnvironmentChecks.Run(registration, new ConformanceOptions { MinSteps = 8, MaxSteps = 12, Settings = registration.Schema.Defaults.With("render", render).With("stack", "2").With("episode-steps", "6") }));
    }

    [Fact]
    public void RewardParts_LeavingTheField_AreTheWholeReward()
    {
        using var truth = new CarRecordings("cont_slalom_s2");
        float[] actions = truth.Read<float>("action");
        CarRacingEnvironment environment = Create(new CarRacingOptions { Stack = 1 });
        environment.Reset([2]);
        AgentGroup driver = environment.Groups[0];
        bool left = false;
        for (int step = 0; step < actions.Length / 3 && !left; step++)
        {
            for (int i = 0; i < 3; i++)
            {
                driver.Actions.Write(0, i, 0, actions[(3 * step) + i]);
            }

            environment.Step();
            left = driver.Terminated[0, 0, 0];
            Assert.Equal(left ? -100 : 0, driver.RewardPartValues[0, 2, 0]);
            Assert.Equal(left ? 0 : -0.1, driver.RewardPartValues[0, 1, 0]);
            Assert.InRange(Math.Abs(driver.RewardPartValues[0, 3, 0]), 0, 1e-12);
        }

        Assert.True(left);
        Assert.Equal(-100, driver.Rewards[0, 0, 0]);
        Assert.Equal(0, driver.RewardPartValues[0, 0, 0]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Step_ActionThatIsNoNumber_IsRefusedAndHarmsNobody(float value)
    {
        CarRacingEnvironment environment = Create(new CarRacingOptions { Stack = 1 });
        environment.Reset([1]);
        float before = environment.SnapshotOf(0).HullY;
        environment.Groups[0].Actions.Write(0, 1, 0, value);

        Assert.Throws<ArgumentOutOfRangeException>(environment.Step);
        Assert.Equal(before, environment.SnapshotOf(0).HullY);
        environment.Groups[0].Actions.Write(0, 1, 0, 1);
        environment.Step();
        Assert.True(float.IsFinite(environment.SnapshotOf(0).HullY));
    }

    [Fact]
    public void DomainRandomize_Colours_AreDrawnBeforeTheTrackInTheOriginalsOrder()
    {
        CarRacingEnvironment environment = Create(new CarRacingOptions { DomainRandomize = true, Stack = 1 });
        environment.Reset([9]);
        var random = new NumpyGenerator(9UL);
        double[] colours = new double[6];
        random.Uniform(0, 210, colours);
        int raised = (int)random.Integers(0, 3);
        CarPalette palette = environment.SnapshotOf(0).Palette;

        Assert.Equal(((byte)colours[0], (byte)colours[1], (byte)colours[2]), (palette.RoadRed, palette.RoadGreen, palette.RoadBlue));
        Assert.Equal(((byte)colours[3], (byte)colours[4], (byte)colours[5]), (palette.FieldRed, palette.FieldGreen, palette.FieldBlue));
        byte[] grass = [.. colours[3..].Select((c, i) => (byte)(i == raised ? c + 20 : c))];
        Assert.Equal((grass[0], grass[1], grass[2]), (palette.GrassRed, palette.GrassGreen, palette.GrassBlue));
        CarTrack expected = new CarTrackBuilder().Build(random, null);
        Assert.Equal(expected.X[..expected.Count], environment.SnapshotOf(0).Track!.X[..expected.Count]);
    }

    [Fact]
    public void Actions_TwentyFive_AreTheTable()
    {
        Assert.Equal((0.0, 0.0, 1.0), CarActions.Meaning(CarControls.TwentyFive, 4));
        Assert.Equal((-0.5, 0.0, 0.0), CarActions.Meaning(CarControls.TwentyFive, 5));
        Assert.Equal((-1.0, 1.0, 0.0), CarActions.Meaning(CarControls.TwentyFive, 10));
        Assert.Equal((-1.0, 0.0, 1.0), CarActions.Meaning(CarControls.TwentyFive, 14));
        for (int choice = 5; choice < 15; choice++)
        {
            (double steer, double gas, double brake) = CarActions.Meaning(CarControls.TwentyFive, choice);
            Assert.Equal((-steer, gas, brake), CarActions.Meaning(CarControls.TwentyFive, choice + 10));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => CarActions.Meaning(CarControls.TwentyFive, 25));
    }

    [Fact]
    public void Step_AfterWarmUp_AllocatesNothing()
    {
        CarRacingEnvironment environment = new(new CarRacingOptions { Stack = 4, EpisodeSteps = 150 }, 5, new MarkingPainter());
        ulong[] seeds = [1, 2, 3, 4, 5];
        environment.Reset(seeds);
        AgentGroup driver = environment.Groups[0];
        int step = 0;

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 300; i++, step++)
            {
                for (int copy = 0; copy < 5; copy++)
                {
                    driver.Actions.Write(0, 0, copy, Math.Sin(0.13 * step * (copy + 1)));
                    driver.Actions.Write(0, 1, copy, 1);
                    driver.Actions.Write(0, 2, copy, copy == 4 ? 0.95 : 0);
                }

                environment.Step();
            }
        }));
    }

    [Fact]
    public void SkidMarks_SpinningWheels_AreKeptForPictures()
    {
        CarRacingEnvironment environment = Create(new CarRacingOptions { Stack = 1 });
        environment.Reset([0]);
        environment.Groups[0].Actions.Write(0, 1, 0, 1);
        environment.Groups[0].Actions.Write(0, 0, 0, 1);
        for (int step = 0; step < 200; step++)
        {
            environment.Step();
        }

        List<SkidMark> marks = environment.SnapshotOf(0).SkidMarks;
        Assert.InRange(marks.Count, 1, 30);
        Assert.All(marks, mark => Assert.InRange(mark.Points.Count / 2, 2, 30));
        Assert.All(marks, mark => Assert.Equal(mark.Points[..2], mark.Points[2..4]));
    }

    private static CarRacingEnvironment Create(CarRacingOptions options) => new(options, 1, new MarkingPainter());

    private static void AssertSteps(CarRacingEnvironment environment, params int[] steps)
    {
        Span<byte> seen = environment.Groups[0].Observations.As<byte>().Of(0);
        for (int i = 0; i < steps.Length; i++)
        {
            Assert.Equal(steps[i], MarkingPainter.StepIn(seen.Slice(i * Picture, Picture)));
        }
    }
}
