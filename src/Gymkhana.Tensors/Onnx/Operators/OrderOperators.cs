using System.Numerics;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Operators that ask which is largest: ArgMax, ArgMin, Hardmax, TopK.</summary>
internal static class OrderOperators
{
    public static void PlanArg(NodeContext c)
    {
        Operand x = c.Input(0);
        int axis = c.Axis(c.Whole("axis", 0), x.Rank);
        bool keep = c.Flag("keepdims", true);
        bool last = c.Flag("select_last_index");
        bool smallest = c.Node.Operator == "ArgMin";
        if (x.Shape[axis] == 0)
        {
            throw c.RefuseShapes($"at least one element in axis {axis}", x);
        }

        Operand y = c.Output(0, OnnxElementType.Int64, [.. x.Shape[..axis], .. keep ? [1] : Array.Empty<int>(), .. x.Shape[(axis + 1)..]]);
        int size = x.Shape[axis];
        int inner = ShapeOperators.Product(x.Shape.AsSpan(axis + 1));
        c.Emit(
            x.Type switch
            {
                OnnxElementType.Float32 => () => Best(x.As<float>(), y.As<long>(), size, inner, smallest, last),
                OnnxElementType.Float64 => () => Best(x.As<double>(), y.As<long>(), size, inner, smallest, last),
                OnnxElementType.Int32 => () => Best(x.As<int>(), y.As<long>(), size, inner, smallest, last),
                OnnxElementType.Int64 => () => Best(x.As<long>(), y.As<long>(), size, inner, smallest, last),
                OnnxElementType.UInt8 => () => Best(x.As<byte>(), y.As<long>(), size, inner, smallest, last),
                _ => throw c.RefuseType(x.Type),
            },
            x.Count);
    }

    /// <summary>1 at the first largest element, 0 elsewhere; before operator set 13 all axes from the given one on count as one.</summary>
    public static void PlanHardmax(NodeContext c)
    {
        Operand x = c.Float(0);
        Operand y = c.Output(0, x.Type, x.Shape);
        int axis = c.Axis(c.Whole("axis", c.Opset < 13 ? 1 : -1), x.Rank);
        int size = c.Opset < 13 ? ShapeOperators.Product(x.Shape.AsSpan(axis)) : x.Shape[axis];
        int inner = c.Opset < 13 ? 1 : ShapeOperators.Product(x.Shape.AsSpan(axis + 1));
        c.Emit(() =>
        {
            ReadOnlySpan<float> from = x.As<float>();
            Span<float> to = y.As<float>();
            to.Clear();
            for (int line = 0; to.Length > 0 && line < to.Length / size; line++)
            {
                int first = (line / inner * size * inner) + (line % inner);
                to[first + (Find(from, first, size, inner, smallest: false, last: false) * inner)] = 1f;
            }
        });
    }

    /// <summary>The k largest or smallest along an axis, in order; equals keep the order of their indices.</summary>
    public static void PlanTopK(NodeContext c)
    {
        Operand x = c.Input(0);
        long k = c.KnownWhole(1);
        int axis = c.Axis(c.Whole("axis", -1), x.Rank);
        if (k < 0 || k > x.Shape[axis])
        {
            throw c.RefuseShapes($"at least {k} elements in axis {axis}", x);
        }

        int[] shape = [.. x.Shape];
        shape[axis] = (int)k;
        Operand values = c.Output(0, x.Type, shape);
        Operand indices = c.Output(1, OnnxElementType.Int64, shape);
        Operand order = c.Scratch(OnnxElementType.Int32, x.Shape[axis]);
        bool largest = c.Flag("largest", true);
        int inner = ShapeOperators.Product(x.Shape.AsSpan(axis + 1));
        c.Emit(
            x.Type switch
            {
                OnnxElementType.Float32 => () => Top<float>(x, values, indices, order, (int)k, inner, largest),
                OnnxElementType.Float64 => () => Top<double>(x, values, indices, order, (int)k, inner, largest),
                OnnxElementType.Int32 => () => Top<int>(x, values, indices, order, (int)k, inner, largest),
                OnnxElementType.Int64 => () => Top<long>(x, values, indices, order, (int)k, inner, largest),
                OnnxElementType.UInt8 => () => Top<byte>(x, values, indices, order, (int)k, inner, largest),
                _ => throw c.RefuseType(x.Type),
            },
            (long)x.Count * 40);
    }

    private static void Best<T>(ReadOnlySpan<T> x, Span<long> y, int size, int inner, bool smallest, bool last)
        where T : unmanaged, INumber<T>
    {
        for (int line = 0; line < y.Length; line++)
        {
            y[line] = Find(x, (line / inner * size * inner) + (line % inner), size, inner, smallest, last);
        }
    }

    private static int Find<T>(ReadOnlySpan<T> x, int first, int size, int inner, bool smallest, bool last)
        where T : unmanaged, INumber<T>
    {
        int best = 0;
        T record = x[first];
        for (int i = 1; i < size; i++)
        {
            T value = x[first + (i * inner)];
            if (smallest ? value < record : value > record)
            {
                (best, record) = (i, value);
            }
            else if (last && value == record)
            {
                best = i;
            }
        }

        return best;
    }

    private static void Top<T>(Operand x, Operand values, Operand indices, Operand order, int k, int inner, bool largest)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> from = x.As<T>();
        Span<int> places = order.As<int>();
        int size = places.Length;
        for (int line = 0; k > 0 && line < from.Length / size; line++)
        {
            int first = (line / inner * size * inner) + (line % inner);
            for (int i = 0; i < size; i++)
            {
                places[i] = first + (i * inner);
            }

            Sort(places, from, largest);
            for (int i = 0; i < k; i++)
            {
                int at = (((line / inner * k) + i) * inner) + (line % inner);
                values.As<T>()[at] = from[places[i]];
                indices.As<long>()[at] = (places[i] - first) / inner;
            }
        }
    }

    // Heap sort: no allocation, and bounded whatever the values. Positions decide between equals.
    private static void Sort<T>(Span<int> places, ReadOnlySpan<T> x, bool largest)
        where T : unmanaged, INumber<T>
    {
        for (int root = (places.Length / 2) - 1; root >= 0; root--)
        {
            Sink(places, root, x, largest);
        }

        for (int end = places.Length - 1; end > 0; end--)
        {
            (places[0], places[end]) = (places[end], places[0]);
            Sink(places[..end], 0, x, largest);
        }
    }

    private static void Sink<T>(Span<int> heap, int root, ReadOnlySpan<T> x, bool largest)
        where T : unmanaged, INumber<T>
    {
        while ((2 * root) + 1 < heap.Length)
        {
            int child = (2 * root) + 1;
            if (child + 1 < heap.Length && Before(heap[child], heap[child + 1], x, largest))
            {
                child++;
            }

            if (!Before(heap[root], heap[child], x, largest))
            {
                return;
            }

            (heap[root], heap[child]) = (heap[child], heap[root]);
            root = child;
        }
    }

    private static bool Before<T>(int a, int b, ReadOnlySpan<T> x, bool largest)
        where T : unmanaged, INumber<T> => x[a] == x[b] ? a < b : largest ? x[a] > x[b] : x[a] < x[b];
}
