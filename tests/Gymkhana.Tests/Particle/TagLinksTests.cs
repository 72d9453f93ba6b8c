using Gymkhana.Core.Environments;
using Gymkhana.Environments.Particle;

namespace Gymkhana.Tests.Particle;

/// <summary>Who hears whom, against a plain count of distances.</summary>
public sealed class TagLinksTests
{
    private const int Copies = 21;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.8, 0)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(0.8, 2)]
    [InlineData(double.PositiveInfinity, 1)]
    public void Links_EachStep_AreThoseWithinRangeAndTheNearest(double range, int nearest)
    {
        SimpleTagEnvironment environment = Begin(new SimpleTagOptions { PlainHunters = 5, TalkRange = range, TalkNeighbours = nearest, HunterScript = TagScript.External, PreyScript = TagScript.Random });
        double scale = double.IsFinite(range) && range > 0 ? range : 1;
        int heard = 0;
        for (int step = 0; step < 30; step++)
        {
            for (int copy = 0; copy < Copies; copy++)
            {
                PlainTag plain = TagKernelTests.Plain(environment, copy);
                for (int receiver = 0; receiver < 5; receiver++)
                {
                    int[] order = [.. Enumerable.Range(0, 5).Where(s => s != receiver).OrderBy(s => plain.Distance(receiver, s))];
                    for (int sender = 0; sender < 5; sender++)
                    {
                        bool hears = sender != receiver && range > 0 && plain.Distance(receiver, sender) <= range && (nearest == 0 || Array.IndexOf(order, sender) < nearest);
                        Assert.Equal(hears ? 1f : 0f, environment.Links[receiver, sender, copy]);
                        CompareFeatures(environment, plain, plain, receiver, sender, copy, hears, scale);
                        heard += hears ? 1 : 0;
                    }
                }
            }

            Move(environment, step);
        }

        Assert.Equal(range > 0, heard > 0);
    }

    [Fact]
    public void Links_Delay_AreThoseOfTheStepBeforeAndNoneAtTheBeginning()
    {
        SimpleTagEnvironment environment = Begin(new SimpleTagOptions { PlainHunters = 3, TalkRange = 1.2, TalkDelay = 1, MaxCycles = 6 });
        var before = new PlainTag[Copies];
        float[]? said = null;
        for (int step = 0; step < 20; step++)
        {
            bool fresh = step % 6 == 0;
            Batch<float> seen = environment.Groups[0].Observations.As<float>(), heard = environment.HeardObservations(0);
            for (int copy = 0; copy < Copies; copy++)
            {
                PlainTag plain = TagKernelTests.Plain(environment, copy);
                for (int receiver = 0; receiver < 3; receiver++)
                {
                    for (int sender = 0; sender < 3; sender++)
                    {
                        bool hears = !fresh && sender != receiver && before[copy].Distance(receiver, sender) <= 1.2;
                        Assert.Equal(hears ? 1f : 0f, environment.Links[receiver, sender, copy]);
                        CompareFeatures(environment, fresh ? plain : before[copy], plain, receiver, sender, copy, hears, 1.2);
                    }
                }

                before[copy] = plain;
            }

            float[] now = seen.Values.ToArray();
            for (int copy = 0; copy < Copies; copy++)
            {
                for (int i = 0; i < seen.Features; i++)
                {
                    Assert.Equal(fresh ? 0 : said![seen.IndexOf(1, i, copy)], heard[1, i, copy]);
                }
            }

            said = now;
            Move(environment, step);
        }
    }

    [Fact]
    public void Links_Dropout_LosesThatShareEachForItself()
    {
        SimpleTagEnvironment environment = Begin(new SimpleTagOptions { PlainHunters = 4, TalkDropout = 0.3 });
        double links = 0, oneWay = 0;
        for (int step = 0; step < 200; step++)
        {
            for (int copy = 0; copy < Copies; copy++)
            {
                for (int receiver = 0; receiver < 4; receiver++)
                {
                    for (int sender = 0; sender < 4; sender++) links += environment.Links[receiver, sender, copy];
                }

                oneWay += environment.Links[0, 1, copy] != environment.Links[1, 0, copy] ? 1 : 0;
            }

            Move(environment, step);
        }

        // 50 400 possible links: four standard errors are 0.0082; of the 4 200 pairs 0.42 should differ, within 0.031.
        Assert.Equal(0.7, links / (200 * Copies * 12), 0.0082);
        Assert.Equal(0.42, oneWay / (200 * Copies), 0.031);
    }

    [Fact]
    public void Links_NotKept_SayHowToKeepThem()
    {
        var environment = new SimpleTagEnvironment(new SimpleTagOptions(), 1);
        Assert.Contains("Set KeepsLinks", Assert.Throws<InvalidOperationException>(() => environment.Links).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TalkingGroups_ScriptedHunters_AreNone()
    {
        var environment = new SimpleTagEnvironment(new SimpleTagOptions { HunterScript = TagScript.Chase }, 1) { KeepsLinks = true };
        environment.Reset(1);
        Assert.Empty(environment.TalkingGroups);
        Assert.Equal((3, 3), (environment.Talkers, environment.Links.Agents));
        Assert.Equal("agent", Assert.Single(environment.Groups).Name);
    }

    [Fact]
    public void Step_LinksAndStateKept_AllocatesNothing()
    {
        SimpleTagEnvironment environment = Begin(new SimpleTagOptions { TalkRange = 1, TalkDelay = 1, TalkDropout = 0.1, TalkNeighbours = 1, PreyScript = TagScript.Flee, MaxCycles = 7 });
        environment.KeepsGlobalState = true;
        Gymkhana.Core.Policies.IActor chase = ScriptedPolicy.All[1].CreateActor(environment);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int step = 0; step < 20; step++)
            {
                chase.Act();
                environment.Step();
            }
        }));
    }

    private static SimpleTagEnvironment Begin(SimpleTagOptions options)
    {
        var environment = new SimpleTagEnvironment(options, Copies) { KeepsLinks = true };
        environment.Reset(13);
        return environment;
    }

    private static void Move(SimpleTagEnvironment environment, int step)
    {
        AgentGroup hunters = environment.Groups[0];
        for (int copy = 0; copy < Copies; copy++)
        {
            for (int agent = 0; agent < hunters.Agents.Length; agent++) hunters.Actions.Write(agent, 0, copy, ((step / 3) + agent + copy) % 5);
        }

        environment.Step();
    }

    private static void CompareFeatures(SimpleTagEnvironment environment, PlainTag then, PlainTag now, int receiver, int sender, int copy, bool hears, double scale)
    {
        double dx = then.Places[sender].X - now.Places[receiver].X, dy = then.Places[sender].Y - now.Places[receiver].Y;
        double[] expected =
        [
            dx / scale, dy / scale, Math.Sqrt((dx * dx) + (dy * dy)) / scale,
            then.Velocities[sender].X - now.Velocities[receiver].X, then.Velocities[sender].Y - now.Velocities[receiver].Y,
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(hears ? expected[i] : 0, environment.LinkFeatures[receiver, (sender * 5) + i, copy], 1e-6);
        }
    }
}
