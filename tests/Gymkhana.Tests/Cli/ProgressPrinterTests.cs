using Gymkhana.Cli;
using Gymkhana.Core.Runs;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Cli;

public sealed class ProgressPrinterTests
{
    private static readonly TrainingProgress Progress = new(
        new TrainingReport(12, 600, [new Metric("best", 21.456), new Metric("validationMean", 18)], false), 400, 1_000_000, 31_250_000, 65, 12.34);

    [Fact]
    public void Line_EnoughRoom_ShowsEverything() => Assert.Equal(
        "generation 12/400 · best 21.5 · validation mean 18 · 31.3 M agent-steps/s · 1 min 05 s, 12.3 s left",
        ProgressPrinter.Line(Progress, new LinearSearch(), 120));

    [Fact]
    public void Line_NarrowTerminal_LeavesOutTheLastMetricsFirst() => Assert.Equal(
        "generation 12/400 · best 21.5 · 31.3 M agent-steps/s · 1 min 05 s, 12.3 s left",
        ProgressPrinter.Line(Progress, new LinearSearch(), 80));

    [Fact]
    public void Advanced_NoTerminal_WritesPlainLinesAndTheLastOneAtTheEnd()
    {
        using var writer = new StringWriter();
        var printer = new ProgressPrinter(writer, isLive: false, new LinearSearch());
        printer.Advanced(Progress);
        printer.Advanced(Progress with { Report = Progress.Report with { Iteration = 13 } });
        printer.Advanced(Progress with { Report = Progress.Report with { Iteration = 14 } });
        printer.Finish();

        string[] lines = writer.ToString().Split(writer.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("generation 12/400", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("generation 14/400", lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain('\r', writer.ToString());
    }
}
