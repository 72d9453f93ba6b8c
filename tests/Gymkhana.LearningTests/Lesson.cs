using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;

namespace Gymkhana.LearningTests;

/// <summary>Something to learn: an environment, an algorithm with its settings, and a budget in generations, so that the result is the same on every machine.</summary>
internal sealed record Lesson
{
    public required IAlgorithm Algorithm { get; init; }

    public required EnvironmentRegistration Environment { get; init; }

    /// <summary>Settings of the algorithm that differ from the defaults.</summary>
    public required Dictionary<string, string> Settings { get; init; }

    /// <summary>Settings of the environment that differ from the defaults and make up the task.</summary>
    public Dictionary<string, string> Task { get; init; } = [];

    /// <summary>Settings of the environment that differ from the task's while learning; the scores are of the task itself.</summary>
    public Dictionary<string, string> Practice { get; init; } = [];

    /// <summary>Learns with one seed, and scores the champion on test seeds, which are never trained or chosen on.</summary>
    public EvaluationReport Learn(ulong seed, int episodes)
    {
        SettingValues task = Environment.Schema.Defaults.With(Task);
        var context = new TrainingContext(
            Environment, task.With(Practice), task, Algorithm.Schema.Defaults.With(Settings), seed, System.Environment.ProcessorCount);
        using ITrainer trainer = Algorithm.Start(context);
        while (!trainer.IsFinished)
        {
            trainer.Advance();
        }

        return Score(trainer.Champion, episodes);
    }

    /// <summary>Scores a policy on the first test seeds.</summary>
    public EvaluationReport Score(IPolicy policy, int episodes) => Evaluator.Evaluate(
        count => Environment.Create(Environment.Schema.Defaults.With(Task), count),
        policy,
        ChampionScores.TestSeeds(episodes),
        System.Environment.ProcessorCount,
        TestContext.Current.CancellationToken);
}
