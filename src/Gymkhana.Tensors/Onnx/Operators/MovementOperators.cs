using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Operators that move elements without looking at them.</summary>
internal static class MovementOperators
{
    /// <summary>A copy that broadcasts an operand to a shape.</summary>
    public static StridedCopy Spread(Operand x, int[] shape)
    {
        int[] own = StridedCopy.Strides(x.Shape);
        int[] steps = new int[shape.Length];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            int local = axis - shape.Length + x.Rank;
            steps[axis] = local < 0 || x.Shape[local] == 1 ? 0 : own[local];
        }

        return new StridedCopy(x.Type.Size(), shape, steps, 0, StridedCopy.Strides(shape), 0);
    }

    public static void PlanTranspose(NodeContext c)
    {
        Operand x = c.Input(0);
        int[] order = c.Wholes("perm") is { } given ? c.Axes(given, x.Rank) : [.. Enumerable.Range(0, x.Rank).Reverse()];
        if (order.Length != x.Rank)
        {
            throw c.RefuseShapes($"{order.Length} axes", x);
        }

        int[] strides = StridedCopy.Strides(x.Shape);
        int[] shape = [.. order.Select(a => x.Shape[a])];
        Gather(c, x, shape, [.. order.Select(a => strides[a])], 0);
    }

    public static void PlanConcat(NodeContext c)
    {
        Operand first = c.Input(0);
        if (first.Rank == 0)
        {
            throw c.RefuseShapes("at least one axis", first);
        }

        int axis = c.Axis(c.Whole("axis", c.Opset < 4 ? 1 : 0), first.Rank);
        int[] shape = [.. first.Shape];
        for (int i = 1; i < c.InputCount; i++)
        {
            Operand next = c.Input(i);
            bool fits = next.Rank == first.Rank && next.Type == first.Type;
            for (int a = 0; fits && a < first.Rank; a++)
            {
                fits = a == axis || next.Shape[a] == first.Shape[a];
            }

            long joined = fits ? (long)shape[axis] + next.Shape[axis] : throw c.RefuseShapes($"inputs of one type that differ in axis {axis} only", first, next);
            shape[axis] = (int)Math.Min(joined, int.MaxValue);
        }

        Operand y = c.Output(0, first.Type, shape);
        int[] to = StridedCopy.Strides(shape);
        int start = 0;
        for (int i = 0; i < c.InputCount; i++)
        {
            Operand part = c.Input(i);
            StridedCopy copy = new(part.Type.Size(), part.Shape, StridedCopy.Strides(part.Shape), 0, to, start * to[axis]);
            c.Emit(() => copy.Run(part.As<byte>(), y.As<byte>()));
            start += part.Shape[axis];
        }
    }

    /// <summary>Sizes are an attribute before operator set 13, an input from then on; from 18 on num_outputs may stand for them.</summary>
    public static void PlanSplit(NodeContext c)
    {
        Operand x = c.Input(0);
        int axis = c.Axis(c.Whole("axis", 0), x.Rank);
        int parts = c.Node.Outputs.Length;
        long[]? sizes = c.Opset < 13 ? c.Wholes("split") : c.Has(1) ? c.KnownWholes(1) : null;
        if (sizes is null)
        {
            // From operator set 18 on the last part may be smaller.
            int each = (x.Shape[axis] + parts - 1) / parts;
            if (c.Opset < 18 && each * parts != x.Shape[axis])
            {
                throw c.RefuseShapes($"axis {axis} to divide into {parts} equal parts", x);
            }

            sizes = [.. Enumerable.Range(0, parts).Select(i => (long)Math.Clamp(x.Shape[axis] - ((long)i * each), 0, each))];
        }

        if (sizes.Length != parts || sizes.Any(s => s < 0 || s > x.Shape[axis]) || sizes.Sum() != x.Shape[axis])
        {
            throw c.RefuseShapes($"axis {axis} to divide into {parts} parts of sizes [{string.Join(", ", sizes.Take(20))}]", x);
        }

        int[] from = StridedCopy.Strides(x.Shape);
        int start = 0;
        for (int i = 0; i < parts; i++)
        {
            int[] shape = [.. x.Shape];
            shape[axis] = (int)sizes[i];
            Operand y = c.Output(i, x.Type, shape);
            StridedCopy copy = new(x.Type.Size(), shape, from, start * from[axis], StridedCopy.Strides(shape), 0);
            c.Emit(() => copy.Run(x.As<byte>(), y.As<byte>()));
            start += shape[axis];
        }
    }

    /// <summary>Starts, ends and axes are attributes before operator set 10, inputs from then on, with steps.</summary>
    public static void PlanSlice(NodeContext c)
    {
        Operand x = c.Input(0);
        bool attributes = c.Opset < 10;
        long[]? starts = attributes ? c.Wholes("starts") : c.KnownWholes(1);
        long[]? ends = attributes ? c.Wholes("ends") : c.KnownWholes(2);
        if (starts is null || ends is null || starts.Length != ends.Length || starts.Length > x.Rank)
        {
            throw c.RefuseShapes("a start and an end for each of the axes to cut", x);
        }

        long[]? given = attributes ? c.Wholes("axes") : c.Has(3) ? c.KnownWholes(3) : null;
        int[] axes = given is null ? [.. Enumerable.Range(0, starts.Length)] : c.Axes(given, x.Rank);
        long[] steps = !attributes && c.Has(4) ? c.KnownWholes(4) : [.. starts.Select(_ => 1L)];
        if (axes.Length != starts.Length || steps.Length != starts.Length)
        {
            throw c.Refuse($"{axes.Length} axes, {starts.Length} starts and {steps.Length} steps are given, expected as many of each. Export the model again.");
        }

        int[] shape = [.. x.Shape];
        int[] strides = StridedCopy.Strides(x.Shape);
        int first = 0;
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = axes[i];
            (int start, int count) = Cut(c, starts[i], ends[i], steps[i], x.Shape[axis]);
            first += start * strides[axis];
            shape[axis] = count;
            strides[axis] = count > 1 ? (int)(strides[axis] * steps[i]) : strides[axis];
        }

        Gather(c, x, shape, strides, ShapeOperators.Product(shape) == 0 ? 0 : first);
    }

    public static void PlanExpand(NodeContext c)
    {
        Operand x = c.Input(0);
        int[] wanted = ShapeOperators.Sizes(c, c.KnownWholes(1));
        int[] shape = BroadcastLoop.Broadcast(x.Shape, wanted) ?? throw c.RefuseShapes($"a shape that broadcasts with {OnnxText.Shape(wanted)}", x);
        Operand y = c.Output(0, x.Type, shape);
        StridedCopy copy = Spread(x, shape);
        c.Emit(() => copy.Run(x.As<byte>(), y.As<byte>()));
    }

    /// <summary>Repeats along each axis: seen as [repeat, size] for each axis, the repeats have stride 0.</summary>
    public static void PlanTile(NodeContext c)
    {
        Operand x = c.Input(0);
        int[] repeats = ShapeOperators.Sizes(c, c.KnownWholes(1));
        if (repeats.Length != x.Rank)
        {
            throw c.RefuseShapes($"{repeats.Length} axes, one for each repetition", x);
        }

        int[] shape = [.. x.Shape.Select((s, a) => (int)Math.Min((long)s * repeats[a], int.MaxValue))];
        Operand y = c.Output(0, x.Type, shape);
        int[] strides = StridedCopy.Strides(x.Shape);
        int[] to = StridedCopy.Strides(shape);
        int[] box = [.. x.Shape.SelectMany((s, a) => new[] { repeats[a], s })];
        int[] from = [.. strides.SelectMany(s => new[] { 0, s })];
        int[] into = [.. to.SelectMany((s, a) => new[] { (int)Math.Min((long)s * x.Shape[a], int.MaxValue), s })];
        StridedCopy copy = new(x.Type.Size(), box, from, 0, into, 0);
        c.Emit(() => copy.Run(x.As<byte>(), y.As<byte>()));
    }

    /// <summary>[n, c, h, w] to [n, c / b², h·b, w·b].</summary>
    public static void PlanDepthToSpace(NodeContext c)
    {
        Operand x = c.Input(0);
        int b = c.Small("blocksize", 1, 1, 1000);
        if (x.Rank != 4 || x.Shape[1] % (b * b) != 0)
        {
            throw c.RefuseShapes($"[n, channels, height, width] with channels divisible by {b * b}", x);
        }

        (int n, int depth, int h, int w) = (x.Shape[0], x.Shape[1] / (b * b), x.Shape[2], x.Shape[3]);
        bool columnsFirst = c.Text("mode", "DCR") == "CRD";
        int[] split = columnsFirst ? [n, depth, b, b, h, w] : [n, b, b, depth, h, w];
        int[] order = columnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
        Permute(c, x, split, order, [n, depth, Times(h, b), Times(w, b)]);
    }

    /// <summary>[n, c, h, w] to [n, c·b², h / b, w / b].</summary>
    public static void PlanSpaceToDepth(NodeContext c)
    {
        Operand x = c.Input(0);
        int b = c.Small("blocksize", 1, 1, 1000);
        if (x.Rank != 4 || x.Shape[2] % b != 0 || x.Shape[3] % b != 0)
        {
            throw c.RefuseShapes($"[n, channels, height, width] with height and width divisible by {b}", x);
        }

        (int n, int depth, int h, int w) = (x.Shape[0], x.Shape[1], x.Shape[2] / b, x.Shape[3] / b);
        Permute(c, x, [n, depth, h, b, w, b], [0, 3, 5, 1, 2, 4], [n, Times(depth, b * b), h, w]);
    }

    private static int Times(int size, int factor) => (int)Math.Min((long)size * factor, int.MaxValue);

    private static void Permute(NodeContext c, Operand x, int[] split, int[] order, int[] shape)
    {
        int[] strides = StridedCopy.Strides(split);
        int[] box = [.. order.Select(a => split[a])];
        Operand y = c.Output(0, x.Type, shape);
        StridedCopy copy = new(x.Type.Size(), box, [.. order.Select(a => strides[a])], 0, StridedCopy.Strides(box), 0);
        c.Emit(() => copy.Run(x.As<byte>(), y.As<byte>()));
    }

    private static void Gather(NodeContext c, Operand x, int[] shape, int[] strides, int first)
    {
        Operand y = c.Output(0, x.Type, shape);
        StridedCopy copy = new(x.Type.Size(), shape, strides, first, StridedCopy.Strides(shape), 0);
        c.Emit(() => copy.Run(x.As<byte>(), y.As<byte>()));
    }

    // Python's slicing: negative counts from the end, what lies outside is cut off.
    private static (int Start, int Count) Cut(NodeContext c, long start, long end, long step, int size)
    {
        if (step == 0 || step < -int.MaxValue || step == long.MinValue)
        {
            step = step == 0 ? throw c.Refuse("a step is 0, expected another number. Export the model again.") : -int.MaxValue;
        }

        start = start < 0 ? Math.Max(start, -size - 1L) + size : start;
        end = end < 0 ? Math.Max(end, -size - 1L) + size : end;
        if (step > 0)
        {
            start = Math.Clamp(start, 0, size);
            end = Math.Clamp(end, 0, size);
            return ((int)start, (int)Math.Max((end - start + Math.Min(step, int.MaxValue) - 1) / Math.Min(step, int.MaxValue), 0));
        }

        start = Math.Clamp(start, -1, size - 1L);
        end = Math.Clamp(end, -1, size - 1L);
        return ((int)Math.Max(start, 0), (int)Math.Max((start - end - step - 1) / -step, 0));
    }
}
