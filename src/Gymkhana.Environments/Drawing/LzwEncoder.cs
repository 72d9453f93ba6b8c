namespace Gymkhana.Environments.Drawing;

/// <summary>
/// The variable-length LZW of GIF (GIF89a specification, appendix F): codes grow from nine bits to twelve, low bits first, in
/// blocks of up to 255 bytes; when the table is full it starts anew.
/// </summary>
internal sealed class LzwEncoder
{
    private const int FirstBits = 8;
    private const int ClearCode = 1 << FirstBits;
    private const int EndCode = ClearCode + 1;
    private const int MostCodes = 4096;
    private const int HashSize = 1 << 14;

    // Key: (code << 8 | byte) + 1, so that zero is free.
    private readonly int[] _keys = new int[HashSize];
    private readonly short[] _codes = new short[HashSize];
    private readonly byte[] _block = new byte[256];
    private int _blockLength;
    private uint _bits;
    private int _bitCount;

    /// <summary>Writes the minimum code size, the packed indices and the closing empty block.</summary>
    internal void Write(Stream stream, ReadOnlySpan<byte> indices)
    {
        stream.WriteByte(FirstBits);
        (_blockLength, _bits, _bitCount) = (0, 0, 0);
        int size = FirstBits + 1, next = EndCode + 1;
        Array.Clear(_keys);
        Put(stream, ClearCode, size);
        int prefix = indices[0];
        for (int i = 1; i < indices.Length; i++)
        {
            int key = (prefix << 8 | indices[i]) + 1;
            int slot = (int)((uint)key * 2654435761u >> 18);
            while (_keys[slot] != 0 && _keys[slot] != key) slot = (slot + 1) & (HashSize - 1);
            if (_keys[slot] == key)
            {
                prefix = _codes[slot];
                continue;
            }

            Put(stream, prefix, size);
            prefix = indices[i];
            if (next == MostCodes)
            {
                Put(stream, ClearCode, size);
                Array.Clear(_keys);
                (size, next) = (FirstBits + 1, EndCode + 1);
                continue;
            }

            // The reader is one entry behind: codes widen when this entry itself would not fit.
            if (next == 1 << size) size++;
            _keys[slot] = key;
            _codes[slot] = (short)next++;
        }

        Put(stream, prefix, size);
        if (next == 1 << size && size < 12) size++;
        Put(stream, EndCode, size);
        if (_bitCount > 0) PutByte(stream, (byte)_bits);
        Flush(stream);
        stream.WriteByte(0);
    }

    private void Put(Stream stream, int code, int size)
    {
        _bits |= (uint)code << _bitCount;
        _bitCount += size;
        while (_bitCount >= 8)
        {
            PutByte(stream, (byte)_bits);
            _bits >>= 8;
            _bitCount -= 8;
        }
    }

    private void PutByte(Stream stream, byte value)
    {
        _block[_blockLength++] = value;
        if (_blockLength == 255) Flush(stream);
    }

    private void Flush(Stream stream)
    {
        if (_blockLength == 0) return;
        stream.WriteByte((byte)_blockLength);
        stream.Write(_block, 0, _blockLength);
        _blockLength = 0;
    }
}
