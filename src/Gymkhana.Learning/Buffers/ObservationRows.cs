using Gymkhana.Core.Environments;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;

namespace Gymkhana.Learning.Buffers;

/// <summary>
/// Room for a number of observations, one a row: floats as they are, or bytes. Reads them from a batch, whose floats lie feature by
/// feature, gathers rows of another, and puts them on a tape.
/// </summary>
public sealed class ObservationRows
{
    private readonly float[] _numbers = [];
    private readonly byte[] _pixels = [];
    private readonly int[] _shape;

    /// <summary>Rows of zeros.</summary>
    /// <param name="description">Whose observations; its shape and kind count.</param>
    /// <param name="capacity">How many rows, at least 1.</param>
    public ObservationRows(NetworkDescription description, int capacity)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Size = description.ObservationSize;
        Capacity = capacity;
        IsPixels = description.Pixels;
        _shape = description.Observation;
        if (IsPixels)
        {
            _pixels = new byte[checked(capacity * Size)];
        }
        else
        {
            _numbers = new float[checked(capacity * Size)];
        }
    }

    /// <summary>Numbers of one observation.</summary>
    public int Size { get; }

    /// <summary>Rows there is room for.</summary>
    public int Capacity { get; }

    /// <summary>Whether the rows are bytes.</summary>
    public bool IsPixels { get; }

    /// <summary>Some rows of floats.</summary>
    /// <param name="first">The first.</param>
    /// <param name="count">How many.</param>
    /// <returns>[count, Size].</returns>
    public Span<float> Numbers(int first, int count) => _numbers.AsSpan(first * Size, count * Size);

    /// <summary>Some rows of bytes.</summary>
    /// <param name="first">The first.</param>
    /// <param name="count">How many.</param>
    /// <returns>[count, Size].</returns>
    public Span<byte> Pixels(int first, int count) => _pixels.AsSpan(first * Size, count * Size);

    /// <summary>Copies what the agents of all copies see: row first + copy × agents + agent.</summary>
    /// <param name="observations">The batch.</param>
    /// <param name="first">Row of the first copy.</param>
    public void Read(Batch observations, int first)
    {
        ArgumentNullException.ThrowIfNull(observations);
        int agents = observations.Agents, copies = observations.Count;
        if (IsPixels)
        {
            observations.As<byte>().Values[..(copies * agents * Size)].CopyTo(Pixels(first, copies * agents));
            return;
        }

        Batch<float> numbers = observations.As<float>();
        Span<float> rows = Numbers(first, copies * agents);
        for (int agent = 0; agent < agents; agent++)
        {
            for (int f = 0; f < Size; f++)
            {
                ReadOnlySpan<float> lane = numbers.Lane(f, agent);
                for (int copy = 0, at = (agent * Size) + f; copy < lane.Length; copy++, at += agents * Size)
                {
                    rows[at] = lane[copy];
                }
            }
        }
    }

    /// <summary>Copies what the one agent of one copy sees.</summary>
    /// <param name="observations">The batch.</param>
    /// <param name="copy">The copy.</param>
    /// <param name="row">Where to.</param>
    public void ReadCopy(Batch observations, int copy, int row)
    {
        ArgumentNullException.ThrowIfNull(observations);
        if (IsPixels)
        {
            observations.As<byte>().Of(copy).CopyTo(Pixels(row, 1));
            return;
        }

        Batch<float> numbers = observations.As<float>();
        Span<float> to = Numbers(row, 1);
        for (int f = 0; f < to.Length; f++)
        {
            to[f] = numbers[0, f, copy];
        }
    }

    /// <summary>Gathers rows of another.</summary>
    /// <param name="source">Of the same kind and size.</param>
    /// <param name="rows">Which, in order.</param>
    public void Gather(ObservationRows source, ReadOnlySpan<int> rows)
    {
        ArgumentNullException.ThrowIfNull(source);
        for (int i = 0; i < rows.Length; i++)
        {
            if (IsPixels)
            {
                source.Pixels(rows[i], 1).CopyTo(Pixels(i, 1));
            }
            else
            {
                source.Numbers(rows[i], 1).CopyTo(Numbers(i, 1));
            }
        }
    }

    /// <summary>Puts rows on a tape. Bytes are not copied: leave them unchanged until the tape's step ends.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many.</param>
    /// <returns>The rows as a network's input.</returns>
    public NetworkInput On(Tape tape, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(tape);
        return IsPixels
            ? new NetworkInput(tape, new PixelTensor(_pixels.AsMemory(first * Size, count * Size), new Shape(count, _shape[0], _shape[1], _shape[2]), PixelBody.PixelOffset, PixelBody.PixelScale))
            : new NetworkInput(tape.Constant(new Shape(count, Size), Numbers(first, count)));
    }
}
