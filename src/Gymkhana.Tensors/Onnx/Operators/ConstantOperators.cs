using System.Numerics;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Operators that make tensors out of nothing but numbers.</summary>
internal static class ConstantOperators
{
    public static void PlanConstant(NodeContext c)
    {
        if (c.Tensor("value") is { } tensor)
        {
            c.Give(0, tensor.Decode());
        }
        else if (c.HasAttribute("value_float"))
        {
            c.Give(0, ConstantTensor.Of<float>([c.Single("value_float", 0)]));
        }
        else if (c.HasAttribute("value_int"))
        {
            c.Give(0, ConstantTensor.Of<long>([c.Whole("value_int", 0)]));
        }
        else if (c.Floats("value_floats") is { } floats)
        {
            c.Give(0, ConstantTensor.Of<float>(floats, floats.Length));
        }
        else if (c.Wholes("value_ints") is { } wholes)
        {
            c.Give(0, ConstantTensor.Of<long>(wholes, wholes.Length));
        }
        else
        {
            throw c.Refuse("operator Constant is expected to hold a tensor or numbers. Export the model again.");
        }
    }

    public static void PlanConstantOfShape(NodeContext c)
    {
        int[] shape = ShapeOperators.Sizes(c, c.KnownWholes(0));
        ConstantTensor value = c.Tensor("value")?.Decode() ?? ConstantTensor.Of<float>([0f]);
        if (value.Count != 1)
        {
            throw c.Refuse($"attribute value has {value.Count} elements, expected one. Export the model again.");
        }

        Operand y = c.Output(0, value.Type, shape);
        c.Emit(value.Type.Size() switch
        {
            1 => () => y.As<byte>().Fill(value.As<byte>()[0]),
            4 => () => y.As<int>().Fill(value.As<int>()[0]),
            _ => () => y.As<long>().Fill(value.As<long>()[0]),
        });
    }

    public static void PlanEyeLike(NodeContext c)
    {
        Operand like = c.Input(0);
        if (like.Rank != 2)
        {
            throw c.RefuseShapes("a matrix", like);
        }

        long number = c.Whole("dtype", (long)like.Type);
        if (!ElementTypes.IsSupported(number))
        {
            throw c.Refuse($"operator EyeLike of {ElementTypes.Name(number)} is not supported. Export the model in float32.");
        }

        int diagonal = c.Small("k", 0, -1_000_000, 1_000_000);
        Operand y = c.Output(0, (OnnxElementType)number, like.Shape);
        c.Emit(y.Type switch
        {
            OnnxElementType.Float32 => () => Eye(y.As<float>(), y.Shape[1], diagonal),
            OnnxElementType.Float64 => () => Eye(y.As<double>(), y.Shape[1], diagonal),
            OnnxElementType.Int32 => () => Eye(y.As<int>(), y.Shape[1], diagonal),
            OnnxElementType.Int64 => () => Eye(y.As<long>(), y.Shape[1], diagonal),
            _ => () => Eye(y.As<byte>(), y.Shape[1], diagonal),
        });
    }

    public static void PlanRange(NodeContext c)
    {
        Operand start = c.Known(0);
        Operand limit = c.Known(1);
        Operand delta = c.Known(2);
        if (start.Count != 1 || limit.Count != 1 || delta.Count != 1 || start.Type != limit.Type || start.Type != delta.Type)
        {
            throw c.RefuseShapes("three numbers of one type", start, limit, delta);
        }

        switch (start.Type)
        {
            case OnnxElementType.Float32:
                Count<float>(c, start, limit, delta);
                break;
            case OnnxElementType.Float64:
                Count<double>(c, start, limit, delta);
                break;
            case OnnxElementType.Int32:
                Count<int>(c, start, limit, delta);
                break;
            case OnnxElementType.Int64:
                Count<long>(c, start, limit, delta);
                break;
            default:
                throw c.RefuseType(start.Type);
        }
    }

    private static void Count<T>(NodeContext c, Operand start, Operand limit, Operand delta)
        where T : unmanaged, INumber<T>
    {
        T first = start.As<T>()[0];
        T step = delta.As<T>()[0];
        double count = Math.Ceiling((double.CreateChecked(limit.As<T>()[0]) - double.CreateChecked(first)) / double.CreateChecked(step));
        if (!(Math.Abs(count) < int.MaxValue))
        {
            throw c.Refuse($"a range of {count} numbers is expected to be finite and short. Check start, limit and step.");
        }

        Operand y = c.Output(0, start.Type, Math.Max((int)count, 0));
        c.Emit(() =>
        {
            Span<T> to = y.As<T>();
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = unchecked(first + (T.CreateTruncating(i) * step));
            }
        });
    }

    private static void Eye<T>(Span<T> y, int columns, int diagonal)
        where T : unmanaged, INumber<T>
    {
        y.Clear();
        for (int row = 0; columns > 0 && row < y.Length / columns; row++)
        {
            long column = (long)row + diagonal;
            if (column >= 0 && column < columns)
            {
                y[(row * columns) + (int)column] = T.One;
            }
        }
    }
}
