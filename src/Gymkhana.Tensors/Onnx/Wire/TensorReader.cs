namespace Gymkhana.Tensors.Onnx.Wire;

/// <summary>Reads the outside of ONNX's TensorProto: type, shape, how many values there are; and refuses what cannot be decoded.</summary>
/// <param name="limits">What the file may ask for.</param>
internal sealed class TensorReader(OnnxLimits limits)
{
    /// <summary>Most axes of a tensor.</summary>
    public const int MostAxes = 8;

    /// <summary>Elements of all tensors read.</summary>
    public long Elements { get; private set; }

    /// <summary>Reads a tensor.</summary>
    /// <param name="message">Its bytes.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <returns>The tensor, not decoded.</returns>
    /// <exception cref="OnnxRefusedException">It is of a refused kind, or too large, or has another number of values than its shape.</exception>
    public TensorLiteral Read(ReadOnlyMemory<byte> message, string what)
    {
        List<long> sizes = [];
        long number = 0;
        string name = string.Empty;
        long raw = -1;
        long floats = 0;
        long doubles = 0;
        long wholes = 0;
        bool external = false;
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case TensorLiteral.DimsField:
                    reader.Wholes(sizes, MostAxes, $"the shape of {what} {OnnxText.Quote(name)}");
                    break;
                case TensorLiteral.TypeField:
                    number = reader.Whole();
                    break;
                case TensorLiteral.NameField:
                    name = reader.Text();
                    break;
                case TensorLiteral.RawField:
                    raw = reader.Bytes().Length;
                    break;
                case TensorLiteral.FloatsField:
                    floats += reader.CountValues(4);
                    break;
                case TensorLiteral.DoublesField:
                    doubles += reader.CountValues(8);
                    break;
                case TensorLiteral.Int32sField or TensorLiteral.Int64sField:
                    wholes += reader.CountValues(0);
                    break;
                case 3:
                    throw new OnnxRefusedException($"{what} {OnnxText.Quote(name)} is split into segments, which is not read. Save the model again.");
                case 13:
                    external = true;
                    reader.Skip();
                    break;
                case 14:
                    external |= reader.Whole() == 1;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        string place = $"{what} {OnnxText.Quote(name)}";
        if (external)
        {
            throw new OnnxRefusedException($"{place} keeps its values in another file (external data), which is never opened. Save the model as one file.");
        }

        if (!ElementTypes.IsSupported(number))
        {
            throw new OnnxRefusedException($"{place} has elements of type {ElementTypes.Name(number)}, expected float32, float64, int32, int64, uint8 or bool. Export the model in float32.");
        }

        OnnxElementType type = (OnnxElementType)number;
        int count = Count(sizes, place);
        CheckValues(type, count, raw, floats, doubles, wholes, place);
        return new TensorLiteral(name, type, [.. sizes.Select(s => (int)s)], count, message);
    }

    private int Count(List<long> sizes, string place)
    {
        long count = 1;
        foreach (long size in sizes)
        {
            if (size is < 0 or > int.MaxValue)
            {
                throw new OnnxRefusedException($"{place} has an axis of size {size}, expected 0 to {int.MaxValue}. Export the model again.");
            }

            // Sizes of 0 do not hide an overflow of the others: the product of what is not 0 is bounded.
            count *= Math.Max(size, 1);
            if (count > Math.Max(limits.Weights, 1))
            {
                throw new OnnxRefusedException($"{place} of shape [{string.Join(", ", sizes)}] has more than {limits.Weights} elements, which is the limit for all weights. Export a smaller model.");
            }
        }

        count = sizes.Contains(0) ? 0 : count;
        Elements += count;
        return Elements <= limits.Weights
            ? (int)count
            : throw new OnnxRefusedException($"the model has more than {limits.Weights} weights, which is the limit. Export a smaller model.");
    }

    private static void CheckValues(OnnxElementType type, int count, long raw, long floats, long doubles, long wholes, string place)
    {
        bool mixed = (raw >= 0 ? 1 : 0) + (floats > 0 ? 1 : 0) + (doubles > 0 ? 1 : 0) + (wholes > 0 ? 1 : 0) > 1;
        bool foreign = (floats > 0 && type != OnnxElementType.Float32)
            || (doubles > 0 && type != OnnxElementType.Float64)
            || (wholes > 0 && type is OnnxElementType.Float32 or OnnxElementType.Float64);
        if (mixed || foreign)
        {
            throw new OnnxRefusedException($"{place} of type {type.Name()} holds values of another type. Export the model again.");
        }

        if (raw >= 0 && raw != (long)count * type.Size())
        {
            throw new OnnxRefusedException($"{place} of type {type.Name()} has {raw} bytes of values, expected {(long)count * type.Size()} for its {count} elements. The file is damaged; export the model again.");
        }

        if (raw < 0 && floats + doubles + wholes != count)
        {
            throw new OnnxRefusedException($"{place} of type {type.Name()} has {floats + doubles + wholes} values, expected {count} for its shape. The file is damaged; export the model again.");
        }
    }
}
