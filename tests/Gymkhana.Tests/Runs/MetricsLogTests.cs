using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Runs;

namespace Gymkhana.Tests.Runs;

public sealed class MetricsLogTests
{
    [Fact]
    public void Append_Iteration_IsOneLineWithTheTimesLast()
    {
        using var folder = new TemporaryFolder();
        using (MetricsLog log = MetricsLog.Open(folder.Path, 0))
        {
            log.Append(new TrainingReport(1, 600, [new Metric("best", 1.5), new Metric("spread", double.NaN)], true), 600, 0.25, 2400);
        }

        Assert.Equal(
            "{\"iteration\":1,\"agentSteps\":600,\"totalAgentSteps\":600,\"best\":1.5,\"spread\":null,\"wallSeconds\":0.25,\"agentStepsPerSecond\":2400}\n",
            File.ReadAllText(folder["metrics.jsonl"]));
    }

    [Fact]
    public void Append_MetricWithAnInterval_HasItsEndsBesideIt()
    {
        using var folder = new TemporaryFolder();
        using (MetricsLog log = MetricsLog.Open(folder.Path, 0))
        {
            Metric[] metrics = [new("score", new Estimate(3, new Interval(2.5, 4))), new("figure", new Estimate(1, null))];
            log.Append(new TrainingReport(1, 600, metrics, true), 600, 0.25, 2400);
        }

        Assert.Contains("\"score\":3,\"scoreLow\":2.5,\"scoreHigh\":4,\"figure\":1,\"wallSeconds\"", File.ReadAllText(folder["metrics.jsonl"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Append_WithSpecies_TellsTheirMembersBeforeTheTimes()
    {
        using var folder = new TemporaryFolder();
        using (MetricsLog log = MetricsLog.Open(folder.Path, 0))
        {
            log.Append(new TrainingReport(1, 600, [], false) { Species = [new SpeciesSize(1, 20), new SpeciesSize(4, 3)] }, 600, 0.25, 2400);
        }

        Assert.Contains("\"speciesSizes\":{\"1\":20,\"4\":3},\"wallSeconds\"", File.ReadAllText(folder["metrics.jsonl"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_LongerFile_IsCutToTheRecordedLength()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["metrics.jsonl"], "{}\n{}\n{\"half");
        using (MetricsLog log = MetricsLog.Open(folder.Path, 6))
        {
            Assert.Equal(6, log.Length);
        }

        Assert.Equal("{}\n{}\n", File.ReadAllText(folder["metrics.jsonl"]));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3, true)]
    [InlineData(6, true)]
    [InlineData(5, false)]
    [InlineData(9, false)]
    public void Covers_Length_NeedsThatManyBytesOfWholeLines(long length, bool expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["metrics.jsonl"], "{}\n{}\n");
        Assert.Equal(expected, MetricsLog.Covers(folder.Path, length));
    }
}
