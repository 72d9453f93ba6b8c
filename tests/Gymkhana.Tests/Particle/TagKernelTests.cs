using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.Particle;

namespace Gymkhana.Tests.Particle;

/// <summary>The lane-wise world against the plain one, and against itself at other widths.</summary>
public sealed class TagKernelTests
{
    private const int Copies = 37;

    // Of places and velocities, at any width and with any instructions.
    private const ulong RecordedHash = 0xde6b2bf19d050089;

    [Theory]
    [InlineData(1, 3, 2, 1)]
    [InlineData(1, 3, 2, 16)]
    [InlineData(2, 6, 4, 8)]
    [InlineData(3, 2, 0, 4)]
    public void Step_ManyCopies_IsThePlainWorld(int prey, int hunters, int obstacles, int width)
    {
        var options = new SimpleTagOptions { Prey = prey, PlainHunters = hunters, Obstacles = obstacles, MaxCycles = 1000 };
        var environment = new SimpleTagEnvironment(options, Copies, width);
        environment.Reset(5);
        Crowd(environment);
        IActor[] actors = Randoms(environment);
        int touches = 0;
        for (int step = 0; step < 60; step++)
        {
            Array.ForEach(actors, a => a.Act());
            PlainTag[] plain = [.. Enumerable.Range(0, Copies).Select(copy => Plain(environment, copy))];
            int[][] moves = [.. Enumerable.Range(0, Copies).Select(copy => MovesOf(environment, copy))];
            environment.Step();
            for (int copy = 0; copy < Copies; copy++)
            {
                plain[copy].Step(moves[copy]);
                touches += plain[copy].Touches;
                Compare(plain[copy], environment, copy);
            }
        }

        Assert.True(touches > 0, "Nobody ever touched anybody.");
    }

    [Theory]
    [Trait("Category", "Determinism")]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Step_AnyWidth_HasTheSameBits(int width)
    {
        var options = new SimpleTagOptions
        {
            Prey = 2,
            Obstacles = 3,
            MaxCycles = 40,
            Classes = [new HunterClass("A", [HunterView.Self, HunterView.Landmarks, HunterView.Others], 2), new HunterClass("B", [HunterView.PreyRelative], 3)],
            PreyScript = TagScript.Flee,
            TalkRange = 1,
            TalkNeighbours = 2,
            TalkDropout = 0.2,
            TalkDelay = 1,
        };
        foreach (SimpleTagOptions one in (SimpleTagOptions[])[options, options with { PreyScript = TagScript.Random }, options with { PreyScript = TagScript.External, HunterScript = TagScript.Lookahead, TalkDelay = 0 }])
        {
            Assert.Equal(Trace(one, 1, Copies), Trace(one, width, Copies));
            Assert.Equal(Trace(one, 1, 1)[..100], Trace(one, width, 1)[..100]);
        }
    }

    [Fact]
    [Trait("Category", "Determinism")]
    public void Step_RecordedGame_LeavesTheRecordedHash()
    {
        var options = new SimpleTagOptions { Prey = 2, MaxCycles = 30, PreyScript = TagScript.Flee, HunterScript = TagScript.External };
        var environment = new SimpleTagEnvironment(options, Copies);
        environment.Reset(99);
        IActor[] actors = Randoms(environment);
        ulong hash = 0;
        for (int step = 0; step < 200; step++)
        {
            Array.ForEach(actors, a => a.Act());
            environment.Step();
            for (int copy = 0; copy < Copies; copy++)
            {
                for (int row = 0; row < environment.Rows.Force(0); row += ParticleRows.Lanes)
                {
                    hash = StreamKey.Finalize(hash ^ BitConverter.DoubleToUInt64Bits(environment.At(row, copy)));
                }
            }
        }

        Assert.Equal(RecordedHash, hash);
    }

    [Fact]
    public void Step_TwoBodiesOnOneSpot_PushesThemApart()
    {
        var environment = new SimpleTagEnvironment(new SimpleTagOptions { Obstacles = 0 }, 1, 16);
        environment.Reset(1);
        for (int agent = 0; agent < 4; agent++)
        {
            environment.At(ParticleRows.Place(agent), 0) = agent / 2;
            environment.At(ParticleRows.Place(agent) + ParticleRows.Lanes, 0) = 0.5;
        }

        environment.Step();
        environment.Step();
        for (int agent = 0; agent < 4; agent++)
        {
            Assert.True(float.IsFinite(environment.PlaceOf(agent, 0).X));
        }

        Assert.True(environment.PlaceOf(0, 0).X > environment.PlaceOf(1, 0).X, "The first of the two goes to the right.");
        Assert.Equal(environment.PlaceOf(0, 0).Y, environment.PlaceOf(1, 0).Y);
    }

    [Fact]
    public void Step_NumbersBeyondTheBox_AreClippedAndNaNIsRefused()
    {
        SimpleTagEnvironment Play(float right)
        {
            var environment = new SimpleTagEnvironment(new SimpleTagOptions { ContinuousActions = true }, 2, 16);
            environment.Reset(3);
            environment.Groups[0].Actions.Write(1, 2, 1, right);
            environment.Step();
            return environment;
        }

        SimpleTagEnvironment clipped = Play(7), whole = Play(1);
        int row = whole.Rows.Velocity(1);
        Assert.Equal(0.3, whole.At(row, 1), 1e-12);
        Assert.Equal(whole.At(row, 1), clipped.At(row, 1));
        Assert.Contains("got NaN for adversary_1", Assert.Throws<ArgumentOutOfRangeException>(() => Play(float.NaN)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_ChoiceBeyondFour_IsRefusedByName()
    {
        var environment = new SimpleTagEnvironment(new SimpleTagOptions(), 2, 16);
        environment.Reset(3);
        environment.Groups[1].Actions.Write(0, 0, 1, 5);
        Assert.Contains("actions from 0 to 4, got another for agent_0", Assert.Throws<ArgumentOutOfRangeException>(environment.Step).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.75)]
    [InlineData(2, 1)]
    public void Step_Curriculum_SlowsThePrey(int stage, double vigour)
    {
        SimpleTagOptions options = SimpleTagOptions.From(SimpleTagOptions.Schema.Defaults.With("curriculum", "true").With("stage", $"{stage}"));
        var environment = new SimpleTagEnvironment(options with { Obstacles = 0, MaxCycles = 100 }, 1, 16);
        environment.Reset(8);
        for (int hunter = 0; hunter < 3; hunter++) environment.At(ParticleRows.Place(hunter), 0) = -9 - hunter;
        double speed = 0;
        for (int step = 0; step < 12; step++)
        {
            environment.Groups[1].Actions.Write(0, 0, 0, 2);
            environment.Step();
            if (step == 0) Assert.Equal(0.4 * vigour, environment.At(environment.Rows.Velocity(3), 0), 1e-3);
            speed = environment.At(environment.Rows.Velocity(3), 0);
        }

        Assert.Equal(1.3 * vigour, speed, 1e-3);
    }

    [Fact]
    public void Step_DistanceShaping_AddsAPartToBothSides()
    {
        var environment = new SimpleTagEnvironment(new SimpleTagOptions { DistanceShaping = true, Prey = 2 }, Copies, 16);
        environment.Reset(4);
        environment.Step();
        for (int copy = 0; copy < Copies; copy++)
        {
            PlainTag plain = Plain(environment, copy);
            double hunters = -0.1 * Enumerable.Range(0, 3).Sum(h => Math.Min(plain.Distance(h, 3), plain.Distance(h, 4)));
            Assert.Equal(hunters, environment.Groups[0].RewardPartValues[2, 1, copy], 1e-12);
            double prey = 0.1 * Enumerable.Range(0, 3).Sum(h => plain.Distance(h, 4));
            Assert.Equal(prey, environment.Groups[1].RewardPartValues[1, 2, copy], 1e-12);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Step_RewardsOfTheirOwn_AddUpToTheTeams(bool shaping)
    {
        ImmutableArray<HunterClass> classes = [new HunterClass("A", [HunterView.Self], 2), new HunterClass("B", [HunterView.Self], 0), new HunterClass("C", [HunterView.Self], 3)];
        var options = new SimpleTagOptions { Classes = classes, Prey = 2, DistanceShaping = shaping };
        var together = new SimpleTagEnvironment(options, Copies, 16);
        var own = new SimpleTagEnvironment(options with { OwnRewards = true }, Copies, 16);
        IActor[] actors = [.. Randoms(together), .. Randoms(own)];
        together.Reset(4);
        own.Reset(4);
        Crowd(together);
        Crowd(own);
        int touches = 0;
        for (int step = 0; step < 20; step++)
        {
            Array.ForEach(actors, actor => actor.Act());
            together.Step();
            own.Step();
            for (int copy = 0; copy < Copies; copy++)
            {
                PlainTag plain = Plain(own, copy);
                double sum = 0;
                int hunter = 0;
                foreach (AgentGroup group in own.Groups[..^1])
                {
                    for (int agent = 0; agent < group.Agents.Length; agent++, hunter++)
                    {
                        double touch = 10 * Enumerable.Range(5, 2).Count(p => plain.Distance(hunter, p) < 0.125), far = Enumerable.Range(5, 2).Min(p => plain.Distance(hunter, p));
                        Assert.Equal(touch, group.RewardPartValues[agent, 0, copy]);
                        Assert.Equal(shaping ? touch - (0.1 * far) : touch, group.Rewards[agent, 0, copy], 1e-12);
                        sum += group.Rewards[agent, 0, copy];
                        touches += touch > 0 ? 1 : 0;
                    }
                }

                Assert.Equal(together.Groups[0].Rewards[1, 0, copy], sum, 1e-12);
                Assert.Equal(together.Figures[0, 0, copy], own.Figures[0, 0, copy]);
                Assert.Equal(together.Figures[0, 4, copy] / 5, own.Figures[0, 4, copy], 1e-9);
            }
        }

        Assert.True(touches > 0);
    }

    // Halves all distances, so that there is more to do.
    private static void Crowd(SimpleTagEnvironment environment)
    {
        for (int copy = 0; copy < Copies; copy++)
        {
            for (int entity = 0; entity < environment.Bodies.Agents + environment.Bodies.Landmarks; entity++)
            {
                environment.At(ParticleRows.Place(entity), copy) *= 0.5;
                environment.At(ParticleRows.Place(entity) + ParticleRows.Lanes, copy) *= 0.5;
            }
        }
    }

    private static IActor[] Randoms(IEnvironment environment)
    {
        IActor[] actors = [.. Enumerable.Range(0, environment.Groups.Length).Select(g => new RandomPolicy().CreateActor(environment, g))];
        ulong[] seeds = [.. Enumerable.Range(0, environment.Count).Select(i => (ulong)i)];
        Array.ForEach(actors, a => a.Reset(seeds));
        return actors;
    }

    internal static PlainTag Plain(SimpleTagEnvironment environment, int copy)
    {
        TagTeam team = environment.Team;
        var plain = new PlainTag(team.Hunters, team.Prey, team.Obstacles);
        for (int entity = 0; entity < plain.Places.Length; entity++)
        {
            int row = ParticleRows.Place(entity);
            plain.Places[entity] = (environment.At(row, copy), environment.At(row + ParticleRows.Lanes, copy));
        }

        for (int agent = 0; agent < plain.Agents; agent++)
        {
            int row = environment.Rows.Velocity(agent);
            plain.Velocities[agent] = (environment.At(row, copy), environment.At(row + ParticleRows.Lanes, copy));
        }

        return plain;
    }

    private static int[] MovesOf(IEnvironment environment, int copy) =>
        [.. environment.Groups.SelectMany(g => Enumerable.Range(0, g.Agents.Length).Select(a => g.Actions.As<int>()[a, 0, copy]))];

    private static void Compare(PlainTag plain, SimpleTagEnvironment environment, int copy)
    {
        PlainTag actual = Plain(environment, copy);
        for (int agent = 0; agent < plain.Agents; agent++)
        {
            // The plain world takes exponential and logarithm from the platform.
            Assert.Equal(plain.Places[agent].X, actual.Places[agent].X, 1e-12);
            Assert.Equal(plain.Places[agent].Y, actual.Places[agent].Y, 1e-12);
            Assert.Equal(plain.Velocities[agent].X, actual.Velocities[agent].X, 1e-12);
            Assert.Equal(plain.Velocities[agent].Y, actual.Velocities[agent].Y, 1e-12);
            bool hunts = agent < plain.Hunters;
            AgentGroup group = environment.Groups[hunts ? 0 : 1];
            int member = hunts ? agent : agent - plain.Hunters;
            Assert.Equal(plain.Rewards[agent], group.Rewards[member, 0, copy], 1e-12);
            float[] seen = plain.Observe(agent);
            for (int i = 0; i < seen.Length; i++)
            {
                Assert.Equal(seen[i], group.Observations.As<float>()[member, i, copy], 1e-6f);
            }
        }
    }

    private static double[] Trace(SimpleTagOptions options, int width, int copies)
    {
        var environment = new SimpleTagEnvironment(options, copies, width) { KeepsLinks = true, KeepsGlobalState = true };
        environment.Reset(11);
        IActor[] actors = Randoms(environment);
        var trace = new List<double>();
        for (int step = 0; step < 100; step++)
        {
            Array.ForEach(actors, a => a.Act());
            environment.Step();
            double sum = 0;
            foreach (Batch batch in (Batch[])[environment.Links, environment.LinkFeatures, environment.GlobalState, environment.Figures, .. environment.Groups.Select(g => g.Observations), .. environment.Groups.Select(g => g.Rewards)])
            {
                for (int agent = 0; agent < batch.Agents; agent++)
                {
                    for (int feature = 0; feature < batch.Features; feature++)
                    {
                        for (int copy = 0; copy < copies; copy++) sum = (sum * 1.0009765625 % 1e6) + batch.Read(agent, feature, copy);
                    }
                }
            }

            trace.Add(sum);
        }

        return [.. trace];
    }
}
