using System.Runtime.InteropServices;

namespace Gymkhana.Learning.Datasets;

/// <summary>A place in the order in which a stream gives transitions.</summary>
/// <param name="Epoch">Passes over the dataset that are done.</param>
/// <param name="Group">Groups of shards of this pass that are done.</param>
/// <param name="Offset">Transitions of this group that are done.</param>
public readonly record struct StreamPosition(long Epoch, int Group, int Offset)
{
    /// <summary>Writes the place, for a checkpoint.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Epoch);
        writer.Write(Group);
        writer.Write(Offset);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="reader">Where from.</param>
    /// <returns>The place.</returns>
    public static StreamPosition Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new StreamPosition(reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32());
    }
}

/// <summary>A batch of transitions, each part in an array of its own; the buffers are used again and again.</summary>
public sealed class TransitionBatch
{
    private readonly byte[] _stateBytes;
    private readonly byte[] _nextBytes;
    private readonly float[] _stateFloats;
    private readonly float[] _nextFloats;

    /// <summary>A batch of zeros.</summary>
    /// <param name="layout">What an observation is made of.</param>
    /// <param name="count">How many transitions, at least 1.</param>
    public TransitionBatch(DatasetLayout layout, int count)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Layout = layout;
        int size = checked(count * layout.ObservationSize);
        (_stateBytes, _nextBytes) = layout.IsPixels ? (new byte[size], new byte[size]) : ([], []);
        (_stateFloats, _nextFloats) = layout.IsPixels ? ([], []) : (new float[size], new float[size]);
        Actions = new int[count];
        Rewards = new float[count];
        NotDone = new float[count];
    }

    /// <summary>What an observation is made of.</summary>
    public DatasetLayout Layout { get; }

    /// <summary>How many transitions.</summary>
    public int Count => Actions.Length;

    /// <summary>Observations before, [count, ...] row-major, where they are bytes.</summary>
    public ReadOnlyMemory<byte> StatePixels => _stateBytes;

    /// <summary>Observations after, where they are bytes.</summary>
    public ReadOnlyMemory<byte> NextPixels => _nextBytes;

    /// <summary>Observations before, [count, ...] row-major, where they are floats.</summary>
    public ReadOnlySpan<float> States => _stateFloats;

    /// <summary>Observations after, where they are floats.</summary>
    public ReadOnlySpan<float> NextStates => _nextFloats;

    /// <summary>What was done, [count].</summary>
    public int[] Actions { get; }

    /// <summary>What it brought, [count].</summary>
    public float[] Rewards { get; }

    /// <summary>0 where the task's own rules ended the episode, else 1, [count].</summary>
    public float[] NotDone { get; }

    /// <summary>Where the stream stands once this batch is used.</summary>
    public StreamPosition After { get; internal set; }

    /// <summary>Puts a transition of a shard in a place.</summary>
    /// <param name="place">0 to <see cref="Count"/> − 1.</param>
    /// <param name="content">The shard.</param>
    /// <param name="transition">Which of its transitions.</param>
    public void Set(int place, ShardContent content, int transition)
    {
        ArgumentNullException.ThrowIfNull(content);
        int bytes = Layout.ObservationBytes;
        Span<byte> states = Layout.IsPixels ? _stateBytes : MemoryMarshal.AsBytes(_stateFloats.AsSpan());
        Span<byte> next = Layout.IsPixels ? _nextBytes : MemoryMarshal.AsBytes(_nextFloats.AsSpan());
        content.Copy(transition, states.Slice(place * bytes, bytes), next.Slice(place * bytes, bytes));
        Actions[place] = content.Actions[transition];
        Rewards[place] = content.Rewards[transition];
        NotDone[place] = content.Terminated[transition] ? 0 : 1;
    }

    /// <summary>Copies a batch of the same layout and count.</summary>
    /// <param name="source">The batch.</param>
    internal void CopyFrom(TransitionBatch source)
    {
        source._stateBytes.CopyTo(_stateBytes, 0);
        source._nextBytes.CopyTo(_nextBytes, 0);
        source._stateFloats.CopyTo(_stateFloats, 0);
        source._nextFloats.CopyTo(_nextFloats, 0);
        source.Actions.CopyTo(Actions, 0);
        source.Rewards.CopyTo(Rewards, 0);
        source.NotDone.CopyTo(NotDone, 0);
        After = source.After;
    }
}
