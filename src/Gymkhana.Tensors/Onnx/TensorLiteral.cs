using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Gymkhana.Tensors.Onnx.Wire;

namespace Gymkhana.Tensors.Onnx;

/// <summary>A tensor as it stands in the file, checked but not yet decoded: its type, shape, and where its values lie.</summary>
internal sealed class TensorLiteral
{
    // Fields of ONNX's TensorProto.
    internal const int DimsField = 1;
    internal const int TypeField = 2;
    internal const int FloatsField = 4;
    internal const int Int32sField = 5;
    internal const int Int64sField = 7;
    internal const int NameField = 8;
    internal const int RawField = 9;
    internal const int DoublesField = 10;

    private readonly ReadOnlyMemory<byte> _message;

    public TensorLiteral(string name, OnnxElementType type, int[] shape, int count, ReadOnlyMemory<byte> message)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Count = count;
        _message = message;
    }

    public string Name { get; }

    public OnnxElementType Type { get; }

    public int[] Shape { get; }

    public int Count { get; }

    /// <summary>Decodes the values.</summary>
    /// <returns>The elements, row-major, little-endian as in memory.</returns>
    public ConstantTensor Decode()
    {
        ConstantTensor constant = new(Type, Shape, Count);
        Span<byte> bytes = constant.Bytes;
        int written = 0;
        ProtoReader reader = new(_message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case RawField:
                    reader.Bytes().Span.CopyTo(bytes);
                    break;
                case FloatsField when Type == OnnxElementType.Float32:
                    written += reader.CopyFixed(bytes[written..], 4);
                    break;
                case DoublesField when Type == OnnxElementType.Float64:
                    written += reader.CopyFixed(bytes[written..], 8);
                    break;
                case Int32sField or Int64sField:
                    written += DecodeWholes(ref reader, bytes[written..]);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (Type == OnnxElementType.Boolean)
        {
            foreach (ref byte truth in bytes)
            {
                truth = truth == 0 ? (byte)0 : (byte)1;
            }
        }

        return constant;
    }

    private int DecodeWholes(ref ProtoReader reader, Span<byte> destination)
    {
        int size = Type.Size();
        if (reader.Kind == WireKind.Varint)
        {
            Store(destination, reader.Whole(), size);
            return size;
        }

        ProtoReader packed = new(reader.Bytes());
        int written = 0;
        while (!packed.AtEnd)
        {
            Store(destination[written..], packed.NextPacked(), size);
            written += size;
        }

        return written;
    }

    private static void Store(Span<byte> destination, long value, int size)
    {
        switch (size)
        {
            case 1:
                destination[0] = unchecked((byte)value);
                break;
            case 4:
                BinaryPrimitives.WriteInt32LittleEndian(destination, unchecked((int)value));
                break;
            default:
                BinaryPrimitives.WriteInt64LittleEndian(destination, value);
                break;
        }
    }
}

/// <summary>A tensor whose values are known before any input is: a weight, or what was folded from weights.</summary>
internal sealed class ConstantTensor
{
    private readonly byte[] _bytes;

    public ConstantTensor(OnnxElementType type, int[] shape, int count)
    {
        Type = type;
        Shape = shape;
        Count = count;

        // Pinned, so that kernels may hold addresses.
        _bytes = GC.AllocateArray<byte>(Math.Max(count * type.Size(), 1), pinned: true);
    }

    public OnnxElementType Type { get; }

    public int[] Shape { get; }

    public int Count { get; }

    public Span<byte> Bytes => _bytes.AsSpan(0, Count * Type.Size());

    public unsafe nint Address => (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes));

    public Span<T> As<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);

    public static ConstantTensor Of<T>(ReadOnlySpan<T> values, params int[] shape)
        where T : unmanaged
    {
        ConstantTensor tensor = new(ElementTypes.Of<T>(), shape, values.Length);
        values.CopyTo(tensor.As<T>());
        return tensor;
    }
}
