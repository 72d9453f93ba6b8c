namespace Gymkhana.Learning.MultiAgent;

/// <summary>Returns and figures of the last 100 episodes that ended, in order of time and then of copy.</summary>
internal sealed class TeamEpisodes(int figures)
{
    private const int Capacity = 100;
    private readonly double[] _values = new double[Capacity * (figures + 1)];
    private int _next;
    private int _count;

    /// <summary>Episodes that ended in all.</summary>
    public long Ended { get; private set; }

    /// <summary>Mean return of one agent of the first group, NaN where there is none.</summary>
    public double MeanReturn => Mean(0);

    /// <summary>Mean of a figure, NaN where there is none.</summary>
    public double MeanFigure(int index) => Mean(1 + index);

    public void Add(TeamRollout rollout)
    {
        for (int i = 0; i < rollout.Count; i++)
        {
            if (rollout.EpisodeLengths[i] > 0)
            {
                Span<double> row = _values.AsSpan(_next * (figures + 1), figures + 1);
                row[0] = rollout.EpisodeReturns[i];
                rollout.EpisodeFigures.AsSpan(i * figures, figures).CopyTo(row[1..]);
                _next = (_next + 1) % Capacity;
                _count = Math.Min(_count + 1, Capacity);
                Ended++;
            }
        }
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_next);
        writer.Write(_count);
        writer.Write(Ended);
        foreach (double value in _values)
        {
            writer.Write(value);
        }
    }

    public void Load(BinaryReader reader)
    {
        _next = reader.ReadInt32();
        _count = reader.ReadInt32();
        Ended = reader.ReadInt64();
        if (_next is < 0 or >= Capacity || _count is < 0 or > Capacity)
        {
            throw new ArgumentException("impossible numbers of episodes");
        }

        foreach (ref double value in _values.AsSpan())
        {
            value = reader.ReadDouble();
        }
    }

    private double Mean(int column)
    {
        double sum = 0;
        for (int i = 0; i < _count; i++)
        {
            sum += _values[(i * (figures + 1)) + column];
        }

        return sum / _count;
    }
}
