using System.Buffers.Binary;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Tests.Drawing;

public sealed class GifWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gymkhana-gif-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_FewColours_DecodesToTheSamePixels()
    {
        List<uint[]> expected = [];
        string path = Path.Combine(_folder, "few.gif");
        var canvas = new Canvas(90, 60);
        using (var writer = new GifWriter(path, 90, 60, 25))
        {
            for (int i = 0; i < 6; i++)
            {
                // White on black has at most 256 greys; a grey floor of 16 keeps them below 255. Frame 3 repeats frame 2.
                canvas.Clear(new Rgba(16, 16, 16));
                canvas.FillCircle(new(20 + ((i == 3 ? 2 : i) * 8.3f), 30), 11.5f, Rgba.White);
                writer.Add(canvas);
                expected.Add([.. canvas.Pixels.ToArray().Select(p => p & 0xFFFFFF)]);
            }

            writer.Complete();
        }

        List<(uint[] Pixels, int Delay, int Area)> frames = Decode(File.ReadAllBytes(path));
        Assert.Equal(6, frames.Count);
        for (int i = 0; i < 6; i++) Assert.Equal(expected[i], frames[i].Pixels);
        Assert.All(frames, f => Assert.Equal(4, f.Delay));
        Assert.Equal(90 * 60, frames[0].Area);
        Assert.InRange(frames[1].Area, 1, 40 * 30); // Only what moved.
        Assert.Equal(1, frames[3].Area);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_ManyColours_DecodesToNearColours(bool dither)
    {
        var canvas = new Canvas(200, 150);
        for (int i = 0; i < canvas.Pixels.Length; i++)
        {
            int x = i % 200, y = i / 200;
            canvas.Pixels[i] = 0xFF000000 | (uint)x << 16 | (uint)(y * 255 / 150) << 8 | (uint)((x + y) / 2);
        }

        string path = Path.Combine(_folder, "many.gif");
        using (var writer = new GifWriter(path, 200, 150, 10, dither))
        {
            writer.Add(canvas);
            writer.Complete();
        }

        uint[] pixels = Decode(File.ReadAllBytes(path))[0].Pixels;
        double squares = 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            for (int shift = 0; shift < 24; shift += 8)
            {
                int difference = (int)((pixels[i] >> shift) & 255) - (int)((canvas.Pixels[i] >> shift) & 255);
                squares += difference * difference;
            }
        }

        // 200×255 levels of two free channels into 255 boxes are boxes of about 14×14 levels: a deviation near 14/√12 = 4.
        Assert.InRange(Math.Sqrt(squares / (pixels.Length * 3)), 0, 7);
    }

    [Fact]
    public void Write_GlowMovesAcrossBackground_LeavesNoTrail()
    {
        var background = new Rgba(18, 22, 28);
        string path = Path.Combine(_folder, "glow.gif");
        var canvas = new Canvas(160, 80);
        using (var writer = new GifWriter(path, 160, 80, 25))
        {
            for (int i = 0; i < 8; i++)
            {
                canvas.Clear(background);
                canvas.FillSoftCircle(new(20 + (i * 15), 40), 35, new Rgba(255, 158, 100), 2, additive: true);
                canvas.FillSoftCircle(new(20 + (i * 15), 40), 20, new Rgba(40, 250, 120), 2);
                writer.Add(canvas);
            }

            writer.Complete();
        }

        uint[] last = Decode(File.ReadAllBytes(path))[^1].Pixels;
        for (int i = 0; i < last.Length; i++)
        {
            if (i % 160 < 85) Assert.Equal(0x12161Cu, last[i]);
        }
    }

    [Theory]
    [InlineData(30, 31)]
    [InlineData(60, 61)]
    [InlineData(100, 100)]
    public void Write_AnyRate_TakesItsTimeWithoutDrift(double rate, int count)
    {
        string path = Path.Combine(_folder, "rate.gif");
        var canvas = new Canvas(4, 4);
        using (var writer = new GifWriter(path, 4, 4, rate))
        {
            for (int i = 0; i < count; i++)
            {
                canvas.Clear(new Rgba((byte)i, 0, 0));
                writer.Add(canvas);
            }

            writer.Complete();
        }

        List<(uint[] Pixels, int Delay, int Area)> frames = Decode(File.ReadAllBytes(path));
        Assert.All(frames, f => Assert.InRange(f.Delay, 2, 10));
        Assert.InRange(frames.Sum(f => f.Delay), (count * 100 / rate) - 2, (count * 100 / rate) + 2);
    }

    [Fact]
    public void Dispose_WithoutComplete_LeavesTheOldFile()
    {
        string path = Path.Combine(_folder, "old.gif");
        File.WriteAllText(path, "old");
        using (var writer = new GifWriter(path, 4, 4, 10)) writer.Add(new Canvas(4, 4));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder));
    }

    // A decoder of GIF89a with local palettes, transparency and frames left in place.
    private static List<(uint[] Pixels, int Delay, int Area)> Decode(byte[] file)
    {
        Assert.Equal("GIF89a", System.Text.Encoding.ASCII.GetString(file, 0, 6));
        int width = U16(file, 6), height = U16(file, 8), at = 13, delay = 0, transparent = -1;
        Assert.Equal(0, file[10] & 0x80);
        uint[] screen = new uint[width * height];
        var frames = new List<(uint[], int, int)>();
        while (file[at] != 0x3B)
        {
            if (file[at] == 0x21)
            {
                if (file[at + 1] == 0xF9)
                {
                    delay = U16(file, at + 4);
                    transparent = (file[at + 3] & 1) != 0 ? file[at + 6] : -1;
                }

                at += 2;
                Blocks(file, ref at);
                continue;
            }

            Assert.Equal(0x2C, file[at]);
            int left = U16(file, at + 1), top = U16(file, at + 3), w = U16(file, at + 5), h = U16(file, at + 7);
            int colours = 2 << (file[at + 9] & 7), palette = at + 10;
            at = palette + (colours * 3);
            int bits = file[at++];
            byte[] indices = Unpack(Blocks(file, ref at), bits);
            Assert.Equal(w * h, indices.Length);
            for (int i = 0; i < indices.Length; i++)
            {
                if (indices[i] == transparent) continue;
                int entry = palette + (indices[i] * 3);
                screen[((top + (i / w)) * width) + left + (i % w)] = (uint)(file[entry] << 16 | file[entry + 1] << 8 | file[entry + 2]);
            }

            frames.Add(([.. screen], delay, w * h));
        }

        Assert.Equal(file.Length - 1, at);
        return frames;
    }

    private static int U16(byte[] file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at));

    private static byte[] Blocks(byte[] file, ref int at)
    {
        var content = new List<byte>();
        while (file[at] != 0)
        {
            content.AddRange(file.AsSpan(at + 1, file[at]));
            at += file[at] + 1;
        }

        at++;
        return [.. content];
    }

    private static byte[] Unpack(byte[] packed, int firstBits)
    {
        int clear = 1 << firstBits, end = clear + 1, size = firstBits + 1, position = 0;
        var table = new List<byte[]>();
        var result = new List<byte>();
        byte[]? previous = null;
        while (true)
        {
            int code = 0;
            for (int bit = 0; bit < size; bit++, position++) code |= ((packed[position >> 3] >> (position & 7)) & 1) << bit;
            if (code == end) return [.. result];
            if (code == clear)
            {
                table = [.. Enumerable.Range(0, end + 1).Select(i => i < clear ? new[] { (byte)i } : [])];
                (size, previous) = (firstBits + 1, null);
                continue;
            }

            byte[] entry = code < table.Count ? table[code] : [.. previous!, previous![0]];
            result.AddRange(entry);
            if (previous is not null && table.Count < 4096) table.Add([.. previous, entry[0]]);
            if (table.Count == 1 << size && size < 12) size++;
            previous = entry;
        }
    }
}
