using Gymkhana.Core.Files;
using Gymkhana.Tests.Drawing;

namespace Gymkhana.Tests.CarRacing.Rendering;

/// <summary>What the original drew: golden/car-racing/observations.</summary>
internal static class RecordedPictures
{
    /// <summary>Seeds of the recorded frames.</summary>
    public static readonly int[] Seeds = [0, 1, 2];

    /// <summary>Steps of the recorded frames.</summary>
    public static readonly int[] Steps = [0, 25, 50, 75, 100, 200, 399];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "golden", "car-racing", "observations");

    /// <summary>The frame of 96×96×3 bytes of a seed and step.</summary>
    public static byte[] Frame(int seed, int step)
    {
        using var archive = new NpzReader(Path.Combine(Folder, "slalom_frames_s0-2.npz"));
        int size = 96 * 96 * 3, index = (Array.IndexOf(Seeds, seed) * Steps.Length) + Array.IndexOf(Steps, step);
        return archive.Read("frames").Bytes.Slice(index * size, size).ToArray();
    }

    /// <summary>A picture of seed 0: raw1000x800 or rgb_array600x400.</summary>
    public static byte[] Png(int step, string kind, int width, int height)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(Folder, $"slalom_s0_step{step:d3}_{kind}.png"));
        (int columns, int rows, int channels, byte[] pixels) = PngWriterTests.Decode(file);
        Assert.Equal((width, height, 3), (columns, rows, channels));
        return pixels;
    }

    /// <summary>How many pixels differ outside a box, and where the first of them is.</summary>
    public static (int Count, string First) Differences(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, int width, Func<int, int, bool> isMasked)
    {
        (int count, string first) = (0, "");
        for (int i = 0; i < expected.Length; i += 3)
        {
            (int x, int y) = (i / 3 % width, i / 3 / width);
            if (!isMasked(x, y) && !expected.Slice(i, 3).SequenceEqual(actual.Slice(i, 3)))
            {
                if (count++ == 0)
                {
                    first = $"column {x}, row {y}: expected {expected[i]},{expected[i + 1]},{expected[i + 2]}, got {actual[i]},{actual[i + 1]},{actual[i + 2]}";
                }
            }
        }

        return (count, first);
    }
}
