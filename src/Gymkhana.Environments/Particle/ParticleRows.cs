using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.Particle;

/// <summary>
/// Where the numbers of sixteen copies lie: a block is a table with a row for each number and a column for each copy, so that all that a step
/// touches lies together. Offsets are in doubles from the start of a block.
/// </summary>
/// <param name="agents">Agents.</param>
/// <param name="landmarks">Landmarks.</param>
internal readonly struct ParticleRows(int agents, int landmarks)
{
    /// <summary>Copies of a block.</summary>
    public const int Lanes = WideWidth.Padding;

    private readonly int _agents = agents;
    private readonly int _entities = agents + landmarks;

    /// <summary>Row of zeros, which nobody writes.</summary>
    public int Zero => Row((2 * _entities) + (4 * _agents));

    /// <summary>Row of ones, which nobody writes.</summary>
    public int One => Zero + Lanes;

    /// <summary>Two rows for forces on what stands still.</summary>
    public int Scrap => Zero + (2 * Lanes);

    /// <summary>The first row that a world may use for itself.</summary>
    public int Own => Zero + (4 * Lanes) + (_agents * Lanes);

    /// <summary>x of an agent's or (from the number of agents on) a landmark's place; y is in the next row.</summary>
    public static int Place(int entity) => Row(2 * entity);

    /// <summary>x of an agent's velocity; y is in the next row.</summary>
    public int Velocity(int agent) => Row((2 * _entities) + (2 * agent));

    /// <summary>x of the force on an agent; y is in the next row.</summary>
    public int Force(int agent) => Row((2 * _entities) + (2 * _agents) + (2 * agent));

    /// <summary>The move that a script chose for an agent, 0 to 4.</summary>
    public int Move(int agent) => Zero + ((4 + agent) * Lanes);

    private static int Row(int index) => index * Lanes;
}
