namespace Gymkhana.Environments.CarRacing;

/// <summary>A closed track: its centre line, the tiles that are worth points, and the red and white borders of its bends.</summary>
/// <remarks>
/// Tile i joins row i with row i − 1 (tile 0 with the last row). Lengths in metres, angles in radians, double precision. A batch of cars
/// lays a new track into the same object when a car starts anew: arrays may be longer than <see cref="Count"/>, and
/// <see cref="Edition"/> tells whoever keeps something derived from a track that it is another one.
/// </remarks>
public sealed class CarTrack
{
    private int _count = -1;

    /// <summary>Tiles, and rows of the centre line; what lies behind them in the arrays has no meaning.</summary>
    public int Count
    {
        get => _count < 0 ? X.Length : _count;
        internal set => _count = value;
    }

    /// <summary>How many tracks have been laid into this object before this one.</summary>
    public long Edition { get; internal set; }

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

    /// <summary>An empty track with room for so many tiles.</summary>
    /// <param name="capacity">Tiles.</param>
    /// <returns>The track.</returns>
    internal static CarTrack WithCapacity(int capacity) => new()
    {
        Alpha = new double[capacity],
        Beta = new double[capacity],
        X = new double[capacity],
        Y = new double[capacity],
        TileCorners = new double[capacity * 8],
        BorderSides = new sbyte[capacity],
        BorderCorners = new double[capacity * 8],
        Count = 0,
    };
}
