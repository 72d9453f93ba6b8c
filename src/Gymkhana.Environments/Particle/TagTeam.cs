using System.Collections.Immutable;
using Gymkhana.Core.Environments;

namespace Gymkhana.Environments.Particle;

/// <summary>The two sides of simple_tag_v3 and the rows that its rules keep: hunters are agents 0 to A − 1, prey follow.</summary>
/// <param name="options">Options.</param>
/// <param name="rows">Where numbers lie.</param>
internal sealed class TagTeam(SimpleTagOptions options, ParticleRows rows)
{
    /// <summary>Hunters.</summary>
    public int Hunters { get; } = options.Hunters;

    /// <summary>Prey.</summary>
    public int Prey { get; } = options.Prey;

    /// <summary>Obstacles.</summary>
    public int Obstacles { get; } = options.Obstacles;

    /// <summary>Classes of hunters that figures are counted for; 0 for the plain one.</summary>
    public int Classes { get; } = options.Classes.Length;

    /// <summary>Class of each hunter; empty for the plain one.</summary>
    public ImmutableArray<int> ClassOf { get; } = [.. options.Classes.SelectMany((c, index) => Enumerable.Repeat(index, c.Count))];

    /// <summary>Whether rewards tell of distances.</summary>
    public bool DistanceShaping { get; } = options.DistanceShaping;

    /// <summary>Whether a hunter is rewarded for what it does itself.</summary>
    public bool OwnRewards { get; } = options.OwnRewards;

    /// <summary>Where numbers lie.</summary>
    public ParticleRows Rows { get; } = rows;

    /// <summary>Rows that are kept.</summary>
    public int Count => 4 + Prey + Classes;

    /// <summary>Touches of the episode so far.</summary>
    public int Touches => Rows.Own;

    /// <summary>Return of a hunter so far.</summary>
    public int HunterReturn => Rows.Own + ParticleRows.Lanes;

    /// <summary>Mean return of the prey so far.</summary>
    public int PreyReturn => Rows.Own + (2 * ParticleRows.Lanes);

    /// <summary>Whether every prey is touched now, 0 or 1.</summary>
    public int Success => Rows.Own + (3 * ParticleRows.Lanes);

    /// <summary>Whether a prey has been touched in the episode, 0 or 1.</summary>
    public int Touched(int prey) => Rows.Own + ((4 + prey) * ParticleRows.Lanes);

    /// <summary>Touches of a class so far.</summary>
    public int TouchesOf(int hunterClass) => Rows.Own + ((4 + Prey + hunterClass) * ParticleRows.Lanes);

    /// <summary>x of a hunter's place.</summary>
    public static int PlaceOfHunter(int hunter) => ParticleRows.Place(hunter);

    /// <summary>x of a prey's place.</summary>
    public int PlaceOfPrey(int prey) => ParticleRows.Place(Hunters + prey);

    /// <summary>x of an obstacle's place.</summary>
    public int PlaceOfObstacle(int obstacle) => ParticleRows.Place(Hunters + Prey + obstacle);
}

/// <summary>Where the outcome of a step is written.</summary>
/// <param name="HunterGroups">The hunters' groups; empty where a script acts for them.</param>
/// <param name="PreyGroup">The prey's group; null where a script acts for them.</param>
/// <param name="Figures">Figures.</param>
internal sealed record TagOutcome(ImmutableArray<AgentGroup> HunterGroups, AgentGroup? PreyGroup, Batch<double> Figures);
