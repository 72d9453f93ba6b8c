#:project ../src/Gymkhana.Environments
#:property PublishAot=false

// A gait written by hand as a policy, and its score on 100 episodes.
//   dotnet run examples/CustomPolicy.cs
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Environments.Walker;

const int Episodes = 100;
WalkerEnvironment environment = new(new WalkerOptions(), Episodes);
IActor actor = new Inchworm().CreateActor(environment);
ulong[] seeds = [.. Enumerable.Range(0, Episodes).Select(i => (ulong)i)];
environment.Reset(seeds);
actor.Reset(seeds);
double[] returns = new double[Episodes];
for (int step = 0; step < environment.Spec.MaxEpisodeSteps; step++)
{
    actor.Act();
    environment.Step();
    for (int copy = 0; copy < Episodes; copy++)
    {
        returns[copy] += environment.Groups[0].Rewards[0, 0, copy];
    }
}

Console.WriteLine($"Inchworm: return {returns.Average():F1}, {environment.Figures.Lane(0).ToArray().Average():F2} targets per episode of {environment.Options.EpisodeSeconds} s");

/// <summary>
/// Grips behind and stretches, then grips in front and shortens, again and again. Where the target is to one side, the flank on
/// that side moves less, which turns the body.
/// </summary>
internal sealed class Inchworm : IPolicy
{
    public string Name => "inchworm";

    public IActor CreateActor(IEnvironment environment, int group = 0)
    {
        AgentGroup agents = environment.Groups[group];
        return agents.ObservationSpace.Size == 9 && agents.ActionSpace.Size == 6
            ? new Actor(agents, environment.Count)
            : throw new PolicyMismatchException($"'{Name}' walks in {WalkerPage.Id} only, not in {environment.Spec.Id}. Give it that environment.");
    }

    private sealed class Actor(AgentGroup group, int count) : IActor
    {
        private const int HalfStride = 17; // Steps of 1/60 s.
        private const float Steering = 1.5f;
        private readonly Batch<float> _seen = group.Observations.As<float>();
        private readonly Batch<float> _actions = group.Actions.As<float>();
        private readonly int[] _step = new int[count];

        public void Reset(ReadOnlySpan<ulong> seeds) => Array.Clear(_step);

        public void EpisodeEnded(int copy) => _step[copy] = 0;

        public void Act()
        {
            for (int copy = 0; copy < count; copy++)
            {
                float ahead = _seen[0, 1, copy], right = _seen[0, 2, copy];
                float stretch = _step[copy]++ % (2 * HalfStride) < HalfStride ? 1 : -1;
                float turn = ahead > 0 ? Math.Clamp(Steering * right, -1, 1) : right > 0 ? 1 : -1;
                _actions[0, 0, copy] = -stretch;
                _actions[0, 1, copy] = -stretch;
                _actions[0, 2, copy] = stretch;
                _actions[0, 3, copy] = stretch;
                _actions[0, 4, copy] = stretch * Math.Min(1, 1 + (2 * turn)); // left flank
                _actions[0, 5, copy] = stretch * Math.Min(1, 1 - (2 * turn)); // right flank
            }
        }
    }
}
