using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Memory that kernels write intermediate results to: for each worker a few buffers, which grow to the largest size asked
/// for and are then used again, so that a kernel that has run once allocates nothing. A worker uses its own buffers only;
/// those of worker 0 may be filled by the caller before a job and read by everybody during it.
/// </summary>
internal sealed unsafe class Scratch
{
    /// <summary>Number of buffers of each worker.</summary>
    public const int Slots = 9;

    private const int Alignment = 64;
    private readonly byte[]?[] _arrays;
    private readonly nint[] _starts;

    /// <summary>Empty buffers.</summary>
    /// <param name="workers">Number of workers.</param>
    public Scratch(int workers)
    {
        _arrays = new byte[]?[workers * Slots];
        _starts = new nint[workers * Slots];
    }

    /// <summary>A buffer of floats; what it held is lost when it grows.</summary>
    /// <param name="worker">Whose.</param>
    /// <param name="slot">Which, 0 to <see cref="Slots"/> − 1.</param>
    /// <param name="count">At least so many floats; there is room for 16 more.</param>
    /// <returns>Its start, a multiple of 64 bytes, good until the buffer is asked for again with a larger size.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Floats(int worker, ScratchSlot slot, long count) => (float*)Bytes((worker * Slots) + (int)slot, count * sizeof(float));

    /// <summary>
    /// Makes room in a buffer of every worker, so that it does not depend on who takes which part when the room is made.
    /// </summary>
    /// <param name="slot">Which buffer.</param>
    /// <param name="count">Room for so many floats.</param>
    public void Reserve(ScratchSlot slot, long count)
    {
        for (int worker = 0; worker < _starts.Length / Slots; worker++)
        {
            Floats(worker, slot, count);
        }
    }

    /// <summary>A buffer of integers; see <see cref="Floats"/>.</summary>
    /// <param name="worker">Whose.</param>
    /// <param name="slot">Which.</param>
    /// <param name="count">At least so many.</param>
    /// <returns>Its start.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int* Integers(int worker, ScratchSlot slot, long count) => (int*)Bytes((worker * Slots) + (int)slot, count * sizeof(int));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Bytes(int index, long count) =>
        _arrays[index] is { } array && array.LongLength >= count + (2 * Alignment) ? (byte*)_starts[index] : Grow(index, count);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* Grow(int index, long count)
    {
        // Pinned: the address stays, and no finaliser is needed as for native memory.
        byte[] array = GC.AllocateArray<byte>(checked((int)(count + (count >> 2) + (2 * Alignment))), pinned: true);
        nint start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        start = (start + Alignment - 1) & -Alignment;
        _arrays[index] = array;
        _starts[index] = start;
        return (byte*)start;
    }
}
