using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Pad: with a constant, or by reflecting or repeating the edge.</summary>
internal static class PadOperators
{
    /// <summary>Widths and value are attributes before operator set 11, inputs from then on; from 18 on axes may be named.</summary>
    public static void PlanPad(NodeContext c)
    {
        Operand x = c.Input(0);
        long[] given = (c.Opset < 11 ? c.Wholes("pads") : c.KnownWholes(1)) ?? throw c.Refuse("its pads are missing. Export the model again.");
        int[] axes = c.Opset >= 18 && c.Has(3) ? c.Axes(c.KnownWholes(3), x.Rank) : [.. Enumerable.Range(0, x.Rank)];
        if (given.Length != 2 * axes.Length)
        {
            throw c.Refuse($"{given.Length} widths are given, expected {2 * axes.Length}: one before and one after for each axis. Export the model again.");
        }

        int[] before = new int[x.Rank];
        int[] shape = [.. x.Shape];
        for (int i = 0; i < axes.Length; i++)
        {
            (long low, long high) = (given[i], given[i + axes.Length]);
            if (Math.Abs(Math.Max(low, -int.MaxValue)) > 1_000_000 || Math.Abs(Math.Max(high, -int.MaxValue)) > 1_000_000)
            {
                throw c.Refuse($"a width of {low} or {high} is expected to be at most 1000000. Export the model again.");
            }

            before[axes[i]] = (int)low;
            shape[axes[i]] = (int)Math.Min(shape[axes[i]] + low + high, int.MaxValue);
        }

        Operand y = c.Output(0, x.Type, shape);
        string mode = c.Text("mode", "constant");
        if (mode == "constant")
        {
            PlanConstant(c, x, y, before);
        }
        else
        {
            PlanMirror(c, x, y, before, mode);
        }
    }

    private static void PlanConstant(NodeContext c, Operand x, Operand y, int[] before)
    {
        Operand? value = c.Opset >= 11 ? c.Optional(2) : null;
        if (value is not null && (value.Type != x.Type || value.Count != 1))
        {
            throw c.Refuse($"its value has {value.Count} elements of type {value.Type.Name()}, expected one of {x.Type.Name()}. Export the model again.");
        }

        float attribute = c.Opset < 11 ? c.Single("value", 0f) : 0f;
        c.Emit(x.Type switch
        {
            OnnxElementType.Float32 => () => y.As<float>().Fill(value is null ? attribute : value.As<float>()[0]),
            OnnxElementType.Float64 => () => y.As<double>().Fill(value is null ? attribute : value.As<double>()[0]),
            OnnxElementType.Int32 => () => y.As<int>().Fill(value is null ? (int)attribute : value.As<int>()[0]),
            OnnxElementType.Int64 => () => y.As<long>().Fill(value is null ? (long)attribute : value.As<long>()[0]),
            _ => () => y.As<byte>().Fill(value is null ? (byte)attribute : value.As<byte>()[0]),
        });

        // Negative widths cut: only the part of x that lies within y is copied.
        int[] from = StridedCopy.Strides(x.Shape);
        int[] to = StridedCopy.Strides(y.Shape);
        int[] box = new int[x.Rank];
        int source = 0;
        int target = 0;
        for (int axis = 0; axis < x.Rank; axis++)
        {
            int skipped = Math.Max(-before[axis], 0);
            int start = Math.Max(before[axis], 0);
            box[axis] = Math.Max(Math.Min(x.Shape[axis] - skipped, y.Shape[axis] - start), 0);
            source += skipped * from[axis];
            target += start * to[axis];
        }

        if (Array.IndexOf(box, 0) < 0)
        {
            StridedCopy copy = new(x.Type.Size(), box, from, source, to, target);
            c.Emit(() => copy.Run(x.As<byte>(), y.As<byte>()));
        }
    }

    private static void PlanMirror(NodeContext c, Operand x, Operand y, int[] before, string mode)
    {
        // For each axis, which element of x each element of y shows.
        int[][] maps = new int[x.Rank][];
        int[] strides = StridedCopy.Strides(x.Shape);
        for (int axis = 0; axis < x.Rank; axis++)
        {
            int size = x.Shape[axis];
            if (size == 0)
            {
                throw c.RefuseShapes("something to repeat", x);
            }

            maps[axis] = new int[y.Shape[axis]];
            for (int i = 0; i < maps[axis].Length; i++)
            {
                maps[axis][i] = Source(c, mode, i - before[axis], size) * strides[axis];
            }
        }

        int[] counter = new int[x.Rank];
        c.Emit(x.Type.Size() switch
        {
            1 => () => Mirror(x.As<byte>(), y.As<byte>(), maps, counter),
            4 => () => Mirror(x.As<int>(), y.As<int>(), maps, counter),
            _ => () => Mirror(x.As<long>(), y.As<long>(), maps, counter),
        });
    }

    private static int Source(NodeContext c, string mode, int index, int size) => mode switch
    {
        "edge" => Math.Clamp(index, 0, size - 1),
        "wrap" => ((index % size) + size) % size,
        "reflect" when size == 1 => 0,
        "reflect" => Reflected(index, size),
        _ => throw c.Refuse($"mode {OnnxText.Quote(mode)} is not known, expected constant, reflect or edge. Export the model again."),
    };

    private static int Reflected(int index, int size)
    {
        int period = 2 * (size - 1);
        int within = ((index % period) + period) % period;
        return within < size ? within : period - within;
    }

    private static void Mirror<T>(ReadOnlySpan<T> x, Span<T> y, int[][] maps, int[] counter)
    {
        Array.Clear(counter);
        for (int i = 0; i < y.Length; i++)
        {
            int at = 0;
            for (int axis = 0; axis < counter.Length; axis++)
            {
                at += maps[axis][counter[axis]];
            }

            y[i] = x[at];
            for (int axis = counter.Length - 1; axis >= 0 && ++counter[axis] == maps[axis].Length; axis--)
            {
                counter[axis] = 0;
            }
        }
    }
}
