using System.Numerics;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Operators that choose, mark or run along elements: OneHot, Compress, NonZero, CumSum, Trilu, ReverseSequence.</summary>
internal static class SelectionOperators
{
    public static void PlanOneHot(NodeContext c)
    {
        Operand indices = c.Input(0);
        Operand depthValue = c.Known(1);
        Operand values = c.Input(2);
        double depth = depthValue.Count == 1 ? Number(depthValue, 0) : throw c.RefuseShapes("one number for the depth", depthValue);
        if (values.Count != 2 || !(depth >= 1 && depth <= int.MaxValue))
        {
            throw c.Refuse($"a depth of {depth} and {values.Count} values are given, expected a depth of at least 1 and two values. Export the model again.");
        }

        int size = (int)depth;
        int axis = c.Axis(c.Whole("axis", -1), indices.Rank + 1);
        Operand y = c.Output(0, values.Type, [.. indices.Shape[..axis], size, .. indices.Shape[axis..]]);
        int inner = ShapeOperators.Product(indices.Shape.AsSpan(axis));
        c.Emit(values.Type.Size() switch
        {
            1 => () => Mark<byte>(indices, values, y, size, inner),
            4 => () => Mark<int>(indices, values, y, size, inner),
            _ => () => Mark<long>(indices, values, y, size, inner),
        });
    }

    /// <summary>The elements (or slices along an axis) where the condition holds; how many decides the shape.</summary>
    public static void PlanCompress(NodeContext c)
    {
        Operand x = c.Input(0);
        Operand condition = c.Known(1);
        bool flat = !c.HasAttribute("axis");
        int axis = flat ? 0 : c.Axis(c.Whole("axis", 0), x.Rank);
        int size = flat ? x.Count : x.Shape[axis];
        if (condition.Type != OnnxElementType.Boolean || condition.Count > size)
        {
            throw c.RefuseShapes("a condition in bool no longer than the data", x, condition);
        }

        int[] kept = [.. Enumerable.Range(0, condition.Count).Where(i => condition.As<byte>()[i] != 0)];
        int[] shape = flat ? [kept.Length] : [.. x.Shape[..axis], kept.Length, .. x.Shape[(axis + 1)..]];
        Operand y = c.Output(0, x.Type, shape);
        int outer = flat ? 1 : ShapeOperators.Product(x.Shape.AsSpan(0, axis));
        int block = (flat ? 1 : ShapeOperators.Product(x.Shape.AsSpan(axis + 1))) * x.Type.Size();
        c.Emit(() =>
        {
            ReadOnlySpan<byte> from = x.As<byte>();
            Span<byte> to = y.As<byte>();
            for (int o = 0; o < outer; o++)
            {
                foreach (int index in kept)
                {
                    from.Slice(((o * size) + index) * block, block).CopyTo(to);
                    to = to[block..];
                }
            }
        });
    }

    public static void PlanNonZero(NodeContext c)
    {
        Operand x = c.Known(0);
        List<int> found = [];
        for (int i = 0; i < x.Count; i++)
        {
            if (Number(x, i) != 0)
            {
                found.Add(i);
            }
        }

        Operand y = c.Output(0, OnnxElementType.Int64, x.Rank, found.Count);
        c.Emit(
            () =>
            {
                Span<long> to = y.As<long>();
                for (int i = 0; i < found.Count; i++)
                {
                    int rest = found[i];
                    for (int axis = x.Rank - 1; axis >= 0; axis--)
                    {
                        to[(axis * found.Count) + i] = rest % x.Shape[axis];
                        rest /= x.Shape[axis];
                    }
                }
            },
            x.Count);
    }

    public static void PlanCumSum(NodeContext c)
    {
        Operand x = c.Input(0);
        int axis = c.Axis(c.KnownWhole(1), x.Rank);
        bool exclusive = c.Flag("exclusive");
        bool reverse = c.Flag("reverse");
        Operand y = c.Output(0, x.Type, x.Shape);
        int size = x.Shape[axis];
        int inner = ShapeOperators.Product(x.Shape.AsSpan(axis + 1));
        c.Emit(x.Type switch
        {
            OnnxElementType.Float32 => () => Accumulate(x.As<float>(), y.As<float>(), size, inner, exclusive, reverse),
            OnnxElementType.Float64 => () => Accumulate(x.As<double>(), y.As<double>(), size, inner, exclusive, reverse),
            OnnxElementType.Int32 => () => Accumulate(x.As<int>(), y.As<int>(), size, inner, exclusive, reverse),
            OnnxElementType.Int64 => () => Accumulate(x.As<long>(), y.As<long>(), size, inner, exclusive, reverse),
            _ => throw c.RefuseType(x.Type),
        });
    }

    /// <summary>The upper or lower triangle of the last two axes, zeros elsewhere.</summary>
    public static void PlanTrilu(NodeContext c)
    {
        Operand x = c.Input(0);
        long diagonal = c.Has(1) ? c.KnownWhole(1) : 0;
        if (x.Rank < 2)
        {
            throw c.RefuseShapes("at least two axes", x);
        }

        diagonal = Math.Clamp(diagonal, -int.MaxValue, int.MaxValue);
        bool upper = c.Flag("upper", true);
        Operand y = c.Output(0, x.Type, x.Shape);
        (int rows, int columns, int size) = (x.Shape[^2], x.Shape[^1], x.Type.Size());
        c.Emit(() =>
        {
            x.As<byte>().CopyTo(y.As<byte>());
            Span<byte> to = y.As<byte>();
            for (int line = 0; columns > 0 && line < to.Length / (columns * size); line++)
            {
                // Column j stays where j − row ≥ diagonal (upper) or ≤ diagonal (lower).
                long edge = (line % rows) + diagonal;
                int first = (int)Math.Clamp(upper ? 0 : edge + 1, 0, columns);
                int last = (int)Math.Clamp(upper ? edge : columns, 0, columns);
                if (last > first)
                {
                    to.Slice(((line * columns) + first) * size, (last - first) * size).Clear();
                }
            }
        });
    }

    /// <summary>Reverses the beginning of each sequence of a batch.</summary>
    public static void PlanReverseSequence(NodeContext c)
    {
        Operand x = c.Input(0);
        Operand lengths = GatherOperators.Indices(c, 1);
        int batchAxis = c.Small("batch_axis", 1, 0, 1);
        int timeAxis = c.Small("time_axis", 0, 0, 1);
        if (x.Rank < 2 || batchAxis == timeAxis || lengths.Rank != 1 || lengths.Count != x.Shape[batchAxis])
        {
            throw c.RefuseShapes("sequences with a length for each", x, lengths);
        }

        Operand y = c.Output(0, x.Type, x.Shape);
        int inner = ShapeOperators.Product(x.Shape.AsSpan(2)) * x.Type.Size();
        int times = x.Shape[timeAxis];
        int batches = x.Shape[batchAxis];
        (int timeStep, int batchStep) = timeAxis == 0 ? (batches * inner, inner) : (inner, times * inner);
        c.Emit(() =>
        {
            ReadOnlySpan<byte> from = x.As<byte>();
            Span<byte> to = y.As<byte>();
            for (int b = 0; b < batches; b++)
            {
                int length = GatherOperators.At(lengths, b, times + 1);
                for (int t = 0; t < times; t++)
                {
                    int source = t < length ? length - 1 - t : t;
                    from.Slice((source * timeStep) + (b * batchStep), inner).CopyTo(to[((t * timeStep) + (b * batchStep))..]);
                }
            }
        });
    }

    // An element as a number, exact but for very large ones.
    private static double Number(Operand x, int position) => x.Type switch
    {
        OnnxElementType.Float32 => x.As<float>()[position],
        OnnxElementType.Float64 => x.As<double>()[position],
        OnnxElementType.Int32 => x.As<int>()[position],
        OnnxElementType.Int64 => x.As<long>()[position],
        _ => x.As<byte>()[position],
    };

    private static void Mark<T>(Operand indices, Operand values, Operand y, int size, int inner)
        where T : unmanaged
    {
        T off = values.As<T>()[0];
        T on = values.As<T>()[1];
        Span<T> to = y.As<T>();
        to.Fill(off);
        for (int i = 0; i < indices.Count; i++)
        {
            double index = Number(indices, i);
            index = index < 0 ? index + size : index;
            if (index >= 0 && index < size)
            {
                to[(((i / inner * size) + (int)index) * inner) + (i % inner)] = on;
            }
        }
    }

    private static void Accumulate<T>(ReadOnlySpan<T> x, Span<T> y, int size, int inner, bool exclusive, bool reverse)
        where T : unmanaged, INumber<T>
    {
        for (int line = 0; size > 0 && inner > 0 && line < x.Length / size; line++)
        {
            int first = (line / inner * size * inner) + (line % inner);
            T sum = T.Zero;
            for (int i = 0; i < size; i++)
            {
                int at = first + ((reverse ? size - 1 - i : i) * inner);
                T value = x[at];
                y[at] = exclusive ? sum : unchecked(sum + value);
                sum = unchecked(sum + value);
            }
        }
    }
}
