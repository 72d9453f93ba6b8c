using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;

namespace Gymkhana.Core.Conformance;

/// <summary>A batch played at random in all its groups. What a copy does depends on its seed only.</summary>
internal sealed class RandomPlay
{
    private readonly IActor[] _actors;

    public RandomPlay(IEnvironment environment)
    {
        Environment = environment;
        Tracker = new EpisodeTracker(environment);
        _actors = [.. Enumerable.Range(0, environment.Groups.Length).Select(group => new RandomPolicy().CreateActor(environment, group))];
    }

    public IEnvironment Environment { get; }

    public EpisodeTracker Tracker { get; }

    public void Reset(ReadOnlySpan<ulong> seeds)
    {
        Environment.Reset(seeds);
        Tracker.Reset();
        foreach (IActor actor in _actors)
        {
            actor.Reset(seeds);
        }
    }

    /// <summary>Chooses actions, without stepping.</summary>
    public void Act()
    {
        foreach (IActor actor in _actors)
        {
            actor.Act();
        }
    }

    public void Step()
    {
        Act();
        Environment.Step();
        Tracker.Observe();
    }

    /// <summary>Distinct, far from each other, without meaning.</summary>
    public static ulong[] Seeds(int count)
    {
        ulong[] seeds = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            seeds[i] = 1000 + ((ulong)i * 7919);
        }

        return seeds;
    }
}
