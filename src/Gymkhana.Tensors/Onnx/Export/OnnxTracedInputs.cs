using Gymkhana.Tensors.Autograd;

namespace Gymkhana.Tensors.Onnx.Export;

/// <summary>
/// The inputs of a network while it is traced. Their numbers mean nothing: what the network does with them is written down, so it must not
/// look at them (<see cref="Tensor.Values"/>) to decide what to do.
/// </summary>
public sealed unsafe class OnnxTracedInputs
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Inputs of a batch.</summary>
    /// <param name="tape">Where they go.</param>
    /// <param name="inputs">What is wanted.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="given">Their numbers by name; without them some that differ from batch to batch, so that constants made of them are noticed.</param>
    internal OnnxTracedInputs(Tape tape, IReadOnlyList<OnnxExportInput> inputs, int batch, IReadOnlyDictionary<string, OnnxTensor>? given = null)
    {
        Tape = tape;
        Batch = batch;
        foreach (OnnxExportInput input in inputs)
        {
            _entries.Add(input.Name, new Entry(input, Made(input, input.For(batch), given?[input.Name])));
        }
    }

    /// <summary>The tape that is traced.</summary>
    public Tape Tape { get; }

    /// <summary>Samples in the batch while tracing; another number each time the network is traced.</summary>
    public int Batch { get; }

    /// <summary>An input as numbers; pixels are converted by their offset and scale.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The tensor, of the sample's shape with the batch.</returns>
    /// <exception cref="ArgumentException">There is no such input of numbers or pixels.</exception>
    public Tensor Floats(string name)
    {
        Entry entry = Find(name, OnnxElementType.Float32, OnnxElementType.UInt8);
        if (entry.Node is null)
        {
            OnnxExportInput input = entry.Input;
            float[] values = [.. entry.Bytes.Select(b => (b - input.PixelOffset) * input.PixelScale)];
            entry.Node = Tape.Constant(input.For(Batch), values).Node;
        }

        return new Tensor(entry.Node, Tape.Step);
    }

    /// <summary>An input as pixels, for a first convolution.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The pixels, with offset and scale as declared.</returns>
    /// <exception cref="ArgumentException">There is no such input of pixels.</exception>
    public PixelTensor Pixels(string name)
    {
        Entry entry = Find(name, OnnxElementType.UInt8, OnnxElementType.UInt8);
        return new PixelTensor(entry.Bytes, entry.Input.For(Batch), entry.Input.PixelOffset, entry.Input.PixelScale);
    }

    /// <summary>An input as indices.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The indices.</returns>
    /// <exception cref="ArgumentException">There is no such input of indices.</exception>
    public IndexTensor Indices(string name)
    {
        Entry entry = Find(name, OnnxElementType.Int64, OnnxElementType.Int64);
        return entry.Indices;
    }

    /// <summary>The input whose numbers a node holds, or null.</summary>
    internal OnnxExportInput? Of(Node node) => _entries.Values.FirstOrDefault(e => e.Node == node)?.Input;

    /// <summary>The input whose bytes these are, or null.</summary>
    internal OnnxExportInput? Of(ReadOnlyMemory<byte> bytes) => _entries.Values.FirstOrDefault(e => e.Bytes.Length > 0 && bytes.Equals(e.Bytes))?.Input;

    /// <summary>The input whose indices lie there, or null.</summary>
    internal OnnxExportInput? Of(int* indices) => _entries.Values.FirstOrDefault(e => e.Input.Type == OnnxElementType.Int64 && e.Indices.Pointer == indices)?.Input;

    private (Node? Node, byte[] Bytes, IndexTensor Indices) Made(OnnxExportInput input, Shape shape, OnnxTensor? given)
    {
        IEnumerable<int> places = Enumerable.Range(0, shape.Count);
        switch (input.Type)
        {
            case OnnxElementType.UInt8:
                return (null, given?.AsSpan<byte>().ToArray() ?? [.. places.Select(i => (byte)((i * 37) + Batch))], default);
            case OnnxElementType.Int64:
                int[] indices = [.. places.Select(i => given is null ? 0 : (int)given.AsSpan<long>()[i])];
                return (null, [], Tape.Indices(shape, indices));
            default:
                float[] values = given?.AsSpan<float>().ToArray() ?? [.. places.Select(i => ((((i * 37) + (Batch * 11)) % 64) + 1) / 64f)];
                return (Tape.Constant(shape, values).Node, [], default);
        }
    }

    private Entry Find(string name, OnnxElementType type, OnnxElementType other) =>
        _entries.TryGetValue(name, out Entry? entry) && (entry.Input.Type == type || entry.Input.Type == other)
            ? entry
            : throw new ArgumentException($"there is no input {OnnxText.Quote(name)} of type {type.Name()}; the inputs are {string.Join(", ", _entries.Keys.Select(OnnxText.Quote))}.", nameof(name));

    private sealed class Entry(OnnxExportInput input, (Node? Node, byte[] Bytes, IndexTensor Indices) made)
    {
        public OnnxExportInput Input { get; } = input;

        public Node? Node { get; set; } = made.Node;

        public byte[] Bytes { get; } = made.Bytes;

        public IndexTensor Indices { get; } = made.Indices;
    }
}
