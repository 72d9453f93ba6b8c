using Gymkhana.Core.Runs;

namespace Gymkhana.Tests.Runs;

public sealed class TestEpisodesTests
{
    [Fact]
    public void Read_FinishedRun_GivesTheEpisodesThatItsScoreIsTheMeanOf()
    {
        using var folder = new TemporaryFolder();
        using TrainingRun run = TrainingRun.Create(RunSamples.Plan(generations: 3), folder["run"]);
        run.Train(new Witness(), CancellationToken.None);
        ScoreRecord test = run.Manifest.Results!.Test;

        IReadOnlyList<double> returns = TestEpisodes.Read(folder["run"], TestEpisodes.ReturnKey);
        Assert.Equal(test.Episodes, returns.Count);
        Assert.Equal(test.Mean, returns.Average(), 1e-9);
        foreach ((string figure, FigureScore score) in test.Metrics) Assert.Equal(score.Mean, TestEpisodes.Read(folder["run"], figure).Average(), 1e-9);
    }

    [Theory]
    [InlineData("{\"return\":1}\n{\"return\":", "line 2")]
    [InlineData("{\"retrun\":1}\n", "line 1")]
    [InlineData("[]\n", "line 1")]
    [InlineData("", "no episodes")]
    public void Read_DamagedFile_SaysWhere(string content, string where)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["episodes.jsonl"], content);

        Assert.Contains(where, Assert.Throws<RunException>(() => TestEpisodes.Read(folder.Path, "return")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RunThatWasNotScored_SaysSo()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("not scored", Assert.Throws<RunException>(() => TestEpisodes.Read(folder.Path, "return")).Message, StringComparison.Ordinal);
    }
}
