namespace Gymkhana.Learning.Training;

/// <summary>Returns, lengths and figures of the last 100 episodes that ended, in order of time and then of copy.</summary>
public sealed class RecentEpisodes
{
    /// <summary>How many are kept.</summary>
    public const int Capacity = 100;

    private readonly double[] _rows;
    private readonly int _width;
    private int _next;

    /// <summary>No episodes yet.</summary>
    /// <param name="figures">Figures of each episode.</param>
    public RecentEpisodes(int figures = 0)
    {
        _width = 2 + figures;
        _rows = new double[Capacity * _width];
    }

    /// <summary>Episodes kept.</summary>
    public int Count { get; private set; }

    /// <summary>Episodes that ended in all.</summary>
    public long Ended { get; private set; }

    /// <summary>Mean return of those kept, NaN where there is none.</summary>
    public double MeanReturn => Mean(0);

    /// <summary>Mean length of those kept, steps; NaN where there is none.</summary>
    public double MeanLength => Mean(1);

    /// <summary>Mean of a figure of those kept, NaN where there is none.</summary>
    /// <param name="index">The figure.</param>
    /// <returns>The mean.</returns>
    public double MeanFigure(int index) => Mean(2 + index);

    /// <summary>Takes in the episodes that ended in a rollout; a step that ended none has length 0.</summary>
    /// <param name="returns">Return of the episode that a step ended.</param>
    /// <param name="lengths">Its length, as many.</param>
    /// <param name="figures">Its figures, those of a step together.</param>
    public void Add(ReadOnlySpan<double> returns, ReadOnlySpan<int> lengths, ReadOnlySpan<double> figures = default)
    {
        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] > 0)
            {
                Span<double> row = _rows.AsSpan(_next * _width, _width);
                (row[0], row[1]) = (returns[i], lengths[i]);
                figures.Slice(i * (_width - 2), _width - 2).CopyTo(row[2..]);
                _next = (_next + 1) % Capacity;
                Count = Math.Min(Count + 1, Capacity);
                Ended++;
            }
        }
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(_next);
        writer.Write(Count);
        writer.Write(Ended);
        foreach (double value in _rows)
        {
            writer.Write(value);
        }
    }

    internal void Load(BinaryReader reader)
    {
        _next = reader.ReadInt32();
        Count = reader.ReadInt32();
        Ended = reader.ReadInt64();
        if (_next is < 0 or >= Capacity || Count is < 0 or > Capacity)
        {
            throw new ArgumentException("impossible numbers of episodes");
        }

        foreach (ref double value in _rows.AsSpan())
        {
            value = reader.ReadDouble();
        }
    }

    private double Mean(int column)
    {
        double sum = 0;
        for (int i = 0; i < Count; i++)
        {
            sum += _rows[(i * _width) + column];
        }

        return sum / Count;
    }
}
