using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Datasets;

namespace Gymkhana.Learning.Offline;

/// <summary>
/// Some batches of the episodes that are held out, kept in memory: what a network is held against without the world. Their transitions are
/// drawn from all of these episodes alike, so that each part of a mixed dataset has its share.
/// </summary>
internal sealed class HeldOutBatches
{
    private const int Most = 8;

    private readonly TransitionBatch[] _batches;

    public HeldOutBatches(Dataset dataset, EpisodeSelection selection, OfflineSettings settings, ulong seed, Action<string> note)
    {
        long[] chosen = Draw(dataset, selection, Math.Min(Most * settings.Batch, selection.Transitions), seed);
        var filled = new TransitionBatch(dataset.Layout, settings.Batch);
        List<TransitionBatch> batches = [];
        int place = 0;
        foreach (IGrouping<int, long> ofShard in chosen.GroupBy(key => (int)(key >> 32)))
        {
            if (Load(dataset.Shards[ofShard.Key], settings.Reading.SkipDamaged, note) is not { } content)
            {
                continue;
            }

            foreach (long key in ofShard)
            {
                filled.Set(place++, content, (int)key);
                if (place == settings.Batch)
                {
                    batches.Add(filled);
                    (filled, place) = (new TransitionBatch(dataset.Layout, settings.Batch), 0);
                }
            }
        }

        // A last batch that is not full is filled with what the first ones begin with, or with itself.
        TransitionBatch source = batches.Count > 0 ? batches[0] : filled;
        if (place > 0 && batches.Count < Most)
        {
            int own = place;
            for (; place < settings.Batch; place++)
            {
                filled.CopyFrom(source, source == filled ? place % own : place, place);
            }

            batches.Add(filled);
        }

        _batches = [.. batches];
    }

    /// <summary>Whether there is anything.</summary>
    public bool Any => _batches.Length > 0;

    /// <summary>The mean loss and agreement of a learner.</summary>
    public (double Loss, double Agreement) Measure(OfflineLearner learner)
    {
        double loss = 0, agreement = 0;
        foreach (TransitionBatch batch in _batches)
        {
            (double ofBatch, double same) = learner.Validate(batch);
            loss += ofBatch;
            agreement += same;
        }

        return (loss / _batches.Length, agreement / _batches.Length);
    }

    // Keys of shard and transition, of all those held out as many as wanted, in the order of the shards.
    private static long[] Draw(Dataset dataset, EpisodeSelection selection, long count, ulong seed)
    {
        List<long> all = [];
        for (int shard = 0; shard < dataset.Shards.Length; shard++)
        {
            DatasetShard found = dataset.Shards[shard];
            for (int episode = 0; episode < found.Episodes.Length; episode++)
            {
                EpisodeSummary summary = found.Episodes[episode];
                for (int t = summary.Start; t < summary.Start + summary.Length && selection.Contains(found.Index, episode); t++)
                {
                    all.Add(((long)shard << 32) | (uint)t);
                }
            }
        }

        long[] keys = [.. all];
        new KeyedStream(seed, 1, StreamPurpose.Sampling).Shuffle(keys.AsSpan());
        long[] chosen = keys[..(int)count];
        Array.Sort(chosen);
        return chosen;
    }

    private static ShardContent? Load(DatasetShard shard, bool skipDamaged, Action<string> note)
    {
        try
        {
            return shard.Load();
        }
        catch (DatasetException damage) when (skipDamaged)
        {
            note($"Left out: {damage.Message}");
            return null;
        }
    }
}
