using System.Runtime.CompilerServices;

namespace Gymkhana.Tensors.Autograd;

/// <summary>
/// Memory of one training step: blocks are handed out one after another and all taken back at once. After the first steps it
/// is a single chunk of the size that a step needs, and nothing is allocated any more.
/// </summary>
internal sealed unsafe class Arena
{
    private const int Alignment = 16;
    private const int FirstChunk = 1 << 16;
    private readonly List<float[]> _chunks = [];
    private int _chunk = -1;
    private int _used;
    private int _capacity;
    private long _rented;

    /// <summary>Floats that a step may use before the arena grows.</summary>
    public long Capacity => _chunks.Sum(c => (long)c.Length);

    /// <summary>A block whose contents are undefined, aligned to 64 bytes, until <see cref="Reset"/>.</summary>
    /// <param name="count">Floats, at least 0.</param>
    /// <returns>The block.</returns>
    /// <exception cref="OutOfMemoryException">The machine has no memory for it.</exception>
    public float* Rent(int count)
    {
        int padded = (int)Math.Min(int.MaxValue - 64, ((long)count + Alignment - 1) / Alignment * Alignment);
        if (_chunk < 0 || _capacity - _used < padded)
        {
            Grow(padded);
        }

        float* block = Start(_chunks[_chunk]) + _used;
        _used += padded;
        _rented += padded;
        return block;
    }

    /// <summary>A block of zeros.</summary>
    /// <param name="count">Floats, at least 0.</param>
    /// <returns>The block.</returns>
    public float* RentZeros(int count)
    {
        float* block = Rent(count);
        new Span<float>(block, count).Clear();
        return block;
    }

    /// <summary>Takes all blocks back. Whoever still uses one sees memory of the next step.</summary>
    public void Reset()
    {
        if (_chunks.Count > 1)
        {
            long needed = Math.Min(_rented + FirstChunk, Array.MaxLength);
            _chunks.Clear();
            _chunk = -1;
            Grow((int)needed);
        }

        _used = 0;
        _rented = 0;
    }

    private static float* Start(float[] chunk)
    {
        // The array is pinned for its life, so its address stays; the first 15 floats at most are skipped for alignment.
        float* first = (float*)Unsafe.AsPointer(ref chunk[0]);
        return (float*)(((nint)first + 63) & ~(nint)63);
    }

    private void Grow(int atLeast)
    {
        long last = _chunks.Count == 0 ? FirstChunk / 2 : _chunks[^1].Length;
        int length = (int)Math.Min(Math.Max(2 * last, (long)atLeast + Alignment), Array.MaxLength);
        _chunks.Add(GC.AllocateUninitializedArray<float>(length, pinned: true));
        _chunk = _chunks.Count - 1;
        _capacity = length - Alignment;
        _used = 0;
    }
}
