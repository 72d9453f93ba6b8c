using System.CommandLine;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;

namespace Gymkhana.Cli.Commands;

/// <summary><c>resume RUN</c>: takes a stopped, killed or finished run up again.</summary>
internal static class ResumeCommand
{
    public static Command Build(Lazy<Rooms> rooms)
    {
        var run = new Argument<string>("RUN") { Description = "run folder" };
        Option<int?> threads = SharedOptions.Threads();
        var budget = new BudgetOptions();
        Option<double?> interval = SharedOptions.Number("--checkpoint-seconds", "S", "time between two checkpoints (default: 5)", 0.0);
        Option<double?> film = SharedOptions.Film();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("resume", "go on with a run where its last good checkpoint left it")
        {
            run, threads, budget.Minutes, budget.Generations, budget.Steps, interval, film, json,
        };
        command.SetAction(parsed =>
        {
            bool asJson = parsed.GetValue(json);
            using RunFolder folder = RunFolder.OpenToTrain(parsed.GetRequiredValue(run));
            TrainingPlan plan = budget.Apply(parsed, Plan(rooms.Value, folder, parsed.GetValue(threads))) with { Note = Console.Error.WriteLine };
            using TrainingRun training = TrainingRun.Resume(folder, plan, Console.Error.WriteLine);
            training.CheckpointInterval = TimeSpan.FromSeconds(parsed.GetValue(interval) ?? training.CheckpointInterval.TotalSeconds);
            return TrainingSession.Train(training, plan.Algorithm, plan.Environment, parsed.GetValue(film), asJson);
        });
        return command;
    }

    // What was in force when the run was made is used again, even where a default has changed since.
    private static TrainingPlan Plan(Rooms rooms, RunFolder folder, int? threads)
    {
        RunManifest manifest = folder.ReadManifest();
        IAlgorithm algorithm = rooms.Algorithm(manifest.Algorithm);
        EnvironmentRegistration environment = rooms.Environments.Find(manifest.Environment);
        return new TrainingPlan
        {
            Algorithm = algorithm,
            Environment = environment,
            AlgorithmSettings = Restore(algorithm.Schema, manifest.AlgorithmSettings, folder, manifest),
            EnvironmentSettings = Restore(environment.Schema, manifest.EnvironmentSettings, folder, manifest),
            EvaluationSettings = Restore(environment.Schema, manifest.EvaluationSettings, folder, manifest),
            Preset = manifest.Preset,
            Seed = manifest.Seed,
            Threads = threads ?? Environment.ProcessorCount,
            Budget = manifest.Budget,
        };
    }

    private static SettingValues Restore(SettingSchema schema, RecordedSettings recorded, RunFolder folder, RunManifest manifest)
    {
        try
        {
            return schema.Defaults.With(recorded.Effective);
        }
        catch (GymkhanaException failure)
        {
            throw new RunException($"'{folder.PathOf(RunFolder.ManifestFileName)}' was written by version {manifest.Version} and has a setting this version does not accept: {failure.Message}", failure);
        }
    }
}
