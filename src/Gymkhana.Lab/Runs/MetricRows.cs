using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gymkhana.Core.Runs;

namespace Gymkhana.Lab.Runs;

/// <summary>Lines of <c>metrics.jsonl</c> as a table: the columns in the order in which they first appear, null where a line has none.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Species">Where a line has species: its iteration and how many members each has, [iteration, [id, members, ...]].</param>
internal sealed record MetricRows(IReadOnlyList<string> Columns, IReadOnlyList<double?[]> Rows, JsonArray Species)
{
    /// <summary>Reads lines; one that is no JSON object is passed over.</summary>
    public static MetricRows Read(string lines)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var found = new List<List<(int Column, double Value)>>();
        var species = new JsonArray();
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Row(line, columns, species) is { } row) found.Add(row);
        }

        return new MetricRows([.. columns.Keys], [.. found.Select(row => Spread(row, columns.Count))], species);
    }

    private static double?[] Spread(List<(int Column, double Value)> row, int columns)
    {
        double?[] numbers = new double?[columns];
        row.ForEach(cell => numbers[cell.Column] = cell.Value);
        return numbers;
    }

    private static List<(int Column, double Value)>? Row(string line, Dictionary<string, int> columns, JsonArray species)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            var row = new List<(int Column, double Value)>();
            if (document.RootElement.TryGetProperty(MetricsLog.SpeciesKey, out JsonElement sizes) && SpeciesOf(document.RootElement, sizes) is JsonArray some) species.Add((JsonNode)some);
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

    private static JsonArray? SpeciesOf(JsonElement line, JsonElement sizes)
    {
        if (sizes.ValueKind != JsonValueKind.Object || !line.TryGetProperty("iteration", out JsonElement iteration) || !iteration.TryGetInt64(out long number)) return null;
        var members = new JsonArray();
        foreach (JsonProperty size in sizes.EnumerateObject())
        {
            if (!int.TryParse(size.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || !size.Value.TryGetInt32(out int count)) return null;
            members.Add((JsonNode)id);
            members.Add((JsonNode)count);
        }

        return [number, members];
    }
}
