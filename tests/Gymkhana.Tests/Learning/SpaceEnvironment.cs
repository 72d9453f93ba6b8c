using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Settings;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Tests.Learning;

/// <summary>
/// A world of any spaces: observations are noise that also depends on the last action, the reward is its first number, and episodes end by
/// chance: by termination, or after ten steps by truncation.
/// </summary>
internal sealed class SpaceEnvironment : IEnvironment
{
    public const int Limit = 10;
    private readonly AgentGroup _group;
    private readonly KeyedStream[] _random;
    private readonly int[] _steps;

    public SpaceEnvironment(Space observation, Space action, int count)
    {
        Count = count;
        _group = new AgentGroup("one", ["one"], observation, action, [], count);
        Groups = [_group];
        Figures = new Batch<double>(1, 0, count);
        _random = [.. Enumerable.Range(0, count).Select(_ => new KeyedStream(0, 0, StreamPurpose.Dynamics))];
        _steps = new int[count];
        Spec = new EnvironmentSpec
        {
            Id = "Space-v0",
            Summary = "Noise.",
            StepSeconds = 1,
            MaxEpisodeSteps = Limit,
            Figures = [],
            Page = new EnvironmentPage { Description = "Noise.", Actions = [], Observations = [], Reward = "The first number of the action.", Start = "Noise.", End = "By chance.", Source = "Made for tests.", Versions = "v0." },
        };
    }

    public EnvironmentSpec Spec { get; }

    public int Count { get; }

    public ImmutableArray<AgentGroup> Groups { get; }

    public Batch<double> Figures { get; }

    public bool RecordsState { get; set; }

    public ImmutableArray<StateField> State => [];

    public static EnvironmentRegistration Registration(Space observation, Space action) =>
        new("Space-v0", "Noise.", new SettingSchema(), (_, count) => new SpaceEnvironment(observation, action, count));

    public void Reset(ReadOnlySpan<ulong> seeds)
    {
        for (int copy = 0; copy < Count; copy++)
        {
            _random[copy].Rekey(seeds[copy], 0, StreamPurpose.Dynamics);
            _steps[copy] = 0;
            Observe(_group.Observations, copy, 0);
        }
    }

    public void Step()
    {
        for (int copy = 0; copy < Count; copy++)
        {
            double action = _group.Actions.Read(0, 0, copy);
            _group.Rewards[0, 0, copy] = action;
            bool terminated = _random[copy].NextBool(0.1);
            _group.Terminated[0, 0, copy] = terminated;
            _group.Truncated[0, 0, copy] = !terminated && ++_steps[copy] >= Limit;
            Observe(_group.Observations, copy, action);
            if (terminated || _group.Truncated[0, 0, copy])
            {
                Copy(_group.Observations, _group.FinalObservations, copy);
                _steps[copy] = 0;
                Observe(_group.Observations, copy, 0);
            }
        }
    }

    private static void Copy(Batch from, Batch to, int copy)
    {
        for (int f = 0; f < from.Features; f++)
        {
            to.Write(0, f, copy, from.Read(0, f, copy));
        }
    }

    private void Observe(Batch to, int copy, double action)
    {
        for (int f = 0; f < to.Features; f++)
        {
            double value = to is Batch<byte> ? _random[copy].NextInt(256) : _random[copy].NextNormal() + action;
            to.Write(0, f, copy, value);
        }
    }
}
