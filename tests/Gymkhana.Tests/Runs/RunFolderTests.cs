using Gymkhana.Core.Runs;

namespace Gymkhana.Tests.Runs;

public sealed class RunFolderTests
{
    [Fact]
    public void OpenToTrain_WhileAnotherTrains_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using TrainingRun run = TrainingRun.Create(RunSamples.Plan(), folder["run"]);

        RunException failure = Assert.Throws<RunException>(() => RunFolder.OpenToTrain(folder["run"]));

        Assert.StartsWith("Another process is training into", failure.Message, StringComparison.Ordinal);
        using RunFolder reader = RunFolder.OpenToRead(folder["run"]);
        Assert.Equal(RunState.Running, reader.ReadManifest().State);
    }

    [Fact]
    public void OpenToTrain_NoRun_SaysWhatIsMissing()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no such folder", Assert.Throws<RunNotFoundException>(() => RunFolder.OpenToTrain(folder["none"])).Message, StringComparison.Ordinal);
        Assert.Contains("run.json", Assert.Throws<RunNotFoundException>(() => RunFolder.OpenToTrain(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_FolderWithOtherFiles_IsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["letter.txt"], "dear");
        Assert.Throws<RunFolderTakenException>(() => RunFolder.Create(folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"format\": \"one\"}")]
    public void ReadManifest_Damaged_IsOneClearLine(string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["run.json"], content);
        using RunFolder run = RunFolder.OpenToRead(folder.Path);

        RunException failure = Assert.Throws<RunException>(run.ReadManifest);

        Assert.Contains("run.json", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void Unused_TakenNames_AreNumberedOn()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(folder["neat-Walker-v0-7"], RunFolder.Unused(folder.Path, "neat", "Walker-v0", 7));
        Directory.CreateDirectory(folder["neat-Walker-v0-7"]);
        Directory.CreateDirectory(folder["neat-Walker-v0-7-2"]);
        Assert.Equal(folder["neat-Walker-v0-7-3"], RunFolder.Unused(folder.Path, "neat", "Walker-v0", 7));
    }
}
