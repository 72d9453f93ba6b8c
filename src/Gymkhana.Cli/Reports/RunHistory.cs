using System.Text.Json;
using Gymkhana.Core.Runs;

namespace Gymkhana.Cli.Reports;

/// <summary>The metrics of a run as columns: one number for each iteration, NaN where a line has none.</summary>
internal sealed class RunHistory
{
    private readonly Dictionary<string, double[]> _columns;

    private RunHistory(Dictionary<string, double[]> columns, int length)
    {
        _columns = columns;
        Length = length;
    }

    /// <summary>Iterations.</summary>
    public int Length { get; }

    /// <summary>Keys of the columns, in the order in which they first appear.</summary>
    public IEnumerable<string> Names => _columns.Keys;

    /// <summary>Reads the metrics; a line that is no JSON object (cut off by a killed process) is passed over.</summary>
    /// <param name="folder">The run.</param>
    /// <returns>The columns; none when there are no metrics.</returns>
    public static RunHistory Read(RunFolder folder)
    {
        string path = folder.PathOf(MetricsLog.FileName);
        var rows = new List<Dictionary<string, double>>();
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            if (Row(line) is Dictionary<string, double> row) rows.Add(row);
        }

        var columns = rows.SelectMany(r => r.Keys).Distinct(StringComparer.Ordinal).ToDictionary(
            key => key,
            key => rows.Select(row => row.TryGetValue(key, out double value) ? value : double.NaN).ToArray(),
            StringComparer.Ordinal);
        return new RunHistory(columns, rows.Count);
    }

    /// <summary>One column.</summary>
    /// <param name="name">Its key in the metrics.</param>
    /// <returns>Its numbers, or null when no line has the key.</returns>
    public double[]? Column(string name) => _columns.GetValueOrDefault(name);

    /// <summary>The ends of a column's 95 % intervals.</summary>
    /// <param name="name">Its key in the metrics.</param>
    /// <returns>Low and high ends, or null when no line has them.</returns>
    public (double[] Low, double[] High)? Interval(string name) =>
        Column(name + MetricsLog.LowSuffix) is double[] low && Column(name + MetricsLog.HighSuffix) is double[] high ? (low, high) : null;

    private static Dictionary<string, double>? Row(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Number).ToDictionary(p => p.Name, p => p.Value.GetDouble())
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
