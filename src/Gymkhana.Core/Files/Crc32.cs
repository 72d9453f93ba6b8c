namespace Gymkhana.Core.Files;

/// <summary>The checksum of zip files: CRC-32 with the reflected polynomial 0xedb88320 (ISO 3309), eight bytes at a time.</summary>
internal static class Crc32
{
    private const int Slices = 8;
    private static readonly uint[] Table = MakeTable();

    /// <summary>Goes on with a checksum.</summary>
    /// <param name="crc">The checksum so far; 0 to begin.</param>
    /// <param name="bytes">The next bytes.</param>
    /// <returns>The checksum including them.</returns>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint[] table = Table;
        crc = ~crc;
        while (bytes.Length >= Slices)
        {
            crc ^= bytes[0] | ((uint)bytes[1] << 8) | ((uint)bytes[2] << 16) | ((uint)bytes[3] << 24);
            crc = table[(7 * 256) + (byte)crc] ^ table[(6 * 256) + (byte)(crc >> 8)]
                ^ table[(5 * 256) + (byte)(crc >> 16)] ^ table[(4 * 256) + (crc >> 24)]
                ^ table[(3 * 256) + bytes[4]] ^ table[(2 * 256) + bytes[5]] ^ table[256 + bytes[6]] ^ table[bytes[7]];
            bytes = bytes[Slices..];
        }

        foreach (byte value in bytes)
        {
            crc = table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc;
    }

    // Slice k holds the checksum of a byte that is followed by k zero bytes.
    private static uint[] MakeTable()
    {
        uint[] table = new uint[Slices * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint crc = value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xedb88320 : crc >> 1;
            }

            table[value] = crc;
        }

        for (int i = 256; i < table.Length; i++)
        {
            uint shorter = table[i - 256];
            table[i] = table[(byte)shorter] ^ (shorter >> 8);
        }

        return table;
    }
}
