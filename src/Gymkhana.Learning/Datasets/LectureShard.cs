using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gymkhana.Core.Files;

namespace Gymkhana.Learning.Datasets;

/// <summary>
/// A shard in the form of the lecture exercise: <c>states</c>, <c>actions</c>, <c>next_states</c>, <c>rewards</c>, <c>dones</c>, one row
/// for each transition, observations stored whole as bytes or floats.
/// </summary>
internal sealed class LectureShard : DatasetShard
{
    public const string States = "states";
    public const string NextStates = "next_states";
    public const string Actions = "actions";
    public const string Rewards = "rewards";
    public const string Dones = "dones";

    // Of the pictures' floats: byte = (value + 1) · 128.
    private const float Scale = 128;

    private readonly double[] _rewards;
    private readonly bool[] _dones;
    private DatasetLayout? _layout;
    private bool _unpack;

    /// <summary>Reads all but the observations.</summary>
    public LectureShard(string path, int index)
        : base(path, index)
    {
        (_rewards, _dones) = Guard(() =>
        {
            using NpzReader reader = new(Path);
            int[] actions = ReadActions(reader, Actions);
            if (actions.Length == 0)
            {
                throw Wrong("it holds no transition");
            }

            double[] rewards = ReadRewards(reader, Rewards, actions.Length);
            double[] dones = Numbers(reader, Dones);
            DemandCount(Dones, dones.Length, actions.Length);
            if (Array.FindIndex(dones, d => d is not (0 or 1)) is int odd and >= 0)
            {
                throw Wrong($"'{Dones}' holds something else than 0 and 1 at place {odd}");
            }

            Transitions = actions.Length;
            ActionCounts = Count(actions);
            Array.ForEach(dones, d => DonesSet += (int)d);
            return (rewards, Array.ConvertAll(dones, d => d != 0));
        });
    }

    /// <summary>How many of <c>dones</c> are set.</summary>
    public int DonesSet { get; private set; }

    /// <summary>Says what <c>dones</c> means, which also tells episodes apart.</summary>
    /// <param name="areMask">Whether it means not done.</param>
    public void Decide(bool areMask)
    {
        if (areMask)
        {
            for (int i = 0; i < _dones.Length; i++)
            {
                _dones[i] = !_dones[i];
            }
        }

        var episodes = ImmutableArray.CreateBuilder<EpisodeSummary>();
        int start = 0;
        double sum = 0;
        for (int t = 0; t < _dones.Length; t++)
        {
            sum += _rewards[t];
            if (_dones[t] || t == _dones.Length - 1)
            {
                episodes.Add(new EpisodeSummary(start, t + 1 - start, sum, _dones[t], 0));
                (start, sum) = (t + 1, 0);
            }
        }

        Episodes = episodes.ToImmutable();
    }

    /// <summary>Says what observations are made of, the same for all shards.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="unpack">Whether floats x/128 − 1 are turned back into bytes.</param>
    public void Decide(DatasetLayout layout, bool unpack)
    {
        _layout = layout;
        _unpack = unpack;
        LoadedBytes = 2L * Transitions * layout.ObservationBytes;
    }

    /// <summary>Looks at the observations to find out what they are made of.</summary>
    /// <param name="keepFloats">Whether floats stay floats whatever they are.</param>
    /// <returns>The layout, and whether floats are bytes in disguise.</returns>
    public (DatasetLayout Layout, bool Unpack) Inspect(bool keepFloats) => Guard(() =>
    {
        using NpzReader reader = new(Path);
        NpyArray states = reader.Read(States);
        if (states.Shape.Length is < 2 or > 5 || states.Shape.AsSpan()[1..].IndexOfAnyExceptInRange(1, 1 << 20) >= 0)
        {
            throw Wrong($"'{States}' is {states}, expected [transitions, frames, height, width] or [transitions, numbers]");
        }

        ImmutableArray<int> shape = [.. states.Shape.Skip(1).Select(axis => (int)axis)];
        if (states.Type == NpyType.Of<byte>())
        {
            return (new DatasetLayout(shape, 1, isPixels: true), false);
        }

        if (states.Type != NpyType.Of<float>() && states.Type != NpyType.Of<double>())
        {
            throw Wrong($"'{States}' is {states}, expected uint8, float32 or float64");
        }

        bool pictures = shape.Length >= 2 && !keepFloats && AreBytes(Floats(states));
        return (new DatasetLayout(shape, 1, pictures), pictures);
    });

    private protected override ShardContent Load(NpzReader reader)
    {
        DatasetLayout layout = _layout ?? throw new InvalidOperationException("The layout is not decided yet.");
        ReadOnlyMemory<byte> states = Observations(reader, States, layout), next = Observations(reader, NextStates, layout);
        return new PairContent(
            layout.ObservationBytes, states, next, ReadActions(reader, Actions), Array.ConvertAll(_rewards, r => (float)r), _dones);
    }

    private ReadOnlyMemory<byte> Observations(NpzReader reader, string name, DatasetLayout layout)
    {
        NpyArray array = reader.Read(name);
        if (!array.Shape.AsSpan()[1..].SequenceEqual([.. layout.Observation.Select(axis => (long)axis)]))
        {
            throw Wrong($"'{name}' is {array}, expected [{string.Join(", ", layout.Observation)}] each");
        }

        DemandCount(name, array.Shape[0], Transitions);
        if (array.Type == NpyType.Of<byte>() && layout.IsPixels)
        {
            return array.Bytes;
        }

        if (array.Type != NpyType.Of<float>() && array.Type != NpyType.Of<double>())
        {
            throw Wrong($"'{name}' is {array}, expected numbers of the type of the first shard");
        }

        float[] floats = Floats(array);
        if (_unpack)
        {
            return AreBytes(floats)
                ? Array.ConvertAll(floats, x => (byte)((x + 1) * Scale))
                : throw Wrong($"'{name}' holds a number that is not x/128 − 1 of a byte x, as those of the first shard are; with pixels=float all are read as they are");
        }

        if (floats.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is int bad and >= 0)
        {
            throw Wrong($"'{name}' holds a value at place {bad} that is not a finite number");
        }

        return layout.IsPixels
            ? throw Wrong($"'{name}' is {array}, and the first shard holds bytes")
            : MemoryMarshal.AsBytes(floats.AsSpan()).ToArray();
    }

    private static float[] Floats(NpyArray array) =>
        array.Type.Size == sizeof(float) ? array.ToArray<float>() : Array.ConvertAll(array.ToArray<double>(), v => (float)v);

    // Exactly: x/128 − 1 of a byte has no rounding in a float.
    private static bool AreBytes(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            float x = (value + 1) * Scale;
            if (!(x is >= 0 and <= 255) || x != MathF.Floor(x))
            {
                return false;
            }
        }

        return true;
    }
}
