using System.Buffers.Binary;
using System.Text;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Lab.Live;

/// <summary>Bytes that are written little-endian, one after the other. The memory is kept, so that writing again allocates nothing.</summary>
internal sealed class FrameBuffer
{
    private byte[] _bytes = new byte[1 << 14];
    private int _length;

    /// <summary>What was written since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    public void Clear() => _length = 0;

    /// <summary>The next bytes, to be written by the caller.</summary>
    public Span<byte> Room(int bytes)
    {
        int needed = _length + bytes;
        if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(needed, 2 * _bytes.Length));
        Span<byte> room = _bytes.AsSpan(_length, bytes);
        _length = needed;
        return room;
    }

    public void Byte(int value) => Room(1)[0] = (byte)value;

    public void Short(int value) => BinaryPrimitives.WriteUInt16LittleEndian(Room(2), checked((ushort)value));

    public void Whole(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);

    public void Real(float value) => BinaryPrimitives.WriteSingleLittleEndian(Room(4), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);

    public void Colour(Rgba colour)
    {
        Span<byte> room = Room(4);
        (room[0], room[1], room[2], room[3]) = (colour.R, colour.G, colour.B, colour.A);
    }

    /// <summary>A text after its length.</summary>
    public void Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Short(length);
        Encoding.UTF8.GetBytes(text, Room(length));
    }
}
