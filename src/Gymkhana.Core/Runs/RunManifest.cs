using System.Text.Json;
using System.Text.Json.Serialization;
using Gymkhana.Core.Settings;

namespace Gymkhana.Core.Runs;

/// <summary>How a run stands.</summary>
public enum RunState
{
    /// <summary>It is training, or was when its process was killed.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>It was stopped before its budget was used up; it can be resumed.</summary>
    [JsonStringEnumMemberName("stopped")]
    Stopped,

    /// <summary>Its budget is used up and its champion has been scored.</summary>
    [JsonStringEnumMemberName("finished")]
    Finished,
}

/// <summary>The settings of one side of a run.</summary>
/// <param name="Given">The values that a preset or a person gave.</param>
/// <param name="Effective">Every setting with its value, defaults included; a resumed run uses these.</param>
public sealed record RecordedSettings(SortedDictionary<string, string> Given, SortedDictionary<string, string> Effective)
{
    /// <summary>What to record of checked values.</summary>
    /// <param name="values">The values.</param>
    /// <returns>The record.</returns>
    public static RecordedSettings Of(SettingValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var effective = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Setting setting in values.Schema.Settings)
        {
            effective[setting.Key] = values.Text(setting.Key);
        }

        return new RecordedSettings(new SortedDictionary<string, string>(values.Given.ToDictionary(), StringComparer.Ordinal), effective);
    }
}

/// <summary>When a training ends, besides what the algorithm's own settings say. All are totals of the whole run.</summary>
/// <param name="Minutes">Wall-clock time of training, minutes; null for no limit.</param>
/// <param name="AgentSteps">Simulated agent-steps; null for no limit. The iteration that reaches it is finished.</param>
public sealed record TrainingBudget(double? Minutes, long? AgentSteps);

/// <summary>How far a run has come.</summary>
/// <param name="Iteration">Iterations done.</param>
/// <param name="PlannedIterations">Iterations asked for in all; 0 for no such limit.</param>
/// <param name="AgentSteps">Agent-steps simulated.</param>
/// <param name="WallSeconds">Wall-clock time of training over all its processes, s.</param>
public sealed record RunProgress(long Iteration, long PlannedIterations, long AgentSteps, double WallSeconds);

/// <summary>A part of a run that was trained for another number of planned iterations than what came after it.</summary>
/// <param name="PlannedIterations">Iterations that were asked for in all; rates that fall with the training follow this number.</param>
/// <param name="Iteration">Iterations of the run when it ended.</param>
/// <param name="AgentSteps">Agent-steps of the run when it ended.</param>
public sealed record RunStage(long PlannedIterations, long Iteration, long AgentSteps);

/// <summary>What <c>run.json</c> of a run folder holds: all that is needed to know, repeat or resume the run.</summary>
public sealed record RunManifest
{
    /// <summary>The version of the format that this program writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Version of this format.</summary>
    public required int Format { get; init; }

    /// <summary>Version of the program.</summary>
    public required string Version { get; init; }

    /// <summary>When the run was created, UTC.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>How it stands.</summary>
    public required RunState State { get; init; }

    /// <summary>Name of the algorithm.</summary>
    public required string Algorithm { get; init; }

    /// <summary>Id of the environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Name of the preset, or null.</summary>
    public string? Preset { get; init; }

    /// <summary>Seed of the run.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads that worked on it last; they change no result.</summary>
    public required int Threads { get; init; }

    /// <summary>Its limits.</summary>
    public required TrainingBudget Budget { get; init; }

    /// <summary>The algorithm's settings.</summary>
    public required RecordedSettings AlgorithmSettings { get; init; }

    /// <summary>The environment's settings while training.</summary>
    public required RecordedSettings EnvironmentSettings { get; init; }

    /// <summary>The environment's settings for validation and the final scores.</summary>
    public required RecordedSettings EvaluationSettings { get; init; }

    /// <summary>The machine that worked on it last.</summary>
    public required MachineDescription Machine { get; init; }

    /// <summary>How far it has come.</summary>
    public required RunProgress Progress { get; init; }

    /// <summary>Its parts before the number of planned iterations was changed, in order; null where it never was.</summary>
    public IReadOnlyList<RunStage>? EarlierStages { get; init; }

    /// <summary>File name of the champion in the folder.</summary>
    public required string Champion { get; init; }

    /// <summary>Scores of the champion of a finished run, or null.</summary>
    public RunResults? Results { get; init; }
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RunManifest))]
internal sealed partial class RunJson : JsonSerializerContext;
