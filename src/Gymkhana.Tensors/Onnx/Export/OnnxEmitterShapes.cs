using Gymkhana.Tensors.Autograd;

namespace Gymkhana.Tensors.Onnx.Export;

/// <content>Nodes that move values about and reduce them.</content>
internal sealed unsafe partial class OnnxEmitter
{
    /// <summary>The size of the batch, as a tensor of one whole number.</summary>
    public string BatchSize()
    {
        OnnxExportInput input = _batched ?? throw new OnnxExportException("a size depends on the batch, but no input has a batch.");
        return Shared("batch size", () => Add("Gather", [Add("Shape", [input.Name]), Wholes(input.BatchAxis)], ("axis", 0L)));
    }

    /// <summary>A shape as whole numbers, computed from the batch where it is open.</summary>
    public string ShapeOf(int[] dims)
    {
        if (dims.All(d => d >= 0))
        {
            return Wholes([.. dims.Select(d => (long)d)]);
        }

        string[] parts = [.. dims.Select(d => d >= 0 ? Wholes(d) : d == -1 ? BatchSize() : Add("Mul", [BatchSize(), Wholes(-d)]))];
        return parts.Length == 1 ? parts[0] : Add("Concat", parts, ("axis", 0L));
    }

    /// <summary>A value in another shape.</summary>
    public string Reshaped(string value, int[] dims) =>
        Add("Reshape", [value, dims.Count(d => d < 0) > 1 ? ShapeOf(dims) : Wholes([.. dims.Select(d => (long)Math.Max(d, -1))])]);

    /// <summary>A value with its axes in another order.</summary>
    public string Permuted(string value, params long[] order) => Add("Transpose", [value], ("perm", order));

    /// <summary>A value with new axes of size 1.</summary>
    public string Unsqueezed(string value, params long[] axes) => Add("Unsqueeze", [value, Wholes(axes)]);

    /// <summary>A value without axes of size 1.</summary>
    public string Squeezed(string value, params long[] axes) => Add("Squeeze", [value, Wholes(axes)]);

    /// <summary>Part of a value along an axis.</summary>
    public string Sliced(string value, int axis, long start, long end, long step = 1) =>
        step == 1 ? Add("Slice", [value, Wholes(start), Wholes(end), Wholes(axis)]) : Add("Slice", [value, Wholes(start), Wholes(end), Wholes(axis), Wholes(step)]);

    /// <summary>A value reduced along axes, by an operator whose axes are an attribute before operator set 18 (ReduceSum: 13).</summary>
    public string Reduced(string operatorType, string value, long[] axes, bool keep)
    {
        bool asInput = Opset >= 18 || operatorType == "ReduceSum";
        return asInput
            ? Add(operatorType, [value, Wholes(axes)], ("keepdims", keep ? 1L : 0L))
            : Add(operatorType, [value], ("axes", axes), ("keepdims", keep ? 1L : 0L));
    }

    /// <summary>Reduces an operation's only input, walked as [outer, count, inner], to its output.</summary>
    public void ReduceRun(Operation operation, string operatorType, int outer, int count, int inner)
    {
        Shape shape = operation.Input(0).Shape;
        (int first, int past) = Run(shape, outer, count, inner);
        string value = Input(operation, 0);
        int[] dims = Dims(operation.Input(0));
        if (past > first)
        {
            value = Reduced(operatorType, value, [.. Enumerable.Range(first, past - first).Select(a => (long)a)], keep: false);
            dims = [.. dims[..first], .. dims[past..]];
        }

        int[] wanted = Dims(operation.Output);
        Set(operation.Output, dims.AsSpan().SequenceEqual(wanted) ? value : Reshaped(value, wanted));
    }

    /// <summary>Softmax along the innermost axis over what a mask of booleans allows; 0 elsewhere.</summary>
    public string MaskedSoftmax(string value, string? mask)
    {
        if (mask is null)
        {
            return Add("Softmax", [value], ("axis", -1L));
        }

        string hidden = Add("Where", [mask, value, Scalar(float.NegativeInfinity)]);
        return Add("Where", [mask, Add("Softmax", [hidden], ("axis", -1L)), Scalar(0)]);
    }

    /// <summary>The activation that an operation has taken in.</summary>
    public string Activated(string value, Activation activation) => activation == Activation.None ? value : Add(activation.ToString(), [value]);

    // The axes that are walked as count; axes of size 1 may belong to either side.
    private static (int First, int Past) Run(Shape shape, int outer, int count, int inner)
    {
        for (int first = 0; first <= shape.Rank; first++)
        {
            for (int past = shape.Rank; past >= first; past--)
            {
                if (shape.Product(0, first) == outer && shape.Product(first, past) == count && shape.Product(past, shape.Rank) == inner)
                {
                    return (first, past);
                }
            }
        }

        throw new OnnxExportException($"a reduction of {shape} walks it as [{outer}, {count}, {inner}], which are none of its axes.");
    }
}
