using Gymkhana.Core.Environments;
using Gymkhana.Core.Settings;

namespace Gymkhana.Core.Runs;

/// <summary>What a new run shall be.</summary>
public sealed record TrainingPlan
{
    /// <summary>The algorithm.</summary>
    public required IAlgorithm Algorithm { get; init; }

    /// <summary>The environment.</summary>
    public required EnvironmentRegistration Environment { get; init; }

    /// <summary>The algorithm's settings.</summary>
    public required SettingValues AlgorithmSettings { get; init; }

    /// <summary>The environment's settings while training.</summary>
    public required SettingValues EnvironmentSettings { get; init; }

    /// <summary>The environment's settings for validation and the final scores: the task itself, without what a preset changes to learn it.</summary>
    public required SettingValues EvaluationSettings { get; init; }

    /// <summary>Name of the preset the settings came from, or null.</summary>
    public string? Preset { get; init; }

    /// <summary>Seed of the run.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads that may work, at least 1.</summary>
    public required int Threads { get; init; }

    /// <summary>Limits besides the algorithm's own.</summary>
    public required TrainingBudget Budget { get; init; }

    /// <summary>Told, in one line each, what a person should know of what the training prepares or passes over.</summary>
    public Action<string> Note { get; init; } = static _ => { };

    internal TrainingContext Context => new(Environment, EnvironmentSettings, EvaluationSettings, AlgorithmSettings, Seed, Threads) { Note = Note };
}
