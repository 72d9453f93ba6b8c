using System.Numerics;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>
/// Sums, means, extremes and norms along axes. Along the innermost axes floats are summed in sixteen lanes (<see cref="LaneSums"/>),
/// along others in ascending order.
/// </summary>
internal static class ReductionOperators
{
    private const int FunctionWork = 8;

    /// <summary>Folds one more number into a result.</summary>
    private interface IFold
    {
        static abstract T Apply<T>(T old, T value)
            where T : unmanaged, INumber<T>;
    }

    public static void Plan(NodeContext c)
    {
        Operand x = c.Input(0);
        if (Axes(c, x) is not { } axes)
        {
            c.Show(0, x, x.Shape);
            return;
        }

        bool keep = c.Flag("keepdims", true);
        int[] kept = [.. x.Shape.Select((s, a) => axes.Contains(a) ? 1 : s)];
        int[] shape = keep ? kept : [.. Enumerable.Range(0, x.Rank).Except(axes).Select(a => x.Shape[a])];
        int count = ShapeOperators.Product([.. axes.Select(a => x.Shape[a])]);
        if (count == 0 && c.Node.Operator is "ReduceMax" or "ReduceMin" or "ReduceMean")
        {
            throw c.RefuseShapes("at least one element to reduce", x);
        }

        Operand y = c.Output(0, x.Type, shape);
        bool trailing = axes.Order().SequenceEqual(Enumerable.Range(x.Rank - axes.Length, axes.Length));
        string op = c.Node.Operator;
        c.AddWork(x.Count * (op is "ReduceLogSumExp" ? (long)FunctionWork : 1));
        bool real = x.Type is OnnxElementType.Float32 or OnnxElementType.Float64;
        if (op is "ReduceL1" or "ReduceL2" or "ReduceLogSum" or "ReduceLogSumExp" || (real && trailing))
        {
            PlanRows(c, op, trailing ? x : Turned(c, x, axes), y, count);
        }
        else
        {
            PlanFolds(c, op, x, y, BroadcastLoop.Over(x.Shape, x.Shape, kept), count);
        }
    }

    // Axes are an attribute before operator set 18 (ReduceSum: 13), an input from then on. None: all axes, unless the node says "nothing".
    private static int[]? Axes(NodeContext c, Operand x)
    {
        bool input = c.Opset >= (c.Node.Operator == "ReduceSum" ? 13 : 18);
        long[]? given = input ? (c.Has(1) ? c.KnownWholes(1) : null) : c.Wholes("axes");
        if (given is { Length: > 0 })
        {
            return c.Axes(given, x.Rank);
        }

        return input && c.Flag("noop_with_empty_axes") ? null : [.. Enumerable.Range(0, x.Rank)];
    }

    // The operand with the reduced axes last.
    private static Operand Turned(NodeContext c, Operand x, int[] axes)
    {
        int[] order = [.. Enumerable.Range(0, x.Rank).Except(axes), .. axes.Order()];
        int[] strides = StridedCopy.Strides(x.Shape);
        int[] shape = [.. order.Select(a => x.Shape[a])];
        Operand turned = c.Scratch(x.Type, shape);
        StridedCopy copy = new(x.Type.Size(), shape, [.. order.Select(a => strides[a])], 0, StridedCopy.Strides(shape), 0);
        c.Emit(() => copy.Run(x.As<byte>(), turned.As<byte>()));
        return turned;
    }

    private static void PlanRows(NodeContext c, string op, Operand x, Operand y, int count)
    {
        switch (x.Type)
        {
            case OnnxElementType.Float32:
                Operand row = c.Scratch(OnnxElementType.Float32, count);
                c.Emit(() =>
                {
                    Span<float> to = y.As<float>();
                    for (int i = 0; i < to.Length; i++)
                    {
                        to[i] = Row(op, x.As<float>().Slice(i * count, count), row.As<float>());
                    }
                });
                break;
            case OnnxElementType.Float64:
                c.Emit(() =>
                {
                    Span<double> to = y.As<double>();
                    for (int i = 0; i < to.Length; i++)
                    {
                        to[i] = Row(op, x.As<double>().Slice(i * count, count));
                    }
                });
                break;
            default:
                throw c.RefuseType(x.Type);
        }
    }

    private static float Row(string op, ReadOnlySpan<float> x, Span<float> scratch)
    {
        switch (op)
        {
            case "ReduceSum":
                return LaneSums.Sum(x);
            case "ReduceMean":
                return LaneSums.Sum(x) / x.Length;
            case "ReduceSumSquare":
                return LaneSums.SumSquares(x, 0f);
            case "ReduceL2":
                return MathF.Sqrt(LaneSums.SumSquares(x, 0f));
            case "ReduceL1":
                ElementLoops.Apply(new AbsFunction(), x, scratch);
                return LaneSums.Sum(scratch);
            case "ReduceLogSum":
                return (float)Math.Log(LaneSums.Sum(x));
            case "ReduceLogSumExp":
                float max = LaneSums.Max(x);
                if (float.IsInfinity(max))
                {
                    return max;
                }

                ElementLoops.Apply(new ShiftedExpFunction(max), x, scratch);
                return (float)Math.Log(LaneSums.Sum(scratch)) + max;
            case "ReduceMax":
                return LaneSums.Max(x);
            case "ReduceMin":
                ElementLoops.Apply(new NegFunction(), x, scratch);
                return -LaneSums.Max(scratch);
            default:
                float product = 1;
                foreach (float value in x)
                {
                    product *= value;
                }

                return product;
        }
    }

    private static double Row(string op, ReadOnlySpan<double> x)
    {
        double max = double.NegativeInfinity;
        double min = double.PositiveInfinity;
        (double sum, double absolute, double squares, double product) = (0, 0, 0, 1);
        foreach (double value in x)
        {
            max = value > max || double.IsNaN(value) ? value : max;
            min = value < min || double.IsNaN(value) ? value : min;
            sum += value;
            absolute += Math.Abs(value);
            squares += value * value;
            product *= value;
        }

        if (op == "ReduceLogSumExp")
        {
            double powers = 0;
            foreach (double value in x)
            {
                powers += Math.Exp(value - max);
            }

            return double.IsInfinity(max) ? max : Math.Log(powers) + max;
        }

        return op switch
        {
            "ReduceSum" => sum,
            "ReduceMean" => sum / x.Length,
            "ReduceMax" => max,
            "ReduceMin" => min,
            "ReduceL1" => absolute,
            "ReduceL2" => Math.Sqrt(squares),
            "ReduceSumSquare" => squares,
            "ReduceLogSum" => Math.Log(sum),
            _ => product,
        };
    }

    private static void PlanFolds(NodeContext c, string op, Operand x, Operand y, BroadcastLoop loop, int count) => c.Emit(x.Type switch
    {
        OnnxElementType.Float32 => () => Folds<float>(op, loop, x, y, count, float.NegativeInfinity, float.PositiveInfinity),
        OnnxElementType.Float64 => () => Folds<double>(op, loop, x, y, count, double.NegativeInfinity, double.PositiveInfinity),
        OnnxElementType.Int32 => () => Folds(op, loop, x, y, count, int.MinValue, int.MaxValue),
        OnnxElementType.Int64 => () => Folds(op, loop, x, y, count, long.MinValue, long.MaxValue),
        OnnxElementType.UInt8 => () => Folds(op, loop, x, y, count, byte.MinValue, byte.MaxValue),
        _ => throw c.RefuseType(x.Type),
    });

    private static void Folds<T>(string op, BroadcastLoop loop, Operand x, Operand y, int count, T least, T most)
        where T : unmanaged, INumber<T>
    {
        switch (op)
        {
            case "ReduceMax":
                Fold<T, MaximumFold>(loop, x, y, least);
                break;
            case "ReduceMin":
                Fold<T, MinimumFold>(loop, x, y, most);
                break;
            case "ReduceProd":
                Fold<T, ProductFold>(loop, x, y, T.One);
                break;
            case "ReduceSumSquare":
                Fold<T, SquareFold>(loop, x, y, T.Zero);
                break;
            default:
                Fold<T, SumFold>(loop, x, y, T.Zero);
                break;
        }

        if (op == "ReduceMean")
        {
            foreach (ref T value in y.As<T>())
            {
                value /= T.CreateTruncating(count);
            }
        }
    }

    private static void Fold<T, TFold>(BroadcastLoop loop, Operand x, Operand y, T start)
        where T : unmanaged, INumber<T>
        where TFold : IFold
    {
        ReadOnlySpan<T> from = x.As<T>();
        Span<T> to = y.As<T>();
        to.Fill(start);
        if (loop.Run == 0)
        {
            return;
        }

        loop.Reset();
        do
        {
            ReadOnlySpan<T> run = from.Slice(loop.Start(0), loop.Run);
            int step = loop.Steps[1];
            Span<T> target = to[loop.Start(1)..];
            for (int i = 0; i < run.Length; i++)
            {
                ref T result = ref target[i * step];
                result = TFold.Apply(result, run[i]);
            }
        }
        while (loop.MoveNext());
    }

    private readonly struct SumFold : IFold
    {
        public static T Apply<T>(T old, T value)
            where T : unmanaged, INumber<T> => unchecked(old + value);
    }

    private readonly struct SquareFold : IFold
    {
        public static T Apply<T>(T old, T value)
            where T : unmanaged, INumber<T> => unchecked(old + (value * value));
    }

    private readonly struct ProductFold : IFold
    {
        public static T Apply<T>(T old, T value)
            where T : unmanaged, INumber<T> => unchecked(old * value);
    }

    private readonly struct MaximumFold : IFold
    {
        public static T Apply<T>(T old, T value)
            where T : unmanaged, INumber<T> => value > old || T.IsNaN(value) ? value : old;
    }

    private readonly struct MinimumFold : IFold
    {
        public static T Apply<T>(T old, T value)
            where T : unmanaged, INumber<T> => value < old || T.IsNaN(value) ? value : old;
    }
}

/// <summary>e^(x − shift) for x ≤ shift: 0 where it would be below the smallest normal number.</summary>
internal readonly struct ShiftedExpFunction(float shift) : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide d = x - TWide.Broadcast(shift);
        return WideFunctions.KeepNaN(d, TWide.Select(TWide.LessThan(d, TWide.Broadcast(-87f)), TWide.Broadcast(0f), WideMath.Exp(d)));
    }
}
