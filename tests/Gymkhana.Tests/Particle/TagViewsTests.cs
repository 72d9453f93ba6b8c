using Gymkhana.Core.Environments;
using Gymkhana.Environments.Particle;

namespace Gymkhana.Tests.Particle;

/// <summary>What classes of hunters see, the global state, and the figures by class.</summary>
public sealed class TagViewsTests
{
    private const int Copy = 2;

    [Fact]
    public void Groups_Classes_AreThoseWithMembersAndKeepTheOriginalsNames()
    {
        SimpleTagEnvironment environment = Begin("classes=A:self+landmarks,B:self+prey,C:everything", "adversaries=A:2,C:1");
        Assert.Equal(["A", "C", "agent"], environment.Groups.Select(g => g.Name));
        Assert.Equal(["adversary_0", "adversary_1", "adversary_2", "agent_0"], environment.Groups.SelectMany(g => g.Agents));
        Assert.Equal([new ObservationPart("self", 1, 4), new("landmarks", 2, 2), new("class", 1, 3)], environment.Groups[0].Parts);
        Assert.Equal([new ObservationPart("self", 1, 4), new("landmarks", 2, 2), new("others", 2, 2), new("prey", 1, 2), new("prey-velocity", 1, 2), new("class", 1, 3)], environment.Groups[1].Parts);
        Assert.Equal([new ObservationPart("self", 1, 4), new("landmarks", 2, 2), new("hunters", 3, 2), new("others", 0, 2), new("others-velocity", 0, 2)], environment.Groups[2].Parts);
    }

    [Fact]
    public void Observations_EachView_ShowsWhatItSays()
    {
        SimpleTagEnvironment environment = Begin("classes=A:self+landmarks+prey,B:landmarks-relative+prey-relative+others,C:everything", "adversaries=A:1,B:2,C:1", "num_good=2", "num_obstacles=3");
        for (int step = 0; step < 4; step++)
        {
            environment.Step();
            PlainTag plain = TagKernelTests.Plain(environment, Copy);
            (double X, double Y)[] p = plain.Places, v = plain.Velocities;
            Equal([v[0].X, v[0].Y, p[0].X, p[0].Y, p[6].X, p[6].Y, p[7].X, p[7].Y, p[8].X, p[8].Y, p[4].X, p[4].Y, v[4].X, v[4].Y, p[5].X, p[5].Y, v[5].X, v[5].Y, 1, 0, 0], environment.Groups[0], 0);
            Equal(
                [
                    .. Relative(p, 2, 6), .. Relative(p, 2, 7), .. Relative(p, 2, 8), .. Relative(p, 2, 4), v[4].X, v[4].Y, .. Relative(p, 2, 5), v[5].X, v[5].Y,
                    .. Relative(p, 2, 0), .. Relative(p, 2, 1), .. Relative(p, 2, 3), 0, 1, 0,
                ],
                environment.Groups[1],
                1);
            Equal([.. plain.Observe(3).Select(o => (double)o), 0, 0, 1], environment.Groups[2], 0);
            Equal([.. plain.Observe(5).Select(o => (double)o)], environment.Groups[3], 1);
        }
    }

    [Fact]
    public void Observations_NearestPrey_IsThatOfTheMoment()
    {
        SimpleTagEnvironment environment = Begin("classes=A:prey-nearest+self", "adversaries=A:3", "num_good=3", "prey=random", "max_cycles=100");
        Assert.Equal([new ObservationPart("prey", 1, 4), new("self", 1, 4), new("class", 1, 1)], environment.Groups[0].Parts);
        HashSet<int> seen = [];
        for (int step = 0; step < 60; step++)
        {
            environment.Step();
            PlainTag plain = TagKernelTests.Plain(environment, Copy);
            (double X, double Y)[] p = plain.Places, v = plain.Velocities;
            for (int hunter = 0; hunter < 3; hunter++)
            {
                int nearest = Enumerable.Range(3, 3).MinBy(prey => Relative(p, hunter, prey).Sum(d => d * d));
                seen.Add(nearest);
                Equal([p[nearest].X, p[nearest].Y, v[nearest].X, v[nearest].Y, v[hunter].X, v[hunter].Y, p[hunter].X, p[hunter].Y, 1], environment.Groups[0], hunter);
            }
        }

        Assert.True(seen.Count > 1);
    }

    [Fact]
    public void GlobalState_EveryStep_HoldsPlacesVelocitiesAndClasses()
    {
        SimpleTagEnvironment environment = Begin("classes=A:self,B:prey", "adversaries=A:1,B:1", "max_cycles=3");
        Assert.Equal([new ObservationPart("hunters", 2, 6), new("prey", 1, 4), new("landmarks", 2, 2)], environment.GlobalParts);
        Assert.Equal(20, environment.GlobalState.Features);
        foreach (AgentGroup group in environment.Groups)
        {
            for (int agent = 0; agent < group.Agents.Length; agent++) group.Actions.Write(agent, 0, Copy, 2);
        }

        double[]? before = null;
        for (int step = 1; step <= 7; step++)
        {
            environment.RecordsState = true;
            environment.Step();
            bool ended = step % 3 == 0;
            double[] now = StateOf(environment);
            PlainTag plain = TagKernelTests.Plain(environment, Copy);
            (double X, double Y)[] p = plain.Places, v = plain.Velocities;
            Equal([p[0].X, p[0].Y, v[0].X, v[0].Y, 1, 0, p[1].X, p[1].Y, v[1].X, v[1].Y, 0, 1, p[2].X, p[2].Y, v[2].X, v[2].Y, p[3].X, p[3].Y, p[4].X, p[4].Y], environment.GlobalState);
            if (ended)
            {
                // The recorded state is that before the reset.
                float[] final = [.. Enumerable.Range(0, 20).Select(i => environment.FinalGlobalState[0, i, Copy])];
                Assert.Equal((float)now[0], final[0]);
                Assert.NotEqual(environment.GlobalState[0, 0, Copy], final[0]);
            }

            if (step > 1) Assert.NotEqual(before, now);
            before = now;
        }
    }

    [Fact]
    public void Figures_TouchesByClass_AddUpToAllTouches()
    {
        SimpleTagEnvironment environment = Begin("classes=A:self,B:prey", "adversaries=A:2,B:2", "hunters=chase", "prey=external", "max_cycles=200", "num_good=2");
        double[] all = new double[environment.Count];
        for (int step = 0; step < 199; step++)
        {
            environment.Step();
            for (int copy = 0; copy < environment.Count; copy++)
            {
                // Prey that stands still: touches are what its rewards tell of.
                all[copy] -= (environment.Groups[0].RewardPartValues[0, 0, copy] + environment.Groups[0].RewardPartValues[1, 0, copy]) / 10;
            }
        }

        Assert.Equal(["touches", "touched", "touchesPerPrey", "preyTouched", "hunterReturn", "preyReturn", "touchesA", "touchesB"], environment.Spec.Figures.Select(f => f.Name));
        for (int copy = 0; copy < environment.Count; copy++)
        {
            Batch<double> figures = environment.Figures;
            Assert.Equal(all[copy], figures[0, 0, copy], 1e-9);
            Assert.Equal(all[copy], figures[0, 6, copy] + figures[0, 7, copy], 1e-9);
            Assert.Equal(all[copy] / 2, figures[0, 2, copy], 1e-9);
            Assert.Equal(10 * all[copy], figures[0, 4, copy], 1e-9);
            Assert.Equal(all[copy] > 0 ? 1 : 0, figures[0, 1, copy]);
        }

        Assert.True(all.Sum() > 0);
    }

    private static SimpleTagEnvironment Begin(params string[] settings)
    {
        var environment = new SimpleTagEnvironment(SimpleTagOptionsTests.Read(settings), 19) { KeepsGlobalState = true };
        environment.Reset(21);
        return environment;
    }

    private static double[] StateOf(SimpleTagEnvironment environment) =>
        [.. environment.State.SelectMany(f => Enumerable.Range(0, f.Values.Features).Select(i => f.Values.Read(0, i, Copy)))];

    private static double[] Relative((double X, double Y)[] places, int self, int other) => [places[other].X - places[self].X, places[other].Y - places[self].Y];

    private static void Equal(double[] expected, AgentGroup group, int agent) =>
        Assert.Equal(expected.Select(e => (float)e), Enumerable.Range(0, group.Observations.Features).Select(i => group.Observations.As<float>()[agent, i, Copy]));

    private static void Equal(double[] expected, Batch<float> state) =>
        Assert.Equal(expected.Select(e => (float)e), Enumerable.Range(0, state.Features).Select(i => state[0, i, Copy]));
}
