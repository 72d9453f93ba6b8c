using System.Collections.Immutable;
using Gymkhana.Core.Files;
using Gymkhana.Tensors.Onnx.Wire;

namespace Gymkhana.Tensors.Onnx;

/// <summary>
/// A model read from an ONNX file and found fit to run: every operator is known, every value has a maker, every weight is finite and
/// within the limits. Immutable; <see cref="OnnxSession"/> runs it.
/// </summary>
public sealed class OnnxModel
{
    private OnnxModel(ModelMessage message, OnnxGraph graph, IReadOnlyDictionary<string, ConstantTensor> weights, OnnxLimits limits, string origin)
    {
        Graph = graph;
        Weights = weights;
        Limits = limits;
        Origin = origin;
        Opset = (int)message.Opsets[string.Empty];
        Producer = message.Producer;
        Metadata = message.Metadata.ToImmutableSortedDictionary(StringComparer.Ordinal);
        WeightCount = message.Initializers.Values.Sum(w => (long)w.Count);
        Operators = message.Nodes.GroupBy(n => n.Operator, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
    }

    /// <summary>Where it was read from, for messages.</summary>
    public string Origin { get; }

    /// <summary>The version of ONNX's operator set that it uses.</summary>
    public int Opset { get; }

    /// <summary>The program that wrote it, as it names itself; may be empty.</summary>
    public string Producer { get; }

    /// <summary>What the file says about itself by key, such as an environment's id.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; }

    /// <summary>What must be given to run it.</summary>
    public ImmutableArray<OnnxValueSpec> Inputs => Graph.Inputs;

    /// <summary>What it gives.</summary>
    public ImmutableArray<OnnxValueSpec> Outputs => Graph.Outputs;

    /// <summary>How many nodes of each operator the file has.</summary>
    public ImmutableSortedDictionary<string, int> Operators { get; }

    /// <summary>How many numbers its initialisers hold; constants within nodes are not counted, though the limit counts them too.</summary>
    public long WeightCount { get; }

    /// <summary>The limits it was read with; they hold for running it too.</summary>
    public OnnxLimits Limits { get; }

    internal OnnxGraph Graph { get; }

    internal IReadOnlyDictionary<string, ConstantTensor> Weights { get; }

    /// <summary>Reads a model from a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">What it may ask for.</param>
    /// <returns>The model.</returns>
    /// <exception cref="OnnxRefusedException">It is no model, damaged, or asks for what is not run here.</exception>
    /// <exception cref="FileReadException">It cannot be read.</exception>
    public static OnnxModel Load(string path, OnnxLimits limits)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(limits);
        return Load(ReadFile(path, limits), limits, path);
    }

    /// <summary>Reads a model from memory.</summary>
    /// <param name="bytes">The whole file; not changed, and needed no longer after the call.</param>
    /// <param name="limits">What it may ask for.</param>
    /// <param name="origin">What to call it in messages.</param>
    /// <returns>The model.</returns>
    /// <exception cref="OnnxRefusedException">It is no model, damaged, or asks for what is not run here.</exception>
    public static OnnxModel Load(ReadOnlyMemory<byte> bytes, OnnxLimits limits, string origin)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(origin);
        try
        {
            if (bytes.Length > limits.FileBytes)
            {
                throw TooLarge(limits);
            }

            if (bytes.Length == 0)
            {
                throw new OnnxRefusedException("the file is empty, expected an ONNX model. Export or copy it again.");
            }

            ModelMessage message = new ModelReader(limits).Read(bytes);
            OnnxGraph graph = new GraphChecks(message).Check();
            return new OnnxModel(message, graph, WeightChecks.Decode(graph), limits, origin);
        }
        catch (OnnxRefusedException refusal)
        {
            throw refusal.Of(origin);
        }
    }

    private static OnnxRefusedException TooLarge(OnnxLimits limits) =>
        new($"the file has more than {limits.FileBytes} bytes, which is the limit. Export a smaller model.");

    // No more than the limit is ever read, whatever the system says the length is.
    private static byte[] ReadFile(string path, OnnxLimits limits)
    {
        if (Directory.Exists(path))
        {
            throw new FileReadException(path, "it is a folder. Name a file in it.");
        }

        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
            if (stream.CanSeek && stream.Length > limits.FileBytes)
            {
                throw TooLarge(limits).Of(path);
            }

            using MemoryStream memory = new(stream.CanSeek ? (int)stream.Length : 0);
            byte[] block = new byte[1 << 16];
            int read;
            while ((read = stream.Read(block)) > 0)
            {
                memory.Write(block, 0, read);
                if (memory.Length > limits.FileBytes)
                {
                    throw TooLarge(limits).Of(path);
                }
            }

            return memory.ToArray();
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileReadException(path, "there is no such file. Check the name and the folder.", cause);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new FileReadException(path, "the system does not permit it. Check the file's permissions.", cause);
        }
        catch (IOException cause)
        {
            throw new FileReadException(path, OnnxText.OneLine(cause.Message), cause);
        }
    }
}
