using System.Buffers.Binary;
using System.Text;

namespace Gymkhana.Tensors.Onnx.Wire;

/// <summary>How a field's value is laid out in the bytes.</summary>
internal enum WireKind
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>
/// Reads the fields of one protocol-buffer message, in order, without copying. Nothing is trusted: every length is compared with the
/// bytes that are there. Nested messages are read by whoever expects them, so that depth is bounded by the code, not by the file.
/// </summary>
/// <param name="message">The bytes of the message.</param>
internal ref struct ProtoReader(ReadOnlyMemory<byte> message)
{
    private const int LongestText = 4096;
    private readonly ReadOnlyMemory<byte> _memory = message;
    private readonly ReadOnlySpan<byte> _span = message.Span;
    private int _position;

    /// <summary>Number of the field read last.</summary>
    public int Field { get; private set; }

    /// <summary>How its value is laid out.</summary>
    public WireKind Kind { get; private set; }

    /// <summary>Reads the next field's number.</summary>
    /// <returns>False at the end of the message.</returns>
    public bool Next()
    {
        if (_position == _span.Length)
        {
            return false;
        }

        ulong tag = RawVarint();
        Field = (int)Math.Min(tag >> 3, int.MaxValue);
        Kind = (WireKind)(tag & 7);
        return Field != 0 && Kind is WireKind.Varint or WireKind.Fixed64 or WireKind.Bytes or WireKind.Fixed32 ? true : throw Damaged();
    }

    /// <summary>Passes over the field's value.</summary>
    public void Skip()
    {
        switch (Kind)
        {
            case WireKind.Varint:
                RawVarint();
                break;
            case WireKind.Fixed64:
                Take(8);
                break;
            case WireKind.Fixed32:
                Take(4);
                break;
            default:
                Bytes();
                break;
        }
    }

    /// <summary>A whole number.</summary>
    public long Whole()
    {
        Expect(WireKind.Varint);
        return (long)RawVarint();
    }

    /// <summary>A single-precision number.</summary>
    public float Single()
    {
        Expect(WireKind.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    /// <summary>A nested message or other bytes; a view.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        Expect(WireKind.Bytes);
        ulong length = RawVarint();
        if (length > (ulong)(_span.Length - _position))
        {
            throw Damaged();
        }

        ReadOnlyMemory<byte> bytes = _memory.Slice(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    /// <summary>A short text, such as a name.</summary>
    public string Text()
    {
        ReadOnlyMemory<byte> bytes = Bytes();
        return bytes.Length <= LongestText
            ? Encoding.UTF8.GetString(bytes.Span)
            : throw new OnnxRefusedException($"a name or text has {bytes.Length} bytes, expected at most {LongestText}. Export the model again with shorter names.");
    }

    /// <summary>Whole numbers of a repeated field: one, or many packed together.</summary>
    public void Wholes(List<long> destination, int most, string what)
    {
        if (Kind == WireKind.Varint)
        {
            Add(destination, (long)RawVarint(), most, what);
            return;
        }

        ProtoReader packed = new(Bytes());
        while (packed._position < packed._span.Length)
        {
            Add(destination, (long)packed.RawVarint(), most, what);
        }
    }

    /// <summary>Single-precision numbers of a repeated field: one, or many packed together.</summary>
    public void Singles(List<float> destination, int most, string what)
    {
        if (Kind == WireKind.Fixed32)
        {
            Add(destination, Single(), most, what);
            return;
        }

        ReadOnlySpan<byte> packed = Bytes().Span;
        if (packed.Length % 4 != 0)
        {
            throw Damaged();
        }

        for (int i = 0; i < packed.Length; i += 4)
        {
            Add(destination, BinaryPrimitives.ReadSingleLittleEndian(packed[i..]), most, what);
        }
    }

    /// <summary>How many values the field holds, without reading them: each takes <paramref name="width"/> bytes, or is a varint if that is 0.</summary>
    public long CountValues(int width)
    {
        if (Kind != WireKind.Bytes)
        {
            Expect(width == 0 ? WireKind.Varint : width == 4 ? WireKind.Fixed32 : WireKind.Fixed64);
            Skip();
            return 1;
        }

        ReadOnlySpan<byte> packed = Bytes().Span;
        if (width != 0)
        {
            return packed.Length % width == 0 ? packed.Length / width : throw Damaged();
        }

        long count = 0;
        foreach (byte part in packed)
        {
            count += part < 128 ? 1 : 0;
        }

        return packed.Length == 0 || packed[^1] < 128 ? count : throw Damaged();
    }

    /// <summary>Copies values of 4 or 8 bytes, one or packed, little-endian.</summary>
    /// <returns>Bytes copied.</returns>
    public int CopyFixed(Span<byte> destination, int width)
    {
        ReadOnlySpan<byte> source = Kind == WireKind.Bytes ? Bytes().Span : Take(width);
        source.CopyTo(destination);
        return source.Length;
    }

    /// <summary>A reader of the values packed in this field, or of this field's one value.</summary>
    public long NextPacked() => (long)RawVarint();

    /// <summary>Whether a reader over packed values has come to the end.</summary>
    public readonly bool AtEnd => _position == _span.Length;

    private static void Add<T>(List<T> destination, T value, int most, string what)
    {
        if (destination.Count >= most)
        {
            throw new OnnxRefusedException($"{what} has more than {most} values. Export a smaller model.");
        }

        destination.Add(value);
    }

    private static OnnxRefusedException Damaged() =>
        new("the file is damaged or no ONNX model: its bytes are not a protocol-buffer message. Export the model again, or copy it again.");

    private readonly void Expect(WireKind kind)
    {
        if (Kind != kind)
        {
            throw Damaged();
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _span.Length - _position)
        {
            throw Damaged();
        }

        ReadOnlySpan<byte> taken = _span.Slice(_position, count);
        _position += count;
        return taken;
    }

    private ulong RawVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_position >= _span.Length)
            {
                break;
            }

            byte part = _span[_position++];
            value |= (ulong)(part & 127) << shift;
            if (part < 128)
            {
                return value;
            }
        }

        throw Damaged();
    }
}
