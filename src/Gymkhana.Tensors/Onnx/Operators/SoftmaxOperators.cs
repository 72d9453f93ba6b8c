using Gymkhana.Core.Randomness;
using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Softmax and LogSoftmax; before operator set 13 all axes from the given one on count as one.</summary>
internal static class SoftmaxOperators
{
    private const int FunctionWork = 10;

    public static void Plan(NodeContext c)
    {
        Operand x = c.Float(0);
        bool old = c.Opset < 13;
        long given = c.Whole("axis", old ? 1 : -1);
        int axis = old && given == x.Rank ? x.Rank : c.Axis(given, x.Rank);
        int size = old ? ShapeOperators.Product(x.Shape.AsSpan(axis)) : x.Shape[axis];
        int inner = old ? 1 : ShapeOperators.Product(x.Shape.AsSpan(axis + 1));
        bool log = c.Node.Operator == "LogSoftmax";
        Operand y = c.Output(0, x.Type, x.Shape);
        Operand row = c.Scratch(x.Type, size);
        c.Emit(() => Run(x.As<float>(), y.As<float>(), row.As<float>(), inner, log), (long)y.Count * FunctionWork);
    }

    private static void Run(ReadOnlySpan<float> x, Span<float> y, Span<float> row, int inner, bool logarithm)
    {
        int size = row.Length;
        for (int line = 0; y.Length > 0 && line < y.Length / size; line++)
        {
            int first = (line / inner * size * inner) + (line % inner);
            if (inner == 1)
            {
                Line(x.Slice(first, size), y.Slice(first, size), logarithm);
                continue;
            }

            for (int i = 0; i < size; i++)
            {
                row[i] = x[first + (i * inner)];
            }

            Line(row, row, logarithm);
            for (int i = 0; i < size; i++)
            {
                y[first + (i * inner)] = row[i];
            }
        }
    }

    // x and y may be the same.
    private static void Line(ReadOnlySpan<float> x, Span<float> y, bool logarithm)
    {
        float max = LaneSums.Max(x);
        if (!logarithm)
        {
            ElementLoops.Apply(new ShiftedExpFunction(max), x, y);
            float sum = LaneSums.Sum(y);
            for (int i = 0; i < y.Length; i++)
            {
                y[i] /= sum;
            }

            return;
        }

        // The largest is taken off first: beside it the logarithm of the sum could be lost.
        float log = (float)LogSum(x, max);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = x[i] - max - log;
        }
    }

    // The sum is at least 1, so that its logarithm is not negative.
    private static double LogSum(ReadOnlySpan<float> x, float max)
    {
        Span<float> block = stackalloc float[256];
        float sum = 0;
        for (int start = 0; start < x.Length; start += block.Length)
        {
            Span<float> part = block[..Math.Min(block.Length, x.Length - start)];
            ElementLoops.Apply(new ShiftedExpFunction(max), x.Slice(start, part.Length), part);
            sum += LaneSums.Sum(part);
        }

        return sum >= 1 && float.IsFinite(sum) ? PortableMath.Log(sum) : double.NaN;
    }
}
