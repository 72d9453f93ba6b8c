using System.CommandLine;
using System.Text.Json;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Spectre.Console;

namespace Gymkhana.Cli.Commands;

/// <summary><c>evaluate POLICY ENV</c>: scores a policy on fixed episodes.</summary>
internal static class EvaluateCommand
{
    public static Command Build(Lazy<Rooms> rooms)
    {
        var policy = new Argument<string>("POLICY") { Description = "run folder (RUN@N: its champion in iteration N), champion file, ONNX file, or a built-in name (random, chase, lookahead, flee, flee-naive); it acts for every group of agents" };
        var environment = new Argument<string>("ENV") { Description = "id of the environment" };
        Option<int?> episodes = SharedOptions.Number("--episodes", "N", "how many episodes (default: 100)", 1);
        Option<ulong?> seed = SharedOptions.Seed("play seeds S, S+1, ... (default: the held-out test seeds, the same for every run)");
        Option<string[]> with = SharedOptions.With();
        Option<string?> messages = MessageOption.Build(" (default: kept)");
        Option<string[]> set = SharedOptions.Set("the environment");
        Option<int?> threads = SharedOptions.Threads();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("evaluate", "score a policy on fixed episodes, with 95 % intervals") { policy, environment, episodes, seed, with, messages, set, threads, json };
        command.SetAction(parsed =>
        {
            EnvironmentRegistration registration = rooms.Value.Environments.Find(parsed.GetRequiredValue(environment));
            ResolvedPolicy resolved = new PolicyResolver(rooms.Value).Resolve(parsed.GetRequiredValue(policy), parsed.GetValue(with) ?? [], parsed.GetValue(messages));
            SettingValues settings = resolved.SettingsIn(registration, parsed.GetValue(set) ?? []);
            int count = parsed.GetValue(episodes) ?? ChampionScores.Episodes;
            ulong? first = parsed.GetValue(seed);
            ulong[] seeds = first is ulong start
                ? [.. Enumerable.Range(0, count).Select(i => unchecked(start + (ulong)i))]
                : ChampionScores.TestSeeds(count);
            using var stop = new StopSignal(() => { });
            EvaluationReport report = Evaluator.Evaluate(
                copies => registration.Create(settings, copies),
                resolved.Policy,
                seeds,
                parsed.GetValue(threads) ?? Environment.ProcessorCount,
                stop.Token);
            ScoreRecord score = ScoreRecord.Of(report, first is null ? "test" : "given", first);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(writer => WriteProperties(writer, score));
            }
            else
            {
                Print(score, report);
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static void WriteProperties(Utf8JsonWriter writer, ScoreRecord score)
    {
        using JsonDocument document = JsonSerializer.SerializeToDocument(score, ScoreJson.Default.ScoreRecord);
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            property.WriteTo(writer);
        }
    }

    private static void Print(ScoreRecord score, EvaluationReport report)
    {
        string which = score.Seed is ulong seed ? $"seeds from {seed}" : "held-out test seeds";
        Table table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape($"{score.Policy} on {score.Environment}: {score.Episodes} episodes, {which}"));
        table.AddColumn(string.Empty);
        table.AddColumn(new TableColumn("mean [[95 % interval]]").RightAligned());
        table.AddColumn(new TableColumn("lowest").RightAligned());
        table.AddColumn(new TableColumn("highest").RightAligned());
        foreach (FigureSummary figure in report.Figures)
        {
            AddRow(table, Readable.Words(figure.Figure.Name), figure.Summary);
        }

        AddRow(table, "return", report.Return);
        table.AddRow("return, interquartile mean", Markup.Escape(Readable.WithInterval(score.Iqm, score.IqmCi95)), string.Empty, string.Empty);
        Consoles.Out().Write(table);
    }

    private static void AddRow(Table table, string name, ScoreSummary summary) => table.AddRow(
        Markup.Escape(name),
        Markup.Escape(Readable.WithInterval(summary.Mean, [summary.MeanInterval.Low, summary.MeanInterval.High])),
        Readable.Measure(summary.Minimum),
        Readable.Measure(summary.Maximum));
}
