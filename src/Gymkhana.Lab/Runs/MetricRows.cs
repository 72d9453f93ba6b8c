using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gymkhana.Core.Runs;

namespace Gymkhana.Lab.Runs;

/// <summary>Lines of <c>metrics.jsonl</c> as a table: the columns in the order in which they first appear, null where a line has none.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Species">The lines that have species.</param>
internal sealed record MetricRows(IReadOnlyList<string> Columns, IReadOnlyList<double?[]> Rows, IReadOnlyList<SpeciesRow> Species)
{
    /// <summary>Reads lines; one that is no JSON object is passed over.</summary>
    public static MetricRows Read(string lines)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var found = new List<List<(int Column, double Value)>>();
        var species = new List<SpeciesRow>();
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

    private static List<(int Column, double Value)>? Row(string line, Dictionary<string, int> columns, List<SpeciesRow> species)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            var row = new List<(int Column, double Value)>();
            if (document.RootElement.TryGetProperty(MetricsLog.SpeciesKey, out JsonElement sizes) && SpeciesOf(document.RootElement, sizes) is SpeciesRow some) species.Add(some);
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

    private static SpeciesRow? SpeciesOf(JsonElement line, JsonElement sizes)
    {
        if (sizes.ValueKind != JsonValueKind.Object || !line.TryGetProperty("iteration", out JsonElement iteration)) return null;
        if (iteration.ValueKind != JsonValueKind.Number || !iteration.TryGetInt64(out long number)) return null;
        var members = new List<int>();
        foreach (JsonProperty size in sizes.EnumerateObject())
        {
            if (!int.TryParse(size.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id)) return null;
            if (size.Value.ValueKind != JsonValueKind.Number || !size.Value.TryGetInt32(out int count)) return null;
            members.Add(id);
            members.Add(count);
        }

        return new SpeciesRow(number, [.. members]);
    }
}

/// <summary>How many members each species had in an iteration: id, members, id, members, and so on.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct SpeciesRow(long Iteration, int[] Members)
{
    /// <summary>Writes <c>[iteration, [id, members, ...]]</c>.</summary>
    internal sealed class Converter : JsonConverter<SpeciesRow>
    {
        public override SpeciesRow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("The lab only tells of species.");

        public override void Write(Utf8JsonWriter writer, SpeciesRow value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(value.Iteration);
            writer.WriteStartArray();
            foreach (int number in value.Members) writer.WriteNumberValue(number);
            writer.WriteEndArray();
            writer.WriteEndArray();
        }
    }
}
