using Gymkhana.Learning.Datasets;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Learning.Datasets;

public sealed class TransitionStreamTests
{
    private const int Episodes = 23;
    private const int Length = 9;

    // A shard of four episodes takes 4 · 10 · 120 bytes; two groups of two shards each fit.
    private const long FewShards = 4 * 4 * 10 * 120;
    private const long Everything = 1 << 20;

    [Theory]
    [InlineData(Everything)]
    [InlineData(FewShards)]
    public void Next_OnePass_GivesEveryTransitionOnceAsItWasRecorded(long memory)
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], Episodes, Length);
        Dataset dataset = DatasetSamples.Open(folder["d"]);
        Assert.Equal(Episodes * Length, dataset.Transitions);
        using TransitionStream stream = Stream(dataset, memory, batch: Length);
        Assert.Equal(memory == Everything, stream.IsResident);
        for (int pass = 0; pass < 3; pass++)
        {
            var seen = new HashSet<(int, int)>();
            for (int i = 0; i < Episodes; i++)
            {
                TransitionBatch batch = stream.Next();
                for (int row = 0; row < batch.Count; row++)
                {
                    seen.Add(Identify(batch, row));
                }
            }

            Assert.Equal(Episodes * Length, seen.Count);
        }
    }

    [Theory]
    [InlineData(Everything)]
    [InlineData(FewShards)]
    public void Next_SameSeed_GivesTheSameBatchesWhateverTheTiming(long memory)
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], Episodes, Length);
        Dataset dataset = DatasetSamples.Open(folder["d"]);
        using TransitionStream first = Stream(dataset, memory), second = Stream(dataset, memory), other = Stream(dataset, memory, seed: 2);
        bool differs = false;
        for (int i = 0; i < 60; i++)
        {
            byte[] expected = DatasetSamples.ContentOf(first.Next());
            if (i % 7 == 0)
            {
                Thread.Yield();
            }

            Assert.Equal(expected, DatasetSamples.ContentOf(second.Next()));
            differs |= !expected.AsSpan().SequenceEqual(DatasetSamples.ContentOf(other.Next()));
        }

        Assert.True(differs);
    }

    [Theory]
    [InlineData(Everything)]
    [InlineData(FewShards)]
    public void Position_TakenUpAgain_GoesOnWithTheSameBatches(long memory)
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], Episodes, Length);
        Dataset dataset = DatasetSamples.Open(folder["d"]);
        using TransitionStream whole = Stream(dataset, memory);
        for (int stop = 0; stop < 40; stop++)
        {
            StreamPosition position = whole.Position;
            byte[] expected = DatasetSamples.ContentOf(whole.Next());
            using TransitionStream resumed = Stream(dataset, memory, start: position);
            Assert.Equal(expected, DatasetSamples.ContentOf(resumed.Next()));
            Assert.Equal(whole.Position, resumed.Position);
        }
    }

    [Fact]
    public void Next_LimitedMemory_MixesShardsAndEpisodes()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], 40, Length, shardEpisodes: 2);
        using TransitionStream stream = Stream(DatasetSamples.Open(folder["d"]), 10 * 2 * 10 * 120, batch: 32);
        TransitionBatch batch = stream.Next();
        Assert.True(Enumerable.Range(0, batch.Count).Select(row => Identify(batch, row).Episode).Distinct().Count() >= 8);
    }

    [Fact]
    public void Selection_HeldOutAndBest_ShareNoEpisode()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.Collect(DatasetSamples.CartPolePlan(4000), folder["d"]);
        Dataset dataset = DatasetSamples.Open(folder["d"]);
        (EpisodeSelection learning, EpisodeSelection validation) = EpisodeSelection.Split(dataset, 3, 0.2);
        Assert.Equal(dataset.Transitions, learning.Transitions + validation.Transitions);
        Assert.InRange(validation.Episodes / (double)dataset.Episodes.Count(), 0.1, 0.3);
        EpisodeSelection best = learning.Best(dataset, 0.1);
        Assert.Equal(Math.Round(learning.Episodes * 0.1), best.Episodes);
        double worstOfBest = double.MaxValue, bestOfRest = 0;
        foreach (DatasetShard shard in dataset.Shards)
        {
            for (int e = 0; e < shard.Episodes.Length; e++)
            {
                Assert.False(best.Contains(shard.Index, e) && validation.Contains(shard.Index, e));
                if (best.Contains(shard.Index, e))
                {
                    worstOfBest = Math.Min(worstOfBest, shard.Episodes[e].Return);
                }
                else if (learning.Contains(shard.Index, e))
                {
                    bestOfRest = Math.Max(bestOfRest, shard.Episodes[e].Return);
                }
            }
        }

        Assert.True(worstOfBest >= bestOfRest);
        Assert.True(best.MeanReturn > learning.MeanReturn);
    }

    [Fact]
    public void Next_Warm_AllocatesNothing()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], Episodes, Length);
        using TransitionStream stream = Stream(DatasetSamples.Open(folder["d"]), FewShards);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                stream.Next();
            }
        }));
    }

    [Fact]
    public void Open_ShardLargerThanTheMemory_SaysHowMuchIsNeeded()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], Episodes, Length);
        DatasetException failure = Assert.Throws<DatasetException>(() => Stream(DatasetSamples.Open(folder["d"]), 4000));
        Assert.Contains("Set memory-mb to at least", failure.Message, StringComparison.Ordinal);
    }

    // Of the frames' bytes: the first byte of the episode is (episode · 11) mod 200, and frame f adds f.
    private static (int Episode, int Step) Identify(TransitionBatch batch, int row)
    {
        int bytes = batch.Layout.ObservationBytes, frame = batch.Layout.FrameBytes;
        byte[] state = batch.StatePixels.Slice(row * bytes, bytes).ToArray();
        byte[] next = batch.NextPixels.Slice(row * bytes, bytes).ToArray();
        for (int episode = 0; episode < 40; episode++)
        {
            int step = state[^1] - ((episode * 11) % 200);
            if (step is >= 0 and < Length
                && state.AsSpan().SequenceEqual(DatasetSamples.Stack(batch.Layout, (episode * 11) % 200, step))
                && next.AsSpan().SequenceEqual(DatasetSamples.Stack(batch.Layout, (episode * 11) % 200, step + 1))
                && batch.Rewards[row] == (step + 1) * 0.5f && batch.Actions[row] == (step + 1) % 3
                && batch.NotDone[row] == (step == Length - 1 && episode % 2 == 0 ? 0 : 1))
            {
                return (episode, step);
            }
        }

        throw new InvalidOperationException($"row {row} is no transition of the dataset");
    }

    private static TransitionStream Stream(Dataset dataset, long memory, int batch = 16, ulong seed = 1, StreamPosition start = default) =>
        new(dataset, EpisodeSelection.Split(dataset, seed, 0).Learning, new StreamOptions(batch, memory, seed, SkipDamaged: false), start, _ => { });
}
