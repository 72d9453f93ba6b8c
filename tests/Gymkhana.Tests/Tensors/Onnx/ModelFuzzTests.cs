using System.Diagnostics;
using System.Globalization;
using Gymkhana.Core;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors.Onnx;

namespace Gymkhana.Tests.Tensors.Onnx;

/// <summary>
/// Good models with bytes changed, cut off, doubled or moved: each runs or is refused with one line, nothing else. GYMKHANA_FUZZ_SECONDS
/// makes it longer (docs/onnx.md); the number of cases, not the clock, decides otherwise.
/// </summary>
public sealed class ModelFuzzTests
{
    private const int CasesPerModel = 150;

    // Reading, planning and running one damaged model may never set aside more than this.
    private const long MostMemory = 512_000_000;

    [Fact]
    public void Load_DamagedModels_RunOrAreRefusedWithOneLine()
    {
        string[] names = [.. RecordedModels.Names()];
        double seconds = double.Parse(Environment.GetEnvironmentVariable("GYMKHANA_FUZZ_SECONDS") ?? "0", CultureInfo.InvariantCulture);
        (int ran, int refused) = (0, 0);
        Stopwatch watch = Stopwatch.StartNew();
        for (int round = 0; round == 0 || watch.Elapsed.TotalSeconds < seconds; round++)
        {
            for (int n = 0; n < names.Length; n++)
            {
                byte[] original = File.ReadAllBytes(RecordedModels.PathOf(names[n]));
                KeyedStream random = new(2027 + (ulong)round, (ulong)n, StreamPurpose.None);
                for (int i = 0; i < (original.Length > 100_000 ? CasesPerModel / 10 : CasesPerModel); i++)
                {
                    byte[] damaged = Damage(original, random);
                    if (Try(damaged, string.Create(CultureInfo.InvariantCulture, $"{names[n]} round {round} case {i}")))
                    {
                        ran++;
                    }
                    else
                    {
                        refused++;
                    }
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ran} ran, {refused} refused"));
        Assert.True(ran > 100, $"only {ran} damaged models ran");
        Assert.True(refused > 500, $"only {refused} damaged models were refused");
    }

    private static bool Try(byte[] bytes, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            OnnxSession session = new(OnnxModel.Load(bytes, OnnxLimits.Default, what));
            if (session.OperationsPerSample is null or > 200_000_000)
            {
                return true;
            }

            OnnxPlan plan = session.Plan(1);
            plan.Run();
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

    private static byte[] Damage(byte[] original, KeyedStream random)
    {
        byte[] bytes = [.. original];

        // The structure is at the beginning of each message and between weights; most hits should not be weights.
        switch (random.NextInt(8))
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
                int flips = 1 + random.NextInt(6);
                for (int i = 0; i < flips; i++)
                {
                    int at = random.NextBool(0.5) ? random.NextInt(Math.Min(bytes.Length, 1500)) : random.NextInt(bytes.Length);
                    bytes[at] = random.NextInt(3) switch
                    {
                        0 => (byte)(bytes[at] ^ (1 << random.NextInt(8))),
                        1 => (byte)random.NextInt(256),
                        _ => (byte)(bytes[at] + random.NextInt(-2, 3)),
                    };
                }

                return bytes;
        }
    }
}
