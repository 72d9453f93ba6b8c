using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Settings;

namespace Gymkhana.Core.Runs;

/// <summary>What a training needs to know; the same context gives the same bits at any number of threads.</summary>
/// <param name="Environment">The environment to learn in.</param>
/// <param name="EnvironmentSettings">Its settings while learning: the task's, and what a preset changes to learn it faster or more robustly.</param>
/// <param name="EvaluationSettings">Its settings for validation and test: the task itself.</param>
/// <param name="AlgorithmSettings">The algorithm's settings.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Threads">How many threads may work, at least 1.</param>
public sealed record TrainingContext(
    EnvironmentRegistration Environment,
    SettingValues EnvironmentSettings,
    SettingValues EvaluationSettings,
    SettingValues AlgorithmSettings,
    ulong Seed,
    int Threads)
{
    /// <summary>Told, in one line each, what a person should know of what is being prepared or was passed over.</summary>
    public Action<string> Note { get; init; } = static _ => { };
}

/// <summary>One measured value of an iteration.</summary>
/// <param name="Name">Name, camelCase, as it is written to <c>metrics.jsonl</c>.</param>
/// <param name="Value">The value; a function of settings and seed alone, never of time.</param>
public readonly record struct Metric(string Name, double Value)
{
    /// <summary>A mean over episodes with its interval.</summary>
    /// <param name="name">Name, camelCase.</param>
    /// <param name="estimate">The mean, and its interval where there is one.</param>
    public Metric(string name, Estimate estimate)
        : this(name, estimate.Mean) => Interval = estimate.Interval;

    /// <summary>The 95 % confidence interval of the value; <see cref="MetricsLog"/> writes it beside the value. Null where there is none.</summary>
    public Interval? Interval { get; init; }
}

/// <summary>What one iteration (a generation, an update) brought.</summary>
/// <param name="Iteration">Its number, from 1.</param>
/// <param name="AgentSteps">Agent-steps simulated in it.</param>
/// <param name="Metrics">Its measures, the ones to show first.</param>
/// <param name="ChampionChanged">Whether the champion is a new one since the last report.</param>
public sealed record TrainingReport(long Iteration, long AgentSteps, IReadOnlyList<Metric> Metrics, bool ChampionChanged)
{
    /// <summary>The species of the population, of learners that have some; no number occurs twice.</summary>
    public IReadOnlyList<SpeciesSize> Species { get; init; } = [];
}

/// <summary>How large a species is.</summary>
/// <param name="Id">Its number in the run, from 1.</param>
/// <param name="Members">Members of the population that belong to it.</param>
public readonly record struct SpeciesSize(int Id, int Members);

/// <summary>A training under way. Used by one thread; it may use others inside.</summary>
public interface ITrainer : IDisposable
{
    /// <summary>Iterations done.</summary>
    long Iteration { get; }

    /// <summary>Whether the budget in the settings is used up.</summary>
    bool IsFinished { get; }

    /// <summary>Iterations that the settings ask for in all, or 0 when there is no such limit.</summary>
    long PlannedIterations { get; }

    /// <summary>Whether the champion of a finished run may be scored in the world; a learner that never enters it says no.</summary>
    bool ScoresInWorld => true;

    /// <summary>The best policy so far, chosen on validation seeds.</summary>
    IPolicy Champion { get; }

    /// <summary>Does the next iteration.</summary>
    /// <returns>What it brought.</returns>
    TrainingReport Advance();

    /// <summary>Writes the whole state: a training resumed from it ends with the same bytes as one never stopped.</summary>
    /// <param name="destination">Where to.</param>
    void Save(Stream destination);

    /// <summary>Whether the policy as it is now shall be kept beside the champion, as a record of how it learned (<see cref="SnapshotFolder"/>).</summary>
    bool IsSnapshotDue => false;

    /// <summary>Writes the policy as it is now, which acts as it does while it learns, in the form of the champion.</summary>
    /// <param name="destination">Where to.</param>
    /// <exception cref="NotSupportedException">The algorithm keeps no snapshots.</exception>
    void SaveCurrent(Stream destination) => throw new NotSupportedException("This algorithm keeps no snapshots.");

    /// <summary>Writes the champion, in the form that <see cref="IAlgorithm.LoadPolicy"/> reads.</summary>
    /// <param name="destination">Where to.</param>
    void SaveChampion(Stream destination);
}

/// <summary>A named set of settings.</summary>
/// <param name="Name">Its name, as in <c>--preset demo</c>.</param>
/// <param name="Description">What it is for and how long it takes.</param>
/// <param name="Algorithm">Settings of the algorithm that differ from the defaults.</param>
/// <param name="Environment">Settings of the environment that differ from the defaults, while training.</param>
/// <param name="Minutes">Wall-clock limit that goes with it, minutes; 0 for none.</param>
public sealed record Preset(
    string Name,
    string Description,
    IReadOnlyDictionary<string, string> Algorithm,
    IReadOnlyDictionary<string, string> Environment,
    double Minutes)
{
    /// <summary>Name of the preset that is taken when a person names none.</summary>
    public const string Default = "default";

    /// <summary>What a person names to have none.</summary>
    public const string None = "none";

    /// <summary>
    /// Settings of the environment that are part of what the policy sees and does (such as how often it acts): they hold while training and
    /// in every evaluation, and beneath <see cref="Environment"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Interface { get; init; } = new Dictionary<string, string>();
}

/// <summary>A way of learning.</summary>
public interface IAlgorithm
{
    /// <summary>Name, as in <c>train neat</c>.</summary>
    string Name { get; }

    /// <summary>One sentence.</summary>
    string Summary { get; }

    /// <summary>What one iteration is called, as in "generation 12/400".</summary>
    string IterationName => "iteration";

    /// <summary>The whole-number setting that says how many iterations to do, which <c>--generations</c> sets, where <see cref="Schema"/> has it.</summary>
    string IterationsKey => "generations";

    /// <summary>Names of the metrics that the live line shows, the most telling first; empty for the first five of a report.</summary>
    IReadOnlyList<string> ProgressMetrics => [];

    /// <summary>The settings it takes.</summary>
    SettingSchema Schema { get; }

    /// <summary>Its presets for an environment.</summary>
    /// <param name="environmentId">The environment.</param>
    /// <returns>The presets, possibly none.</returns>
    IReadOnlyList<Preset> PresetsFor(string environmentId);

    /// <summary>
    /// Settings of the environment that what it learns from was recorded with; they hold while training and in every evaluation, beneath
    /// what a person sets. Empty for algorithms that learn in the world.
    /// </summary>
    /// <param name="environmentId">The environment.</param>
    /// <param name="settings">The algorithm's settings.</param>
    /// <returns>Keys and values.</returns>
    /// <exception cref="GymkhanaException">What it shall learn from is missing or damaged.</exception>
    IReadOnlyDictionary<string, string> RecordedSettings(string environmentId, SettingValues settings) => ImmutableDictionary<string, string>.Empty;

    /// <summary>File name of the champion in a run folder, such as <c>champion.genome.json</c>.</summary>
    string ChampionFileName { get; }

    /// <summary>Begins a training.</summary>
    /// <param name="context">What it needs.</param>
    /// <returns>The training, at iteration 0.</returns>
    ITrainer Start(TrainingContext context);

    /// <summary>Takes a training up again.</summary>
    /// <param name="context">The context it was started with; only the threads and the setting <see cref="IterationsKey"/> may differ.</param>
    /// <param name="checkpoint">What <see cref="ITrainer.Save"/> wrote.</param>
    /// <returns>The training, where it was.</returns>
    /// <exception cref="GymkhanaException">The state is damaged or of another version.</exception>
    ITrainer Resume(TrainingContext context, Stream checkpoint);

    /// <summary>Reads a champion.</summary>
    /// <param name="source">What <see cref="ITrainer.SaveChampion"/> wrote.</param>
    /// <param name="name">Where it comes from, for messages and as the policy's name.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="GymkhanaException">Damaged, or not a champion of this algorithm.</exception>
    IPolicy LoadPolicy(Stream source, string name);
}
