using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Particle;

/// <summary>A copy at one moment of its last step.</summary>
/// <param name="environment">The environment.</param>
/// <param name="track">Where its agents have been.</param>
/// <param name="copy">The copy.</param>
/// <param name="moment">From 0, before the last step, to 1, now.</param>
internal readonly struct ParticlePicture(ParticleEnvironment environment, ParticleTrails.Track track, int copy, float moment)
{
    /// <summary>The copy.</summary>
    public int Copy => copy;

    /// <summary>The part of the plane that shows all agents, or nearly.</summary>
    public Viewport View => Viewport.Around(Vector2.Zero, ParticleScene.Frame.Width * track.Wideness(moment), ParticleScene.Frame.Height * track.Wideness(moment));

    /// <summary>Places of an agent that are known, the moment included.</summary>
    public int Count => track.Count;

    /// <summary>Where an agent is at the moment: within a step places move along straight lines.</summary>
    public Vector2 Agent(int agent) => track.Count < 2 ? track.Place(agent, 0) : Vector2.Lerp(track.Place(agent, 1), track.Place(agent, 0), moment);

    /// <summary>Where an agent was, 1 for the beginning of the step.</summary>
    public Vector2 Earlier(int agent, int age) => track.Place(agent, age);

    /// <summary>Where a landmark is.</summary>
    public Vector2 Landmark(int landmark) => environment.PlaceOf(environment.Bodies.Agents + landmark, copy);
}
