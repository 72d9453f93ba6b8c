using System.Collections.Immutable;
using System.Globalization;

namespace Gymkhana.Learning.Datasets;

/// <summary>What <c>dones</c> of a dataset in the lecture's form means.</summary>
public enum DonesMeaning
{
    /// <summary>Found out: a mean above one half is a mask, not done.</summary>
    Auto,

    /// <summary>Set where an episode ends.</summary>
    Done,

    /// <summary>Set where it goes on.</summary>
    NotDone,
}

/// <summary>How a dataset is read.</summary>
/// <param name="Dones">What <c>dones</c> means in the lecture's form.</param>
/// <param name="KeepFloats">Whether float pictures of the lecture's form stay floats even where they are bytes in disguise.</param>
/// <param name="SkipDamaged">Whether to go on without shards that are damaged or missing.</param>
/// <param name="Actions">How many actions there are, where no manifest says it; 0 for the highest found plus one.</param>
public sealed record DatasetOptions(DonesMeaning Dones = DonesMeaning.Auto, bool KeepFloats = false, bool SkipDamaged = false, int Actions = 0);

/// <summary>
/// A dataset on disk: either a folder with <c>dataset.json</c>, or one of <c>.npz</c> shards in the lecture's form. Opening it reads
/// everything but the observations.
/// </summary>
public sealed class Dataset
{
    private Dataset(string path, DatasetManifest? manifest, DatasetLayout layout, ImmutableArray<DatasetShard> shards, ImmutableArray<string> leftOut, int actions)
    {
        Path = path;
        Manifest = manifest;
        Layout = layout;
        Shards = shards;
        LeftOut = leftOut;
        Actions = actions;
        Transitions = shards.Sum(s => (long)s.Transitions);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What <c>dataset.json</c> says, or null in the lecture's form.</summary>
    public DatasetManifest? Manifest { get; }

    /// <summary>What an observation is made of.</summary>
    public DatasetLayout Layout { get; }

    /// <summary>The shards that are read.</summary>
    public ImmutableArray<DatasetShard> Shards { get; }

    /// <summary>A line for each shard that was left out.</summary>
    public ImmutableArray<string> LeftOut { get; }

    /// <summary>How many actions there are to choose from.</summary>
    public int Actions { get; }

    /// <summary>Transitions in the shards that are read.</summary>
    public long Transitions { get; }

    /// <summary>Bytes that all observations would take in memory.</summary>
    public long LoadedBytes => Shards.Sum(s => s.LoadedBytes);

    /// <summary>All episodes, shard by shard.</summary>
    public IEnumerable<EpisodeSummary> Episodes => Shards.SelectMany(s => s.Episodes);

    /// <summary>How often each action was chosen.</summary>
    public long[] ActionCounts
    {
        get
        {
            long[] counts = new long[Actions];
            foreach (DatasetShard shard in Shards)
            {
                for (int action = 0; action < shard.ActionCounts.Length; action++)
                {
                    counts[action] += shard.ActionCounts[action];
                }
            }

            return counts;
        }
    }

    /// <summary>Opens a dataset.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="note">Told, in one line each, what a person should know: what was guessed, what was left out.</param>
    /// <returns>The dataset.</returns>
    /// <exception cref="DatasetException">It is missing, damaged, or holds nothing.</exception>
    public static Dataset Open(string path, DatasetOptions options, Action<string> note)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(note);
        if (!Directory.Exists(path))
        {
            throw new DatasetException($"There is no dataset '{path}': it is no folder. Make one with 'gymkhana dataset collect', or give a folder of .npz shards.");
        }

        Dataset dataset = File.Exists(System.IO.Path.Combine(path, DatasetManifest.FileName))
            ? OpenOwn(path, options, note)
            : OpenLecture(path, options, note);
        return dataset.Transitions > 0
            ? dataset
            : throw new DatasetException($"'{path}' holds no transition that can be read. Collect or copy it again.");
    }

    private static Dataset OpenOwn(string path, DatasetOptions options, Action<string> note)
    {
        DatasetManifest manifest = DatasetManifest.Read(path);
        if (!manifest.Complete)
        {
            note($"'{path}' is not complete: {manifest.Transitions} of {manifest.Wanted} transitions. 'gymkhana dataset collect' with the same words goes on with it.");
        }

        var leftOut = new List<string>();
        ImmutableArray<DatasetShard> shards = [.. Readable(manifest.Shards.Length, i => new FrameShard(path, manifest, i), options, note, leftOut)];
        return new Dataset(path, manifest, manifest.Layout, shards, [.. leftOut], manifest.Actions);
    }

    private static Dataset OpenLecture(string path, DatasetOptions options, Action<string> note)
    {
        string[] files = [.. Directory.GetFiles(path, "*.npz").Order(StringComparer.Ordinal)];
        if (files.Length == 0)
        {
            throw new DatasetException($"'{path}' has neither {DatasetManifest.FileName} nor .npz shards. Give a folder that 'gymkhana dataset collect' made, or one of shards with states, actions, next_states, rewards and dones.");
        }

        var leftOut = new List<string>();
        List<LectureShard> shards = Readable(files.Length, i => new LectureShard(files[i], i), options, note, leftOut);
        bool areMask = DecideDones(path, shards, options.Dones, note);
        (DatasetLayout Layout, bool Unpack)? found = null;
        foreach (LectureShard shard in shards.ToArray())
        {
            try
            {
                found ??= shard.Inspect(options.KeepFloats);
            }
            catch (DatasetException damage) when (options.SkipDamaged)
            {
                LeaveOut(damage, note, leftOut);
                shards.Remove(shard);
            }
        }

        if (found is not { } observations)
        {
            throw new DatasetException($"'{path}' has no shard that can be read. Copy it again.");
        }

        if (observations.Unpack)
        {
            note($"The pictures in '{path}' are floats x/128 − 1 of bytes x, exactly; they are read as bytes.");
        }
        else if (!observations.Layout.IsPixels && observations.Layout.Frame.Length >= 2)
        {
            note($"The pictures in '{path}' are floats that are not x/128 − 1 of bytes x; they are kept as floats, in four times the memory.");
        }

        foreach (LectureShard shard in shards)
        {
            shard.Decide(areMask);
            shard.Decide(observations.Layout, observations.Unpack);
        }

        int highest = shards.Max(s => s.ActionCounts.Length);
        if (options.Actions > 0 && highest > options.Actions)
        {
            throw new DatasetException($"'{path}' holds action {highest - 1}, but there are {options.Actions} actions, from 0. Give the environment or the number of actions it was recorded with.");
        }

        return new Dataset(path, null, observations.Layout, [.. shards], [.. leftOut], Math.Max(highest, options.Actions));
    }

    private static bool DecideDones(string path, List<LectureShard> shards, DonesMeaning given, Action<string> note)
    {
        double mean = shards.Sum(s => (double)s.DonesSet) / Math.Max(1, shards.Sum(s => (long)s.Transitions));
        bool areMask = given == DonesMeaning.NotDone || (given == DonesMeaning.Auto && mean > 0.5);
        if (given == DonesMeaning.Auto)
        {
            string meaning = areMask ? "not done, as a mask: 1 where the episode goes on" : "done: 1 where the episode ends";
            note(string.Create(CultureInfo.InvariantCulture, $"'dones' in '{path}' has a mean of {mean:0.####} and is taken to mean {meaning}. To say otherwise, set dones={(areMask ? "done" : "not-done")}."));
        }

        return areMask;
    }

    private static List<TShard> Readable<TShard>(int count, Func<int, TShard> open, DatasetOptions options, Action<string> note, List<string> leftOut)
        where TShard : DatasetShard
    {
        var shards = new List<TShard>();
        for (int i = 0; i < count; i++)
        {
            try
            {
                shards.Add(open(i));
            }
            catch (DatasetException damage) when (options.SkipDamaged)
            {
                LeaveOut(damage, note, leftOut);
            }
        }

        return shards;
    }

    private static void LeaveOut(DatasetException damage, Action<string> note, List<string> leftOut)
    {
        leftOut.Add(damage.Message);
        note($"Left out: {damage.Message}");
    }
}
