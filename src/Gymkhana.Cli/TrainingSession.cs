using System.Text.Json;
using Gymkhana.Cli.Reports;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Runs;
using Gymkhana.Environments.Drawing;
using Spectre.Console;

namespace Gymkhana.Cli;

/// <summary>Trains a run in front of a person or a program: progress, Ctrl-C, the final table or the JSON object.</summary>
internal static class TrainingSession
{
    /// <summary>Trains to the end of the budget or until told to stop.</summary>
    /// <param name="run">The run.</param>
    /// <param name="algorithm">Its algorithm.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="film">Length of the report's film, s; 0 for none, null for the usual.</param>
    /// <param name="asJson">Whether standard output is for one JSON object.</param>
    /// <returns>The exit code.</returns>
    public static int Train(TrainingRun run, IAlgorithm algorithm, EnvironmentRegistration environment, double? film, bool asJson)
    {
        TextWriter writer = asJson ? Console.Error : Console.Out;
        bool isLive = asJson ? !Console.IsErrorRedirected : !Console.IsOutputRedirected;
        var printer = new ProgressPrinter(writer, isLive, algorithm);
        writer.WriteLine(Headline(run.Manifest, run.Path));
        RunState state;
        using (var stop = new StopSignal(() => Console.Error.WriteLine($"\nStopping after this {algorithm.IterationName}; once more ends at once (what is saved stays).")))
        {
            try
            {
                state = run.Train(printer, stop.Token);
            }
            finally
            {
                printer.Finish();
            }
        }

        if (state == RunState.Finished)
        {
            WriteReport(run, algorithm, environment, film ?? RunReport.FilmSeconds(run.Manifest), writer);
        }

        if (asJson)
        {
            WriteJson(run);
        }
        else if (run.Manifest.Results is RunResults results)
        {
            WriteTable(run, algorithm, results);
        }

        if (state == RunState.Finished)
        {
            return CommandLine.Done;
        }

        RunProgress progress = run.Manifest.Progress;
        Console.Error.WriteLine(progress.Iteration == 0
            ? $"Stopped before the first {algorithm.IterationName} was done. Begin with: gymkhana resume {run.Path}"
            : $"Stopped at {algorithm.IterationName} {progress.Iteration} after {Readable.Duration(progress.WallSeconds)}; a checkpoint is saved. Go on with: gymkhana resume {run.Path}");
        return CommandLine.Failed;
    }

    // The champion is saved: a report that cannot be written is a pity, not a failure.
    private static void WriteReport(TrainingRun run, IAlgorithm algorithm, EnvironmentRegistration environment, double film, TextWriter writer)
    {
        try
        {
            writer.WriteLine($"Report in {RunReport.Write(run.Path, algorithm, environment, film, writer.WriteLine, new VideoSettings())}");
        }
        catch (Exception failure) when (failure is GymkhanaException or IOException or UnauthorizedAccessException)
        {
            writer.WriteLine($"There is no report: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static string Headline(RunManifest manifest, string path)
    {
        string preset = manifest.Preset is null ? string.Empty : $"preset {manifest.Preset}, ";
        string threads = manifest.Threads == 1 ? "1 thread" : $"{manifest.Threads} threads";
        string verb = manifest.Progress.Iteration == 0 ? "Training" : "Resuming";
        return $"{verb} {manifest.Algorithm} on {manifest.Environment} ({preset}seed {manifest.Seed}, {threads}), kept in {path}";
    }

    private static void WriteTable(TrainingRun run, IAlgorithm algorithm, RunResults results)
    {
        RunManifest manifest = run.Manifest;
        string champion = Path.Combine(run.Path, manifest.Champion);
        var table = new Table().Border(TableBorder.Rounded).Title($"[bold]{Markup.Escape(manifest.Algorithm)} on {Markup.Escape(manifest.Environment)}[/]");
        table.AddColumn("champion, mean [[95 % interval]]");
        table.AddColumn(new TableColumn($"validation ({results.Validation.Episodes} episodes)").RightAligned());
        table.AddColumn(new TableColumn($"test ({results.Test.Episodes} held-out episodes)").RightAligned());
        foreach ((string name, FigureScore score) in results.Test.Metrics)
        {
            FigureScore validation = results.Validation.Metrics[name];
            AddRow(table, Readable.Words(name), validation.Mean, validation.Ci95, score.Mean, score.Ci95);
        }

        AddRow(table, "return", results.Validation.Mean, results.Validation.Ci95, results.Test.Mean, results.Test.Ci95);
        IAnsiConsole console = Consoles.Out();
        console.Write(table);
        RunProgress progress = manifest.Progress;
        Console.Out.WriteLine($"{progress.Iteration} {algorithm.IterationName}s, {Readable.Count(progress.AgentSteps)} agent-steps in {Readable.Duration(progress.WallSeconds)}; champion in {champion}");
        if (progress.Iteration < progress.PlannedIterations && manifest.Budget.Minutes is double limit && progress.WallSeconds >= limit * 60)
        {
            Console.Out.WriteLine($"The time limit of {Readable.Duration(limit * 60)} ended it at {algorithm.IterationName} {progress.Iteration} of {progress.PlannedIterations}: a faster or idler machine gets further. Go on with: gymkhana resume {run.Path} --minutes {Readable.Measure(limit * 2)}");
        }

        Console.Out.WriteLine("Next:");
        Console.Out.WriteLine($"  gymkhana evaluate {run.Path} {manifest.Environment}");
        Console.Out.WriteLine($"  gymkhana record {run.Path} {manifest.Environment} --out film.mp4");
        Console.Out.WriteLine($"  gymkhana rollout {manifest.Environment} --policy {run.Path} --seed 1 --steps 1000 --out rollout.npz");
    }

    private static void AddRow(Table table, string name, double validation, double[] validationInterval, double test, double[] testInterval) =>
        table.AddRow(
            Markup.Escape(name),
            Markup.Escape(Readable.WithInterval(validation, validationInterval)),
            Markup.Escape(Readable.WithInterval(test, testInterval)));

    private static void WriteJson(TrainingRun run)
    {
        RunManifest manifest = run.Manifest;
        JsonOutput.Write(json =>
        {
            json.WriteString("run", run.Path);
            json.WriteString("algorithm", manifest.Algorithm);
            json.WriteString("environment", manifest.Environment);
            json.WriteNumber("seed", manifest.Seed);
            json.WriteString("state", manifest.State == RunState.Finished ? "finished" : "stopped");
            json.WriteNumber("iterations", manifest.Progress.Iteration);
            json.WriteNumber("agentSteps", manifest.Progress.AgentSteps);
            json.WriteNumber("wallSeconds", manifest.Progress.WallSeconds);
            json.WriteString("champion", Path.Combine(run.Path, manifest.Champion));
            WriteScore(json, "validation", manifest.Results?.Validation);
            WriteScore(json, "test", manifest.Results?.Test);
        });
    }

    private static void WriteScore(Utf8JsonWriter json, string name, ScoreRecord? score)
    {
        json.WritePropertyName(name);
        if (score is null)
        {
            json.WriteNullValue();
        }
        else
        {
            JsonSerializer.Serialize(json, score, ScoreJson.Default.ScoreRecord);
        }
    }
}
