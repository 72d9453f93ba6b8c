using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tensors.Onnx.Export;

/// <summary>Writes networks as ONNX models, by running them once or twice and writing down what they did.</summary>
public static class OnnxExport
{
    // Two sizes that tell a size that grows with the batch from one that does not.
    private const int FirstBatch = 2;
    private const int SecondBatch = 3;

    /// <summary>
    /// Traces a network with two sizes of batch. Sizes that differ between the two become open axes, so the model takes any batch. Everything
    /// else is fixed: lengths of sequences, and numbers of constants, which must be the same in both.
    /// </summary>
    /// <param name="name">Name of the graph.</param>
    /// <param name="opset">Operator set, 13 to 18.</param>
    /// <param name="inputs">The inputs, in order.</param>
    /// <param name="network">The network: from its inputs, on their tape, to its outputs. Called twice.</param>
    /// <param name="parameters">Names for the weights, such as a module's <see cref="Module.Parameters"/>; weights that have none here get one.</param>
    /// <returns>The model, to which metadata may be added before it is written.</returns>
    /// <exception cref="OnnxExportException">An operation has no form in ONNX, or what the network does depends on the batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Another operator set.</exception>
    public static OnnxGraphBuilder Trace(
        string name,
        int opset,
        IReadOnlyList<OnnxExportInput> inputs,
        Func<OnnxTracedInputs, IReadOnlyList<OnnxExportOutput>> network,
        IReadOnlyList<NamedParameter>? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(network);
        OnnxGraphBuilder builder = new(name, opset);
        foreach (OnnxExportInput input in inputs)
        {
            builder.AddInput(input.Name, input.Type, input.Declared());
        }

        OnnxTrace first = new(FirstBatch, inputs, network), second = new(SecondBatch, inputs, network);
        OnnxEmitter emitter = new(builder, new TracePair(first, second), inputs, parameters ?? []);
        foreach (OnnxExportOutput output in first.Outputs)
        {
            emitter.Output(output);
        }

        // Addresses of the tapes' memory were used until here.
        GC.KeepAlive(first);
        GC.KeepAlive(second);
        return builder;
    }
}
