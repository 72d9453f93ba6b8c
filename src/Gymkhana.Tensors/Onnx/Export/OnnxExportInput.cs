namespace Gymkhana.Tensors.Onnx.Export;

/// <summary>An input of a model that is to be exported: its name, its type, and its shape without the batch.</summary>
public sealed record OnnxExportInput
{
    private OnnxExportInput(string name, OnnxElementType type, Shape sample)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Type = type;
        Sample = sample;
    }

    /// <summary>Name of the input.</summary>
    public string Name { get; }

    /// <summary>float32, uint8 for pixels, int64 for indices.</summary>
    public OnnxElementType Type { get; }

    /// <summary>Its shape without the batch.</summary>
    public Shape Sample { get; }

    /// <summary>Where the batch comes in its shape, 0 to the sample's rank; or −1 when it has none, such as a mask that all samples share.</summary>
    public int BatchAxis { get; init; }

    /// <summary>Taken from each byte before it is multiplied by <see cref="PixelScale"/>.</summary>
    public float PixelOffset { get; private init; }

    /// <summary>What each byte is multiplied by.</summary>
    public float PixelScale { get; private init; } = 1;

    /// <summary>Numbers.</summary>
    /// <param name="name">Name of the input.</param>
    /// <param name="sample">Shape of one sample; none for a single number.</param>
    /// <returns>The input, its batch outermost.</returns>
    public static OnnxExportInput Floats(string name, params ReadOnlySpan<int> sample) => new(name, OnnxElementType.Float32, new Shape(sample));

    /// <summary>Bytes b that the graph itself reads as (b − offset) × scale.</summary>
    /// <param name="name">Name of the input.</param>
    /// <param name="sample">Shape of one image, [C, H, W].</param>
    /// <param name="offset">Taken from each byte.</param>
    /// <param name="scale">Factor, such as 1/255.</param>
    /// <returns>The input, its batch outermost.</returns>
    public static OnnxExportInput Pixels(string name, Shape sample, float offset, float scale) =>
        new(name, OnnxElementType.UInt8, sample) { PixelOffset = offset, PixelScale = scale };

    /// <summary>Whole numbers, such as words.</summary>
    /// <param name="name">Name of the input.</param>
    /// <param name="sample">Shape of one sample; none for a single number.</param>
    /// <returns>The input, its batch outermost.</returns>
    public static OnnxExportInput Indices(string name, params ReadOnlySpan<int> sample) => new(name, OnnxElementType.Int64, new Shape(sample));

    /// <summary>The shape for a batch.</summary>
    /// <param name="batch">Samples; <see cref="OnnxGraphBuilder.Batch"/> is no size.</param>
    internal Shape For(int batch) => BatchAxis < 0 ? Sample : Sample.Insert(BatchAxis, batch);

    /// <summary>The shape as it is declared: open where the batch is.</summary>
    internal int[] Declared()
    {
        Shape shape = For(1);
        int[] sizes = new int[shape.Rank];
        shape.CopyTo(sizes);
        if (BatchAxis >= 0)
        {
            sizes[BatchAxis] = OnnxGraphBuilder.Batch;
        }

        return sizes;
    }
}
