using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gymkhana.Core.Runs;

/// <summary>What a measurement was made on.</summary>
/// <param name="OperatingSystem">Name and version of the operating system.</param>
/// <param name="Processor">Name of the processor, or its architecture when the system does not tell.</param>
/// <param name="Cores">Logical processors that this process may use.</param>
/// <param name="Runtime">Version of .NET.</param>
/// <param name="SimdBits">Width of the widest hardware vectors, bits; 0 when they are switched off.</param>
public sealed record MachineDescription(string OperatingSystem, string Processor, int Cores, string Runtime, int SimdBits)
{
    /// <summary>This machine.</summary>
    /// <returns>Its description.</returns>
    public static MachineDescription Current() => new(
        RuntimeInformation.OSDescription.Trim(),
        ProcessorName(),
        System.Environment.ProcessorCount,
        RuntimeInformation.FrameworkDescription,
        WidestVector());

    private static int WidestVector() =>
        Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : Vector.IsHardwareAccelerated ? Vector<byte>.Count * 8
        : 0;

    private static string ProcessorName()
    {
        string? name = null;
        try
        {
            name = System.OperatingSystem.IsLinux()
                ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[^1].Trim()
                : System.Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        }
        catch (IOException)
        {
            // The name is a courtesy; the architecture will do.
        }
        catch (UnauthorizedAccessException)
        {
            // As above.
        }

        return string.IsNullOrEmpty(name) ? RuntimeInformation.ProcessArchitecture.ToString() : name;
    }
}
