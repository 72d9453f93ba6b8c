using Gymkhana.Core.Randomness;

namespace Gymkhana.Learning.Datasets;

/// <summary>
/// Holds a part of a dataset in memory at a time. In each pass the shards are put in a random order and cut into groups; a group's
/// transitions are given in random order while the next group is read. What comes when is a function of dataset, selection, seed and
/// memory limit alone.
/// </summary>
/// <remarks>A dataset within the limit is one group that is read once and stays; otherwise two groups share the limit.</remarks>
internal sealed class ShardWindow
{
    private readonly Dataset _dataset;
    private readonly EpisodeSelection _selection;
    private readonly DatasetShard[] _shards;
    private readonly StreamOptions _options;
    private readonly long _groupBytes;
    private readonly Action<string> _note;
    private readonly HashSet<int> _damaged = [];
    private readonly KeyedStream _random;
    private DatasetShard[][] _groups = [];
    private ShardContent?[] _contents = [];
    private Task<ShardContent?[]>? _coming;
    private long[] _order = [];

    public ShardWindow(Dataset dataset, EpisodeSelection selection, StreamOptions options, Action<string> note)
    {
        _dataset = dataset;
        _selection = selection;
        _options = options;
        long memoryBytes = options.MemoryBytes;
        _note = note;
        _shards = [.. dataset.Shards.Where(s => selection.ContainsAnyOf(s.Index))];
        _random = new KeyedStream(options.Seed, 0, StreamPurpose.Sampling);
        IsResident = _shards.Sum(s => s.LoadedBytes) <= memoryBytes;
        _groupBytes = IsResident ? memoryBytes : memoryBytes / 2;
        if (_shards.Length == 0)
        {
            throw new DatasetException($"Nothing of '{dataset.Path}' is left to read: no episode is chosen. Choose a larger share of episodes.");
        }

        DatasetShard largest = _shards.MaxBy(s => s.LoadedBytes)!;
        if (largest.LoadedBytes > _groupBytes)
        {
            throw new DatasetException($"Shard {largest.Path} takes {Megabytes(largest.LoadedBytes)} MB in memory, and of memory-mb={memoryBytes >> 20} half is for the shards in use. Set memory-mb to at least {2 * Megabytes(largest.LoadedBytes)}.");
        }
    }

    /// <summary>Whether everything stays in memory.</summary>
    public bool IsResident { get; }

    /// <summary>Transitions of the present group.</summary>
    public int Count { get; private set; }

    /// <summary>Groups of the present pass.</summary>
    public int Groups => _groups.Length;

    /// <summary>Goes to a group, waiting for it to be read, and begins to read the one after it.</summary>
    public void GoTo(long epoch, int group)
    {
        _groups = Cut(epoch);
        if (group >= _groups.Length)
        {
            throw new DatasetException($"The saved place in '{_dataset.Path}' is in group {group} of {_groups.Length}. Resume with the dataset and the memory-mb the run was made with.");
        }

        if (!IsResident || _contents.Length == 0)
        {
            DatasetShard[] wanted = _groups[group];
            _contents = []; // what was in use makes room before more is read
            _contents = _coming is { } coming ? coming.GetAwaiter().GetResult() : Read(wanted);
            _coming = null;
            if (!IsResident)
            {
                // Left to itself the collector lets several groups of dead shards lie, beyond the limit that was set. Shards are few large arrays: to look through them costs little.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            }
        }

        // One group stays in the order it was read in, whatever the pass.
        DrawOrder(epoch, group, IsResident ? _shards : _groups[group]);
        if (!IsResident)
        {
            bool last = group + 1 == _groups.Length;
            DatasetShard[] next = last ? Cut(epoch + 1)[0] : _groups[group + 1];
            _coming = Task.Run(() => Read(next));
        }
    }

    /// <summary>A transition of the present group.</summary>
    /// <param name="offset">Its place in the random order, 0 to <see cref="Count"/> − 1.</param>
    /// <param name="batch">Receives it.</param>
    /// <param name="place">Where in the batch.</param>
    public void Copy(int offset, TransitionBatch batch, int place)
    {
        long key = _order[offset];
        batch.Set(place, _contents[key >> 32]!, (int)key, _options.Steps, _options.Discount); // only shards that were read are in the order
    }

    /// <summary>Waits for what is being read, so that no file is in use afterwards.</summary>
    public void Close()
    {
        try
        {
            _coming?.Wait();
        }
        catch (AggregateException)
        {
            // Nobody asks for that group any more.
        }

        _coming = null;
        _contents = [];
    }

    private static long Megabytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;

    private DatasetShard[][] Cut(long epoch)
    {
        if (IsResident)
        {
            return [_shards];
        }

        DatasetShard[] order = [.. _shards];
        new KeyedStream(_options.Seed, (ulong)epoch << 32, StreamPurpose.Sampling).Shuffle(order.AsSpan());
        List<DatasetShard[]> groups = [];
        int start = 0;
        long bytes = 0;
        for (int i = 0; i < order.Length; i++)
        {
            if (bytes + order[i].LoadedBytes > _groupBytes)
            {
                groups.Add(order[start..i]);
                (start, bytes) = (i, 0);
            }

            bytes += order[i].LoadedBytes;
        }

        groups.Add(order[start..]);
        return [.. groups];
    }

    private ShardContent?[] Read(DatasetShard[] shards)
    {
        var contents = new ShardContent?[shards.Length];
        for (int i = 0; i < shards.Length; i++)
        {
            try
            {
                contents[i] = shards[i].Load();
            }
            catch (DatasetException damage) when (_options.SkipDamaged)
            {
                if (_damaged.Add(shards[i].Index))
                {
                    _note($"Left out: {damage.Message}");
                }
            }
        }

        return contents;
    }

    private void DrawOrder(long epoch, int group, DatasetShard[] shards)
    {
        int count = 0;
        for (int i = 0; i < shards.Length; i++)
        {
            for (int episode = 0; _contents[i] is not null && episode < shards[i].Episodes.Length; episode++)
            {
                if (!_selection.Contains(shards[i].Index, episode))
                {
                    continue;
                }

                EpisodeSummary summary = shards[i].Episodes[episode];
                if (_order.Length < count + summary.Length)
                {
                    Array.Resize(ref _order, Math.Max(count + summary.Length, 2 * _order.Length));
                }

                for (int t = summary.Start; t < summary.Start + summary.Length; t++)
                {
                    _order[count++] = ((long)i << 32) | (uint)t;
                }
            }
        }

        Count = count;
        _random.Rekey(_options.Seed, ((ulong)epoch << 32) | (uint)(group + 1), StreamPurpose.Sampling);
        _random.Shuffle(_order.AsSpan(0, count));
    }
}
