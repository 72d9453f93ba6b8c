using Gymkhana.Tensors.Autograd;

namespace Gymkhana.Tensors.Onnx.Export;

/// <summary>Two traces of one network side by side: which value of one is which of the other, and which sizes grow with the batch.</summary>
internal sealed class TracePair
{
    private readonly Dictionary<Node, Node> _twins = [];
    private readonly Dictionary<Node, Operation> _makers = [];
    private readonly Dictionary<Operation, Operation> _twinOperations = [];

    /// <summary>Puts two traces side by side.</summary>
    /// <exception cref="OnnxExportException">They are not of one network.</exception>
    public TracePair(OnnxTrace first, OnnxTrace second)
    {
        (First, Second) = (first, second);
        if (first.Operations.Count != second.Operations.Count || first.Outputs.Count != second.Outputs.Count)
        {
            throw new OnnxExportException(
                $"the network does {first.Operations.Count} operations with a batch of {first.Batch} and {second.Operations.Count} with a batch of {second.Batch}. Write it so that what it does depends on the inputs' numbers and sizes nowhere.");
        }

        for (int i = 0; i < first.Operations.Count; i++)
        {
            Pair(first.Operations[i], second.Operations[i]);
        }

        for (int i = 0; i < first.Outputs.Count; i++)
        {
            Pair(first.Outputs[i].Value.Node, second.Outputs[i].Value.Node, "an output");
        }
    }

    public OnnxTrace First { get; }

    public OnnxTrace Second { get; }

    /// <summary>The operation that made a value of the first trace; null for inputs, parameters and constants.</summary>
    public Operation? MakerOf(Node node) => _makers.GetValueOrDefault(node);

    /// <summary>The same value in the second trace.</summary>
    public Node TwinOf(Node node) => _twins[node];

    /// <summary>The same operation in the second trace.</summary>
    public TOperation TwinOf<TOperation>(TOperation operation)
        where TOperation : Operation => (TOperation)_twinOperations[operation];

    /// <summary>Sizes of a value of the first trace; −k where a size is k times the batch.</summary>
    public int[] Dims(Node node)
    {
        Shape one = node.Shape, other = _twins[node].Shape;
        int[] dims = new int[one.Rank];
        for (int axis = 0; axis < dims.Length; axis++)
        {
            dims[axis] = one[axis] == other[axis] ? one[axis]
                : one[axis] * Second.Batch == other[axis] * First.Batch ? -(one[axis] / First.Batch)
                : throw new OnnxExportException($"axis {axis} of a value is {one[axis]} with a batch of {First.Batch} and {other[axis]} with a batch of {Second.Batch}: it must be a multiple of the batch, or always the same.");
        }

        return dims;
    }

    private void Pair(Operation one, Operation other)
    {
        if (one.GetType() != other.GetType() || one.InputCount != other.InputCount)
        {
            throw new OnnxExportException(
                $"the network does {OnnxEmitter.NameOf(one)} with a batch of {First.Batch} where it does {OnnxEmitter.NameOf(other)} with a batch of {Second.Batch}. What it does must not depend on the batch.");
        }

        _twinOperations.Add(one, other);
        for (int i = 0; i < one.InputCount; i++)
        {
            Pair(one.Input(i), other.Input(i), OnnxEmitter.NameOf(one));
        }

        Pair(one.Output, other.Output, OnnxEmitter.NameOf(one));
        _makers[one.Output] = one;
        if (one.SecondOutput is { } side && other.SecondOutput is { } otherSide)
        {
            Pair(side, otherSide, OnnxEmitter.NameOf(one));
            _makers[side] = one;
        }
    }

    private void Pair(Node one, Node other, string where)
    {
        if (one.Shape.Rank != other.Shape.Rank || (_twins.TryGetValue(one, out Node? known) && known != other) || one.Parameter != other.Parameter)
        {
            throw new OnnxExportException($"{where} has {one.Shape} with a batch of {First.Batch} and {other.Shape} with a batch of {Second.Batch}, from other sources. What the network does must not depend on the batch.");
        }

        _twins[one] = other;
    }
}
