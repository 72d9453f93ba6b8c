using Gymkhana.Core.Runs;

namespace Gymkhana.Tests.Runs;

public sealed class CheckpointStoreTests
{
    [Fact]
    public void Write_MoreThanThree_KeepsTheNewestThree()
    {
        using var folder = new TemporaryFolder();
        var store = new CheckpointStore(folder.Path);
        for (int i = 1; i <= 12; i++)
        {
            store.Write(new Checkpoint(i, i * 10, 0, i * 0.5, [(byte)i]));
        }

        Assert.Equal(["00000010.checkpoint", "00000011.checkpoint", "00000012.checkpoint"], Directory.GetFiles(folder["checkpoints"]).Select(Path.GetFileName).Order());
        Checkpoint? newest = store.ReadNewest(Assert.Fail);
        Assert.NotNull(newest);
        Assert.Equal((12, 120, 0, 6.0), (newest.Iteration, newest.AgentSteps, newest.MetricsLength, newest.WallSeconds));
        Assert.Equal([12], newest.State);
    }

    [Fact]
    public void ReadNewest_AnyByteChangedOrCutOff_FallsBackToTheOneBefore()
    {
        using var folder = new TemporaryFolder();
        var store = new CheckpointStore(folder.Path);
        store.Write(new Checkpoint(1, 1, 0, 1, [1, 2, 3]));
        store.Write(new Checkpoint(2, 2, 0, 2, [4, 5, 6]));
        string newest = folder["checkpoints/00000002.checkpoint"];
        byte[] whole = File.ReadAllBytes(newest);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 0x40;
            FallsBack(changed);
            FallsBack(whole[..i]);
        }

        FallsBack([.. whole, 0]);

        void FallsBack(byte[] content)
        {
            File.WriteAllBytes(newest, content);
            var notes = new List<string>();
            Assert.Equal(1, store.ReadNewest(notes.Add)!.Iteration);
            Assert.Single(notes);
        }
    }

    [Fact]
    public void ReadNewest_NothingWritten_IsNull()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(new CheckpointStore(folder.Path).ReadNewest(Assert.Fail));
    }
}
