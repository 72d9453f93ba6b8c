using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Gymkhana.Core.Files;

/// <summary>Puts the bytes of a file in the order of <see cref="NpyArray"/>, and checks those that not every value is valid for.</summary>
internal static class NpyLayout
{
    /// <summary>Turns big-endian parts into little-endian ones, in place.</summary>
    /// <param name="bytes">The elements.</param>
    /// <param name="partSize">Bytes of one part: 1, 2, 4 or 8.</param>
    public static void ReverseParts(Span<byte> bytes, int partSize)
    {
        switch (partSize)
        {
            case 2:
                Span<ushort> twos = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(twos, twos);
                break;
            case 4:
                Span<uint> fours = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(fours, fours);
                break;
            case 8:
                Span<ulong> eights = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(eights, eights);
                break;
        }
    }

    /// <summary>Copies elements stored first axis fastest (Fortran) to last axis fastest (C).</summary>
    /// <param name="bytes">The elements as stored.</param>
    /// <param name="shape">The length of each axis; their product times the element size is the number of bytes.</param>
    /// <param name="size">Bytes of one element.</param>
    /// <returns>A new array, or the same when both orders agree.</returns>
    public static byte[] FromFortran(byte[] bytes, ReadOnlySpan<long> shape, int size)
    {
        if (shape.Length < 2 || bytes.Length <= size)
        {
            return bytes;
        }

        return size switch
        {
            1 => Reorder<byte>(bytes, shape, 1),
            2 => Reorder<ushort>(bytes, shape, 1),
            4 => Reorder<uint>(bytes, shape, 1),
            8 => Reorder<ulong>(bytes, shape, 1),
            16 => Reorder<UInt128>(bytes, shape, 1),
            _ => Reorder<byte>(bytes, shape, size),
        };
    }

    /// <summary>Finds the first element that no value stands for: a truth value above 1, a character outside Unicode.</summary>
    /// <param name="bytes">The elements, little-endian.</param>
    /// <param name="kind">What they are.</param>
    /// <returns>The offset of the offending byte or character, or -1.</returns>
    public static int FindInvalid(ReadOnlySpan<byte> bytes, NpyKind kind)
    {
        if (kind == NpyKind.Boolean)
        {
            return bytes.IndexOfAnyExceptInRange((byte)0, (byte)1);
        }

        if (kind == NpyKind.Text)
        {
            ReadOnlySpan<uint> characters = MemoryMarshal.Cast<byte, uint>(bytes);
            for (int i = 0; i < characters.Length; i++)
            {
                if (!Rune.IsValid(characters[i]))
                {
                    return i;
                }
            }
        }

        return -1;
    }

    // Walks the result in order; the place in the source moves by the stride of whichever axis advances.
    private static byte[] Reorder<T>(byte[] bytes, ReadOnlySpan<long> shape, int width)
        where T : unmanaged
    {
        byte[] ordered = GC.AllocateUninitializedArray<byte>(bytes.Length);
        ReadOnlySpan<T> source = MemoryMarshal.Cast<byte, T>(bytes);
        Span<T> target = MemoryMarshal.Cast<byte, T>(ordered.AsSpan());
        Span<long> strides = stackalloc long[shape.Length];
        Span<long> index = stackalloc long[shape.Length];
        index.Clear();
        long stride = width;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        long from = 0;
        int last = shape.Length - 1;
        for (int to = 0; to < target.Length; to += width)
        {
            for (int i = 0; i < width; i++)
            {
                target[to + i] = source[(int)from + i];
            }

            int axis = last;
            from += strides[axis];
            while (++index[axis] == shape[axis] && axis > 0)
            {
                from -= strides[axis] * shape[axis];
                index[axis] = 0;
                axis--;
                from += strides[axis];
            }
        }

        return ordered;
    }
}
