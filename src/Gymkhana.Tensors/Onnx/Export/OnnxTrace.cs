using Gymkhana.Tensors.Autograd;

namespace Gymkhana.Tensors.Onnx.Export;

/// <summary>What a network did with a batch: every operation, in order.</summary>
internal sealed class OnnxTrace
{
    public OnnxTrace(int batch, IReadOnlyList<OnnxExportInput> inputs, Func<OnnxTracedInputs, IReadOnlyList<OnnxExportOutput>> network)
    {
        Tape = new Tape { Recording = false, Trace = Operations };
        Batch = batch;
        Inputs = new OnnxTracedInputs(Tape, inputs, batch);
        Outputs = network(Inputs);
    }

    public Tape Tape { get; }

    public int Batch { get; }

    public OnnxTracedInputs Inputs { get; }

    public List<Operation> Operations { get; } = [];

    public IReadOnlyList<OnnxExportOutput> Outputs { get; }
}
