namespace Gymkhana.Environments.Walker.Film;

/// <summary>How sand lay after a step, with no more than is needed to go on with the same bits.</summary>
internal sealed record SandMemory
{
    public required float[] X { get; init; }

    public required float[] Y { get; init; }

    /// <summary>The grains that cells know, cell by cell in the order that a cell has them.</summary>
    public required int[] InCells { get; init; }

    /// <summary>How many each cell knows.</summary>
    public required byte[] Filled { get; init; }

    public required byte[] Tints { get; init; }

    /// <summary>The grains that move, in order; all others lie still.</summary>
    public required int[] Awake { get; init; }

    public required (float LastX, float LastY, byte Resting)[] OfAwake { get; init; }

    public required (int Grain, float Glow)[] Glowing { get; init; }

    public required bool Backwards { get; init; }

    public required SandLight.Memory Light { get; init; }
}
