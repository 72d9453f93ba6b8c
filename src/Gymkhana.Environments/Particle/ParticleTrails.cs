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
        // Room around agents, and how fast the picture widens and narrows, share of the way in each step.
        private const float Margin = 0.2f;
        private const float Widening = 0.5f;
        private const float Narrowing = 0.06f;
        private const float Widest = 1.8f;

        private readonly Vector2[] _places = new Vector2[agents * Length];
        private int _newest;
        private float _wideness = 1;
        private float _widenessBefore = 1;

        public int Copy => copy;

        /// <summary>Places so far, at most <see cref="Length"/>.</summary>
        public int Count { get; private set; }

        /// <summary>A place, 0 for the newest.</summary>
        public Vector2 Place(int agent, int age) => _places[(agent * Length) + ((_newest - age + Length) % Length)];

        /// <summary>How many times as wide as usual the picture has to be to show all agents, at a moment of the last step from 0 to 1. It follows slowly, and leaves those alone who are too far.</summary>
        public float Wideness(float moment) => float.Lerp(_widenessBefore, _wideness, moment);

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

        private float Wanted()
        {
            float wanted = 1;
            for (int agent = 0; agent < agents; agent++)
            {
                Vector2 far = Vector2.Abs(Place(agent, 0)) + new Vector2(Margin);
                float needed = MathF.Max(far.X / ParticleScene.Frame.Right, far.Y / ParticleScene.Frame.Top);
                wanted = needed <= Widest ? MathF.Max(wanted, needed) : wanted;
            }

            return wanted;
        }

        private void Push(ParticleEnvironment environment)
        {
            _newest = (_newest + 1) % Length;
            Count = Math.Min(Count + 1, Length);
            for (int agent = 0; agent < agents; agent++)
            {
                _places[(agent * Length) + _newest] = environment.PlaceOf(agent, copy);
            }

            float wanted = Wanted();
            _widenessBefore = Count == 1 ? wanted : _wideness;
            _wideness = Count == 1 ? wanted : float.Lerp(_wideness, wanted, wanted > _wideness ? Widening : Narrowing);
        }
    }
}
