using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Gymkhana.Core.Environments;

namespace Gymkhana.Core.Evaluations;

/// <summary>A figure of an environment, summarised over episodes.</summary>
/// <param name="Figure">The figure.</param>
/// <param name="Summary">Its values, one for each episode.</param>
public sealed record FigureSummary(Figure Figure, ScoreSummary Summary);

/// <summary>The scores of a policy on given episodes.</summary>
public sealed record EvaluationReport
{
    /// <summary>Summarises results.</summary>
    /// <param name="spec">The environment.</param>
    /// <param name="policyName">The policy.</param>
    /// <param name="results">The episodes, at least one, in the order of their seeds.</param>
    /// <exception cref="ArgumentException">No results, or a return or figure that is not finite.</exception>
    public EvaluationReport(EnvironmentSpec spec, string policyName, ImmutableArray<EpisodeResult> results)
    {
        ArgumentNullException.ThrowIfNull(spec);
        EnvironmentId = spec.Id;
        PolicyName = policyName;
        Results = results;
        Return = ScoreSummary.Of([.. results.Select(r => r.Return)]);
        Figures = [.. spec.Figures.Select((figure, i) => new FigureSummary(figure, ScoreSummary.Of([.. results.Select(r => r.Figures[i])])))];
        Seed = results[0].Seed;
    }

    /// <summary>Id of the environment.</summary>
    public string EnvironmentId { get; }

    /// <summary>Name of the policy; printed as <c>policy</c>.</summary>
    public string PolicyName { get; init; }

    /// <summary>The seed that stands for all of the episodes, as it is printed; the first episode's unless set.</summary>
    public ulong Seed { get; init; }

    /// <summary>The episodes.</summary>
    public ImmutableArray<EpisodeResult> Results { get; }

    /// <summary>Summary of the returns.</summary>
    public ScoreSummary Return { get; }

    /// <summary>Summaries of the environment's figures, in the order of its spec.</summary>
    public ImmutableArray<FigureSummary> Figures { get; }

    /// <summary>Writes the report as one JSON object: <c>policy, environment, episodes, seed, mean, iqm, ci95, iqmCi95, metrics</c>.</summary>
    /// <param name="writer">Where to.</param>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("policy", PolicyName);
        writer.WriteString("environment", EnvironmentId);
        writer.WriteNumber("episodes", Results.Length);
        writer.WriteNumber("seed", Seed);
        writer.WriteNumber("mean", Return.Mean);
        writer.WriteNumber("iqm", Return.InterquartileMean);
        WriteInterval(writer, "ci95", Return.MeanInterval);
        WriteInterval(writer, "iqmCi95", Return.InterquartileMeanInterval);
        writer.WriteStartObject("metrics");
        foreach (FigureSummary figure in Figures)
        {
            writer.WriteStartObject(figure.Figure.Name);
            writer.WriteNumber("mean", figure.Summary.Mean);
            WriteInterval(writer, "ci95", figure.Summary.MeanInterval);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The report as JSON text on one line.</summary>
    /// <returns>One JSON object.</returns>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteInterval(Utf8JsonWriter writer, string name, Interval interval)
    {
        writer.WriteStartArray(name);
        writer.WriteNumberValue(interval.Low);
        writer.WriteNumberValue(interval.High);
        writer.WriteEndArray();
    }
}
