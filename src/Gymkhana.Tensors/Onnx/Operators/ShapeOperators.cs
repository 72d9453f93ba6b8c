using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Operators that show the same elements in another shape, or that speak of shapes.</summary>
internal static class ShapeOperators
{
    /// <summary>Sizes given as values, checked to be sizes.</summary>
    public static int[] Sizes(NodeContext c, ReadOnlySpan<long> values)
    {
        if (values.Length > Wire.TensorReader.MostAxes)
        {
            throw c.Refuse($"its result has {values.Length} axes, expected at most {Wire.TensorReader.MostAxes}. Export a simpler model.");
        }

        int[] sizes = new int[values.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = values[i] is >= 0 and <= int.MaxValue
                ? (int)values[i]
                : throw c.Refuse($"its result would have an axis of size {values[i]}, expected 0 to {int.MaxValue}. Export the model again, or check the inputs' shapes.");
        }

        return sizes;
    }

    /// <summary>The shape, or from operator set 15 on a part of it.</summary>
    public static void PlanShape(NodeContext c)
    {
        Operand x = c.Input(0);
        int start = Bound(c.Whole("start", 0), x.Rank);
        int end = Bound(c.Whole("end", x.Rank), x.Rank);
        long[] sizes = [.. x.Shape.AsSpan(start, Math.Max(end - start, 0)).ToArray().Select(s => (long)s)];
        c.Give(0, ConstantTensor.Of<long>(sizes, sizes.Length));
    }

    public static void PlanSize(NodeContext c) => c.Give(0, ConstantTensor.Of<long>([c.Input(0).Count]));

    public static void PlanIdentity(NodeContext c) => c.Show(0, c.Input(0), c.Input(0).Shape);

    /// <summary>Without training nothing is dropped; a mask, if asked for, says so.</summary>
    public static void PlanDropout(NodeContext c)
    {
        Operand x = c.Input(0);
        if (c.Has(2) && c.Known(2).As<byte>() is [not 0, ..] && !DropsNothing(c))
        {
            throw c.Refuse("operator Dropout in training mode draws at random, which is not run here. Export the model in evaluation mode (model.eval()).");
        }

        c.Show(0, x, x.Shape);
        if (c.Wants(1))
        {
            Operand mask = c.Output(1, OnnxElementType.Boolean, x.Shape);
            c.Emit(() => mask.As<byte>().Fill(1));
        }
    }

    /// <summary>Size 0 copies the input's (unless allowzero), one size −1 is worked out from the rest.</summary>
    public static void PlanReshape(NodeContext c)
    {
        Operand x = c.Input(0);
        long[] wanted = c.KnownWholes(1);
        bool keepsZero = c.Flag("allowzero");
        int open = -1;
        long known = 1;
        for (int axis = 0; axis < wanted.Length; axis++)
        {
            if (wanted[axis] == 0 && !keepsZero)
            {
                wanted[axis] = axis < x.Rank ? x.Shape[axis] : throw c.RefuseShapes($"an axis {axis} to keep the size of", x);
            }

            if (wanted[axis] == -1)
            {
                open = open < 0 ? axis : throw c.Refuse("two sizes of the new shape are open, expected one. Export the model again.");
            }
            else
            {
                known = known * wanted[axis] is var product && wanted[axis] is >= 0 and <= int.MaxValue && product <= int.MaxValue
                    ? product
                    : throw c.Refuse($"a shape with an axis of size {wanted[axis]} does not fit {OnnxText.Shape(x.Shape)}. Export the model again.");
            }
        }

        if (open >= 0)
        {
            wanted[open] = known > 0 && x.Count % known == 0
                ? x.Count / known
                : throw c.Refuse($"{OnnxText.Shape(x.Shape)} does not fit into [{string.Join(", ", wanted)}]. Export the model again, or check the inputs' shapes.");
        }

        c.Show(0, x, Sizes(c, wanted));
    }

    public static void PlanFlatten(NodeContext c)
    {
        Operand x = c.Input(0);
        long axis = c.Whole("axis", 1);
        int split = axis == x.Rank ? x.Rank : c.Axis(axis, x.Rank);
        c.Show(0, x, Product(x.Shape.AsSpan(0, split)), Product(x.Shape.AsSpan(split)));
    }

    /// <summary>Axes are an attribute before operator set 13, an input from then on; without them all axes of size 1 go.</summary>
    public static void PlanSqueeze(NodeContext c)
    {
        Operand x = c.Input(0);
        long[]? given = c.Opset < 13 ? c.Wholes("axes") : c.Has(1) ? c.KnownWholes(1) : null;
        int[] axes = given is null ? [.. Enumerable.Range(0, x.Rank).Where(a => x.Shape[a] == 1)] : c.Axes(given, x.Rank);
        if (axes.Any(a => x.Shape[a] != 1))
        {
            throw c.RefuseShapes($"size 1 in axes [{string.Join(", ", axes)}]", x);
        }

        c.Show(0, x, [.. Enumerable.Range(0, x.Rank).Except(axes).Select(a => x.Shape[a])]);
    }

    public static void PlanUnsqueeze(NodeContext c)
    {
        Operand x = c.Input(0);
        long[] given = (c.Opset < 13 ? c.Wholes("axes") : c.KnownWholes(1)) ?? throw c.Refuse("its axes are missing. Export the model again.");
        int rank = x.Rank + Math.Min(given.Length, Wire.TensorReader.MostAxes + 1);
        int[] axes = c.Axes(given, rank);
        int[] shape = new int[rank];
        int next = 0;
        for (int axis = 0; axis < rank; axis++)
        {
            shape[axis] = axes.Contains(axis) ? 1 : x.Shape[next++];
        }

        c.Show(0, x, shape);
    }

    /// <summary>Product of sizes of a tensor that exists, so that it cannot overflow.</summary>
    public static int Product(ReadOnlySpan<int> sizes)
    {
        int product = 1;
        foreach (int size in sizes)
        {
            product *= size;
        }

        return product;
    }

    private static bool DropsNothing(NodeContext c) => c.Has(1) && c.Known(1).Type == OnnxElementType.Float32 && c.Known(1).As<float>() is [0f];

    private static int Bound(long axis, int rank) => (int)Math.Clamp(axis < 0 ? axis + rank : axis, 0, rank);
}
