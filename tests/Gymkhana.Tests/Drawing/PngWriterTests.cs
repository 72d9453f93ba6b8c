using System.Buffers.Binary;
using System.IO.Compression;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Tests.Drawing;

public sealed class PngWriterTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_ThenDecode_GivesTheSamePixels(bool opaque)
    {
        var canvas = new Canvas(131, 67);
        if (opaque) new SceneRasterizer().Draw(SceneRasterizerTests.TestScene(), canvas);
        else canvas.FillSoftCircle(new(60, 30), 50, new Rgba(250, 120, 30));

        using var stream = new MemoryStream();
        PngWriter.Write(stream, canvas);
        (int width, int height, int channels, byte[] pixels) = Decode(stream.ToArray());
        Assert.Equal((131, 67, opaque ? 3 : 4), (width, height, channels));
        for (int i = 0; i < width * height; i++)
        {
            Rgba expected = canvas[i % width, i / width];
            int at = i * channels;
            Assert.Equal(expected, new Rgba(pixels[at], pixels[at + 1], pixels[at + 2], opaque ? (byte)255 : pixels[at + 3]));
        }
    }

    [Fact]
    public void Write_ToAPlaceThatIsAFolder_SaysSoAndLeavesNothing()
    {
        string folder = Directory.CreateTempSubdirectory("gymkhana-png-").FullName;
        try
        {
            string path = Path.Combine(folder, "taken.png");
            Directory.CreateDirectory(path);
            Core.GymkhanaException error = Assert.Throws<Core.GymkhanaException>(() => PngWriter.Write(path, new Canvas(2, 2)));
            Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A decoder of just this much: eight bits, RGB or RGBA, no interlacing; every checksum is checked.
    internal static (int Width, int Height, int Channels, byte[] Pixels) Decode(byte[] file)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], file[..8]);
        int at = 8, width = 0, height = 0, channels = 0;
        using var packed = new MemoryStream();
        while (at < file.Length)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            string name = System.Text.Encoding.ASCII.GetString(file, at + 4, 4);
            ReadOnlySpan<byte> content = file.AsSpan(at + 8, length);
            Assert.Equal(Crc(file.AsSpan(at + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length)));
            if (name == "IHDR")
            {
                width = BinaryPrimitives.ReadInt32BigEndian(content);
                height = BinaryPrimitives.ReadInt32BigEndian(content[4..]);
                channels = content[9] == 2 ? 3 : 4;
            }
            else if (name == "IDAT")
            {
                packed.Write(content);
            }

            at += length + 12;
        }

        packed.Position = 0;
        using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
        int stride = width * channels;
        byte[] pixels = new byte[stride * height];
        byte[] line = new byte[stride + 1];
        for (int y = 0; y < height; y++)
        {
            zlib.ReadExactly(line);
            for (int i = 0; i < stride; i++)
            {
                int left = i >= channels ? pixels[(y * stride) + i - channels] : 0;
                int up = y > 0 ? pixels[((y - 1) * stride) + i] : 0;
                int corner = i >= channels && y > 0 ? pixels[((y - 1) * stride) + i - channels] : 0;
                int guess = line[0] switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, 4 => Paeth(left, up, corner), _ => throw new InvalidDataException() };
                pixels[(y * stride) + i] = (byte)(line[i + 1] + guess);
            }
        }

        Assert.Equal(-1, zlib.ReadByte());
        return (width, height, channels, pixels);
    }

    private static int Paeth(int a, int b, int c)
    {
        int p = a + b - c, pa = Math.Abs(p - a), pb = Math.Abs(p - b), pc = Math.Abs(p - c);
        return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
