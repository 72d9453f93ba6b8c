using System.Numerics;
using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Comparisons, logic and choice, with broadcasting.</summary>
internal static class ComparisonOperators
{
    /// <summary>A truth about two numbers.</summary>
    private interface IComparison
    {
        static abstract bool Apply<T>(T a, T b)
            where T : unmanaged, INumber<T>;
    }

    public static void Plan(NodeContext c)
    {
        Operand a = c.Input(0);
        Operand b = c.Input(1);
        bool logic = c.Node.Operator is "And" or "Or" or "Xor";
        if (a.Type != b.Type || (logic && a.Type != OnnxElementType.Boolean))
        {
            throw c.Refuse($"its inputs have types {a.Type.Name()} and {b.Type.Name()}, expected {(logic ? "bool" : "one type")}. Export the model again.");
        }

        int[] shape = BroadcastLoop.Broadcast(a.Shape, b.Shape) ?? throw c.RefuseShapes("shapes that broadcast", a, b);
        BroadcastLoop loop = BroadcastLoop.Over(shape, a.Shape, b.Shape);
        Operand y = c.Output(0, OnnxElementType.Boolean, shape);
        switch (c.Node.Operator)
        {
            case "Equal":
                Dispatch<EqualComparison>(c, loop, a, b, y);
                break;
            case "Less":
                Dispatch<LessComparison>(c, loop, a, b, y);
                break;
            case "LessOrEqual":
                Dispatch<LessOrEqualComparison>(c, loop, a, b, y);
                break;
            case "Greater":
                Dispatch<LessComparison>(c, BroadcastLoop.Over(shape, b.Shape, a.Shape), b, a, y);
                break;
            case "GreaterOrEqual":
                Dispatch<LessOrEqualComparison>(c, BroadcastLoop.Over(shape, b.Shape, a.Shape), b, a, y);
                break;
            case "And":
                Dispatch<AndComparison>(c, loop, a, b, y);
                break;
            case "Or":
                Dispatch<OrComparison>(c, loop, a, b, y);
                break;
            default:
                Dispatch<XorComparison>(c, loop, a, b, y);
                break;
        }
    }

    public static void PlanWhere(NodeContext c)
    {
        Operand choice = c.Input(0);
        Operand a = c.Input(1);
        Operand b = c.Input(2);
        if (choice.Type != OnnxElementType.Boolean || a.Type != b.Type)
        {
            throw c.Refuse($"its inputs have types {choice.Type.Name()}, {a.Type.Name()} and {b.Type.Name()}, expected bool and twice one type. Export the model again.");
        }

        int[] shape = BroadcastLoop.Broadcast(choice.Shape, a.Shape, b.Shape) ?? throw c.RefuseShapes("shapes that broadcast", choice, a, b);
        BroadcastLoop loop = BroadcastLoop.Over(shape, choice.Shape, a.Shape, b.Shape);
        Operand y = c.Output(0, a.Type, shape);
        c.Emit(
            a.Type.Size() switch
            {
                1 => () => Choose<byte>(loop, choice, a, b, y),
                4 => () => Choose<int>(loop, choice, a, b, y),
                _ => () => Choose<long>(loop, choice, a, b, y),
            },
            y.Count);
    }

    public static void PlanNot(NodeContext c)
    {
        Operand x = c.Input(0);
        if (x.Type != OnnxElementType.Boolean)
        {
            throw c.RefuseType(x.Type);
        }

        Operand y = c.Output(0, x.Type, x.Shape);
        c.Emit(() =>
        {
            ReadOnlySpan<byte> from = x.As<byte>();
            Span<byte> to = y.As<byte>();
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = from[i] == 0 ? (byte)1 : (byte)0;
            }
        });
    }

    public static void PlanIsNaN(NodeContext c) => PlanTest(c, float.IsNaN, double.IsNaN);

    public static void PlanIsInf(NodeContext c)
    {
        bool negative = c.Flag("detect_negative", true);
        bool positive = c.Flag("detect_positive", true);
        PlanTest(
            c,
            x => (negative && float.IsNegativeInfinity(x)) || (positive && float.IsPositiveInfinity(x)),
            x => (negative && double.IsNegativeInfinity(x)) || (positive && double.IsPositiveInfinity(x)));
    }

    private static void PlanTest(NodeContext c, Func<float, bool> single, Func<double, bool> twice)
    {
        Operand x = c.Input(0);
        Operand y = c.Output(0, OnnxElementType.Boolean, x.Shape);
        c.Emit(x.Type switch
        {
            OnnxElementType.Float32 => () => Test(x.As<float>(), y.As<byte>(), single),
            OnnxElementType.Float64 => () => Test(x.As<double>(), y.As<byte>(), twice),
            _ => throw c.RefuseType(x.Type),
        });
    }

    private static void Test<T>(ReadOnlySpan<T> x, Span<byte> y, Func<T, bool> test)
    {
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = test(x[i]) ? (byte)1 : (byte)0;
        }
    }

    private static void Dispatch<TComparison>(NodeContext c, BroadcastLoop loop, Operand a, Operand b, Operand y)
        where TComparison : IComparison => c.Emit(
            a.Type switch
            {
                OnnxElementType.Float32 => () => Run<float, TComparison>(loop, a, b, y),
                OnnxElementType.Float64 => () => Run<double, TComparison>(loop, a, b, y),
                OnnxElementType.Int32 => () => Run<int, TComparison>(loop, a, b, y),
                OnnxElementType.Int64 => () => Run<long, TComparison>(loop, a, b, y),
                _ => () => Run<byte, TComparison>(loop, a, b, y),
            },
            y.Count);

    private static void Run<T, TComparison>(BroadcastLoop loop, Operand left, Operand right, Operand result)
        where T : unmanaged, INumber<T>
        where TComparison : IComparison
    {
        if (loop.Run == 0)
        {
            return;
        }

        ReadOnlySpan<T> a = left.As<T>();
        ReadOnlySpan<T> b = right.As<T>();
        Span<byte> y = result.As<byte>();
        int written = 0;
        loop.Reset();
        do
        {
            for (int i = 0; i < loop.Run; i++)
            {
                bool truth = TComparison.Apply(a[loop.Start(0) + (i * loop.Steps[0])], b[loop.Start(1) + (i * loop.Steps[1])]);
                y[written++] = truth ? (byte)1 : (byte)0;
            }
        }
        while (loop.MoveNext());
    }

    private static void Choose<T>(BroadcastLoop loop, Operand choice, Operand whenTrue, Operand whenFalse, Operand result)
        where T : unmanaged
    {
        if (loop.Run == 0)
        {
            return;
        }

        ReadOnlySpan<byte> choices = choice.As<byte>();
        ReadOnlySpan<T> a = whenTrue.As<T>();
        ReadOnlySpan<T> b = whenFalse.As<T>();
        Span<T> y = result.As<T>();
        int written = 0;
        loop.Reset();
        do
        {
            for (int i = 0; i < loop.Run; i++)
            {
                y[written++] = choices[loop.Start(0) + (i * loop.Steps[0])] != 0
                    ? a[loop.Start(1) + (i * loop.Steps[1])]
                    : b[loop.Start(2) + (i * loop.Steps[2])];
            }
        }
        while (loop.MoveNext());
    }

    private readonly struct EqualComparison : IComparison
    {
        public static bool Apply<T>(T a, T b)
            where T : unmanaged, INumber<T> => a == b;
    }

    private readonly struct LessComparison : IComparison
    {
        public static bool Apply<T>(T a, T b)
            where T : unmanaged, INumber<T> => a < b;
    }

    private readonly struct LessOrEqualComparison : IComparison
    {
        public static bool Apply<T>(T a, T b)
            where T : unmanaged, INumber<T> => a <= b;
    }

    private readonly struct AndComparison : IComparison
    {
        public static bool Apply<T>(T a, T b)
            where T : unmanaged, INumber<T> => !T.IsZero(a) && !T.IsZero(b);
    }

    private readonly struct OrComparison : IComparison
    {
        public static bool Apply<T>(T a, T b)
            where T : unmanaged, INumber<T> => !T.IsZero(a) || !T.IsZero(b);
    }

    private readonly struct XorComparison : IComparison
    {
        public static bool Apply<T>(T a, T b)
            where T : unmanaged, INumber<T> => T.IsZero(a) != T.IsZero(b);
    }
}
