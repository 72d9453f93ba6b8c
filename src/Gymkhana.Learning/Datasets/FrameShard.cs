using System.Collections.Immutable;
using Gymkhana.Core.Files;

namespace Gymkhana.Learning.Datasets;

/// <summary>A shard as <see cref="DatasetWriter"/> writes it: frames stored once.</summary>
internal sealed class FrameShard : DatasetShard
{
    private readonly DatasetManifest _manifest;
    private readonly DatasetLayout _layout;
    private readonly ShardEntry _entry;

    /// <summary>Reads all but the frames, and checks the file's length.</summary>
    public FrameShard(string folder, DatasetManifest manifest, int index)
        : base(System.IO.Path.Combine(folder, manifest.Shards[index].File), index)
    {
        _manifest = manifest;
        _layout = manifest.Layout;
        _entry = manifest.Shards[index];
        Transitions = _entry.Transitions;
        LoadedBytes = (long)(_entry.Transitions + _entry.Episodes) * _layout.FrameBytes;
        Guard(() =>
        {
            using NpzReader reader = new(Path);
            long length = new FileInfo(Path).Length;
            if (length != _entry.Bytes)
            {
                throw Wrong($"it has {length} bytes, {DatasetManifest.FileName} expects {_entry.Bytes}");
            }

            Columns columns = ReadColumns(reader);
            Episodes = Summarise(columns, [.. Numbers(reader, ShardArrays.Behaviour).Select(b => (int)b)]);
            ActionCounts = Count(columns.Actions);
            return true;
        });
    }

    private sealed record Columns(int[] Actions, double[] Rewards, bool[] Terminated, int[] Starts);

    private protected override ShardContent Load(NpzReader reader)
    {
        Columns columns = ReadColumns(reader);
        NpyArray frames = reader.Read(ShardArrays.Frames);
        NpyType type = _layout.IsPixels ? NpyType.Of<byte>() : NpyType.Of<float>();
        if (frames.Type != type || !frames.Shape.AsSpan()[1..].SequenceEqual([.. _layout.Frame.Select(axis => (long)axis)]))
        {
            throw Wrong($"'{ShardArrays.Frames}' is {frames}, expected {type} of [{string.Join(", ", _layout.Frame)}] each");
        }

        DemandCount(ShardArrays.Frames, frames.Shape[0], _entry.Transitions + _entry.Episodes);
        if (!_layout.IsPixels && frames.AsSpan<float>().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is int bad and >= 0)
        {
            throw Wrong($"'{ShardArrays.Frames}' holds a value at place {bad} that is not a finite number");
        }

        return new FrameContent(_layout, frames.Bytes, columns.Starts, columns.Actions, [.. columns.Rewards.Select(r => (float)r)], columns.Terminated);
    }

    private Columns ReadColumns(NpzReader reader)
    {
        int[] actions = ReadActions(reader, ShardArrays.Actions);
        DemandCount(ShardArrays.Actions, actions.Length, _entry.Transitions);
        int highest = actions.Max();
        if (highest >= _manifest.Actions)
        {
            throw Wrong($"it holds action {highest}, and {DatasetManifest.FileName} states {_manifest.Actions} actions, from 0");
        }

        double[] rewards = ReadRewards(reader, ShardArrays.Rewards, actions.Length);
        bool[] terminated = [.. Numbers(reader, ShardArrays.Terminated).Select(v => v != 0)];
        DemandCount(ShardArrays.Terminated, terminated.Length, actions.Length);
        double[] truncated = Numbers(reader, ShardArrays.Truncated);
        DemandCount(ShardArrays.Truncated, truncated.Length, actions.Length);
        int[] starts = [.. Numbers(reader, ShardArrays.EpisodeStarts).Select(v => (int)v)];
        DemandCount(ShardArrays.EpisodeStarts, starts.Length, _entry.Episodes);
        for (int episode = 0; episode < starts.Length; episode++)
        {
            int end = episode + 1 < starts.Length ? starts[episode + 1] : actions.Length;
            if ((episode == 0 && starts[0] != 0) || end <= starts[episode] || end > actions.Length)
            {
                throw Wrong($"episode {episode} begins at {starts[episode]} and ends at {end} of {actions.Length} transitions");
            }

            for (int t = starts[episode]; t < end; t++)
            {
                if ((terminated[t] || truncated[t] != 0) != (t == end - 1))
                {
                    throw Wrong($"the ends of episode {episode} do not agree with 'terminated' and 'truncated' at transition {t}");
                }
            }
        }

        return new Columns(actions, rewards, terminated, starts);
    }

    private ImmutableArray<EpisodeSummary> Summarise(Columns columns, int[] behaviours)
    {
        DemandCount(ShardArrays.Behaviour, behaviours.Length, columns.Starts.Length);
        var episodes = ImmutableArray.CreateBuilder<EpisodeSummary>(columns.Starts.Length);
        for (int episode = 0; episode < columns.Starts.Length; episode++)
        {
            int start = columns.Starts[episode];
            int end = episode + 1 < columns.Starts.Length ? columns.Starts[episode + 1] : columns.Actions.Length;
            double sum = 0;
            for (int t = start; t < end; t++)
            {
                sum += columns.Rewards[t];
            }

            if (behaviours[episode] < 0 || behaviours[episode] >= _manifest.Behaviours.Length)
            {
                throw Wrong($"episode {episode} is of behaviour {behaviours[episode]}, and there are {_manifest.Behaviours.Length}");
            }

            episodes.Add(new EpisodeSummary(start, end - start, sum, columns.Terminated[end - 1], behaviours[episode]));
        }

        return episodes.MoveToImmutable();
    }
}
