using System.Diagnostics;

namespace Gymkhana.Cli;

/// <summary>Says now and then how far a collection is.</summary>
/// <param name="writer">Where to.</param>
/// <param name="wanted">Transitions wanted.</param>
/// <param name="found">Transitions that were there when it began.</param>
internal sealed class CollectionProgress(TextWriter writer, long wanted, long found)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _next = Interval;

    /// <summary>Told the transitions so far.</summary>
    /// <param name="transitions">How many there are.</param>
    public void Advanced(long transitions)
    {
        if (_watch.Elapsed < _next)
        {
            return;
        }

        _next = _watch.Elapsed + Interval;
        double speed = (transitions - found) / _watch.Elapsed.TotalSeconds;
        writer.WriteLine($"{Readable.Count(transitions)} of {Readable.Count(wanted)} transitions · {Readable.Count(speed)}/s · {Readable.Duration(Math.Max(0, wanted - transitions) / Math.Max(speed, 1e-9))} left");
    }
}
