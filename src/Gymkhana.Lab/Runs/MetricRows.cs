using System.Text.Json;

namespace Gymkhana.Lab.Runs;

/// <summary>Lines of <c>metrics.jsonl</c> as a table: the columns in the order in which they first appear, null where a line has none.</summary>
internal sealed record MetricRows(IReadOnlyList<string> Columns, IReadOnlyList<double?[]> Rows)
{
    /// <summary>Reads lines; one that is no JSON object is passed over.</summary>
    public static MetricRows Read(string lines)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var found = new List<List<(int Column, double Value)>>();
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Row(line, columns) is { } row) found.Add(row);
        }

        return new MetricRows([.. columns.Keys], [.. found.Select(row => Spread(row, columns.Count))]);
    }

    private static double?[] Spread(List<(int Column, double Value)> row, int columns)
    {
        double?[] numbers = new double?[columns];
        row.ForEach(cell => numbers[cell.Column] = cell.Value);
        return numbers;
    }

    private static List<(int Column, double Value)>? Row(string line, Dictionary<string, int> columns)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            var row = new List<(int Column, double Value)>();
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetDouble(out double value) || !double.IsFinite(value)) continue;
                if (!columns.TryGetValue(property.Name, out int column)) columns[property.Name] = column = columns.Count;
                row.Add((column, value));
            }

            return row;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
