using System.Numerics;
using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Clip and PRelu.</summary>
internal static class BoundOperators
{
    /// <summary>Bounds are attributes before operator set 11, inputs from then on.</summary>
    public static void PlanClip(NodeContext c)
    {
        Operand x = c.Input(0);
        Operand y = c.Output(0, x.Type, x.Shape);
        Operand? low = c.Optional(1);
        Operand? high = c.Optional(2);
        foreach (Operand? bound in new[] { low, high })
        {
            if (bound is not null && (bound.Count != 1 || bound.Type != x.Type))
            {
                throw c.Refuse($"a bound has {bound.Count} elements of type {bound.Type.Name()}, expected one of {x.Type.Name()}. Export the model again.");
            }
        }

        switch (x.Type)
        {
            case OnnxElementType.Float32:
                float lowest = c.Opset < 11 ? c.Single("min", float.MinValue) : float.NegativeInfinity;
                float highest = c.Opset < 11 ? c.Single("max", float.MaxValue) : float.PositiveInfinity;
                c.Emit(() => Clip(x, low, high, y, lowest, highest), y.Count);
                break;
            case OnnxElementType.Float64:
                c.Emit(() => Clip(x, low, high, y, double.NegativeInfinity, double.PositiveInfinity), y.Count);
                break;
            case OnnxElementType.Int32:
                c.Emit(() => Clip(x, low, high, y, int.MinValue, int.MaxValue), y.Count);
                break;
            case OnnxElementType.Int64:
                c.Emit(() => Clip(x, low, high, y, long.MinValue, long.MaxValue), y.Count);
                break;
            case OnnxElementType.UInt8:
                c.Emit(() => Clip(x, low, high, y, byte.MinValue, byte.MaxValue), y.Count);
                break;
            default:
                throw c.RefuseType(x.Type);
        }
    }

    /// <summary>x where positive, slope · x where negative; the slope broadcasts to x.</summary>
    public static void PlanPRelu(NodeContext c)
    {
        Operand x = c.Float(0);
        Operand slope = c.Float(1);
        if (BroadcastLoop.Broadcast(x.Shape, slope.Shape) is not { } shape || !shape.AsSpan().SequenceEqual(x.Shape))
        {
            throw c.RefuseShapes("a slope that broadcasts to the input", x, slope);
        }

        BroadcastLoop loop = BroadcastLoop.Over(shape, x.Shape, slope.Shape);
        Operand y = c.Output(0, x.Type, shape);
        c.Emit(() => PRelu(loop, x.As<float>(), slope.As<float>(), y.As<float>()), y.Count);
    }

    private static void PRelu(BroadcastLoop loop, ReadOnlySpan<float> x, ReadOnlySpan<float> slope, Span<float> y)
    {
        if (loop.Run == 0)
        {
            return;
        }

        int written = 0;
        loop.Reset();
        do
        {
            for (int i = 0; i < loop.Run; i++)
            {
                float value = x[loop.Start(0) + (i * loop.Steps[0])];
                y[written++] = value < 0 ? slope[loop.Start(1) + (i * loop.Steps[1])] * value : value;
            }
        }
        while (loop.MoveNext());
    }

    // The upper bound wins where the two cross, as ONNX says.
    private static void Clip<T>(Operand x, Operand? low, Operand? high, Operand y, T lowest, T highest)
        where T : unmanaged, INumber<T>
    {
        T least = low is null ? lowest : low.As<T>()[0];
        T most = high is null ? highest : high.As<T>()[0];
        ReadOnlySpan<T> from = x.As<T>();
        Span<T> to = y.As<T>();
        for (int i = 0; i < to.Length; i++)
        {
            T value = from[i] < least ? least : from[i];
            to[i] = value > most ? most : value;
        }
    }
}
