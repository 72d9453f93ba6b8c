using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tests.Tensors.Onnx.Export;

/// <summary>Inputs for a network and what the tape makes of them.</summary>
/// <param name="Inputs">By name.</param>
/// <param name="Outputs">By name.</param>
internal sealed record ExportedRun(IReadOnlyDictionary<string, OnnxTensor> Inputs, IReadOnlyDictionary<string, OnnxTensor> Outputs)
{
    public static ExportedRun Of(ExportedNetwork network, int batch, ulong seed)
    {
        Dictionary<string, OnnxTensor> inputs = [];
        foreach (OnnxExportInput input in network.Inputs)
        {
            inputs.Add(input.Name, Draw(input, input.For(batch), new KeyedStream(seed, (ulong)inputs.Count, StreamPurpose.Exploration)));
        }

        Tape tape = new() { Recording = false };
        OnnxTracedInputs given = new(tape, network.Inputs, batch, inputs);
        Dictionary<string, OnnxTensor> outputs = [];
        foreach (OnnxExportOutput output in network.Network(given))
        {
            outputs.Add(output.Name, Result(output));
        }

        return new(inputs, outputs);
    }

    private static OnnxTensor Result(OnnxExportOutput output)
    {
        if (output.Kind == OnnxOutputKind.Values)
        {
            return OnnxTensor.Create(output.Value.Values, Sizes(output.Value.Shape));
        }

        IndexTensor largest = output.Value.ArgMax();
        return OnnxTensor.Create<long>([.. largest.Values.ToArray().Select(i => (long)i)], Sizes(largest.Shape));
    }

    // A mask of zeros and ones where a mask is wanted, normal numbers elsewhere.
    private static OnnxTensor Draw(OnnxExportInput input, Shape shape, KeyedStream random) => input.Type switch
    {
        OnnxElementType.UInt8 => OnnxTensor.Create<byte>([.. Enumerable.Range(0, shape.Count).Select(_ => (byte)(random.NextDouble() * 256))], Sizes(shape)),
        OnnxElementType.Int64 => OnnxTensor.Create<long>([.. Enumerable.Range(0, shape.Count).Select(_ => (long)(random.NextDouble() * 4))], Sizes(shape)),
        _ when input.Name == "adjacency" => OnnxTensor.Create<float>([.. Enumerable.Range(0, shape.Count).Select(_ => random.NextDouble() < 0.5 ? 1f : 0f)], Sizes(shape)),
        _ => OnnxTensor.Create<float>([.. Enumerable.Range(0, shape.Count).Select(_ => (float)random.NextNormal())], Sizes(shape)),
    };

    private static int[] Sizes(Shape shape)
    {
        int[] sizes = new int[shape.Rank];
        shape.CopyTo(sizes);
        return sizes;
    }
}
