using System.CommandLine;
using System.Text.Json;
using Gymkhana.Cli.Benches;
using Gymkhana.Core;
using Gymkhana.Core.Runs;
using Spectre.Console;

namespace Gymkhana.Cli.Commands;

/// <summary><c>bench [NAME]</c>: measures how fast this machine is at what the project does most.</summary>
internal static class BenchCommand
{
    private const double DefaultSeconds = 4;
    private static readonly IBench[] Benches = [new WalkerBench(), new NeatBench(), new TensorsBench(), new CarBench(), new PpoBench(), new OfflineBench(), new TagBench()];

    public static Command Build()
    {
        var name = new Argument<string?>("NAME") { Description = "which to run: " + string.Join(", ", Benches.Select(b => $"{b.Name} ({b.Summary})")) + "; all without it", Arity = ArgumentArity.ZeroOrOne };
        var seconds = new Option<double>("--seconds") { Description = "about how long each throughput number may take", HelpName = "S", DefaultValueFactory = _ => DefaultSeconds };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("bench", "measure speed on this machine") { name, seconds, json };
        command.SetAction(parsed =>
        {
            double length = parsed.GetValue(seconds);
            if (!(length >= 0.05 && length <= 3600))
            {
                throw new UsageException($"Option --seconds expects a number from 0.05 to 3600, got '{length}'. 'gymkhana bench --help' shows what it takes.");
            }

            IBench[] chosen = Choose(parsed.GetValue(name));
            using var stop = new StopSignal(() => { });
            List<BenchResult> results = [];
            foreach (IBench bench in chosen)
            {
                results.AddRange(bench.Run(length, line => Console.Error.WriteLine($"measuring {line}"), stop.Token));
            }

            if (parsed.GetValue(json))
            {
                JsonOutput.Write(writer => WriteProperties(writer, results));
            }
            else
            {
                Print(results);
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static IBench[] Choose(string? name) => name is null
        ? Benches
        : Array.FindAll(Benches, b => b.Name == name) is { Length: > 0 } found
            ? found
            : throw UnknownNameException.For("benchmark", name, Benches.Select(b => b.Name), "the benchmarks are " + string.Join(", ", Benches.Select(b => b.Name)));

    private static void WriteProperties(Utf8JsonWriter writer, IReadOnlyList<BenchResult> results)
    {
        MachineDescription machine = MachineDescription.Current();
        writer.WriteStartObject("machine");
        writer.WriteString("operatingSystem", machine.OperatingSystem);
        writer.WriteString("processor", machine.Processor);
        writer.WriteNumber("cores", machine.Cores);
        writer.WriteString("runtime", machine.Runtime);
        writer.WriteNumber("simdBits", machine.SimdBits);
        writer.WriteEndObject();
        writer.WriteStartArray("results");
        foreach (BenchResult result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("name", result.Name);
            writer.WriteNumber("threads", result.Threads);
            writer.WriteNumber("value", result.Value);
            writer.WriteString("unit", result.Unit);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Print(IReadOnlyList<BenchResult> results)
    {
        MachineDescription machine = MachineDescription.Current();
        Table table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape($"{machine.Processor}, {machine.Cores} logical cores, {machine.SimdBits}-bit vectors, {machine.Runtime}"));
        table.AddColumn("benchmark");
        table.AddColumn(new TableColumn("threads").RightAligned());
        table.AddColumn(new TableColumn("value").RightAligned());
        table.AddColumn("unit");
        foreach (BenchResult result in results)
        {
            string value = result.Value >= 1e4 ? Readable.Count(result.Value) : Readable.Measure(result.Value);
            table.AddRow(Markup.Escape(result.Name), $"{result.Threads}", value, Markup.Escape(result.Unit));
        }

        Consoles.Out().Write(table);
    }
}
