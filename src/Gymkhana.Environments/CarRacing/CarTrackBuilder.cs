using Gymkhana.Core.Randomness;

namespace Gymkhana.Environments.CarRacing;

/// <summary>Lays tracks: twelve random checkpoints around the field, a walk that steers from one to the next, and one lap cut out of it.</summary>
/// <remarks>
/// The rules, the draws and the order of every operation are those of Gymnasium 1.4.0's CarRacing-v3, in double precision.
/// An attempt may fail, for about one seed in twenty; the next one goes on with the same random stream.
/// </remarks>
internal sealed class CarTrackBuilder
{
    private const int Checkpoints = 12;
    private const int LongestWalk = 2500;
    private const int UsualTiles = 448;
    private const int BorderRun = 4;
    private const double Radius = 900.0 / 6;
    private const double TurnRate = 0.31; // rad for a row
    private const double RowDistance = 21.0 / 6; // m
    private const double HalfWidth = 40.0 / 6; // m
    private const double BorderWidth = 8.0 / 6; // m
    private const double StartAlpha = 2 * Math.PI * -0.5 / Checkpoints;

    private readonly double[] _checkAlpha = new double[Checkpoints];
    private readonly double[] _checkX = new double[Checkpoints];
    private readonly double[] _checkY = new double[Checkpoints];
    private readonly double[] _alpha = new double[LongestWalk];
    private readonly double[] _beta = new double[LongestWalk];
    private readonly double[] _x = new double[LongestWalk];
    private readonly double[] _y = new double[LongestWalk];
    private readonly bool[] _border = new bool[LongestWalk];

    /// <summary>Attempts that the last track took.</summary>
    public int Attempts { get; private set; }

    /// <summary>Lays a track.</summary>
    /// <param name="random">Where the draws come from: 24 for each attempt.</param>
    /// <param name="old">A track whose arrays may be used again, or null.</param>
    /// <returns>The track; the old object where it has room.</returns>
    public CarTrack Build(NumpyGenerator random, CarTrack? old)
    {
        Attempts = 0;
        int first, count;
        do
        {
            Attempts++;
            DrawCheckpoints(random);
            int rows = Walk();
            (first, count) = CutLap(rows);
        }
        while (count == 0);

        CarTrack track = old is not null && old.X.Length >= count ? old : CarTrack.WithCapacity(Math.Max(UsualTiles, count));
        track.Count = count;
        track.Edition++;
        Array.Copy(_alpha, first, track.Alpha, 0, count);
        Array.Copy(_beta, first, track.Beta, 0, count);
        Array.Copy(_x, first, track.X, 0, count);
        Array.Copy(_y, first, track.Y, 0, count);
        FindBorders(track);
        LayTiles(track);
        return track;
    }

    private void DrawCheckpoints(NumpyGenerator random)
    {
        for (int c = 0; c < Checkpoints; c++)
        {
            double noise = random.Uniform(0, 2 * Math.PI * 1 / Checkpoints);
            double alpha = (2 * Math.PI * c / Checkpoints) + noise;
            double radius = random.Uniform(Radius / 3, Radius);
            if (c == 0)
            {
                (alpha, radius) = (0, 1.5 * Radius);
            }
            else if (c == Checkpoints - 1)
            {
                (alpha, radius) = (2 * Math.PI * c / Checkpoints, 1.5 * Radius);
            }

            _checkAlpha[c] = alpha;
            _checkX[c] = radius * Math.Cos(alpha);
            _checkY[c] = radius * Math.Sin(alpha);
        }
    }

    private int Walk()
    {
        (double x, double y, double beta) = (1.5 * Radius, 0, 0);
        int destination = 0;
        int laps = 0;
        bool otherSide = false;
        for (int row = 0; row < LongestWalk; row++)
        {
            double alpha = Math.Atan2(y, x);
            if (otherSide && alpha > 0)
            {
                laps++;
                otherSide = false;
            }

            if (alpha < 0)
            {
                otherSide = true;
                alpha += 2 * Math.PI;
            }

            while (!FindDestination(alpha, ref destination))
            {
                alpha -= 2 * Math.PI;
            }

            int next = destination % Checkpoints;
            (double sin, double cos) = (Math.Sin(beta), Math.Cos(beta));
            double projection = (cos * (_checkX[next] - x)) + (sin * (_checkY[next] - y));
            while (beta - alpha > 1.5 * Math.PI)
            {
                beta -= 2 * Math.PI;
            }

            while (beta - alpha < -1.5 * Math.PI)
            {
                beta += 2 * Math.PI;
            }

            double before = beta;
            projection *= 6;
            if (projection > 0.3)
            {
                beta -= Math.Min(TurnRate, Math.Abs(0.001 * projection));
            }

            if (projection < -0.3)
            {
                beta += Math.Min(TurnRate, Math.Abs(0.001 * projection));
            }

            x += -sin * RowDistance;
            y += cos * RowDistance;
            (_alpha[row], _beta[row], _x[row], _y[row]) = (alpha, (before * 0.5) + (beta * 0.5), x, y);
            if (laps > 4)
            {
                return row + 1;
            }
        }

        return LongestWalk;
    }

    // Counts on to the first checkpoint that is not behind; fails where it comes round to the first of them.
    private bool FindDestination(double alpha, ref int destination)
    {
        while (alpha > _checkAlpha[destination % Checkpoints])
        {
            destination++;
            if (destination % Checkpoints == 0)
            {
                return false;
            }
        }

        return true;
    }

    private (int First, int Count) CutLap(int rows)
    {
        int last = -1;
        int i = rows;
        while (true)
        {
            i--;
            if (i == 0)
            {
                return (0, 0);
            }

            if (_alpha[i] > StartAlpha && _alpha[i - 1] <= StartAlpha)
            {
                if (last >= 0)
                {
                    break;
                }

                last = i;
            }
        }

        int count = last - 1 - i;
        if (count < 1)
        {
            return (0, 0);
        }

        int end = i + count - 1;
        double gapX = Math.Cos(_beta[i]) * (_x[i] - _x[end]);
        double gapY = Math.Sin(_beta[i]) * (_y[i] - _y[end]);
        return Math.Sqrt((gapX * gapX) + (gapY * gapY)) > RowDistance ? (0, 0) : (i, count);
    }

    private void FindBorders(CarTrack track)
    {
        int count = track.Count;
        for (int i = 0; i < count; i++)
        {
            bool hard = true;
            int side = 0;
            for (int k = 0; k < BorderRun; k++)
            {
                double turn = track.Beta[Wrap(i - k, count)] - track.Beta[Wrap(i - k - 1, count)];
                hard &= Math.Abs(turn) > TurnRate * 0.2;
                side += Math.Sign(turn);
            }

            _border[i] = hard && Math.Abs(side) == BorderRun;
        }

        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < BorderRun; k++)
            {
                _border[Wrap(i - k, count)] |= _border[i];
            }
        }
    }

    private void LayTiles(CarTrack track)
    {
        int count = track.Count;
        for (int i = 0; i < count; i++)
        {
            int behind = Wrap(i - 1, count);
            Span<double> tile = track.TileCorners.AsSpan(i * 8, 8);
            Across(track, i, -HalfWidth, tile);
            Across(track, i, HalfWidth, tile[2..]);
            Across(track, behind, HalfWidth, tile[4..]);
            Across(track, behind, -HalfWidth, tile[6..]);
            Span<double> border = track.BorderCorners.AsSpan(i * 8, 8);
            border.Clear();
            int side = _border[i] ? Math.Sign(track.Beta[behind] - track.Beta[i]) : 0;
            track.BorderSides[i] = (sbyte)side;
            if (_border[i])
            {
                Across(track, i, side * HalfWidth, border);
                Across(track, i, side * (HalfWidth + BorderWidth), border[2..]);
                Across(track, behind, side * (HalfWidth + BorderWidth), border[4..]);
                Across(track, behind, side * HalfWidth, border[6..]);
            }
        }
    }

    private static void Across(CarTrack track, int row, double distance, Span<double> point)
    {
        point[0] = track.X[row] + (distance * Math.Cos(track.Beta[row]));
        point[1] = track.Y[row] + (distance * Math.Sin(track.Beta[row]));
    }

    private static int Wrap(int index, int count)
    {
        int rest = index % count;
        return rest < 0 ? rest + count : rest;
    }
}
