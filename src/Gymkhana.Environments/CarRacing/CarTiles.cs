using System.Runtime.Intrinsics;

namespace Gymkhana.Environments.CarRacing;

/// <summary>Which tiles of one track a car touches: the tiles' outlines, and a grid that names the few tiles near a place.</summary>
/// <remarks>
/// Both shapes have a skin of 0.01 m, so that they touch where their distance is less than 0.02 m. Outlines are the corners rounded to single
/// precision, as the physics has them, made convex.
/// </remarks>
internal sealed class CarTiles
{
    private const double CellSize = 6; // m
    private const double HalfField = 342; // m; what lies outside belongs to the outermost cells
    private const int Cells = (int)(2 * HalfField / CellSize);
    private const double Reach = 3.6; // m from the hull's origin; the car is within 2.9
    private const double WheelRadius = 0.61; // m
    private const double HullRadius = 2.87; // m
    private const double Skin = 0.02;
    private const double Tolerance = 1.2e-6;
    private const double Touching = Skin + Tolerance;

    private readonly int[] _cellStarts = new int[(Cells * Cells) + 1];
    private int[] _cellTiles = [];
    private int[] _all = [];

    // For each tile four edges of outward normal x, y and distance from the middle of the field; then the corners.
    private double[] _edges = [];
    private double[] _corners = [];
    private int _count;

    /// <summary>Takes in another track.</summary>
    /// <param name="track">The track.</param>
    public void Load(CarTrack track)
    {
        _count = track.Count;
        if (_all.Length < _count)
        {
            int room = track.X.Length;
            _all = new int[room];
            _edges = new double[room * 12];
            _corners = new double[room * 8];
            for (int i = 0; i < room; i++)
            {
                _all[i] = i;
            }
        }

        Array.Clear(_cellStarts);
        for (int tile = 0; tile < _count; tile++)
        {
            Outline(track, tile);
            (int x0, int x1, int y0, int y1) = CellsOf(tile);
            for (int y = y0; y <= y1; y++)
            {
                for (int x = x0; x <= x1; x++)
                {
                    _cellStarts[(y * Cells) + x + 1]++;
                }
            }
        }

        FillCells();
    }

    /// <summary>The tiles that a car may touch.</summary>
    /// <param name="x">Origin of the hull, m.</param>
    /// <param name="y">Origin of the hull, m.</param>
    /// <param name="wheels">How far the farthest wheel's centre is from there, m.</param>
    /// <returns>Their numbers, ascending.</returns>
    public ReadOnlySpan<int> Near(double x, double y, double wheels)
    {
        if (!(wheels + WheelRadius + Touching < Reach))
        {
            return _all.AsSpan(0, _count);
        }

        int cell = (CellOf(y) * Cells) + CellOf(x);
        return _cellTiles.AsSpan(_cellStarts[cell], _cellStarts[cell + 1] - _cellStarts[cell]);
    }

    /// <summary>Which wheels touch a tile.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="x">The wheels' centres, m.</param>
    /// <param name="y">The wheels' centres, m.</param>
    /// <param name="car">The car, for its wheels' directions.</param>
    /// <returns>Bit w for wheel w.</returns>
    public int WheelsOn(int tile, Vector256<double> x, Vector256<double> y, ReadOnlySpan<float> car)
    {
        ReadOnlySpan<double> edges = _edges.AsSpan(tile * 12, 12);
        Vector256<double> outside = (x * edges[0]) + (y * edges[1]) - Vector256.Create(edges[2]);
        for (int edge = 3; edge < 12; edge += 3)
        {
            outside = Vector256.Max(outside, (x * edges[edge]) + (y * edges[edge + 1]) - Vector256.Create(edges[edge + 2]));
        }

        uint near = Vector256.LessThan(outside, Vector256.Create(WheelRadius + Touching)).ExtractMostSignificantBits();
        uint inside = Vector256.LessThan(outside, Vector256<double>.Zero).ExtractMostSignificantBits();
        for (int wheel = 0; near != inside && wheel < CarBody.Wheels; wheel++)
        {
            if ((near & ~inside & (1u << wheel)) != 0)
            {
                near &= ~(WheelTouches(tile, wheel, car) ? 0u : 1u << wheel);
                inside |= near & (1u << wheel);
            }
        }

        return (int)inside;
    }

    /// <summary>Whether the hull touches a tile.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="x">Origin of the hull, m.</param>
    /// <param name="y">Origin of the hull, m.</param>
    /// <param name="car">The car, for the hull's direction.</param>
    /// <returns>Whether any part of it does.</returns>
    public bool HullOn(int tile, double x, double y, ReadOnlySpan<float> car)
    {
        ReadOnlySpan<double> edges = _edges.AsSpan(tile * 12, 12);
        for (int edge = 0; edge < 12; edge += 3)
        {
            if ((x * edges[edge]) + (y * edges[edge + 1]) - edges[edge + 2] > HullRadius + Touching)
            {
                return false;
            }
        }

        double sine = car[CarRows.Sine], cosine = car[CarRows.Cosine];
        Span<double> part = stackalloc double[16];
        for (int p = 0; p < CarBody.HullStarts.Length - 1; p++)
        {
            int first = CarBody.HullStarts[p], corners = CarBody.HullStarts[p + 1] - first;
            for (int i = 0; i < corners; i++)
            {
                double cx = CarBody.HullCorners[2 * (first + i)], cy = CarBody.HullCorners[(2 * (first + i)) + 1];
                part[2 * i] = (cosine * cx) - (sine * cy) + x;
                part[(2 * i) + 1] = (sine * cx) + (cosine * cy) + y;
            }

            if (ConvexShapes.AreWithin(_corners.AsSpan(tile * 8, 8), part[..(2 * corners)], Touching))
            {
                return true;
            }
        }

        return false;
    }

    private bool WheelTouches(int tile, int wheel, ReadOnlySpan<float> car)
    {
        ReadOnlySpan<float> body = car.Slice(CarRows.Body(1 + wheel, 0), CarRows.PerBody);
        double sine = body[CarRows.Sine], cosine = body[CarRows.Cosine];
        Span<double> corners = stackalloc double[8];
        for (int i = 0; i < 4; i++)
        {
            double cx = i is 0 or 3 ? -CarBody.WheelHalfWidth : CarBody.WheelHalfWidth;
            double cy = i < 2 ? CarBody.WheelHalfLength : -CarBody.WheelHalfLength;
            corners[2 * i] = (cosine * cx) - (sine * cy) + body[CarRows.X];
            corners[(2 * i) + 1] = (sine * cx) + (cosine * cy) + body[CarRows.Y];
        }

        return ConvexShapes.AreWithin(_corners.AsSpan(tile * 8, 8), corners, Touching);
    }

    private void Outline(CarTrack track, int tile)
    {
        Span<double> corners = _corners.AsSpan(tile * 8, 8);
        for (int i = 0; i < 8; i++)
        {
            corners[i] = (float)track.TileCorners[(tile * 8) + i];
        }

        ConvexShapes.MakeConvex(corners);
        for (int i = 0; i < 4; i++)
        {
            int next = (i + 1) % 4;
            double dx = corners[2 * next] - corners[2 * i], dy = corners[(2 * next) + 1] - corners[(2 * i) + 1];
            double length = Math.Sqrt((dx * dx) + (dy * dy));

            // An edge without length bounds nothing.
            double nx = length > 0 ? dy / length : 0, ny = length > 0 ? -dx / length : 0;
            Span<double> edge = _edges.AsSpan((tile * 12) + (i * 3), 3);
            edge[0] = nx;
            edge[1] = ny;
            edge[2] = length > 0 ? (nx * corners[2 * i]) + (ny * corners[(2 * i) + 1]) : 1e9;
        }
    }

    private (int X0, int X1, int Y0, int Y1) CellsOf(int tile)
    {
        ReadOnlySpan<double> c = _corners.AsSpan(tile * 8, 8);
        return (
            CellOf(Math.Min(Math.Min(c[0], c[2]), Math.Min(c[4], c[6])) - Reach),
            CellOf(Math.Max(Math.Max(c[0], c[2]), Math.Max(c[4], c[6])) + Reach),
            CellOf(Math.Min(Math.Min(c[1], c[3]), Math.Min(c[5], c[7])) - Reach),
            CellOf(Math.Max(Math.Max(c[1], c[3]), Math.Max(c[5], c[7])) + Reach));
    }

    private void FillCells()
    {
        for (int cell = 0; cell < Cells * Cells; cell++)
        {
            _cellStarts[cell + 1] += _cellStarts[cell];
        }

        int entries = _cellStarts[^1];
        if (_cellTiles.Length < entries)
        {
            _cellTiles = new int[entries + (entries / 2)];
        }

        // Backwards, so that each cell's end moves down to its start and its tiles come to ascend.
        for (int tile = _count - 1; tile >= 0; tile--)
        {
            (int x0, int x1, int y0, int y1) = CellsOf(tile);
            for (int y = y0; y <= y1; y++)
            {
                for (int x = x0; x <= x1; x++)
                {
                    _cellTiles[--_cellStarts[(y * Cells) + x + 1]] = tile;
                }
            }
        }

        // Every start now stands one place too far on.
        Array.Copy(_cellStarts, 1, _cellStarts, 0, Cells * Cells);
        _cellStarts[^1] = entries;
    }

    private static int CellOf(double coordinate) => (int)Math.Clamp((coordinate + HalfField) / CellSize, 0, Cells - 1);
}
