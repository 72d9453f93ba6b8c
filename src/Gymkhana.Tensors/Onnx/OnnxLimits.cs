namespace Gymkhana.Tensors.Onnx;

/// <summary>
/// What a model file may ask for. A file is a door to strangers: whatever its bytes, reading and running it takes bounded memory and
/// time, because each of these is checked before anything of that size is set aside or begun.
/// </summary>
public sealed record OnnxLimits
{
    /// <summary>The limits used when none are given.</summary>
    public static OnnxLimits Default { get; } = new();

    /// <summary>Largest file, bytes; at least 1.</summary>
    public long FileBytes { get; init; } = 20_000_000;

    /// <summary>Most nodes of a graph, at least 1.</summary>
    public int Nodes { get; init; } = 2000;

    /// <summary>Most weights: elements of all initialisers and constants together, at least 0.</summary>
    public long Weights { get; init; } = 5_000_000;

    /// <summary>Most elements of one tensor for one sample, at least 1; a batch of n may have n times as many.</summary>
    public long ElementsPerSample { get; init; } = 16_000_000;

    /// <summary>Most bytes of all buffers for one sample, at least 1; a batch of n may take n times as many, up to <see cref="BufferBytes"/>.</summary>
    public long BufferBytesPerSample { get; init; } = 128_000_000;

    /// <summary>Most bytes of all buffers whatever the batch, at least 1.</summary>
    public long BufferBytes { get; init; } = 1_000_000_000;

    /// <summary>Most arithmetic operations for one sample, at least 1; a batch of n may take n times as many.</summary>
    public long WorkPerSample { get; init; } = 20_000_000_000;

    /// <summary>Most arithmetic operations and most bytes that folding constants may take before the first run, at least 1.</summary>
    public long FoldingWork { get; init; } = 100_000_000;
}
