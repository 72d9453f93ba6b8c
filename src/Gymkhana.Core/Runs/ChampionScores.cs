using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Core.Runs;

/// <summary>Scores a policy the way a run's final scores are made.</summary>
public static class ChampionScores
{
    /// <summary>Episodes of each of the final scores.</summary>
    public const int Episodes = 100;

    /// <summary>The seeds of the first so many held-out test episodes, the same for every run.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The seeds.</returns>
    public static ulong[] TestSeeds(int count) => [.. Enumerable.Range(0, count).Select(EpisodeSeeds.Test)];

    /// <summary>
    /// Scores a champion on <see cref="Episodes"/> validation and as many test episodes, with the run's evaluation settings: the task
    /// itself, without what a preset changed to learn it faster or more robustly.
    /// </summary>
    /// <param name="plan">The run.</param>
    /// <param name="champion">Its champion.</param>
    /// <returns>The scores, and the test episodes.</returns>
    internal static (RunResults Results, EvaluationReport Test) Measure(TrainingPlan plan, IPolicy champion)
    {
        IEnvironment Create(int count) => plan.Environment.Create(plan.EvaluationSettings, count);
        ulong[] validation = [.. Enumerable.Range(0, Episodes).Select(i => EpisodeSeeds.Validation(plan.Seed, i))];
        EvaluationReport onValidation = Evaluator.Evaluate(Create, champion, validation, plan.Threads);
        EvaluationReport onTest = Evaluator.Evaluate(Create, champion, TestSeeds(Episodes), plan.Threads);
        var results = new RunResults(
            ScoreRecord.Of(onValidation, "validation", plan.Seed),
            ScoreRecord.Of(onTest, "test", seed: null))
        {
            Episodes = Notable(onTest),
        };
        return (results, onTest);
    }

    private static NotableEpisode[] Notable(EvaluationReport report)
    {
        int[] order = [.. Enumerable.Range(0, report.Results.Length).OrderByDescending(i => report.Results[i].Return)];
        NotableEpisode At(string rank, int place) => new(rank, order[place], report.Results[order[place]].Return);
        return [At("best", 0), At("median", order.Length / 2), At("worst", order.Length - 1)];
    }
}
