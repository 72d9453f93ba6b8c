using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Settings;

namespace Gymkhana.Core.Runs;

/// <summary>Scores a policy the way a run's final scores are made, so that runs trained under different settings compare.</summary>
public static class ChampionScores
{
    /// <summary>Episodes of each of the final scores.</summary>
    public const int Episodes = 100;

    /// <summary>The seeds of the first so many held-out test episodes, the same for every run.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The seeds.</returns>
    public static ulong[] TestSeeds(int count) => [.. Enumerable.Range(0, count).Select(EpisodeSeeds.Test)];

    /// <summary>
    /// Scores a champion on <see cref="Episodes"/> validation and as many test episodes of the environment with its standard settings
    /// (every setting at its default), whatever settings it was trained with; unless its spaces are then others than in
    /// training: it is scored with the training settings in that case.
    /// </summary>
    /// <param name="plan">The run.</param>
    /// <param name="champion">Its champion.</param>
    /// <returns>The scores.</returns>
    internal static RunResults Measure(TrainingPlan plan, IPolicy champion)
    {
        SettingValues settings = StandardSettings(plan);
        IEnvironment Create(int count) => plan.Environment.Create(settings, count);
        ulong[] validation = [.. Enumerable.Range(0, Episodes).Select(i => EpisodeSeeds.Validation(plan.Seed, i))];
        EvaluationReport onValidation = Evaluator.Evaluate(Create, champion, validation, plan.Threads);
        EvaluationReport onTest = Evaluator.Evaluate(Create, champion, TestSeeds(Episodes), plan.Threads);
        return new RunResults(
            ScoreRecord.Of(onValidation, "validation", plan.Seed),
            ScoreRecord.Of(onTest, "test", seed: null));
    }

    private static SettingValues StandardSettings(TrainingPlan plan)
    {
        SettingValues standard = plan.Environment.Schema.Defaults;
        IEnvironment trained = plan.Environment.Create(plan.EnvironmentSettings, 1);
        IEnvironment usual = plan.Environment.Create(standard, 1);
        bool fits = trained.Groups.Length == usual.Groups.Length
            && trained.Groups.Zip(usual.Groups).All(pair =>
                pair.First.ObservationSpace.Fits(pair.Second.ObservationSpace) && pair.First.ActionSpace.Fits(pair.Second.ActionSpace));
        return fits ? standard : plan.EnvironmentSettings;
    }
}
