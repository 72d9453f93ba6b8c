using System.Collections.Immutable;

namespace Gymkhana.Environments.Particle;

/// <summary>The bodies of a particle world: discs in the plane, all of mass 1. Agents come first and move; landmarks stand still.</summary>
/// <remarks>Lengths in world units, times in s. Constants and the order of computation are those of MPE2 1.1.0.</remarks>
internal sealed record ParticleBodies
{
    /// <summary>Time step, s.</summary>
    public const double StepSeconds = 0.1;

    /// <summary>What is left of a velocity after a step.</summary>
    public const double Glide = 0.75;

    /// <summary>Force of a contact for each unit of penetration.</summary>
    public const double ContactForce = 100;

    /// <summary>How soft a contact is.</summary>
    public const double ContactMargin = 0.001;

    /// <summary>Radius of each agent.</summary>
    public required ImmutableArray<double> Radii { get; init; }

    /// <summary>What an agent's push is multiplied by.</summary>
    public required ImmutableArray<double> Accelerations { get; init; }

    /// <summary>The largest speed of each agent, units/s; infinite where there is none.</summary>
    public required ImmutableArray<double> MaxSpeeds { get; init; }

    /// <summary>How many landmarks.</summary>
    public required int Landmarks { get; init; }

    /// <summary>Radius of a landmark.</summary>
    public required double LandmarkRadius { get; init; }

    /// <summary>Whether agents bump into landmarks.</summary>
    public required bool LandmarksCollide { get; init; }

    /// <summary>Landmarks start within ± this in x and y; agents within ±1.</summary>
    public required double LandmarkSpread { get; init; }

    /// <summary>How many agents.</summary>
    public int Agents => Radii.Length;
}
