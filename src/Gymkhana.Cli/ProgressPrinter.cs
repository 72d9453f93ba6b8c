using System.Diagnostics;
using System.Text;
using Gymkhana.Core.Runs;

namespace Gymkhana.Cli;

/// <summary>Shows how a training goes: one line kept up to date on a terminal, a plain line every few seconds elsewhere.</summary>
internal sealed class ProgressPrinter : ITrainingObserver
{
    private const int ShownMetrics = 5;
    private const int PlainWidth = 120;
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    private readonly TextWriter _writer;
    private readonly bool _isLive;
    private readonly IAlgorithm _algorithm;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _next;
    private TrainingProgress? _unshown;
    private bool _lineIsOpen;

    /// <summary>A printer.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="isLive">Whether it is a terminal whose last line can be overwritten.</param>
    /// <param name="algorithm">The algorithm, which says what to show.</param>
    public ProgressPrinter(TextWriter writer, bool isLive, IAlgorithm algorithm)
    {
        _writer = writer;
        _isLive = isLive;
        _algorithm = algorithm;
    }

    /// <summary>The text of the line: where it stands, the metrics that fit, speed and time.</summary>
    /// <param name="progress">How the training stands.</param>
    /// <param name="algorithm">The algorithm, which says what to show.</param>
    /// <param name="width">How many letters it may have; the last metrics are left out first.</param>
    /// <returns>One line.</returns>
    public static string Line(TrainingProgress progress, IAlgorithm algorithm, int width)
    {
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentNullException.ThrowIfNull(algorithm);
        string planned = progress.PlannedIterations > 0 ? $"/{progress.PlannedIterations}" : string.Empty;
        var line = new StringBuilder($"{algorithm.IterationName} {progress.Report.Iteration}{planned}");
        string left = progress.SecondsLeft is double seconds ? $", {Readable.Duration(seconds)} left" : string.Empty;
        string end = $" · {Readable.Count(progress.AgentStepsPerSecond)} agent-steps/s · {Readable.Duration(progress.WallSeconds)}{left}";
        foreach (Metric metric in Shown(progress.Report.Metrics, algorithm.ProgressMetrics))
        {
            string text = $" · {Readable.Words(metric.Name)} {Readable.Measure(metric.Value)}";
            if (line.Length + text.Length + end.Length > width)
            {
                break;
            }

            line.Append(text);
        }

        return line.Append(end).ToString();
    }

    /// <inheritdoc/>
    public void Note(string line)
    {
        CloseLine();
        _writer.WriteLine(line);
    }

    /// <inheritdoc/>
    public void Advanced(TrainingProgress progress)
    {
        _unshown = progress;
        if (_watch.Elapsed >= _next)
        {
            _next = _watch.Elapsed + (_isLive ? LiveInterval : PlainInterval);
            Show();
        }
    }

    /// <inheritdoc/>
    public void Scoring()
    {
        Finish();
        _writer.WriteLine($"Scoring the champion on {ChampionScores.Episodes} validation and {ChampionScores.Episodes} held-out test episodes.");
    }

    /// <summary>Shows the last iteration if it was not shown, and ends the line.</summary>
    public void Finish()
    {
        if (_unshown is not null)
        {
            Show();
        }

        CloseLine();
    }

    private static IEnumerable<Metric> Shown(IReadOnlyList<Metric> metrics, IReadOnlyList<string> names) => names.Count == 0
        ? metrics.Take(ShownMetrics)
        : names.SelectMany(name => metrics.Where(m => m.Name == name));

    private void Show()
    {
        if (_unshown is null)
        {
            return;
        }

        int width = _isLive ? Math.Max(20, Console.WindowWidth > 0 ? Console.WindowWidth - 1 : PlainWidth) : int.MaxValue;
        string line = Line(_unshown, _algorithm, width);
        _unshown = null;
        if (!_isLive)
        {
            _writer.WriteLine(line);
            return;
        }

        _writer.Write("\r\u001b[2K" + (line.Length > width ? line[..width] : line));
        _writer.Flush();
        _lineIsOpen = true;
    }

    private void CloseLine()
    {
        if (_lineIsOpen)
        {
            _writer.WriteLine();
            _lineIsOpen = false;
        }
    }
}
