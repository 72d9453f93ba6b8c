using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Reading by index. Indices may be negative, counting from the end; others outside are refused when the model runs.</summary>
internal static class GatherOperators
{
    /// <summary>Reads an index, checked.</summary>
    public static int At(Operand indices, int position, int size)
    {
        long index = indices.Type == OnnxElementType.Int64 ? indices.As<long>()[position] : indices.As<int>()[position];
        long positive = index < 0 ? index + size : index;
        return positive >= 0 && positive < size
            ? (int)positive
            : throw new OnnxInputException($"an index is {index}, expected {-size} to {size - 1}. Check the inputs of the model.");
    }

    public static Operand Indices(NodeContext c, int input)
    {
        Operand indices = c.Input(input);
        return indices.Type is OnnxElementType.Int64 or OnnxElementType.Int32 ? indices : throw c.RefuseType(indices.Type);
    }

    public static void PlanGather(NodeContext c)
    {
        Operand x = c.Input(0);
        Operand indices = Indices(c, 1);
        int axis = c.Axis(c.Whole("axis", 0), x.Rank);
        Operand y = c.Output(0, x.Type, [.. x.Shape[..axis], .. indices.Shape, .. x.Shape[(axis + 1)..]]);
        int outer = ShapeOperators.Product(x.Shape.AsSpan(0, axis));
        int block = ShapeOperators.Product(x.Shape.AsSpan(axis + 1)) * x.Type.Size();
        int size = x.Shape[axis];
        c.Emit(() =>
        {
            ReadOnlySpan<byte> from = x.As<byte>();
            Span<byte> to = y.As<byte>();
            for (int o = 0; o < outer; o++)
            {
                for (int i = 0; i < indices.Count; i++)
                {
                    int at = At(indices, i, size);
                    from.Slice(((o * size) + at) * block, block).CopyTo(to);
                    to = to[block..];
                }
            }
        });
    }

    public static void PlanGatherElements(NodeContext c)
    {
        Operand x = c.Input(0);
        Operand indices = Indices(c, 1);
        int axis = c.Axis(c.Whole("axis", 0), x.Rank);
        bool fits = indices.Rank == x.Rank;
        for (int a = 0; fits && a < x.Rank; a++)
        {
            fits = a == axis || indices.Shape[a] <= x.Shape[a];
        }

        if (!fits)
        {
            throw c.RefuseShapes("indices within the other axes of the data", x, indices);
        }

        Operand y = c.Output(0, x.Type, indices.Shape);
        ElementWalk walk = new(indices.Shape, StridedCopy.Strides(x.Shape), axis);
        c.Emit(x.Type.Size() switch
        {
            1 => () => Pick<byte>(walk, x, indices, y, axis),
            4 => () => Pick<int>(walk, x, indices, y, axis),
            _ => () => Pick<long>(walk, x, indices, y, axis),
        });
    }

    public static void PlanGatherND(NodeContext c)
    {
        Operand x = c.Input(0);
        Operand indices = Indices(c, 1);
        int batch = c.Small("batch_dims", 0, 0, 8);
        int tuple = indices.Rank > 0 ? indices.Shape[^1] : 0;
        if (batch >= Math.Min(x.Rank, indices.Rank) || tuple < 1 || batch + tuple > x.Rank || !x.Shape.AsSpan(0, batch).SequenceEqual(indices.Shape.AsSpan(0, batch)))
        {
            throw c.RefuseShapes("index tuples no longer than the data has axes", x, indices);
        }

        Operand y = c.Output(0, x.Type, [.. indices.Shape[..^1], .. x.Shape[(batch + tuple)..]]);
        int block = ShapeOperators.Product(x.Shape.AsSpan(batch + tuple)) * x.Type.Size();
        int batches = ShapeOperators.Product(x.Shape.AsSpan(0, batch));
        int perBatch = ShapeOperators.Product(indices.Shape.AsSpan(batch, indices.Rank - 1 - batch));
        int[] sizes = x.Shape[batch..(batch + tuple)];
        int blocks = ShapeOperators.Product(sizes);
        c.Emit(() =>
        {
            ReadOnlySpan<byte> from = x.As<byte>();
            Span<byte> to = y.As<byte>();
            for (int i = 0; i < batches * perBatch; i++)
            {
                int at = i / perBatch * blocks;
                at += Tuple(indices, i * tuple, sizes);
                from.Slice(at * block, block).CopyTo(to);
                to = to[block..];
            }
        });
    }

    /// <summary>The flat position that a tuple of indices means.</summary>
    public static int Tuple(Operand indices, int first, ReadOnlySpan<int> sizes)
    {
        int at = 0;
        for (int k = 0; k < sizes.Length; k++)
        {
            at = (at * sizes[k]) + At(indices, first + k, sizes[k]);
        }

        return at;
    }

    private static void Pick<T>(ElementWalk walk, Operand x, Operand indices, Operand y, int axis)
        where T : unmanaged
    {
        ReadOnlySpan<T> from = x.As<T>();
        Span<T> to = y.As<T>();
        int size = x.Shape[axis];
        walk.Reset();
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = from[walk.Base + (At(indices, i, size) * walk.AxisStride)];
            walk.Next();
        }
    }
}

/// <summary>Walks over the places of an index tensor and tells where each lies in the data, but for the indexed axis.</summary>
/// <param name="shape">Shape of the indices.</param>
/// <param name="strides">Strides of the data.</param>
/// <param name="axis">The indexed axis.</param>
internal sealed class ElementWalk(int[] shape, int[] strides, int axis)
{
    private readonly int[] _counter = new int[shape.Length];

    public int Base { get; private set; }

    public int AxisStride { get; } = strides[axis];

    public void Reset()
    {
        Array.Clear(_counter);
        Base = 0;
    }

    public void Next()
    {
        for (int a = shape.Length - 1; a >= 0; a--)
        {
            int stride = a == axis ? 0 : strides[a];
            Base += stride;
            if (++_counter[a] < shape[a])
            {
                return;
            }

            Base -= stride * shape[a];
            _counter[a] = 0;
        }
    }
}
