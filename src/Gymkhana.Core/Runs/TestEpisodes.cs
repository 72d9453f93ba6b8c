using System.Text.Json;
using Gymkhana.Core.Evaluations;

namespace Gymkhana.Core.Runs;

/// <summary>
/// <c>episodes.jsonl</c>: the held-out test episodes that the champion of a finished run was scored on, a JSON object for each: number from 1,
/// seed, steps, return, and the environment's figures.
/// </summary>
public static class TestEpisodes
{
    /// <summary>Name of the file in a run folder.</summary>
    public const string FileName = "episodes.jsonl";

    /// <summary>The key of the return; the other scores have the names of their figures.</summary>
    public const string ReturnKey = "return";

    /// <summary>Reads one score of every episode.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="key"><see cref="ReturnKey"/>, or the name of a figure.</param>
    /// <returns>The scores in the order of the episodes.</returns>
    /// <exception cref="RunException">There is no such file, or it is damaged or knows no such score.</exception>
    public static IReadOnlyList<double> Read(string folder, string key)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new RunException($"'{folder}' has no {FileName}: its champion was not scored yet, or by an earlier version.");
        string[] lines = RunFiles.Guard(path, "read", () => File.ReadAllLines(path));
        double[] scores = new double[lines.Length];
        for (int i = 0; i < lines.Length; i++)
        {
            scores[i] = Score(lines[i], key) ?? throw new RunException($"'{path}' is damaged (line {i + 1}): it should be a JSON object with a finite number '{key}'. Resume the run with a larger total to have it scored anew.");
        }

        return scores.Length > 0 ? scores : throw new RunException($"'{path}' has no episodes.");
    }

    /// <summary>Writes the episodes of an evaluation.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="report">The evaluation.</param>
    internal static void Write(Stream destination, EvaluationReport report)
    {
        for (int i = 0; i < report.Results.Length; i++)
        {
            EpisodeResult result = report.Results[i];
            using (var json = new Utf8JsonWriter(destination))
            {
                json.WriteStartObject();
                json.WriteNumber("episode", i + 1);
                json.WriteNumber("seed", result.Seed);
                json.WriteNumber("steps", result.Length);
                json.WriteNumber(ReturnKey, result.Return);
                for (int figure = 0; figure < report.Figures.Length; figure++) json.WriteNumber(report.Figures[figure].Figure.Name, result.Figures[figure]);
                json.WriteEndObject();
            }

            destination.WriteByte((byte)'\n');
        }
    }

    private static double? Score(string line, string key)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(key, out JsonElement score)
                && score.ValueKind == JsonValueKind.Number && score.TryGetDouble(out double value) && double.IsFinite(value) ? value : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
