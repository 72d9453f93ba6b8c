using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Gymkhana.Tensors.Onnx.Wire;

/// <summary>Writes the fields of one protocol-buffer message into memory.</summary>
internal sealed class ProtoWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public ProtoWriter Whole(int field, long value)
    {
        Tag(field, WireKind.Varint);
        Varint((ulong)value);
        return this;
    }

    public ProtoWriter Single(int field, float value)
    {
        Tag(field, WireKind.Fixed32);
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(four, value);
        _bytes.Write(four);
        return this;
    }

    public ProtoWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, WireKind.Bytes);
        Varint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    public ProtoWriter Message(int field, ProtoWriter message) => Bytes(field, message.Written.Span);

    private void Tag(int field, WireKind kind) => Varint(((ulong)field << 3) | (uint)kind);

    private void Varint(ulong value)
    {
        while (value >= 128)
        {
            Byte((byte)(value | 128));
            value >>= 7;
        }

        Byte((byte)value);
    }

    private void Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }
}
