using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Spaces;
using Gymkhana.Tests.Environments;

namespace Gymkhana.Tests.Policies;

public sealed class RandomPolicyTests
{
    [Fact]
    public void Act_SeedAtAnotherPlaceInAnotherBatch_DrawsTheSame()
    {
        Assert.Equal(Draws([9], 0), Draws([3, 4, 9, 5], 2));
        Assert.NotEqual(Draws([9], 0), Draws([8], 0));
    }

    [Fact]
    public void Act_ManyDraws_AreAllAllowedAndCoverTheSpace()
    {
        Space[] spaces =
        [
            new DiscreteSpace(4),
            new MultiDiscreteSpace([2, 5]),
            new BoxSpace([-1, 10], [3, 10.5f]),
            new BoxSpace([3], [6], elementType: ElementType.Int32),
            new BoxSpace([0], [255], elementType: ElementType.UInt8),
        ];
        foreach (Space space in spaces)
        {
            IEnvironment environment = new ActingOnly(space, 64);
            IActor actor = new RandomPolicy().CreateActor(environment);
            actor.Reset(new ulong[64].Select((_, i) => (ulong)i).ToArray());
            double[] low = [.. Enumerable.Repeat(double.MaxValue, space.Size)];
            double[] high = [.. Enumerable.Repeat(double.MinValue, space.Size)];
            for (int step = 0; step < 40; step++)
            {
                actor.Act();
                for (int copy = 0; copy < 64; copy++)
                {
                    for (int i = 0; i < space.Size; i++)
                    {
                        double value = environment.Groups[0].Actions.Read(0, i, copy);
                        Assert.True(space.Allows(i, value), $"{space}: {value}");
                        low[i] = Math.Min(low[i], value);
                        high[i] = Math.Max(high[i], value);
                    }
                }
            }

            (double, double)[] reach = space switch
            {
                DiscreteSpace => [(0, 3)],
                MultiDiscreteSpace => [(0, 1), (0, 4)],
                BoxSpace { ElementType: ElementType.Float32 } => [(-0.99, 2.99), (10.01, 10.49)],
                BoxSpace { ElementType: ElementType.Int32 } => [(3, 6)],
                _ => [(1, 254)],
            };
            for (int i = 0; i < space.Size; i++)
            {
                Assert.True(low[i] <= reach[i].Item1 && high[i] >= reach[i].Item2, $"{space} {i}: {low[i]}..{high[i]}");
            }
        }
    }

    [Fact]
    public void Act_AfterWarmUp_AllocatesNothing()
    {
        var environment = new ToyEnvironment(16, twoGroups: true);
        environment.Reset(1);
        IActor[] actors = [new RandomPolicy().CreateActor(environment), new RandomPolicy().CreateActor(environment, 1)];
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int step = 0; step < 100; step++)
            {
                actors[0].Act();
                actors[1].Act();
                actors[0].EpisodeEnded(3);
            }
        }));
    }

    [Fact]
    public void CreateActor_InfiniteBounds_IsRefused()
    {
        PolicyMismatchException failure = Assert.Throws<PolicyMismatchException>(
            () => new RandomPolicy().CreateActor(new ActingOnly(new BoxSpace(float.NegativeInfinity, 1, 2), 1)));
        Assert.Contains("finite bounds", failure.Message, StringComparison.Ordinal);
    }

    private static List<double> Draws(ulong[] seeds, int copy)
    {
        var environment = new ToyEnvironment(seeds.Length, twoGroups: true);
        environment.Reset(seeds);
        IActor[] actors = [new RandomPolicy().CreateActor(environment), new RandomPolicy().CreateActor(environment, 1)];
        var draws = new List<double>();
        foreach (IActor actor in actors)
        {
            actor.Reset(seeds);
        }

        for (int step = 0; step < 50; step++)
        {
            actors[0].Act();
            actors[1].Act();
            draws.Add(environment.Groups[0].Actions.Read(0, 0, copy));
            draws.Add(environment.Groups[1].Actions.Read(0, 0, copy));
            draws.Add(environment.Groups[1].Actions.Read(1, 0, copy));
        }

        return draws;
    }

    /// <summary>An environment that is only acted upon.</summary>
    private sealed class ActingOnly(Space actions, int count) : IEnvironment
    {
        public EnvironmentSpec Spec { get; } = new ToyEnvironment(1).Spec;

        public int Count { get; } = count;

        public ImmutableArray<AgentGroup> Groups { get; } = [new AgentGroup("one", ["one"], new DiscreteSpace(1), actions, [], count)];

        public Batch<double> Figures => throw new NotSupportedException();

        public bool RecordsState { get; set; }

        public ImmutableArray<StateField> State => [];

        public void Reset(ReadOnlySpan<ulong> seeds) => throw new NotSupportedException();

        public void Step() => throw new NotSupportedException();
    }
}
