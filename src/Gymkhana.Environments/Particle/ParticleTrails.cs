using System.Numerics;

namespace Gymkhana.Environments.Particle;

/// <summary>Where the agents of copies that are being drawn have been lately. Nothing is kept for copies that nobody looks at.</summary>
internal sealed class ParticleTrails
{
    /// <summary>Places that are kept for each agent.</summary>
    public const int Length = 14;

    private readonly List<Track> _tracks = [];

    /// <summary>The track of a copy, which from now on is kept.</summary>
    public Track Of(ParticleEnvironment environment, int copy)
    {
        foreach (Track track in _tracks)
        {
            if (track.Copy == copy) return track;
        }

        var added = new Track(copy, environment.Bodies.Agents);
        added.Begin(environment);
        _tracks.Add(added);
        return added;
    }

    /// <summary>Begins every track anew.</summary>
    public void Restart(ParticleEnvironment environment)
    {
        foreach (Track track in _tracks) track.Begin(environment);
    }

    /// <summary>Takes in the step just made.</summary>
    public void Observe(ParticleEnvironment environment)
    {
        foreach (Track track in _tracks) track.Observe(environment);
    }

    /// <summary>The latest places of one copy's agents, the newest last.</summary>
    internal sealed class Track(int copy, int agents)
    {
        private readonly Vector2[] _places = new Vector2[agents * Length];
        private int _newest;

        public int Copy => copy;

        /// <summary>Places so far, at most <see cref="Length"/>.</summary>
        public int Count { get; private set; }

        /// <summary>A place, 0 for the newest.</summary>
        public Vector2 Place(int agent, int age) => _places[(agent * Length) + ((_newest - age + Length) % Length)];

        public void Begin(ParticleEnvironment environment)
        {
            Count = 0;
            Push(environment);
        }

        public void Observe(ParticleEnvironment environment)
        {
            if (environment.StepsOf(copy) == 0) Count = 0;
            Push(environment);
        }

        private void Push(ParticleEnvironment environment)
        {
            _newest = (_newest + 1) % Length;
            Count = Math.Min(Count + 1, Length);
            for (int agent = 0; agent < agents; agent++)
            {
                _places[(agent * Length) + _newest] = environment.PlaceOf(agent, copy);
            }
        }
    }
}
