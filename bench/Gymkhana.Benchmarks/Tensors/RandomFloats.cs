using System.Runtime.InteropServices;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Benchmarks.Tensors;

/// <summary>Floats in native memory, aligned to 64 bytes, uniform in [−1, 1).</summary>
internal static unsafe class RandomFloats
{
    public static float* Make(long count, KeyedStream random)
    {
        float* floats = (float*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(float)), 64);
        for (long i = 0; i < count; i++)
        {
            floats[i] = random.Uniform(-1f, 1f);
        }

        return floats;
    }

    public static void Free(float* floats) => NativeMemory.AlignedFree(floats);
}
