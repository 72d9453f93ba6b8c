namespace Gymkhana.Environments.CarRacing;

/// <summary>A closed track: its centre line, the tiles that are worth points, and the red and white borders of its bends.</summary>
/// <remarks>Tile i joins row i with row i − 1 (tile 0 with the last row). Lengths in metres, angles in radians, double precision.</remarks>
public sealed class CarTrack
{
    /// <summary>Tiles, and rows of the centre line.</summary>
    public int Count => X.Length;

    /// <summary>Polar angle of each row as seen from the middle of the field, rad.</summary>
    public required double[] Alpha { get; init; }

    /// <summary>Heading of the track at each row, rad; not reduced to one turn.</summary>
    public required double[] Beta { get; init; }

    /// <summary>First coordinate of each row, m.</summary>
    public required double[] X { get; init; }

    /// <summary>Second coordinate of each row, m.</summary>
    public required double[] Y { get; init; }

    /// <summary>Corners of each tile: [tile, corner 0–3, x then y], m; in the order left 1, right 1, right 2, left 2.</summary>
    public required double[] TileCorners { get; init; }

    /// <summary>Which side of each tile has a border: −1, 1, or 0 for none.</summary>
    public required sbyte[] BorderSides { get; init; }

    /// <summary>Corners of each tile's border, as <see cref="TileCorners"/>; zero where there is none.</summary>
    public required double[] BorderCorners { get; init; }
}
