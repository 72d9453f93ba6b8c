using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Tests.Tensors.Kernels;

/// <summary>Pinned floats with a guard on either side, which tells of writes out of bounds.</summary>
internal sealed unsafe class Floats
{
    private const int Guard = 64;
    private const float Sentinel = 12345.678f;
    private readonly float[] _array;

    public Floats(long count)
    {
        _array = GC.AllocateArray<float>((int)count + (2 * Guard), pinned: true);
        Array.Fill(_array, Sentinel);
        Count = (int)count;
        Span.Clear();
    }

    public Floats(long count, KeyedStream random)
        : this(count)
    {
        foreach (ref float value in Span)
        {
            value = random.Uniform(-1f, 1f);
        }
    }

    public int Count { get; }

    public float* Start => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array)) + Guard;

    public Span<float> Span => _array.AsSpan(Guard, Count);

    public ref float this[long index] => ref Span[(int)index];

    public Floats Copy()
    {
        var copy = new Floats(Count);
        Span.CopyTo(copy.Span);
        return copy;
    }

    /// <summary>Every bit is equal, and nothing was written beside.</summary>
    public void AssertSameBits(Floats expected, string what)
    {
        for (int i = 0; i < Count; i++)
        {
            if (BitConverter.SingleToInt32Bits(this[i]) != BitConverter.SingleToInt32Bits(expected[i]))
            {
                Assert.Fail($"{what}: element {i} of {Count} should be {expected[i]:R}, is {this[i]:R}");
            }
        }

        AssertGuards(what);
    }

    /// <summary>Nothing was written beside.</summary>
    public void AssertGuards(string what)
    {
        Assert.True(!_array.AsSpan(0, Guard).ContainsAnyExcept(Sentinel), what + ": something was written before the start");
        Assert.True(!_array.AsSpan(Guard + Count).ContainsAnyExcept(Sentinel), what + ": something was written past the end");
    }
}
