using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gymkhana.Core.Files;

namespace Gymkhana.Learning.Datasets;

/// <summary>
/// Writes a dataset, whole episodes in the order they are given. A shard is written at once when enough has come together, then the
/// manifest that names it: a collection killed at any instant leaves a dataset of whole shards, and can go on where the last one ends.
/// </summary>
/// <remarks>
/// A shard of T transitions in E episodes holds <c>frames</c> [T + E, ...], of each episode one more than its steps so that the last
/// next observation is there; <c>actions</c>, <c>rewards</c>, <c>terminated</c>, <c>truncated</c> [T]; <c>episode_starts</c> [E], the
/// transition at which each begins; <c>behaviour</c> [E], which of the manifest's policies acted. Transition t of episode e leads from
/// frame t + e to frame t + e + 1.
/// </remarks>
public sealed class DatasetWriter
{
    private readonly string _folder;
    private readonly long _shardBytes;
    private readonly bool _compress;
    private readonly List<byte> _frames = [];
    private readonly List<int> _actions = [];
    private readonly List<double> _rewards = [];
    private readonly List<bool> _terminated = [];
    private readonly List<bool> _truncated = [];
    private readonly List<long> _starts = [];
    private readonly List<int> _behaviour = [];
    private readonly Behaviour[] _behaviours;

    private DatasetWriter(string folder, DatasetManifest manifest, long shardBytes, bool compress)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardBytes, 1);
        _folder = folder;
        _shardBytes = shardBytes;
        _compress = compress;
        _behaviours = [.. manifest.Behaviours];
        Manifest = manifest;
        Layout = manifest.Layout;
        Transitions = manifest.Transitions;
    }

    /// <summary>What <c>dataset.json</c> says now: of the shards that are written.</summary>
    public DatasetManifest Manifest { get; private set; }

    /// <summary>What an observation is made of.</summary>
    public DatasetLayout Layout { get; }

    /// <summary>Transitions so far, those not yet in a shard included.</summary>
    public long Transitions { get; private set; }

    /// <summary>What each behaviour contributed so far, what is not yet in a shard included.</summary>
    public IReadOnlyList<Behaviour> Behaviours => _behaviours;

    /// <summary>Begins a dataset in a new or an empty folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="manifest">What it shall be; without shards.</param>
    /// <param name="shardBytes">Bytes of frames from which on a shard is written.</param>
    /// <param name="compress">Whether to pack the shards: smaller files, slower to read.</param>
    /// <returns>The writer.</returns>
    /// <exception cref="DatasetException">The folder holds something.</exception>
    /// <exception cref="FileWriteException">It cannot be written.</exception>
    public static DatasetWriter Create(string folder, DatasetManifest manifest, long shardBytes, bool compress)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(manifest);
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new DatasetException($"'{folder}' is not empty and holds no dataset to go on with. Choose a new folder with --out.");
        }

        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{folder}' cannot be made: {cause.Message.ReplaceLineEndings(" ")} Choose another folder with --out.", cause);
        }

        var writer = new DatasetWriter(folder, manifest, shardBytes, compress);
        manifest.Write(folder);
        return writer;
    }

    /// <summary>Goes on with a dataset where its last shard ends.</summary>
    /// <param name="folder">The folder, with its manifest.</param>
    /// <param name="manifest">What it says.</param>
    /// <param name="shardBytes">Bytes of frames from which on a shard is written; as before, if the files shall be the same.</param>
    /// <param name="compress">Whether to pack the shards.</param>
    /// <returns>The writer.</returns>
    public static DatasetWriter GoOn(string folder, DatasetManifest manifest, long shardBytes, bool compress)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(manifest);
        return new DatasetWriter(folder, manifest, shardBytes, compress);
    }

    /// <summary>Adds an episode, copied.</summary>
    /// <param name="episode">The episode, at least one step; one that has not ended is cut where it stands and counts as truncated there.</param>
    /// <param name="behaviour">Which of the manifest's behaviours acted.</param>
    /// <exception cref="FileWriteException">A shard cannot be written; what was written before is whole.</exception>
    public void Append(EpisodeBuffer episode, int behaviour)
    {
        ArgumentNullException.ThrowIfNull(episode);
        ArgumentOutOfRangeException.ThrowIfLessThan(episode.Length, 1, nameof(episode));
        if (episode.Layout != Layout)
        {
            throw new ArgumentException($"The dataset holds observations of {Layout}, got an episode of {episode.Layout}.", nameof(episode));
        }

        _starts.Add(_actions.Count);
        _behaviour.Add(behaviour);
        _frames.AddRange(episode.Frames);
        _actions.AddRange(episode.Actions);
        _rewards.AddRange(episode.Rewards);
        for (int step = 1; step <= episode.Length; step++)
        {
            bool last = step == episode.Length;
            _terminated.Add(last && episode.Terminated);
            _truncated.Add(last && !episode.Terminated);
        }

        Behaviour acted = _behaviours[behaviour];
        _behaviours[behaviour] = acted with
        {
            Transitions = acted.Transitions + episode.Length,
            Episodes = acted.Episodes + 1,
            ReturnSum = acted.ReturnSum + episode.Return,
        };
        Transitions += episode.Length;
        if (_frames.Count >= _shardBytes)
        {
            WriteShard();
        }
    }

    /// <summary>Writes what is left and marks the dataset as complete.</summary>
    /// <returns>The manifest.</returns>
    /// <exception cref="FileWriteException">It cannot be written.</exception>
    public DatasetManifest Finish()
    {
        if (_actions.Count > 0)
        {
            WriteShard();
        }

        Manifest = Manifest with { Complete = true };
        Manifest.Write(_folder);
        return Manifest;
    }

    private void WriteShard()
    {
        string name = $"shard-{Manifest.Shards.Length:00000}.npz";
        string path = Path.Combine(_folder, name);
        NpzFile.Write(path, Arrays(), _compress);
        ImmutableArray<ShardEntry> shards = Manifest.Shards.Add(new ShardEntry(name, _actions.Count, _starts.Count, new FileInfo(path).Length, Checksum(path)));
        long episodes = shards.Sum(s => (long)s.Episodes);
        Manifest = Manifest with
        {
            Shards = shards,
            Behaviours = [.. _behaviours],
            Transitions = shards.Sum(s => (long)s.Transitions),
            Episodes = episodes,
            MeanReturn = _behaviours.Sum(b => b.ReturnSum) / episodes,
        };
        Manifest.Write(_folder);
        _frames.Clear();
        _actions.Clear();
        _rewards.Clear();
        _terminated.Clear();
        _truncated.Clear();
        _starts.Clear();
        _behaviour.Clear();
    }

    private IEnumerable<(string Name, NpyArray Array)> Arrays()
    {
        int frames = _frames.Count / Layout.FrameBytes;
        long[] shape = [frames, .. Layout.Frame.Select(axis => (long)axis)];
        ReadOnlySpan<byte> bytes = CollectionsMarshal.AsSpan(_frames);
        NpyArray pictures = Layout.IsPixels ? NpyArray.Create(bytes, shape) : NpyArray.Create(MemoryMarshal.Cast<byte, float>(bytes), shape);
        return
        [
            (ShardArrays.Frames, pictures),
            (ShardArrays.Actions, NpyArray.Create<int>(CollectionsMarshal.AsSpan(_actions), _actions.Count)),
            (ShardArrays.Rewards, NpyArray.Create<double>(CollectionsMarshal.AsSpan(_rewards), _rewards.Count)),
            (ShardArrays.Terminated, NpyArray.Create<bool>(CollectionsMarshal.AsSpan(_terminated), _terminated.Count)),
            (ShardArrays.Truncated, NpyArray.Create<bool>(CollectionsMarshal.AsSpan(_truncated), _truncated.Count)),
            (ShardArrays.EpisodeStarts, NpyArray.Create<long>(CollectionsMarshal.AsSpan(_starts), _starts.Count)),
            (ShardArrays.Behaviour, NpyArray.Create<int>(CollectionsMarshal.AsSpan(_behaviour), _behaviour.Count)),
        ];
    }

    /// <summary>SHA-256 of a file, lower-case hexadecimal.</summary>
    internal static string Checksum(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{path}' cannot be read: {cause.Message.ReplaceLineEndings(" ")}", cause);
        }
    }
}

/// <summary>Names of the arrays in a shard.</summary>
internal static class ShardArrays
{
    public const string Frames = "frames";
    public const string Actions = "actions";
    public const string Rewards = "rewards";
    public const string Terminated = "terminated";
    public const string Truncated = "truncated";
    public const string EpisodeStarts = "episode_starts";
    public const string Behaviour = "behaviour";
}
