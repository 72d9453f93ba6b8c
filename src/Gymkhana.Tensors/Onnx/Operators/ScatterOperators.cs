using System.Numerics;
using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Writing by index into a copy of the data, in the order of the indices.</summary>
internal static class ScatterOperators
{
    private enum Combining
    {
        Replace,
        Add,
        Multiply,
        Maximum,
        Minimum,
    }

    public static void PlanScatterElements(NodeContext c)
    {
        Operand x = c.Input(0);
        Operand indices = GatherOperators.Indices(c, 1);
        Operand updates = c.Input(2);
        int axis = c.Axis(c.Whole("axis", 0), x.Rank);
        bool fits = indices.Rank == x.Rank && updates.Type == x.Type && updates.Shape.AsSpan().SequenceEqual(indices.Shape);
        for (int a = 0; fits && a < x.Rank; a++)
        {
            fits = a == axis || indices.Shape[a] <= x.Shape[a];
        }

        if (!fits)
        {
            throw c.RefuseShapes("updates shaped like the indices, within the other axes of the data", x, indices, updates);
        }

        Operand y = Copied(c, x);
        Combining how = How(c);
        ElementWalk walk = new(indices.Shape, StridedCopy.Strides(x.Shape), axis);
        int size = x.Shape[axis];
        Dispatch(
            c,
            x.Type,
            () => Elements<float>(walk, indices, updates, y, size, how),
            () => Elements<double>(walk, indices, updates, y, size, how),
            () => Elements<int>(walk, indices, updates, y, size, how),
            () => Elements<long>(walk, indices, updates, y, size, how),
            () => Elements<byte>(walk, indices, updates, y, size, how));
    }

    public static void PlanScatterND(NodeContext c)
    {
        Operand x = c.Input(0);
        Operand indices = GatherOperators.Indices(c, 1);
        Operand updates = c.Input(2);
        int tuple = indices.Rank > 0 ? indices.Shape[^1] : 0;
        if (tuple < 1 || tuple > x.Rank || updates.Type != x.Type
            || !updates.Shape.AsSpan().SequenceEqual((int[])[.. indices.Shape[..^1], .. x.Shape[tuple..]]))
        {
            throw c.RefuseShapes("index tuples no longer than the data has axes, and an update for each", x, indices, updates);
        }

        Operand y = Copied(c, x);
        Combining how = How(c);
        int block = ShapeOperators.Product(x.Shape.AsSpan(tuple));
        int[] sizes = x.Shape[..tuple];
        Dispatch(
            c,
            x.Type,
            () => Tuples<float>(indices, updates, y, sizes, block, how),
            () => Tuples<double>(indices, updates, y, sizes, block, how),
            () => Tuples<int>(indices, updates, y, sizes, block, how),
            () => Tuples<long>(indices, updates, y, sizes, block, how),
            () => Tuples<byte>(indices, updates, y, sizes, block, how));
    }

    private static Operand Copied(NodeContext c, Operand x)
    {
        Operand y = c.Output(0, x.Type, x.Shape);
        c.Emit(() => x.As<byte>().CopyTo(y.As<byte>()));
        return y;
    }

    private static Combining How(NodeContext c) => c.Text("reduction", "none") switch
    {
        "none" => Combining.Replace,
        "add" => Combining.Add,
        "mul" => Combining.Multiply,
        "max" => Combining.Maximum,
        "min" => Combining.Minimum,
        string other => throw c.Refuse($"reduction {OnnxText.Quote(other)} is not known, expected none, add, mul, max or min. Export the model again."),
    };

    private static void Dispatch(NodeContext c, OnnxElementType type, Action single, Action twice, Action whole, Action large, Action small) => c.Emit(type switch
    {
        OnnxElementType.Float32 => single,
        OnnxElementType.Float64 => twice,
        OnnxElementType.Int32 => whole,
        OnnxElementType.Int64 => large,
        _ => small,
    });

    private static void Elements<T>(ElementWalk walk, Operand indices, Operand updates, Operand y, int size, Combining how)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> from = updates.As<T>();
        Span<T> to = y.As<T>();
        walk.Reset();
        for (int i = 0; i < from.Length; i++)
        {
            ref T place = ref to[walk.Base + (GatherOperators.At(indices, i, size) * walk.AxisStride)];
            place = Combine(place, from[i], how);
            walk.Next();
        }
    }

    private static void Tuples<T>(Operand indices, Operand updates, Operand y, int[] sizes, int block, Combining how)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> from = updates.As<T>();
        Span<T> to = y.As<T>();
        int tuples = indices.Count / sizes.Length;
        for (int i = 0; i < tuples; i++)
        {
            Span<T> target = to.Slice(GatherOperators.Tuple(indices, i * sizes.Length, sizes) * block, block);
            for (int j = 0; j < block; j++)
            {
                target[j] = Combine(target[j], from[(i * block) + j], how);
            }
        }
    }

    private static T Combine<T>(T old, T update, Combining how)
        where T : unmanaged, INumber<T> => how switch
        {
            Combining.Add => unchecked(old + update),
            Combining.Multiply => unchecked(old * update),
            Combining.Maximum => old > update ? old : update,
            Combining.Minimum => old < update ? old : update,
            _ => update,
        };
}
