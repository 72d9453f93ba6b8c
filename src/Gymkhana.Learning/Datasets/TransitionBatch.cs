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

    /// <summary>What it brought, [count]; of several steps the sum, discounted.</summary>
    public float[] Rewards { get; }

    /// <summary>0 where the task's own rules ended the episode, else 1, and with n steps γ^(n − 1): what γ Q of the next observation is multiplied by, [count].</summary>
    public float[] NotDone { get; }

    /// <summary>Where the stream stands once this batch is used.</summary>
    public StreamPosition After { get; internal set; }

    /// <summary>Puts a transition of a shard in a place.</summary>
    /// <param name="place">0 to <see cref="Count"/> − 1.</param>
    /// <param name="content">The shard.</param>
    /// <param name="transition">Which of its transitions.</param>
    /// <param name="steps">Steps that it spans, at least 1; fewer where its episode ends before.</param>
    /// <param name="discount">γ, by which the rewards of later steps are discounted.</param>
    public void Set(int place, ShardContent content, int transition, int steps = 1, double discount = 1)
    {
        ArgumentNullException.ThrowIfNull(content);
        int bytes = Layout.ObservationBytes;
        Span<byte> states = Layout.IsPixels ? _stateBytes : MemoryMarshal.AsBytes(_stateFloats.AsSpan());
        Span<byte> next = Layout.IsPixels ? _nextBytes : MemoryMarshal.AsBytes(_nextFloats.AsSpan());
        int last = content.LastOf(transition, steps);
        content.Copy(transition, last, states.Slice(place * bytes, bytes), next.Slice(place * bytes, bytes));
        Actions[place] = content.Actions[transition];
        double reward = content.Rewards[transition], weight = 1;
        for (int step = transition + 1; step <= last; step++)
        {
            weight *= discount;
            reward += weight * content.Rewards[step];
        }

        Rewards[place] = (float)reward;
        NotDone[place] = content.Terminated[last] ? 0 : (float)weight;
    }

    /// <summary>Moves the pictures of a transition.</summary>
    /// <param name="place">0 to <see cref="Count"/> − 1.</param>
    /// <param name="shift">How.</param>
    /// <param name="key">What the draws depend on.</param>
    internal void Move(int place, PictureShift shift, ulong key)
    {
        int bytes = Layout.ObservationBytes;
        Span<byte> states = Layout.IsPixels ? _stateBytes : MemoryMarshal.AsBytes(_stateFloats.AsSpan());
        Span<byte> next = Layout.IsPixels ? _nextBytes : MemoryMarshal.AsBytes(_nextFloats.AsSpan());
        shift.Move(states.Slice(place * bytes, bytes), next.Slice(place * bytes, bytes), key);
    }

    /// <summary>Copies one transition of a batch of the same layout.</summary>
    /// <param name="source">The batch; may be this one.</param>
    /// <param name="from">Which of its transitions.</param>
    /// <param name="place">Where to.</param>
    internal void CopyFrom(TransitionBatch source, int from, int place)
    {
        int size = Layout.ObservationSize;
        Copy(source._stateBytes, _stateBytes);
        Copy(source._nextBytes, _nextBytes);
        Copy(source._stateFloats, _stateFloats);
        Copy(source._nextFloats, _nextFloats);
        Actions[place] = source.Actions[from];
        Rewards[place] = source.Rewards[from];
        NotDone[place] = source.NotDone[from];

        void Copy<T>(T[] all, T[] to)
        {
            if (all.Length > 0)
            {
                Array.Copy(all, from * size, to, place * size, size);
            }
        }
    }
}
