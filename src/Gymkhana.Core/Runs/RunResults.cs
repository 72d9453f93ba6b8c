using System.Text.Json.Serialization;
using Gymkhana.Core.Evaluations;

namespace Gymkhana.Core.Runs;

/// <summary>One figure of a score: its mean over episodes and how sure that is.</summary>
/// <param name="Mean">Mean over the episodes.</param>
/// <param name="Ci95">Low and high end of the 95 % interval of the mean.</param>
public sealed record FigureScore(double Mean, double[] Ci95);

/// <summary>A policy's score on fixed episodes, in the form in which it is printed as JSON and kept in <c>run.json</c>.</summary>
public sealed record ScoreRecord
{
    /// <summary>Name of the policy.</summary>
    public required string Policy { get; init; }

    /// <summary>Id of the environment.</summary>
    public required string Environment { get; init; }

    /// <summary>How many episodes.</summary>
    public required int Episodes { get; init; }

    /// <summary>Which episodes: "test" (held out, the same for every run), "validation" (of the run's seed) or "given" (seed, seed + 1, ...).</summary>
    public required string Seeds { get; init; }

    /// <summary>The seed that the episodes' seeds come from; null for the test seeds, which come from none.</summary>
    public required ulong? Seed { get; init; }

    /// <summary>Mean return.</summary>
    public required double Mean { get; init; }

    /// <summary>Interquartile mean of the returns.</summary>
    public required double Iqm { get; init; }

    /// <summary>Low and high end of the 95 % interval of the mean return.</summary>
    public required double[] Ci95 { get; init; }

    /// <summary>Low and high end of the 95 % interval of the interquartile mean.</summary>
    public required double[] IqmCi95 { get; init; }

    /// <summary>The environment's own figures, the most telling first.</summary>
    public required Dictionary<string, FigureScore> Metrics { get; init; }

    /// <summary>The record of an evaluation.</summary>
    /// <param name="report">The evaluation.</param>
    /// <param name="seeds">Which episodes it was: "test", "validation" or "given".</param>
    /// <param name="seed">The seed that the episodes' seeds come from, or null for the test seeds.</param>
    /// <returns>The record.</returns>
    public static ScoreRecord Of(EvaluationReport report, string seeds, ulong? seed)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new ScoreRecord
        {
            Policy = report.PolicyName,
            Environment = report.EnvironmentId,
            Episodes = report.Results.Length,
            Seeds = seeds,
            Seed = seed,
            Mean = report.Return.Mean,
            Iqm = report.Return.InterquartileMean,
            Ci95 = Ends(report.Return.MeanInterval),
            IqmCi95 = Ends(report.Return.InterquartileMeanInterval),
            Metrics = report.Figures.ToDictionary(f => f.Figure.Name, f => new FigureScore(f.Summary.Mean, Ends(f.Summary.MeanInterval))),
        };
    }

    private static double[] Ends(Interval interval) => [interval.Low, interval.High];
}

/// <summary>What the champion of a finished run scores, on the task itself: the environment without what a preset changed to learn it.</summary>
/// <param name="Validation">On the seeds it was chosen on: an optimistic number.</param>
/// <param name="Test">On seeds that played no part in the run: the honest number.</param>
public sealed record RunResults(ScoreRecord Validation, ScoreRecord Test)
{
    /// <summary>The best, the median and the worst of the test episodes by return, in this order; empty in runs of versions that did not note them.</summary>
    public NotableEpisode[] Episodes { get; init; } = [];
}

/// <summary>A test episode worth a look.</summary>
/// <param name="Rank">"best", "median" or "worst".</param>
/// <param name="Number">Which test episode, from 0: its seed is <see cref="Randomness.EpisodeSeeds.Test"/> of it.</param>
/// <param name="Return">Its return.</param>
public sealed record NotableEpisode(string Rank, int Number, double Return);

/// <summary>Reads and writes scores as JSON.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ScoreRecord))]
public sealed partial class ScoreJson : JsonSerializerContext;
