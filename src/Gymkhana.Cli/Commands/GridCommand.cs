using System.CommandLine;
using System.Text.Json;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;

namespace Gymkhana.Cli.Commands;

/// <summary><c>grid POLICY ENV</c>: scores policies over several settings of an environment, as one table.</summary>
internal static class GridCommand
{
    public static Command Build(Lazy<Rooms> rooms)
    {
        var policy = new Argument<string>("POLICY") { Description = "run folder, champion file, ONNX file, or a built-in name; it acts for every group of agents" };
        var environment = new Argument<string>("ENV") { Description = "id of the environment" };
        Option<string[]> and = SharedOptions.Many("--and", "POLICY", "another training of the same, whose episodes count with the first's; may be given several times");
        Option<string[]> over = SharedOptions.Many("--over", "KEY=VALUE", "a row of the table: settings, joined by commas, that differ from the others'; may be given several times (default: one row, of the policy's own settings)");
        Option<string[]> beside = SharedOptions.Many("--beside", "RUN", "a run to stand beside the row of the settings that it was trained for; may be given several times");
        Option<string?> messages = MessageOption.Build("; several joined by commas, each a row of its own (default: kept)");
        var between = new Option<string?>("--between") { Description = "scale returns from 0, what the first policy has in the same row, to 1, what the second has", HelpName = "LOW,HIGH" };
        Option<int?> episodes = SharedOptions.Number("--episodes", "N", "how many episodes in each cell (default: 100)", 1);
        Option<string[]> set = SharedOptions.Set("the environment");
        Option<int?> threads = SharedOptions.Threads();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("grid", "score a policy, or several trainings of it, over several settings, as one table with 95 % intervals")
        {
            policy, environment, and, over, beside, messages, between, episodes, set, threads, json,
        };
        command.SetAction(parsed =>
        {
            EnvironmentRegistration registration = rooms.Value.Environments.Find(parsed.GetRequiredValue(environment));
            var resolver = new PolicyResolver(rooms.Value);
            ResolvedPolicy[] trained = [resolver.Resolve(parsed.GetRequiredValue(policy)), .. (parsed.GetValue(and) ?? []).Select(resolver.Resolve)];
            string[] given = parsed.GetValue(set) ?? [];
            string[] rows = parsed.GetValue(over) is { Length: > 0 } some ? some : [string.Empty];
            SettingValues[] settings = [.. rows.Select(row => trained[0].SettingsIn(registration, row.Length == 0 ? given : [.. given, row]))];
            using var stop = new StopSignal(() => { });
            var grid = new Grid(registration, ChampionScores.TestSeeds(parsed.GetValue(episodes) ?? ChampionScores.Episodes), parsed.GetValue(threads) ?? Environment.ProcessorCount, stop.Token);
            string[] fates = (parsed.GetValue(messages) ?? "kept").Split(',');
            (IPolicy Low, IPolicy High)? scale = Scale(parsed.GetValue(between), resolver);
            ILookup<int, IPolicy> others = Beside(parsed.GetValue(beside) ?? [], resolver, registration, settings);
            var lines = new List<GridLine>();
            for (int row = 0; row < rows.Length; row++)
            {
                SettingValues here = settings[row];
                (double Low, double High)? ends = scale is (IPolicy low, IPolicy high) ? (grid.Play(here, [low]).Return.Mean, grid.Play(here, [high]).Return.Mean) : null;
                foreach (string fate in fates)
                {
                    lines.Add(new GridLine(rows[row], fates.Length > 1 || fate != "kept" ? $"messages {fate}" : "trained", grid.Play(here, [.. trained.Select(t => MessageOption.Apply(t.Policy, fate))]), ends));
                }

                if (others.Contains(row))
                {
                    lines.Add(new GridLine(rows[row], "trained for this", grid.Play(here, [.. others[row]]), ends));
                }
            }

            if (parsed.GetValue(json))
            {
                JsonOutput.Write(writer => Write(writer, registration.Id, lines));
            }
            else
            {
                foreach (string line in TableOf(lines))
                {
                    Console.WriteLine(line);
                }
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static (IPolicy Low, IPolicy High)? Scale(string? text, PolicyResolver resolver)
    {
        if (text is null)
        {
            return null;
        }

        string[] words = text.Split(',');
        return words.Length == 2
            ? (resolver.Resolve(words[0]).Policy, resolver.Resolve(words[1]).Policy)
            : throw new UsageException($"--between expects two policies joined by a comma, got '{text}'. Write for example --between random,lookahead.");
    }

    private static ILookup<int, IPolicy> Beside(string[] runs, PolicyResolver resolver, EnvironmentRegistration registration, SettingValues[] rows)
    {
        var found = new List<(int Row, IPolicy Policy)>();
        foreach (string run in runs)
        {
            ResolvedPolicy resolved = resolver.Resolve(run);
            IReadOnlyDictionary<string, string> own = resolved.SettingsIn(registration, []).Changed;
            int row = Array.FindIndex(rows, r => r.Changed.Count == own.Count && r.Changed.All(s => own.GetValueOrDefault(s.Key) == s.Value));
            found.Add(row >= 0
                ? (row, resolved.Policy)
                : throw new UsageException($"'{run}' was trained for {string.Join(", ", own.Select(s => $"{s.Key}={s.Value}"))}, and no row has these settings. Add one with --over, or leave it out."));
        }

        return found.ToLookup(f => f.Row, f => f.Policy);
    }

    // A table of a Markdown page, to be copied into one: lines are as long as they need to be.
    private static IEnumerable<string> TableOf(List<GridLine> lines)
    {
        FigureSummary[] figures = lines[0].Cell.Figures;
        List<string[]> rows = [["settings", "team", "return [95 % interval]", .. lines[0].Ends is null ? [] : (string[])["scaled"], .. figures.Select(f => Readable.Words(f.Figure.Name))]];
        foreach (GridLine line in lines)
        {
            string[] scaled = line.Ends is null ? [] : [Text(line.Scaled(line.Cell.Return.Mean), line.Scaled(line.Cell.Return.MeanInterval.Low), line.Scaled(line.Cell.Return.MeanInterval.High))];

            // Classes differ from row to row: a figure that a row does not have stays empty.
            IEnumerable<string> measured = figures.Select(f => line.Cell.Figures.FirstOrDefault(g => g.Figure.Name == f.Figure.Name) is { } own ? Text(own.Summary) : string.Empty);
            rows.Add([line.Settings.Length == 0 ? "its own" : line.Settings, line.Team, Text(line.Cell.Return), .. scaled, .. measured]);
        }

        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(r => r[column].Length))];
        rows.Insert(1, [.. widths.Select(w => new string('-', w))]);
        return rows.Select(r => "| " + string.Join(" | ", r.Select((cell, column) => cell.PadRight(widths[column]))) + " |");
    }

    private static string Text(ScoreSummary summary) => Text(summary.Mean, summary.MeanInterval.Low, summary.MeanInterval.High);

    private static string Text(double mean, double low, double high) => $"{Readable.Measure(mean)} [{Readable.Measure(low)}, {Readable.Measure(high)}]";

    private static void Write(Utf8JsonWriter writer, string environment, List<GridLine> lines)
    {
        writer.WriteString("environment", environment);
        writer.WriteStartArray("rows");
        foreach (GridLine line in lines)
        {
            writer.WriteStartObject();
            writer.WriteString("settings", line.Settings);
            writer.WriteString("team", line.Team);
            writer.WriteNumber("episodes", line.Cell.Return.Count);
            WriteSummary(writer, "return", line.Cell.Return);
            if (line.Ends is (double low, double high))
            {
                writer.WriteNumber("low", low);
                writer.WriteNumber("high", high);
                writer.WriteNumber("scaled", line.Scaled(line.Cell.Return.Mean));
            }

            writer.WriteStartObject("metrics");
            foreach (FigureSummary figure in line.Cell.Figures)
            {
                WriteSummary(writer, figure.Figure.Name, figure.Summary);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteSummary(Utf8JsonWriter writer, string name, ScoreSummary summary)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("mean", summary.Mean);
        writer.WriteStartArray("ci95");
        writer.WriteNumberValue(summary.MeanInterval.Low);
        writer.WriteNumberValue(summary.MeanInterval.High);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>The scores of one row: of one policy or of several trainings together.</summary>
    private sealed record GridCell(ScoreSummary Return, FigureSummary[] Figures);

    private sealed record GridLine(string Settings, string Team, GridCell Cell, (double Low, double High)? Ends)
    {
        public double Scaled(double value) => Ends is (double low, double high) ? (value - low) / (high - low) : double.NaN;
    }

    /// <summary>Plays the cells, all on the same episodes.</summary>
    private sealed class Grid(EnvironmentRegistration registration, ulong[] seeds, int threads, CancellationToken stop)
    {
        public GridCell Play(SettingValues settings, IPolicy[] policies)
        {
            EvaluationReport[] reports = [.. policies.Select(policy => Evaluator.Evaluate(copies => registration.Create(settings, copies), policy, seeds, threads, stop))];
            return new GridCell(
                ScoreSummary.OfStrata([.. reports.Select(r => r.Results.Select(e => e.Return).ToArray())]),
                [.. reports[0].Figures.Select((f, i) => new FigureSummary(f.Figure, ScoreSummary.OfStrata([.. reports.Select(r => r.Results.Select(e => e.Figures[i]).ToArray())])))]);
        }
    }
}
