using System.Buffers.Binary;
using System.IO.Compression;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Drawing;

/// <summary>
/// Writes canvases as PNG (ISO/IEC 15948): RGB when every pixel is opaque, else RGBA with straight alpha. Each row takes the
/// filter whose bytes have the least sum of absolute differences, the rule of thumb of the standard's section 12.8.
/// </summary>
public static class PngWriter
{
    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <summary>Writes the canvas to a file, through a temporary one, so that an old picture stays whole if this fails.</summary>
    /// <exception cref="Core.GymkhanaException">The file cannot be written.</exception>
    public static void Write(string path, Canvas canvas)
    {
        using var file = new PendingFile(path);
        using (Stream stream = file.Create()) Write(stream, canvas);
        file.Complete();
    }

    /// <summary>Writes the canvas to a stream, which stays open.</summary>
    public static void Write(Stream stream, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(canvas);
        int channels = IsOpaque(canvas.Pixels) ? 3 : 4;
        stream.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, canvas.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], canvas.Height);
        header[8] = 8;
        header[9] = channels == 3 ? (byte)2 : (byte)6;
        header[10..].Clear();
        Chunk(stream, "IHDR"u8, header);

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) WriteRows(zlib, canvas, channels);
        Chunk(stream, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        Chunk(stream, "IEND"u8, []);
    }

    private static bool IsOpaque(ReadOnlySpan<uint> pixels)
    {
        foreach (uint pixel in pixels)
        {
            if (pixel >> 24 != 255) return false;
        }

        return true;
    }

    private static void WriteRows(Stream zlib, Canvas canvas, int channels)
    {
        int length = canvas.Width * channels;
        byte[] above = new byte[length], current = new byte[length], best = new byte[length + 1], attempt = new byte[length + 1];
        for (int y = 0; y < canvas.Height; y++)
        {
            CopyRow(canvas.Pixels.Slice(y * canvas.Width, canvas.Width), current, channels);
            long least = long.MaxValue;
            for (int filter = 0; filter < 5; filter++)
            {
                long sum = Filter(filter, current, above, channels, attempt);
                if (sum >= least) continue;
                least = sum;
                (best, attempt) = (attempt, best);
            }

            zlib.Write(best);
            (above, current) = (current, above);
        }
    }

    private static void CopyRow(ReadOnlySpan<uint> pixels, Span<byte> row, int channels)
    {
        int at = 0;
        foreach (uint pixel in pixels)
        {
            Rgba colour = channels == 3 ? new Rgba((byte)(pixel >> 16), (byte)(pixel >> 8), (byte)pixel) : Blending.Straighten(pixel);
            row[at] = colour.R;
            row[at + 1] = colour.G;
            row[at + 2] = colour.B;
            if (channels == 4) row[at + 3] = colour.A;
            at += channels;
        }
    }

    // Filters of section 9: none, left, above, their mean, Paeth. Answers the sum of |byte as signed|.
    private static long Filter(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int channels, Span<byte> result)
    {
        result[0] = (byte)filter;
        long sum = 0;
        for (int i = 0; i < row.Length; i++)
        {
            int left = i >= channels ? row[i - channels] : 0, up = above[i];
            int guess = filter switch
            {
                0 => 0,
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                _ => Paeth(left, up, i >= channels ? above[i - channels] : 0),
            };
            byte difference = (byte)(row[i] - guess);
            result[i + 1] = difference;
            sum += Math.Abs((int)(sbyte)difference);
        }

        return sum;
    }

    private static int Paeth(int left, int up, int corner)
    {
        int guess = left + up - corner;
        int toLeft = Math.Abs(guess - left), toUp = Math.Abs(guess - up), toCorner = Math.Abs(guess - corner);
        if (toLeft <= toUp && toLeft <= toCorner) return left;
        return toUp <= toCorner ? up : corner;
    }

    private static void Chunk(Stream stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, content.Length);
        stream.Write(word);
        stream.Write(name);
        stream.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(word, ~Crc(Crc(0xFFFFFFFF, name), content));
        stream.Write(word);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes) crc = CrcTable[(crc ^ b) & 255] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        uint[] table = new uint[256];
        for (uint n = 0; n < 256; n++)
        {
            uint c = n;
            for (int bit = 0; bit < 8; bit++) c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            table[n] = c;
        }

        return table;
    }
}
