using System.Diagnostics;
using System.Text;
using Gymkhana.Core.Runs;

namespace Gymkhana.Cli;

/// <summary>Shows how a training goes: one line kept up to date on a terminal, a plain line every few seconds elsewhere.</summary>
internal sealed class ProgressPrinter : ITrainingObserver
{
    private const int ShownMetrics = 5;
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    private readonly TextWriter _writer;
    private readonly bool _isLive;
    private readonly string _iterationName;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _next;
    private TrainingProgress? _unshown;
    private bool _lineIsOpen;

    /// <summary>A printer.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="isLive">Whether it is a terminal whose last line can be overwritten.</param>
    /// <param name="iterationName">What the algorithm calls an iteration.</param>
    public ProgressPrinter(TextWriter writer, bool isLive, string iterationName)
    {
        _writer = writer;
        _isLive = isLive;
        _iterationName = iterationName;
    }

    /// <summary>The text of the line.</summary>
    /// <param name="progress">How the training stands.</param>
    /// <param name="iterationName">What the algorithm calls an iteration.</param>
    /// <returns>One line.</returns>
    public static string Line(TrainingProgress progress, string iterationName)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var line = new StringBuilder();
        line.Append(iterationName).Append(' ').Append(progress.Report.Iteration);
        if (progress.PlannedIterations > 0)
        {
            line.Append('/').Append(progress.PlannedIterations);
        }

        foreach (Metric metric in progress.Report.Metrics.Take(ShownMetrics))
        {
            line.Append(" · ").Append(Readable.Words(metric.Name)).Append(' ').Append(Readable.Measure(metric.Value));
        }

        line.Append(" · ").Append(Readable.Count(progress.AgentStepsPerSecond)).Append(" agent-steps/s");
        line.Append(" · ").Append(Readable.Duration(progress.WallSeconds));
        if (progress.SecondsLeft is double left)
        {
            line.Append(", ").Append(Readable.Duration(left)).Append(" left");
        }

        return line.ToString();
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

    private void Show()
    {
        if (_unshown is null)
        {
            return;
        }

        string line = Line(_unshown, _iterationName);
        _unshown = null;
        if (!_isLive)
        {
            _writer.WriteLine(line);
            return;
        }

        int width = Math.Max(20, Console.WindowWidth > 0 ? Console.WindowWidth - 1 : 120);
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
