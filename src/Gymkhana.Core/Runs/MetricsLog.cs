using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gymkhana.Core.Evaluations;

namespace Gymkhana.Core.Runs;

/// <summary>
/// <c>metrics.jsonl</c>: one JSON object for each iteration. The keys that depend on time come last, so that without them the
/// lines of two runs with the same settings and seed are the same bytes.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    /// <summary>Name of the file in a run folder.</summary>
    public const string FileName = "metrics.jsonl";

    /// <summary>The key of an object that says how many members each species has, where there are some.</summary>
    public const string SpeciesKey = "speciesSizes";

    /// <summary>What follows a metric's name in the key of the low end of its 95 % interval, where it has one.</summary>
    public const string LowSuffix = "Low";

    /// <summary>The same for the high end.</summary>
    public const string HighSuffix = "High";

    /// <summary>The keys that tell of time; all come after the others.</summary>
    public static readonly IReadOnlyList<string> TimeKeys = ["wallSeconds", "agentStepsPerSecond"];

    private readonly string _path;
    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _line = new(1024);

    private MetricsLog(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>Bytes of the complete lines so far.</summary>
    public long Length => _file.Position;

    /// <summary>Opens the log to append after its first bytes; what follows them is cut off.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="length">How many bytes to keep, as a checkpoint recorded; a shorter file is kept whole.</param>
    /// <returns>The log.</returns>
    /// <exception cref="RunException">The file cannot be written.</exception>
    public static MetricsLog Open(string folder, long length)
    {
        string path = Path.Combine(folder, FileName);
        return RunFiles.Guard(path, "write", () =>
        {
            // Unbuffered: each line is one write, and nothing is left to fail when the file is closed.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            if (file.Length > length)
            {
                file.SetLength(length);
            }

            file.Seek(0, SeekOrigin.End);
            return new MetricsLog(path, file);
        });
    }

    /// <summary>How many bytes of whole lines a log has; 0 when there is none.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="length">How many bytes a checkpoint expects.</param>
    /// <returns>Whether that many bytes are there and end with a line.</returns>
    public static bool Covers(string folder, long length)
    {
        string path = Path.Combine(folder, FileName);
        if (length == 0)
        {
            return true;
        }

        return File.Exists(path) && RunFiles.Guard(path, "read", () =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (file.Length < length)
            {
                return false;
            }

            file.Seek(length - 1, SeekOrigin.Begin);
            return file.ReadByte() == '\n';
        });
    }

    /// <summary>Appends the line of one iteration and hands it to the operating system.</summary>
    /// <param name="report">What the iteration brought.</param>
    /// <param name="totalAgentSteps">Agent-steps of the run so far, this iteration's included.</param>
    /// <param name="wallSeconds">Wall-clock time of the run so far, s.</param>
    /// <param name="agentStepsPerSecond">Speed of this iteration.</param>
    /// <exception cref="RunException">The file cannot be written.</exception>
    public void Append(TrainingReport report, long totalAgentSteps, double wallSeconds, double agentStepsPerSecond)
    {
        ArgumentNullException.ThrowIfNull(report);
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line))
        {
            json.WriteStartObject();
            json.WriteNumber("iteration", report.Iteration);
            json.WriteNumber("agentSteps", report.AgentSteps);
            json.WriteNumber("totalAgentSteps", totalAgentSteps);
            foreach (Metric metric in report.Metrics)
            {
                WriteNumber(json, metric.Name, metric.Value);
                if (metric.Interval is not Interval interval) continue;
                WriteNumber(json, metric.Name + LowSuffix, interval.Low);
                WriteNumber(json, metric.Name + HighSuffix, interval.High);
            }

            if (report.Species.Count > 0) WriteSpecies(json, report.Species);
            WriteNumber(json, TimeKeys[0], Math.Round(wallSeconds, 3));
            WriteNumber(json, TimeKeys[1], Math.Round(agentStepsPerSecond));
            json.WriteEndObject();
        }

        _line.Write("\n"u8);
        RunFiles.Guard(_path, "write", () =>
        {
            _file.Write(_line.WrittenSpan);
            _file.Flush();
            return true;
        });
    }

    /// <summary>Sees to it that what was appended survives a power cut.</summary>
    public void Persist() => RunFiles.Guard(_path, "write", () =>
    {
        _file.Flush(flushToDisk: true);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void WriteSpecies(Utf8JsonWriter json, IReadOnlyList<SpeciesSize> species)
    {
        json.WriteStartObject(SpeciesKey);
        foreach (SpeciesSize size in species) json.WriteNumber(size.Id.ToString(CultureInfo.InvariantCulture), size.Members);
        json.WriteEndObject();
    }

    // JSON has no word for what is not finite.
    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
