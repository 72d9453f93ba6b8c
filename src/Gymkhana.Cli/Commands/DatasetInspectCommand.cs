using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gymkhana.Cli.Films;
using Gymkhana.Core.Evaluations;
using Gymkhana.Learning.Datasets;
using Spectre.Console;

namespace Gymkhana.Cli.Commands;

/// <summary><c>dataset inspect DIR</c>: counts, returns, actions, and a sheet of pictures.</summary>
internal static class DatasetInspectCommand
{
    private const int BarWidth = 40;

    public static Command Build()
    {
        var folder = new Argument<string>("DIR") { Description = "folder of the dataset" };
        var sheet = new Option<string?>("--sheet") { Description = "contact sheet to write, where observations are pictures (default: DIR/contact-sheet.png)", HelpName = "FILE.png" };
        Option<string> dones = DatasetCommand.Dones();
        var skip = new Option<bool>("--skip-damaged") { Description = "go on without shards that are damaged or missing" };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("inspect", "show what is in a dataset") { folder, sheet, dones, skip, json };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(folder);
            var options = new DatasetOptions(DatasetCommand.DonesOf(parsed.GetValue(dones)!), SkipDamaged: parsed.GetValue(skip));
            Dataset dataset = Dataset.Open(path, options, Console.Error.WriteLine);
            string? picture = ContactSheet.Holds(dataset.Layout) ? parsed.GetValue(sheet) ?? Path.Combine(path, "contact-sheet.png") : null;
            if (picture is not null)
            {
                ContactSheet.Write(dataset, picture, options.SkipDamaged);
            }

            var returns = ScoreSummary.Of([.. dataset.Episodes.Select(e => e.Return)]);
            var lengths = ScoreSummary.Of([.. dataset.Episodes.Select(e => (double)e.Length)]);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(writer => WriteJson(writer, dataset, returns, lengths, picture));
            }
            else
            {
                Print(dataset, returns, lengths, picture);
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static void Print(Dataset dataset, ScoreSummary returns, ScoreSummary lengths, string? picture)
    {
        string title = dataset.Manifest is { } manifest ? $"{dataset.Path}: {manifest.Kind}, {manifest.Environment}" : $"{dataset.Path}: in the lecture's form";
        Table table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape(title));
        table.AddColumn(string.Empty);
        table.AddColumn(string.Empty);
        void Row(string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));
        Row("transitions", dataset.Transitions.ToString(CultureInfo.InvariantCulture));
        Row("episodes", string.Create(CultureInfo.InvariantCulture, $"{returns.Count}, of which {dataset.Episodes.Count(e => e.Terminated)} terminated"));
        Row("shards", string.Create(CultureInfo.InvariantCulture, $"{dataset.Shards.Length}{(dataset.LeftOut.Length > 0 ? $", {dataset.LeftOut.Length} left out" : string.Empty)}"));
        Row("observation", $"{dataset.Layout}{(dataset.Layout.Stack > 1 ? $", {dataset.Layout.Stack} frames of which one is stored" : string.Empty)}");
        Row("in memory", $"{Readable.Count(dataset.LoadedBytes)}B");
        Row("return, mean [95 % interval]", Readable.WithInterval(returns.Mean, [returns.MeanInterval.Low, returns.MeanInterval.High]));
        Row("return, lowest to highest", $"{Readable.Measure(returns.Minimum)} to {Readable.Measure(returns.Maximum)}");
        Row("length, mean", $"{Readable.Measure(lengths.Mean)}, from {Readable.Measure(lengths.Minimum)} to {Readable.Measure(lengths.Maximum)}");
        foreach (Behaviour behaviour in dataset.Manifest?.Behaviours ?? [])
        {
            Row($"by {behaviour.Policy}", $"{Readable.Count(behaviour.Transitions)} transitions, mean return {Readable.Measure(behaviour.MeanReturn)}");
        }

        Consoles.Out().Write(table);
        long[] counts = dataset.ActionCounts;
        Console.Out.WriteLine("Actions:");
        for (int action = 0; action < counts.Length; action++)
        {
            string bar = new('█', (int)Math.Round((double)BarWidth * counts[action] / counts.Max()));
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {action,3} {(double)counts[action] / dataset.Transitions,7:P1} {bar}"));
        }

        if (picture is not null)
        {
            Console.Out.WriteLine($"Contact sheet in {picture}");
        }
    }

    private static void WriteJson(Utf8JsonWriter json, Dataset dataset, ScoreSummary returns, ScoreSummary lengths, string? picture)
    {
        json.WriteString("dataset", dataset.Path);
        json.WriteString("environment", dataset.Manifest?.Environment);
        json.WriteString("kind", dataset.Manifest?.Kind);
        json.WriteBoolean("complete", dataset.Manifest?.Complete ?? true);
        json.WriteNumber("transitions", dataset.Transitions);
        json.WriteNumber("episodes", returns.Count);
        json.WriteNumber("shards", dataset.Shards.Length);
        json.WriteStartArray("leftOut");
        foreach (string line in dataset.LeftOut)
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
        json.WriteString("observation", dataset.Layout.ToString());
        json.WriteNumber("memoryBytes", dataset.LoadedBytes);
        WriteSummary(json, "return", returns);
        WriteSummary(json, "length", lengths);
        json.WriteStartArray("actions");
        foreach (long count in dataset.ActionCounts)
        {
            json.WriteNumberValue(count);
        }

        json.WriteEndArray();
        json.WriteStartArray("behaviours");
        foreach (Behaviour behaviour in dataset.Manifest?.Behaviours ?? [])
        {
            json.WriteStartObject();
            json.WriteString("policy", behaviour.Policy);
            json.WriteNumber("epsilon", behaviour.Epsilon);
            json.WriteNumber("transitions", behaviour.Transitions);
            json.WriteNumber("episodes", behaviour.Episodes);
            json.WriteNumber("meanReturn", behaviour.MeanReturn);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("sheet", picture);
    }

    private static void WriteSummary(Utf8JsonWriter json, string name, ScoreSummary summary)
    {
        json.WriteStartObject(name);
        json.WriteNumber("mean", summary.Mean);
        json.WriteStartArray("ci95");
        json.WriteNumberValue(summary.MeanInterval.Low);
        json.WriteNumberValue(summary.MeanInterval.High);
        json.WriteEndArray();
        json.WriteNumber("min", summary.Minimum);
        json.WriteNumber("max", summary.Maximum);
        json.WriteEndObject();
    }
}
