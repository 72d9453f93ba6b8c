using System.Numerics;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Operators that are a function of each number by itself.</summary>
internal static class UnaryOperators
{
    // What a transcendental function costs beside an addition, about.
    private const int FunctionWork = 8;

    public static void Plan(NodeContext c)
    {
        Operand x = c.Input(0);
        Operand y = c.Output(0, x.Type, x.Shape);
        switch (x.Type)
        {
            case OnnxElementType.Float32:
                FloatLoop loop = FloatLoop.Find(c) ?? throw c.RefuseType(x.Type);
                c.Emit(() => loop.Run(x.As<float>(), y.As<float>()), (long)y.Count * FunctionWork);
                break;
            case OnnxElementType.Float64:
                Func<double, double> function = FloatLoop.Double(c) ?? throw c.RefuseType(x.Type);
                c.Emit(() => Map(function, x.As<double>(), y.As<double>()), (long)y.Count * FunctionWork);
                break;
            case OnnxElementType.Int32:
                PlanWhole<int>(c, x, y);
                break;
            case OnnxElementType.Int64:
                PlanWhole<long>(c, x, y);
                break;
            case OnnxElementType.UInt8:
                PlanWhole<byte>(c, x, y);
                break;
            default:
                throw c.RefuseType(x.Type);
        }
    }

    private static void Map(Func<double, double> function, ReadOnlySpan<double> x, Span<double> y)
    {
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = function(x[i]);
        }
    }

    private static void PlanWhole<T>(NodeContext c, Operand x, Operand y)
        where T : unmanaged, IBinaryInteger<T>
    {
        T zero = T.Zero;
        Func<T, T> function = c.Node.Operator switch
        {
            "Abs" => v => v < zero ? unchecked(zero - v) : v,
            "Neg" when zero - T.One < zero => v => unchecked(zero - v),
            "Sign" => v => v > zero ? T.One : v < zero ? unchecked(zero - T.One) : zero,
            "Relu" => v => v < zero ? zero : v,
            _ => throw c.RefuseType(x.Type),
        };
        c.Emit(() =>
        {
            ReadOnlySpan<T> from = x.As<T>();
            Span<T> to = y.As<T>();
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = function(from[i]);
            }
        });
    }
}
