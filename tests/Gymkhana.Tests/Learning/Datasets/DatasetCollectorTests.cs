using Gymkhana.Core.Files;
using Gymkhana.Learning.Datasets;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Learning.Datasets;

public sealed class DatasetCollectorTests
{
    [Fact]
    public void Collect_TwoPolicies_StatesWhatIsThere()
    {
        using var folder = new TemporaryFolder();
        CollectionPlan plan = DatasetSamples.CartPolePlan(2000, new BalancingScript(0.3), new BalancingScript(0.6));
        DatasetManifest manifest = DatasetSamples.Collect(plan, folder["d"]);
        Dataset dataset = DatasetVerification.Verify(folder["d"], new DatasetOptions(), (_, _) => { }, _ => { }, CancellationToken.None);

        Assert.True(manifest.Complete);
        Assert.InRange(manifest.Transitions, 2000, 2500);
        Assert.Equal(manifest.Transitions, dataset.Transitions);
        Assert.Equal(manifest.Transitions, manifest.Behaviours.Sum(b => b.Transitions));
        Assert.InRange(manifest.Behaviours[0].Transitions, 1000, 1500);
        Assert.Equal(manifest.Transitions, dataset.ActionCounts.Sum());

        // One for every step: the return of an episode is its length.
        Assert.All(dataset.Episodes, e => Assert.Equal(e.Length, e.Return));
        Assert.Equal(manifest.Behaviours[1].MeanReturn, dataset.Episodes.Where(e => e.Behaviour == 1).Average(e => e.Return), 9);
        Assert.True(manifest.Shards.Length > 5);
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(5, 1, 700)]
    [InlineData(3, 2, 1500)]
    public void Collect_AnyCopiesThreadsAndInterruption_GivesTheSameBytes(int copies, int threads, long stopAt)
    {
        using var folder = new TemporaryFolder();
        CollectionPlan plan = DatasetSamples.CartPolePlan(2500, new BalancingScript(0.4), new BalancingScript(0.6)) with { Policies = [new(new BalancingScript(0.4), 0.1), new(new BalancingScript(0.6), 0)] };
        DatasetSamples.Collect(plan, folder["whole"]);

        plan = plan with { Copies = copies, Threads = threads };
        using var stop = new CancellationTokenSource();
        if (stopAt > 0)
        {
            Assert.ThrowsAny<OperationCanceledException>(() => DatasetCollector.Open(plan, folder["other"]).Collect(
                done =>
                {
                    if (done >= stopAt)
                    {
                        stop.Cancel();
                    }
                },
                stop.Token));
            Assert.False(DatasetManifest.Read(folder["other"]).Complete);
        }

        DatasetCollector again = DatasetCollector.Open(plan, folder["other"]);
        Assert.Equal(stopAt > 0, again.Found > 0);
        again.Collect(_ => { }, CancellationToken.None);
        Assert.Equal(Directory.GetFiles(folder["whole"]).Select(Path.GetFileName).Order(), Directory.GetFiles(folder["other"]).Select(Path.GetFileName).Order());
        foreach (string file in Directory.GetFiles(folder["whole"]))
        {
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(folder["other"], Path.GetFileName(file))));
        }
    }

    [Fact]
    public void Open_AnotherPlanOrACompleteDataset_IsRefused()
    {
        using var folder = new TemporaryFolder();
        CollectionPlan plan = DatasetSamples.CartPolePlan(300);
        DatasetSamples.Collect(plan, folder["d"]);
        Assert.Contains("complete", Assert.Throws<DatasetException>(() => DatasetCollector.Open(plan, folder["d"])).Message, StringComparison.Ordinal);

        DatasetCollector.Open(plan, folder["e"]);
        Assert.Contains("with seed 7", Assert.Throws<DatasetException>(() => DatasetCollector.Open(plan with { Seed = 8 }, folder["e"])).Message, StringComparison.Ordinal);
        Assert.Contains("of kind mixed", Assert.Throws<DatasetException>(() => DatasetCollector.Open(plan with { Kind = "random" }, folder["e"])).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(folder["f"]);
        File.WriteAllText(folder["f/x"], "x");
        Assert.Contains("not empty", Assert.Throws<DatasetException>(() => DatasetCollector.Open(plan, folder["f"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shard_Written_HoldsFramesOnceWithTheFinalOnes()
    {
        using var folder = new TemporaryFolder();
        DatasetManifest manifest = DatasetSamples.WritePictures(folder["d"], episodes: 6, length: 9, shardEpisodes: 4);
        Assert.Equal([36, 18], manifest.Shards.Select(s => s.Transitions));
        using NpzReader reader = new(folder["d/shard-00000.npz"]);
        Assert.Equal([40L, 12, 10], reader.Read("frames").Shape);
        Assert.Equal([0L, 9, 18, 27], reader.Read("episode_starts").ToArray<long>());
        Assert.Equal(2, reader.Read("terminated").ToArray<bool>().Count(t => t));
        Assert.Equal(2, reader.Read("truncated").ToArray<bool>().Count(t => t));
        Assert.Equal([0.5, 1, 1.5], reader.Read("rewards").ToArray<double>()[..3]);
    }

    [Fact]
    public void Add_StackThatDoesNotMoveOnByAFrame_IsRefused()
    {
        DatasetLayout layout = DatasetSamples.Pictures;
        var episode = new EpisodeBuffer(layout);
        episode.Begin(DatasetSamples.Stack(layout, 3, 0));
        DatasetException failure = Assert.Throws<DatasetException>(() => episode.Add(0, 0, false, false, DatasetSamples.Stack(layout, 3, 2)));
        Assert.Contains("step 1 is not a stack of the last 4 frames", failure.Message, StringComparison.Ordinal);
        Assert.Throws<DatasetException>(() => episode.Begin(DatasetSamples.Stack(layout, 3, 1)));
    }
}
