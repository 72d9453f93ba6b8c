using Gymkhana.Core.Environments;
using Gymkhana.Environments.Particle;

namespace Gymkhana.Tests.Particle;

public sealed class SimpleSpreadTests
{
    [Fact]
    public void Step_LocalRatioAndCurriculum_WeighCoverageAndCollisions()
    {
        foreach (bool costs in (bool[])[true, false])
        {
            var environment = new SimpleSpreadEnvironment(new SimpleSpreadOptions { Agents = 4, LocalRatio = 0.25, CollisionsCost = costs }, 1, 8);
            environment.Reset(2);
            (double X, double Y)[] places = [(0, 0), (0.2, 0), (-0.2, 0), (2, 2), (0, 0.05), (2, 2), (2, 1), (-0.2, 0)];
            Place(environment, places);
            environment.Step();

            // Nobody moves in the first step. Landmarks are 0.05, 0, 1 and 0 from the nearest agent; agent 0 touches two, agents 1 and 2 one each.
            double coverage = -0.75 * 1.05;
            Assert.Equal([coverage - (costs ? 0.5 : 0), coverage - (costs ? 0.25 : 0), coverage - (costs ? 0.25 : 0), coverage], Rewards(environment), (a, b) => Math.Abs(a - b) < 1e-12);
            Assert.Equal(3, environment.Figures[0, 0, 0]);
            Assert.Equal(1.05, environment.Figures[0, 1, 0], 1e-12);
            Assert.Equal(4, environment.Figures[0, 2, 0]);
        }
    }

    [Fact]
    public void Step_EveryLandmarkCovered_TerminatesUnlessTheLimitTruncates()
    {
        foreach (int limit in (int[])[1, 5])
        {
            var environment = new SimpleSpreadEnvironment(new SimpleSpreadOptions { Agents = 2, TerminateOnSuccess = true, MaxCycles = limit }, 1, 16);
            environment.Reset(2);
            Place(environment, [(0, 0), (1, 0), (0.05, 0), (1, 0.09)]);
            environment.Step();
            Assert.Equal(limit > 1, environment.Groups[0].Terminated[1, 0, 0]);
            Assert.Equal(limit == 1, environment.Groups[0].Truncated[1, 0, 0]);
        }
    }

    private static void Place(SimpleSpreadEnvironment environment, (double X, double Y)[] places)
    {
        for (int entity = 0; entity < places.Length; entity++)
        {
            environment.At(ParticleRows.Place(entity), 0) = places[entity].X;
            environment.At(ParticleRows.Place(entity) + ParticleRows.Lanes, 0) = places[entity].Y;
        }
    }

    private static double[] Rewards(SimpleSpreadEnvironment environment) => [.. Enumerable.Range(0, 4).Select(a => environment.Groups[0].Rewards[a, 0, 0])];
}
