using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Settings;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Learning.Datasets;

/// <summary>A policy that acts while a dataset is collected.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Epsilon">Share of its actions that are replaced by uniformly random ones, in [0, 1].</param>
public sealed record ActingPolicy(IPolicy Policy, double Epsilon);

/// <summary>What a collection shall be.</summary>
public sealed record CollectionPlan
{
    /// <summary>The environment.</summary>
    public required EnvironmentRegistration Environment { get; init; }

    /// <summary>Its settings.</summary>
    public required SettingValues Settings { get; init; }

    /// <summary>What acts: each in turn collects an equal part of the transitions.</summary>
    public required ImmutableArray<ActingPolicy> Policies { get; init; }

    /// <summary>Transitions wanted, at least 1. Episodes stay whole, so that a few more may come.</summary>
    public required long Transitions { get; init; }

    /// <summary>Seed of the collection.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What the data is called: mixed, expert, medium, random, or another word.</summary>
    public required string Kind { get; init; }

    /// <summary>Bytes of frames from which on a shard is written.</summary>
    public long ShardBytes { get; init; } = 16L << 20;

    /// <summary>Whether to pack the shards.</summary>
    public bool Compress { get; init; }

    /// <summary>Copies that are stepped together; changes no result.</summary>
    public int Copies { get; init; } = 8;

    /// <summary>Threads that play, at least 1; changes no result.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>
/// Collects a dataset by playing policies, episode by episode. An episode depends on its number, its policy and the seed alone, and
/// shards hold whole episodes in order: a collection that was killed and goes on ends with the same bytes as one that never stopped,
/// at any number of copies and threads.
/// </summary>
public sealed class DatasetCollector
{
    // Collections draw other episodes than trainings of the same seed: the letters "data" in ASCII.
    private const ulong SeedRoot = 0x64617461;

    private readonly CollectionPlan _plan;
    private readonly DatasetWriter _writer;

    private DatasetCollector(CollectionPlan plan, DatasetWriter writer)
    {
        _plan = plan;
        _writer = writer;
    }

    /// <summary>Transitions so far.</summary>
    public long Transitions => _writer.Transitions;

    /// <summary>What was there already when this began.</summary>
    public long Found { get; private init; }

    /// <summary>Begins a collection, or goes on with one that is not complete.</summary>
    /// <param name="plan">What it shall be.</param>
    /// <param name="folder">A new or an empty folder, or one with a dataset of the same plan.</param>
    /// <returns>The collector.</returns>
    /// <exception cref="DatasetException">The folder holds something else, or the environment is not one for datasets.</exception>
    public static DatasetCollector Open(CollectionPlan plan, string folder)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Transitions, 1);
        AgentGroup group = plan.Environment.Create(plan.Settings, 1).Groups[0];
        DatasetLayout layout = DatasetLayout.Of(group);
        var fresh = new DatasetManifest
        {
            Format = DatasetManifest.CurrentFormat,
            Environment = plan.Environment.Id,
            EnvironmentSettings = plan.Settings.Schema.Settings.ToImmutableSortedDictionary(s => s.Key, s => plan.Settings.Text(s.Key), StringComparer.Ordinal),
            Kind = plan.Kind,
            Frame = layout.Frame,
            Stack = layout.Stack,
            ElementType = layout.IsPixels ? "uint8" : "float32",
            Actions = ((DiscreteSpace)group.ActionSpace).Count,
            Seed = plan.Seed,
            Wanted = plan.Transitions,
            Complete = false,
            Transitions = 0,
            Episodes = 0,
            MeanReturn = 0,
            Behaviours = [.. plan.Policies.Select(p => new Behaviour(p.Policy.Name, p.Epsilon, 0, 0, 0))],
            Shards = [],
        };
        if (!File.Exists(Path.Combine(folder, DatasetManifest.FileName)))
        {
            return new DatasetCollector(plan, DatasetWriter.Create(folder, fresh, plan.ShardBytes, plan.Compress));
        }

        DatasetManifest found = DatasetManifest.Read(folder);
        if (found.Complete)
        {
            throw new DatasetException($"'{folder}' already holds a complete dataset of {found.Transitions} transitions. Choose another folder with --out.");
        }

        if (Difference(found, fresh) is string what)
        {
            throw new DatasetException($"'{folder}' holds the beginning of another dataset: {what} Give the same words as before to go on with it, or choose another folder with --out.");
        }

        foreach (ShardEntry shard in found.Shards)
        {
            if (new FileInfo(Path.Combine(folder, shard.File)) is { } file && (!file.Exists || file.Length != shard.Bytes))
            {
                throw new DatasetException($"Shard {file.FullName}: it is missing or not of {shard.Bytes} bytes, so that the collection cannot go on. Choose another folder with --out.");
            }
        }

        return new DatasetCollector(plan, DatasetWriter.GoOn(folder, found, plan.ShardBytes, plan.Compress)) { Found = found.Transitions };
    }

    /// <summary>Collects what is missing.</summary>
    /// <param name="advanced">Told the transitions so far, now and then.</param>
    /// <param name="cancellation">Stops it between two steps; the shards that are written stay.</param>
    /// <returns>The manifest of the complete dataset.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public DatasetManifest Collect(Action<long> advanced, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(advanced);
        for (int behaviour = 0; behaviour < _plan.Policies.Length; behaviour++)
        {
            // The parts are counted from the beginning, so that what one collects too much the next collects less.
            long goal = _plan.Transitions * (behaviour + 1) / _plan.Policies.Length;
            bool later = _writer.Behaviours.Skip(behaviour + 1).Any(b => b.Episodes > 0);
            if (!later && _writer.Transitions < goal)
            {
                Collect(behaviour, goal, advanced, cancellation);
            }
        }

        return _writer.Finish();
    }

    private static string? Difference(DatasetManifest found, DatasetManifest fresh) =>
        found.Environment != fresh.Environment ? $"of {found.Environment}."
        : found.EnvironmentSettings.FirstOrDefault(s => fresh.EnvironmentSettings.GetValueOrDefault(s.Key) != s.Value) is { Key: not null } setting ? $"with {setting.Key}={setting.Value}."
        : found.Kind != fresh.Kind ? $"of kind {found.Kind}."
        : found.Seed != fresh.Seed ? $"with seed {found.Seed}."
        : found.Wanted != fresh.Wanted ? $"of {found.Wanted} transitions."
        : found.Layout != fresh.Layout || found.Actions != fresh.Actions ? $"of {found.Layout} and {found.Actions} actions."
        : !found.Behaviours.Select(b => (b.Policy, b.Epsilon)).SequenceEqual(fresh.Behaviours.Select(b => (b.Policy, b.Epsilon)))
            ? $"by {string.Join(", ", found.Behaviours.Select(b => b.Policy))}."
        : null;

    private void Collect(int behaviour, long goal, Action<long> advanced, CancellationToken cancellation)
    {
        var players = new EpisodePlayer[_plan.Threads];
        Parallel.For(0, players.Length, i => players[i] = new EpisodePlayer(_plan, behaviour, _writer.Layout));
        while (_writer.Transitions < goal)
        {
            int first = checked((int)_writer.Behaviours[behaviour].Episodes);
            Parallel.For(0, players.Length, new ParallelOptions { MaxDegreeOfParallelism = players.Length, CancellationToken = cancellation }, i =>
                players[i].Play(Seeds(behaviour, first + (i * _plan.Copies)), cancellation));
            cancellation.ThrowIfCancellationRequested();
            foreach (EpisodeBuffer episode in players.SelectMany(p => p.Episodes))
            {
                if (_writer.Transitions < goal)
                {
                    _writer.Append(episode, behaviour);
                }
            }

            advanced(_writer.Transitions);
        }
    }

    private ulong[] Seeds(int behaviour, int first) =>
        [.. Enumerable.Range(first, _plan.Copies).Select(i => EpisodeSeeds.Train(StreamKey.Mix(_plan.Seed, SeedRoot), behaviour, i))];
}

/// <summary>Plays the first episode of each copy of a batch and records it.</summary>
internal sealed class EpisodePlayer
{
    private readonly IEnvironment _environment;
    private readonly AgentGroup _group;
    private readonly IActor _actor;
    private readonly EpisodeTracker _tracker;
    private readonly KeyedStream[] _exploration;
    private readonly byte[] _observation;
    private readonly double _epsilon;

    public EpisodePlayer(CollectionPlan plan, int behaviour, DatasetLayout layout)
    {
        _environment = plan.Environment.Create(plan.Settings, plan.Copies);
        _group = _environment.Groups[0];
        _actor = plan.Policies[behaviour].Policy.CreateActor(_environment);
        _epsilon = plan.Policies[behaviour].Epsilon;
        _tracker = new EpisodeTracker(_environment);
        _observation = new byte[layout.ObservationBytes];
        Episodes = [.. Enumerable.Range(0, plan.Copies).Select(_ => new EpisodeBuffer(layout))];
        _exploration = [.. Enumerable.Range(0, plan.Copies).Select(i => new KeyedStream((ulong)i, 0, StreamPurpose.Exploration))];
    }

    /// <summary>The episodes of the last round, one for each copy.</summary>
    public EpisodeBuffer[] Episodes { get; }

    public void Play(ReadOnlySpan<ulong> seeds, CancellationToken cancellation)
    {
        _environment.Reset(seeds);
        _actor.Reset(seeds);
        _tracker.Reset();
        for (int copy = 0; copy < Episodes.Length; copy++)
        {
            _exploration[copy].Rekey(seeds[copy], 0, StreamPurpose.Exploration);
            Episodes[copy].Begin(Read(_group.Observations, copy));
        }

        int actions = ((DiscreteSpace)_group.ActionSpace).Count;
        Batch<int> chosen = _group.Actions.As<int>();
        for (int open = Episodes.Length; open > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            _actor.Act();
            for (int copy = 0; _epsilon > 0 && copy < Episodes.Length; copy++)
            {
                if (_exploration[copy].NextBool(_epsilon))
                {
                    chosen[0, 0, copy] = _exploration[copy].NextInt(actions);
                }
            }

            _environment.Step();
            _tracker.Observe();
            for (int copy = 0; copy < Episodes.Length; copy++)
            {
                bool ended = _tracker.Ended[copy];
                if (!Episodes[copy].IsOver)
                {
                    Batch seen = ended ? _group.FinalObservations : _group.Observations;
                    Episodes[copy].Add(
                        chosen[0, 0, copy], _group.Rewards[0, 0, copy], _group.Terminated[0, 0, copy], _group.Truncated[0, 0, copy], Read(seen, copy));
                    open -= ended ? 1 : 0;
                }

                if (ended)
                {
                    _actor.EpisodeEnded(copy);
                }
            }
        }
    }

    private ReadOnlySpan<byte> Read(Batch observations, int copy)
    {
        if (observations is Batch<byte> pixels)
        {
            return pixels.Of(copy);
        }

        Batch<float> floats = observations.As<float>();
        Span<float> row = MemoryMarshal.Cast<byte, float>(_observation.AsSpan());
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = floats[0, i, copy];
        }

        return _observation;
    }
}
