using Gymkhana.Core.Runs;

namespace Gymkhana.Learning.Offline;

/// <summary>
/// The figures of a learner's updates: their mean over a round, and of the loss the exponential average that goes on through all
/// updates, x̄ ← 0.7 x̄ + 0.3 x, as in the lecture exercise.
/// </summary>
internal sealed class RunningFigures
{
    private const double Weight = 0.3;

    private readonly IReadOnlyList<string> _names;
    private readonly double[] _sums;
    private readonly double[] _last;
    private double _average = double.NaN;
    private int _count;

    public RunningFigures(IReadOnlyList<string> names)
    {
        _names = names;
        _sums = new double[names.Count];
        _last = new double[names.Count];
    }

    /// <summary>Where the next update writes its figures.</summary>
    public Span<double> Next => _last;

    /// <summary>Takes in what was written to <see cref="Next"/>.</summary>
    public void Take()
    {
        for (int i = 0; i < _sums.Length; i++)
        {
            _sums[i] += _last[i];
        }

        _average = double.IsNaN(_average) ? _last[0] : ((1 - Weight) * _average) + (Weight * _last[0]);
        _count++;
    }

    /// <summary>Gives the figures of the round and forgets them, but for the average of the loss.</summary>
    public void Report(List<Metric> metrics)
    {
        for (int i = 0; i < _sums.Length; i++)
        {
            metrics.Add(new Metric(_names[i], _sums[i] / _count));
        }

        metrics.Insert(1, new Metric("lossAverage", _average));
        Array.Clear(_sums);
        _count = 0;
    }

    /// <summary>Writes what outlasts a round.</summary>
    public void Save(BinaryWriter writer) => writer.Write(_average);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(BinaryReader reader) => _average = reader.ReadDouble();
}
