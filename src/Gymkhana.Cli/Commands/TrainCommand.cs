using System.CommandLine;
using System.Globalization;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;

namespace Gymkhana.Cli.Commands;

/// <summary><c>train ALGORITHM ENV</c>: makes a run.</summary>
internal static class TrainCommand
{
    public static Command Build(Lazy<Rooms> rooms)
    {
        var algorithm = new Argument<string>("ALGORITHM") { Description = "how to learn, such as neat" };
        var environment = new Argument<string>("ENV") { Description = "id of the environment ('gymkhana envs' lists them)" };
        var preset = new Option<string?>("--preset") { Description = $"a named set of settings (default: the one named {Preset.Default}, where there is one; {Preset.None} for none)", HelpName = "NAME" };
        Option<string[]> set = SharedOptions.Set("the environment (env.KEY) or the algorithm (ALGORITHM.KEY)");
        Option<ulong?> seed = SharedOptions.Seed("seed of the run (default: 1)");
        var output = new Option<string?>("--out") { Description = "run folder to make (default: runs/ALGORITHM-ENV-SEED)", HelpName = "DIR" };
        Option<int?> threads = SharedOptions.Threads();
        var data = new DataOptions();
        var budget = new BudgetOptions();
        Option<double?> interval = SharedOptions.Number("--checkpoint-seconds", "S", "time between two checkpoints (default: 5)", 0.0);
        Option<double?> film = SharedOptions.Film();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("train", "train a champion and keep the run in a folder")
        {
            algorithm, environment, preset, set, data.Folder, data.NoWorld, data.SkipDamaged, seed, output, threads, budget.Minutes, budget.Generations, budget.Steps, interval, film, json,
        };
        command.SetAction(parsed =>
        {
            TrainingPlan plan = Plan(
                rooms.Value,
                parsed.GetRequiredValue(algorithm),
                parsed.GetRequiredValue(environment),
                parsed.GetValue(preset),
                parsed.GetValue(set) ?? [],
                (chosen, settings) => data.Apply(parsed, chosen, settings),
                parsed.GetValue(seed) ?? 1,
                parsed.GetValue(threads) ?? Environment.ProcessorCount);
            plan = budget.Apply(parsed, plan) with { Note = Console.Error.WriteLine };
            string path = parsed.GetValue(output) ?? RunFolder.Unused("runs", plan.Algorithm.Name, plan.Environment.Id, plan.Seed);
            using TrainingRun run = TrainingRun.Create(plan, path);
            run.CheckpointInterval = TimeSpan.FromSeconds(parsed.GetValue(interval) ?? run.CheckpointInterval.TotalSeconds);
            return TrainingSession.Train(run, plan.Algorithm, plan.Environment, parsed.GetValue(film), parsed.GetValue(json));
        });
        return command;
    }

    private static TrainingPlan Plan(Rooms rooms, string algorithmName, string environmentId, string? presetName, string[] assignments, Func<IAlgorithm, SettingValues, SettingValues> more, ulong seed, int threads)
    {
        IAlgorithm algorithm = rooms.Algorithm(algorithmName);
        EnvironmentRegistration environment = rooms.Environments.Find(environmentId);
        SettingValues environmentSettings = environment.Schema.Defaults;
        SettingValues algorithmSettings = algorithm.Schema.Defaults;
        SettingValues task = environment.Schema.Defaults;
        double minutes = 0;
        presetName = presetName == Preset.None ? null : presetName ?? algorithm.PresetsFor(environmentId).FirstOrDefault(p => p.Name == Preset.Default)?.Name;
        if (presetName is not null)
        {
            Preset preset = FindPreset(algorithm, environmentId, presetName);
            environmentSettings = environmentSettings.With(preset.Interface).With(preset.Environment);
            task = task.With(preset.Interface);
            algorithmSettings = algorithmSettings.With(preset.Algorithm);
            minutes = preset.Minutes;
        }

        algorithmSettings = more(algorithm, SettingAssignments.Apply(assignments, environmentSettings, algorithmSettings, algorithm.Name).Algorithm);
        IReadOnlyDictionary<string, string> recorded = algorithm.RecordedSettings(environmentId, algorithmSettings);

        // What a person sets is the task, and so are the interface of a preset and the world of a dataset; what else a preset changes in the environment is a way to learn it.
        task = SettingAssignments.Apply(assignments, task.With(recorded), algorithmSettings, algorithm.Name).Environment;
        environmentSettings = SettingAssignments.Apply(assignments, environmentSettings.With(recorded), algorithmSettings, algorithm.Name).Environment;
        return new TrainingPlan
        {
            Algorithm = algorithm,
            Environment = environment,
            AlgorithmSettings = algorithmSettings,
            EnvironmentSettings = environmentSettings,
            EvaluationSettings = task,
            Preset = presetName,
            Seed = seed,
            Threads = threads,
            Budget = new TrainingBudget(minutes > 0 ? minutes : null, AgentSteps: null),
        };
    }

    private static Preset FindPreset(IAlgorithm algorithm, string environmentId, string name)
    {
        IReadOnlyList<Preset> presets = algorithm.PresetsFor(environmentId);
        if (presets.FirstOrDefault(p => p.Name == name) is Preset found)
        {
            return found;
        }

        string known = presets.Count == 0
            ? $"{algorithm.Name} has no presets for {environmentId}; leave --preset out"
            : $"the presets of {algorithm.Name} for {environmentId} are {string.Join(", ", presets.Select(p => p.Name))}";
        throw UnknownNameException.For("preset", name, presets.Select(p => p.Name), known);
    }
}

/// <summary>The options that limit a training, the same for a new run and a resumed one: totals of the whole run.</summary>
internal sealed class BudgetOptions
{
    /// <summary><c>--minutes</c>.</summary>
    public Option<double?> Minutes { get; } = SharedOptions.Number("--minutes", "M", "wall-clock time of training in all, minutes", 0.0);

    /// <summary><c>--generations</c>, or <c>--updates</c>.</summary>
    public Option<int?> Generations { get; } = Named(SharedOptions.Number("--generations", "N", "iterations (generations, updates) in all", 1), "--updates");

    /// <summary><c>--steps</c>.</summary>
    public Option<long?> Steps { get; } = SharedOptions.Number<long>("--steps", "N", "agent-steps in all; the iteration that reaches them is finished", 1);

    /// <summary>Changes the limits of a plan to what was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="plan">The plan.</param>
    /// <returns>The changed plan.</returns>
    public TrainingPlan Apply(ParseResult parsed, TrainingPlan plan)
    {
        double? minutes = parsed.GetValue(Minutes);
        int? generations = parsed.GetValue(Generations);
        long? steps = parsed.GetValue(Steps);
        if (generations is int count)
        {
            if (!plan.Algorithm.Schema.Has(plan.Algorithm.IterationsKey))
            {
                throw new UsageException($"{plan.Algorithm.Name} does not count generations. Limit it with --minutes or --steps.");
            }

            plan = plan with { AlgorithmSettings = plan.AlgorithmSettings.With(plan.Algorithm.IterationsKey, count.ToString(CultureInfo.InvariantCulture)) };
        }

        return plan with { Budget = new TrainingBudget(minutes ?? plan.Budget.Minutes, steps ?? plan.Budget.AgentSteps) };
    }

    private static Option<int?> Named(Option<int?> option, string alias)
    {
        option.Aliases.Add(alias);
        return option;
    }
}
