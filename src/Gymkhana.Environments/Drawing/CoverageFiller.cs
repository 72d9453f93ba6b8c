using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gymkhana.Environments.Drawing;

/// <summary>
/// Fills contours by exact area coverage. Every edge adds, per row, the change it makes to the signed area to its right; a
/// running sum along the row then is the coverage of each pixel (nonzero winding, held to 1). Only pixels an edge touches are
/// visited one by one; what lies between them is one run. Rows are worked top to bottom with a list of active edges.
/// </summary>
internal sealed class CoverageFiller
{
    // Far beyond any picture, yet small enough that slopes stay finite in single precision.
    private const float Far = 1e6f;

    private readonly int _width;
    private readonly int _height;
    private readonly float[] _change;
    private readonly ulong[] _touched;
    private readonly int[] _firstOfRow;
    private Edge[] _edges = new Edge[256];
    private int[] _active = new int[256];
    private int _count;
    private int _topRow;
    private int _bottomRow;
    private bool _broken;
    private Vector2 _start;
    private Vector2 _current;

    internal CoverageFiller(int width, int height)
    {
        _width = width;
        _height = height;
        _change = new float[width + 2];
        _touched = new ulong[((width + 2) >> 6) + 1];
        _firstOfRow = new int[height];
        Array.Fill(_firstOfRow, -1);
        Forget();
    }

    /// <summary>Starts a contour.</summary>
    internal void MoveTo(Vector2 point) => _start = _current = point;

    /// <summary>Adds a side to the contour.</summary>
    internal void LineTo(Vector2 point)
    {
        AddEdge(_current, point);
        _current = point;
    }

    /// <summary>Joins the contour's end to its start.</summary>
    internal void Close() => LineTo(_start);

    /// <summary>Adds a whole closed contour.</summary>
    internal void Add(ReadOnlySpan<Vector2> contour)
    {
        if (contour.Length < 3) return;
        MoveTo(contour[0]);
        for (int i = 1; i < contour.Length; i++) LineTo(contour[i]);
        Close();
    }

    /// <summary>Draws everything added since the last fill in one premultiplied colour, and forgets it.</summary>
    internal void Fill(Span<uint> pixels, uint source)
    {
        if (_count > 0 && !_broken) FillRows(pixels, source);
        if (_broken) Array.Fill(_firstOfRow, -1);
        Forget();
    }

    private void Forget()
    {
        _count = 0;
        _topRow = _height;
        _bottomRow = -1;
        _broken = false;
    }

    private void AddEdge(Vector2 from, Vector2 to)
    {
        if (!float.IsFinite(from.X + from.Y + to.X + to.Y))
        {
            // A point that is not a number draws nothing rather than something wrong.
            _broken = true;
            return;
        }

        if (from.Y == to.Y) return;
        from = Vector2.Clamp(from, new Vector2(-Far), new Vector2(Far));
        to = Vector2.Clamp(to, new Vector2(-Far), new Vector2(Far));
        float direction = 1;
        if (from.Y > to.Y)
        {
            (from, to) = (to, from);
            direction = -1;
        }

        if (to.Y <= 0 || from.Y >= _height) return;
        float slope = (to.X - from.X) / (to.Y - from.Y);
        if (from.Y < 0) from = new Vector2(from.X - (from.Y * slope), 0);
        if (to.Y > _height) to = new Vector2(from.X + ((_height - from.Y) * slope), _height);

        // What lies left of the picture counts as a vertical edge at its border; what lies right of it covers nothing.
        if (from.X < 0 || to.X < 0)
        {
            if (from.X <= 0 && to.X <= 0)
            {
                Store(0, from.Y, 0, to.Y, direction);
                return;
            }

            float y = from.Y - (from.X / slope);
            y = Math.Clamp(y, from.Y, to.Y);
            if (from.X < 0)
            {
                Store(0, from.Y, 0, y, direction);
                from = new Vector2(0, y);
            }
            else
            {
                Store(0, y, 0, to.Y, direction);
                to = new Vector2(0, y);
            }
        }

        if (from.X > _width || to.X > _width)
        {
            if (from.X >= _width && to.X >= _width) return;
            float y = Math.Clamp(from.Y + ((_width - from.X) / slope), from.Y, to.Y);
            if (from.X > _width) from = new Vector2(_width, y);
            else to = new Vector2(_width, y);
        }

        Store(from.X, from.Y, to.X, to.Y, direction);
    }

    private void Store(float x0, float y0, float x1, float y1, float direction)
    {
        if (!(y1 > y0)) return;
        if (_count == _edges.Length)
        {
            Array.Resize(ref _edges, _count * 2);
            Array.Resize(ref _active, _count * 2);
        }

        int row = Math.Min((int)y0, _height - 1);
        _edges[_count] = new Edge
        {
            X = x0,
            Y = y0,
            EndY = y1,
            Slope = (x1 - x0) / (y1 - y0),
            Low = MathF.Min(x0, x1),
            High = MathF.Max(x0, x1),
            Direction = direction,
            Next = _firstOfRow[row],
        };
        _firstOfRow[row] = _count++;
        _topRow = Math.Min(_topRow, row);
        _bottomRow = Math.Max(_bottomRow, Math.Min((int)y1, _height - 1));
    }

    private void FillRows(Span<uint> pixels, uint source)
    {
        int active = 0;
        Span<float> change = _change;
        Span<ulong> touched = _touched;
        for (int row = _topRow; row <= _bottomRow; row++)
        {
            for (int edge = _firstOfRow[row]; edge >= 0; edge = _edges[edge].Next) _active[active++] = edge;
            _firstOfRow[row] = -1;
            if (active == 0) continue;

            int kept = 0;
            for (int k = 0; k < active; k++)
            {
                ref Edge edge = ref _edges[_active[k]];
                float top = MathF.Max(edge.Y, row), bottom = MathF.Min(edge.EndY, row + 1);
                if (bottom > top)
                {
                    // Rounding may step a hair outside the edge's own span; the clamp keeps every index in the row.
                    float a = Math.Clamp(edge.X + ((top - edge.Y) * edge.Slope), edge.Low, edge.High);
                    float b = Math.Clamp(edge.X + ((bottom - edge.Y) * edge.Slope), edge.Low, edge.High);
                    Accumulate(change, touched, MathF.Min(a, b), MathF.Max(a, b), (bottom - top) * edge.Direction);
                }

                if (edge.EndY > row + 1) _active[kept++] = _active[k];
            }

            active = kept;
            Sweep(change, touched, pixels.Slice(row * _width, _width), source);
        }

        Debug.Assert(active == 0, "Every edge ends on the last row.");
    }

    // An edge falls by `fall` (signed) within this row while x runs from a to b. C(k), the covered share of cell k counted from
    // the edge to the right, is a parabola in the first and last cell and a straight line between; cells get C(k) − C(k−1).
    private static void Accumulate(Span<float> change, Span<ulong> touched, float a, float b, float fall)
    {
        int first = (int)a, last = (int)b;
        if (first == last)
        {
            float middle = ((a + b) * 0.5f) - first;
            Change(change, touched, first, fall * (1 - middle));
            Change(change, touched, first + 1, fall * middle);
            return;
        }

        float perCell = 1 / (b - a);
        float inFirst = first + 1 - a, inLast = b - last;
        float before = 0.5f * perCell * inFirst * inFirst;
        Change(change, touched, first, fall * before);
        for (int cell = first + 1; cell < last; cell++)
        {
            float covered = perCell * (cell + 0.5f - a);
            Change(change, touched, cell, fall * (covered - before));
            before = covered;
        }

        float rest = 0.5f * perCell * inLast * inLast;
        Change(change, touched, last, fall * (1 - rest - before));
        Change(change, touched, last + 1, fall * rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Change(Span<float> change, Span<ulong> touched, int cell, float amount)
    {
        change[cell] += amount;
        touched[cell >> 6] |= 1UL << cell;
    }

    private static void Sweep(Span<float> change, Span<ulong> touched, Span<uint> row, uint source)
    {
        float sum = 0;
        int runStart = 0;
        uint coverage = 0;
        for (int word = 0; word < touched.Length; word++)
        {
            ulong bits = touched[word];
            if (bits == 0) continue;
            touched[word] = 0;
            do
            {
                int cell = (word << 6) + BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
                if (coverage != 0)
                {
                    if (cell - runStart == 1 && runStart < row.Length) Blending.Pixel(ref row[runStart], source, coverage);
                    else Blending.Run(row[Math.Min(runStart, row.Length)..Math.Min(cell, row.Length)], source, coverage);
                }

                sum += change[cell];
                change[cell] = 0;
                coverage = (uint)(int)((MathF.Min(MathF.Abs(sum), 1) * 255) + 0.5f);
                runStart = cell;
            }
            while (bits != 0);
        }

        // A shape cut by the right border has no edge there to end its last run.
        if (coverage != 0 && runStart < row.Length) Blending.Run(row[runStart..], source, coverage);
    }

    private struct Edge
    {
        public float X;
        public float Y;
        public float EndY;
        public float Slope;
        public float Low;
        public float High;
        public float Direction;
        public int Next;
    }
}
