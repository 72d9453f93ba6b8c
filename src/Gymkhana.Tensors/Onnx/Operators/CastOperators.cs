using System.Numerics;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Cast and CastLike.</summary>
internal static class CastOperators
{
    public static void PlanCast(NodeContext c)
    {
        long number = c.Whole("to", 0);
        if (!ElementTypes.IsSupported(number))
        {
            throw c.Refuse($"operator Cast to {ElementTypes.Name(number)} is not supported, expected float32, float64, int32, int64, uint8 or bool. Export the model in float32.");
        }

        Convert(c, c.Input(0), (OnnxElementType)number);
    }

    public static void PlanCastLike(NodeContext c) => Convert(c, c.Input(0), c.Input(1).Type);

    private static void Convert(NodeContext c, Operand x, OnnxElementType type)
    {
        if (x.Type == type)
        {
            c.Show(0, x, x.Shape);
            return;
        }

        Operand y = c.Output(0, type, x.Shape);
        c.Emit(x.Type switch
        {
            OnnxElementType.Float32 => From<float>(x, y),
            OnnxElementType.Float64 => From<double>(x, y),
            OnnxElementType.Int32 => From<int>(x, y),
            OnnxElementType.Int64 => From<long>(x, y),
            _ => From<byte>(x, y),
        });
    }

    private static Action From<TFrom>(Operand x, Operand y)
        where TFrom : unmanaged, INumber<TFrom> => y.Type switch
        {
            OnnxElementType.Float32 => () => Run<TFrom, float>(x, y),
            OnnxElementType.Float64 => () => Run<TFrom, double>(x, y),
            OnnxElementType.Int32 => () => Run<TFrom, int>(x, y),
            OnnxElementType.Int64 => () => Run<TFrom, long>(x, y),
            OnnxElementType.UInt8 => () => RunToByte<TFrom>(x, y),
            _ => () => RunToTruth<TFrom>(x, y),
        };

    // Whole numbers wrap around as in NumPy; numbers with fractions are cut and held within the range, so that no platform decides.
    private static void Run<TFrom, TTo>(Operand x, Operand y)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        ReadOnlySpan<TFrom> from = x.As<TFrom>();
        Span<TTo> to = y.As<TTo>();
        bool wraps = typeof(TFrom) != typeof(float) && typeof(TFrom) != typeof(double);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = wraps ? TTo.CreateTruncating(from[i]) : TTo.CreateSaturating(from[i]);
        }
    }

    private static void RunToByte<TFrom>(Operand x, Operand y)
        where TFrom : unmanaged, INumber<TFrom>
    {
        ReadOnlySpan<TFrom> from = x.As<TFrom>();
        Span<byte> to = y.As<byte>();
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = unchecked((byte)long.CreateSaturating(from[i]));
        }
    }

    private static void RunToTruth<TFrom>(Operand x, Operand y)
        where TFrom : unmanaged, INumber<TFrom>
    {
        ReadOnlySpan<TFrom> from = x.As<TFrom>();
        Span<byte> to = y.As<byte>();
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = TFrom.IsZero(from[i]) ? (byte)0 : (byte)1;
        }
    }
}
