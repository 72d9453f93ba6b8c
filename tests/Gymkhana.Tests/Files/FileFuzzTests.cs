using System.Globalization;
using Gymkhana.Core;
using Gymkhana.Core.Files;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Tests.Files;

/// <summary>Good files with bytes changed, cut off, doubled or moved: each gives arrays or one clear line, nothing else.</summary>
public sealed class FileFuzzTests
{
    private const int CasesPerFile = 300;

    // Reading all members of a damaged file of a few thousand bytes may never take more memory than this.
    private const long MostMemory = 64_000_000;

    [Fact]
    public void Read_DamagedFiles_GivesArraysOrOneClearLine()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "golden", "npy");
        string[] files = [.. Directory.GetFiles(folder).Where(f => Path.GetExtension(f) is ".npy" or ".npz").Order(StringComparer.Ordinal)];
        int good = 0;
        int refused = 0;
        for (int f = 0; f < files.Length; f++)
        {
            byte[] original = File.ReadAllBytes(files[f]);
            if (original.Length is 0 or > 20_000)
            {
                continue;
            }

            KeyedStream random = new(2026, (ulong)f, StreamPurpose.None);
            for (int i = 0; i < CasesPerFile; i++)
            {
                byte[] damaged = Damage(original, random);
                string what = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(files[f])} case {i}");
                if (TryRead(damaged, files[f].EndsWith(".npz", StringComparison.Ordinal), what))
                {
                    good++;
                }
                else
                {
                    refused++;
                }
            }
        }

        Assert.True(good > 100, $"only {good} cases were read");
        Assert.True(refused > 2000, $"only {refused} cases were refused");
    }

    private static bool TryRead(byte[] bytes, bool archive, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            if (archive)
            {
                using NpzReader reader = new(new MemoryStream(bytes), what);
                foreach (string name in reader.Names)
                {
                    Touch(reader.Read(name));
                }
            }
            else
            {
                Touch(NpyFile.Read(new MemoryStream(bytes), what));
            }

            return true;
        }
        catch (GymkhanaException refusal)
        {
            Assert.False(refusal.Message.Any(char.IsControl), $"{what}: {refusal.Message}");
            Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
            return false;
        }
        catch (Exception other)
        {
            Assert.Fail($"{what}: {other}");
            throw;
        }
        finally
        {
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostMemory, what);
        }
    }

    private static void Touch(NpyArray array)
    {
        Assert.Equal(array.Bytes.Length, array.Count * array.Type.Size);
        if (array.Type.Kind is NpyKind.Text or NpyKind.ByteString)
        {
            Assert.Equal(array.Count, array.ToText().Length);
        }
    }

    private static byte[] Damage(byte[] original, KeyedStream random)
    {
        byte[] bytes = [.. original];
        switch (random.NextInt(5))
        {
            case 0:
                return bytes[..random.NextInt(bytes.Length)];
            case 1:
                int from = random.NextInt(bytes.Length);
                return [.. bytes[..from], .. bytes[random.NextInt(from, bytes.Length)..]];
            case 2:
                int cut = random.NextInt(bytes.Length);
                return [.. bytes[..cut], .. bytes[random.NextInt(cut + 1)..]];
            default:
                int flips = 1 + random.NextInt(4);
                for (int i = 0; i < flips; i++)
                {
                    int at = random.NextInt(bytes.Length);
                    bytes[at] = random.NextBool(0.5) ? (byte)(bytes[at] ^ (1 << random.NextInt(8))) : (byte)random.NextInt(256);
                }

                return bytes;
        }
    }
}
