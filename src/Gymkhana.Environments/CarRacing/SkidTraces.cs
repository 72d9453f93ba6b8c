namespace Gymkhana.Environments.CarRacing;

/// <summary>The traces that four wheels leave where they skid; the newest thirty are kept.</summary>
internal sealed class SkidTraces
{
    private const int Kept = 30;
    private const int LongestTrace = 30;

    private readonly List<SkidMark> _marks;
    private readonly SkidMark?[] _current = new SkidMark?[CarBody.Wheels];
    private readonly bool[] _started = new bool[CarBody.Wheels];
    private readonly Stack<SkidMark> _spareGrass = new();
    private readonly Stack<SkidMark> _spareRoad = new();

    /// <summary>No traces yet.</summary>
    /// <param name="marks">Holds the traces, oldest first.</param>
    public SkidTraces(List<SkidMark> marks)
    {
        _marks = marks;
        _marks.EnsureCapacity(Kept + 1);
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        for (int wheel = 0; wheel < CarBody.Wheels; wheel++)
        {
            Release(wheel);
        }

        while (_marks.Count > 0)
        {
            Drop();
        }
    }

    /// <summary>Takes note of how a wheel rolls.</summary>
    /// <param name="wheel">The wheel.</param>
    /// <param name="skids">Whether it slides hard enough to leave a trace.</param>
    /// <param name="grass">Whether it is on grass.</param>
    /// <param name="x">Where it is, m.</param>
    /// <param name="y">Where it is, m.</param>
    public void Observe(int wheel, bool skids, bool grass, float x, float y)
    {
        if (!skids)
        {
            Release(wheel);
        }
        else if (_current[wheel] is SkidMark mark && mark.OnGrass == grass && mark.Points.Count < 2 * LongestTrace)
        {
            mark.Points.Add(x);
            mark.Points.Add(y);
        }
        else if (!_started[wheel])
        {
            _started[wheel] = true;
        }
        else
        {
            Release(wheel);
            _current[wheel] = Begin(grass, x, y);
        }
    }

    // A new trace has its first point twice.
    private SkidMark Begin(bool grass, float x, float y)
    {
        Stack<SkidMark> spare = grass ? _spareGrass : _spareRoad;
        if (!spare.TryPop(out SkidMark? mark))
        {
            mark = new SkidMark(grass, new List<float>(2 * LongestTrace));
        }

        mark.Points.Add(x);
        mark.Points.Add(y);
        mark.Points.Add(x);
        mark.Points.Add(y);
        _marks.Add(mark);
        if (_marks.Count > Kept)
        {
            Drop();
        }

        return mark;
    }

    // The oldest trace may still be one that a wheel draws: it is then used again when the wheel has done.
    private void Drop()
    {
        SkidMark oldest = _marks[0];
        _marks.RemoveAt(0);
        if (Array.IndexOf(_current, oldest) < 0)
        {
            Spare(oldest);
        }
    }

    private void Release(int wheel)
    {
        SkidMark? mark = _current[wheel];
        _current[wheel] = null;
        _started[wheel] = false;
        if (mark is not null && !_marks.Contains(mark))
        {
            Spare(mark);
        }
    }

    private void Spare(SkidMark mark)
    {
        mark.Points.Clear();
        (mark.OnGrass ? _spareGrass : _spareRoad).Push(mark);
    }
}
