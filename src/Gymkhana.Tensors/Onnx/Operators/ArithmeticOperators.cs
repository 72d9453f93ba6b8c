using System.Numerics;
using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Arithmetic of two or more tensors, with broadcasting.</summary>
internal static class ArithmeticOperators
{
    private const int PowerWork = 20;

    /// <summary>A function of two numbers of any type, with a form for whole vectors where it has the same bits.</summary>
    private interface IArithmetic
    {
        static abstract bool HasVectors { get; }

        static abstract T Apply<T>(T a, T b)
            where T : unmanaged, INumber<T>;

        static abstract Vector<T> Apply<T>(Vector<T> a, Vector<T> b);
    }

    public static void Plan(NodeContext c)
    {
        Operand a = c.Input(0);
        Operand b = c.Input(1);
        if (c.Node.Operator == "Pow")
        {
            PlanPower(c, a, b);
            return;
        }

        if (a.Type != b.Type)
        {
            throw c.Refuse($"its inputs have types {a.Type.Name()} and {b.Type.Name()}, expected one type. Export the model again.");
        }

        (BroadcastLoop loop, Operand y) = Result(c, a, b);
        switch (c.Node.Operator)
        {
            case "Add":
                Dispatch<AddArithmetic>(c, loop, a, b, y);
                break;
            case "Sub":
                Dispatch<SubtractArithmetic>(c, loop, a, b, y);
                break;
            case "Mul":
                Dispatch<MultiplyArithmetic>(c, loop, a, b, y);
                break;
            case "Div":
                Dispatch<DivideArithmetic>(c, loop, a, b, y);
                break;
            case "Mod" when c.Flag("fmod"):
                Dispatch<RemainderArithmetic>(c, loop, a, b, y);
                break;
            default:
                if (a.Type is OnnxElementType.Float32 or OnnxElementType.Float64)
                {
                    throw c.Refuse("operator Mod on numbers with fractions is expected to have fmod = 1. Export the model again.");
                }

                Dispatch<ModuloArithmetic>(c, loop, a, b, y);
                break;
        }
    }

    /// <summary>Max, Min, Sum and Mean of any number of tensors, folded from the first on.</summary>
    public static void PlanVariadic(NodeContext c)
    {
        Operand first = c.Input(0);
        int[][] shapes = new int[c.InputCount][];
        for (int i = 0; i < shapes.Length; i++)
        {
            Operand operand = c.Input(i);
            shapes[i] = operand.Type == first.Type ? operand.Shape : throw c.Refuse($"its inputs have types {first.Type.Name()} and {operand.Type.Name()}, expected one type. Export the model again.");
        }

        int[] shape = BroadcastLoop.Broadcast(shapes) ?? throw c.RefuseShapes("shapes that broadcast", [.. Enumerable.Range(0, shapes.Length).Select(c.Input)]);
        Operand y = c.Output(0, first.Type, shape);
        StridedCopy copy = MovementOperators.Spread(first, shape);
        c.Emit(() => copy.Run(first.As<byte>(), y.As<byte>()));
        for (int i = 1; i < shapes.Length; i++)
        {
            Operand next = c.Input(i);
            BroadcastLoop loop = BroadcastLoop.Over(shape, shape, next.Shape);
            switch (c.Node.Operator)
            {
                case "Max":
                    Dispatch<MaximumArithmetic>(c, loop, y, next, y);
                    break;
                case "Min":
                    Dispatch<MinimumArithmetic>(c, loop, y, next, y);
                    break;
                default:
                    Dispatch<AddArithmetic>(c, loop, y, next, y);
                    break;
            }
        }

        if (c.Node.Operator == "Mean")
        {
            if (first.Type != OnnxElementType.Float32)
            {
                throw c.RefuseType(first.Type);
            }

            c.Emit(() =>
            {
                foreach (ref float value in y.As<float>())
                {
                    value /= shapes.Length;
                }
            });
        }
        else if (first.Type == OnnxElementType.Boolean)
        {
            throw c.RefuseType(first.Type);
        }
    }

    private static (BroadcastLoop Loop, Operand Result) Result(NodeContext c, Operand a, Operand b)
    {
        int[] shape = BroadcastLoop.Broadcast(a.Shape, b.Shape) ?? throw c.RefuseShapes("shapes that broadcast", a, b);
        return (BroadcastLoop.Over(shape, a.Shape, b.Shape), c.Output(0, a.Type, shape));
    }

    private static void Dispatch<TArithmetic>(NodeContext c, BroadcastLoop loop, Operand a, Operand b, Operand y)
        where TArithmetic : IArithmetic => c.Emit(
            a.Type switch
            {
                OnnxElementType.Float32 => () => Run<float, TArithmetic>(loop, a, b, y),
                OnnxElementType.Float64 => () => Run<double, TArithmetic>(loop, a, b, y),
                OnnxElementType.Int32 => () => Run<int, TArithmetic>(loop, a, b, y),
                OnnxElementType.Int64 => () => Run<long, TArithmetic>(loop, a, b, y),
                OnnxElementType.UInt8 => () => Run<byte, TArithmetic>(loop, a, b, y),
                _ => throw c.RefuseType(a.Type),
            },
            y.Count);

    private static void Run<T, TArithmetic>(BroadcastLoop loop, Operand left, Operand right, Operand result)
        where T : unmanaged, INumber<T>
        where TArithmetic : IArithmetic
    {
        if (loop.Run == 0)
        {
            return;
        }

        ReadOnlySpan<T> a = left.As<T>();
        ReadOnlySpan<T> b = right.As<T>();
        Span<T> y = result.As<T>();
        int n = loop.Run;
        loop.Reset();
        do
        {
            ReadOnlySpan<T> from = a[loop.Start(0)..];
            ReadOnlySpan<T> with = b[loop.Start(1)..];
            Line<T, TArithmetic>(from, loop.Steps[0], with, loop.Steps[1], y[..n]);
            y = y[n..];
        }
        while (loop.MoveNext());
    }

    private static void Line<T, TArithmetic>(ReadOnlySpan<T> a, int stepA, ReadOnlySpan<T> b, int stepB, Span<T> y)
        where T : unmanaged, INumber<T>
        where TArithmetic : IArithmetic
    {
        int i = 0;
        if (TArithmetic.HasVectors && (typeof(T) == typeof(float) || typeof(T) == typeof(double)))
        {
            int lanes = Vector<T>.Count;
            for (; i + lanes <= y.Length; i += lanes)
            {
                Vector<T> left = stepA == 0 ? new Vector<T>(a[0]) : new Vector<T>(a[i..]);
                Vector<T> right = stepB == 0 ? new Vector<T>(b[0]) : new Vector<T>(b[i..]);
                TArithmetic.Apply(left, right).CopyTo(y[i..]);
            }
        }

        for (; i < y.Length; i++)
        {
            y[i] = TArithmetic.Apply(a[i * stepA], b[i * stepB]);
        }
    }

    private static void PlanPower(NodeContext c, Operand a, Operand b)
    {
        (BroadcastLoop loop, Operand y) = Result(c, a, b);
        Func<Operand, int, double> read = Reader(c, b);
        switch (a.Type)
        {
            case OnnxElementType.Float32:
                c.Emit(() => Power<float>(loop, a, b, y, read, static v => (float)v, static v => v), (long)y.Count * PowerWork);
                break;
            case OnnxElementType.Float64:
                c.Emit(() => Power<double>(loop, a, b, y, read, static v => v, static v => v), (long)y.Count * PowerWork);
                break;
            case OnnxElementType.Int32:
                c.Emit(() => Power<int>(loop, a, b, y, read, static v => (int)v, static v => v), (long)y.Count * PowerWork);
                break;
            case OnnxElementType.Int64:
                c.Emit(() => Power<long>(loop, a, b, y, read, static v => (long)v, static v => v), (long)y.Count * PowerWork);
                break;
            default:
                throw c.RefuseType(a.Type);
        }
    }

    private static Func<Operand, int, double> Reader(NodeContext c, Operand b) => b.Type switch
    {
        OnnxElementType.Float32 => static (o, i) => o.As<float>()[i],
        OnnxElementType.Float64 => static (o, i) => o.As<double>()[i],
        OnnxElementType.Int32 => static (o, i) => o.As<int>()[i],
        OnnxElementType.Int64 => static (o, i) => o.As<long>()[i],
        _ => throw c.RefuseType(b.Type),
    };

    // Squares and square roots, which normalisations are full of, are exact operations; the rest goes through double precision.
    private static void Power<T>(BroadcastLoop loop, Operand a, Operand b, Operand y, Func<Operand, int, double> read, Func<double, T> narrow, Func<T, double> widen)
        where T : unmanaged, INumber<T>
    {
        if (loop.Run == 0)
        {
            return;
        }

        ReadOnlySpan<T> bases = a.As<T>();
        Span<T> results = y.As<T>();
        int written = 0;
        loop.Reset();
        do
        {
            for (int i = 0; i < loop.Run; i++)
            {
                T value = bases[loop.Start(0) + (i * loop.Steps[0])];
                double exponent = read(b, loop.Start(1) + (i * loop.Steps[1]));
                results[written++] = exponent == 2 ? value * value
                    : exponent == 1 ? value
                    : exponent == 0.5 ? narrow(Math.Sqrt(widen(value)))
                    : narrow(Math.Pow(widen(value), exponent));
            }
        }
        while (loop.MoveNext());
    }

    private static T QuotientOfWholes<T>(T a, T b, bool remainder)
        where T : unmanaged, INumber<T>
    {
        if (T.IsZero(b))
        {
            throw new OnnxInputException("a whole number is divided by zero. Check the inputs of the model.");
        }

        // The smallest number has no opposite: the quotient by -1 wraps around instead of trapping.
        T minusOne = T.Zero - T.One;
        return T.IsNegative(b) && b == minusOne ? (remainder ? T.Zero : T.Zero - a) : remainder ? a % b : a / b;
    }

    private static bool IsWhole<T>() => typeof(T) != typeof(float) && typeof(T) != typeof(double);

    private readonly struct AddArithmetic : IArithmetic
    {
        public static bool HasVectors => true;

        public static T Apply<T>(T a, T b)
            where T : unmanaged, INumber<T> => unchecked(a + b);

        public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) => a + b;
    }

    private readonly struct SubtractArithmetic : IArithmetic
    {
        public static bool HasVectors => true;

        public static T Apply<T>(T a, T b)
            where T : unmanaged, INumber<T> => unchecked(a - b);

        public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) => a - b;
    }

    private readonly struct MultiplyArithmetic : IArithmetic
    {
        public static bool HasVectors => true;

        public static T Apply<T>(T a, T b)
            where T : unmanaged, INumber<T> => unchecked(a * b);

        public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) => a * b;
    }

    private readonly struct DivideArithmetic : IArithmetic
    {
        public static bool HasVectors => true;

        public static T Apply<T>(T a, T b)
            where T : unmanaged, INumber<T> => IsWhole<T>() ? QuotientOfWholes(a, b, remainder: false) : a / b;

        public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) => a / b;
    }

    /// <summary>The remainder with the sign of the dividend, as C's fmod.</summary>
    private readonly struct RemainderArithmetic : IArithmetic
    {
        public static bool HasVectors => false;

        public static T Apply<T>(T a, T b)
            where T : unmanaged, INumber<T> => IsWhole<T>() ? QuotientOfWholes(a, b, remainder: true) : a % b;

        public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) => a;
    }

    /// <summary>The remainder with the sign of the divisor, as Python's %.</summary>
    private readonly struct ModuloArithmetic : IArithmetic
    {
        public static bool HasVectors => false;

        public static T Apply<T>(T a, T b)
            where T : unmanaged, INumber<T>
        {
            T remainder = QuotientOfWholes(a, b, remainder: true);
            return !T.IsZero(remainder) && T.IsNegative(remainder) != T.IsNegative(b) ? remainder + b : remainder;
        }

        public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) => a;
    }

    private readonly struct MaximumArithmetic : IArithmetic
    {
        public static bool HasVectors => false;

        public static T Apply<T>(T a, T b)
            where T : unmanaged, INumber<T> => T.IsNaN(a) || a > b ? a : b;

        public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) => a;
    }

    private readonly struct MinimumArithmetic : IArithmetic
    {
        public static bool HasVectors => false;

        public static T Apply<T>(T a, T b)
            where T : unmanaged, INumber<T> => T.IsNaN(a) || a < b ? a : b;

        public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) => a;
    }
}
