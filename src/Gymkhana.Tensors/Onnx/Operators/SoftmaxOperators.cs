using Gymkhana.Tensors.Kernels;
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
        c.Emit(() => Run(x, y, row, size, inner, log), (long)y.Count * FunctionWork);
    }

    private static unsafe void Run(Operand x, Operand y, Operand row, int size, int inner, bool logarithm)
    {
        int lines = size == 0 ? 0 : y.Count / size;
        if (inner == 1)
        {
            SoftmaxRows.Forward(x.Floats, y.Floats, lines, size, logarithm);
            return;
        }

        float* values = row.Floats;
        for (int line = 0; line < lines; line++)
        {
            int first = (line / inner * size * inner) + (line % inner);
            for (int i = 0; i < size; i++)
            {
                values[i] = x.Floats[first + (i * inner)];
            }

            SoftmaxRows.Forward(values, values, 1, size, logarithm);
            for (int i = 0; i < size; i++)
            {
                y.Floats[first + (i * inner)] = values[i];
            }
        }
    }
}
