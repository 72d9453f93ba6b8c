using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Gymkhana.Core.Files;

/// <summary>An array as NumPy files hold it: an element type, a shape, and the elements in row-major (C) order, little-endian.</summary>
public sealed class NpyArray
{
    private readonly byte[] _bytes;
    private readonly string _origin;

    /// <summary>Takes over bytes that are already in order.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="shape">The shape; its product times the element size is the number of bytes.</param>
    /// <param name="bytes">The elements; owned by the array from now on.</param>
    /// <param name="origin">Where it comes from, for messages.</param>
    internal NpyArray(NpyType type, ImmutableArray<long> shape, byte[] bytes, string origin)
    {
        Type = type;
        Shape = shape;
        _bytes = bytes;
        _origin = origin;
    }

    /// <summary>The element type.</summary>
    public NpyType Type { get; }

    /// <summary>The length of each axis, outermost first; empty for a single number.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>How many elements there are.</summary>
    public int Count => _bytes.Length / Type.Size;

    /// <summary>The elements' bytes, little-endian, row-major; a view, valid as long as the array.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Makes an array from elements in row-major order.</summary>
    /// <typeparam name="T">The element; see <see cref="NpyType.Of{T}"/>.</typeparam>
    /// <param name="elements">The elements; copied.</param>
    /// <param name="shape">The length of each axis; none for a single number.</param>
    /// <returns>The array.</returns>
    /// <exception cref="ArgumentException">The shape does not hold that many elements.</exception>
    /// <exception cref="NotSupportedException">NumPy has no such type.</exception>
    public static NpyArray Create<T>(ReadOnlySpan<T> elements, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        NpyType type = NpyType.Of<T>();
        CheckLittleEndian();
        CheckShape(elements.Length, shape);
        return new NpyArray(type, [.. shape], MemoryMarshal.AsBytes(elements).ToArray(), "an array in memory");
    }

    /// <summary>Makes an array of texts, as wide as the longest.</summary>
    /// <param name="texts">The texts in row-major order.</param>
    /// <param name="shape">The length of each axis; none for a single text.</param>
    /// <returns>The array.</returns>
    /// <exception cref="ArgumentException">The shape does not hold that many texts, or a text is not valid Unicode.</exception>
    public static NpyArray CreateText(ReadOnlySpan<string> texts, params ReadOnlySpan<long> shape)
    {
        CheckShape(texts.Length, shape);
        UTF32Encoding encoding = new(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true);
        int size = 4;
        foreach (string text in texts)
        {
            size = Math.Max(size, encoding.GetByteCount(text));
        }

        byte[] bytes = new byte[checked(size * texts.Length)];
        for (int i = 0; i < texts.Length; i++)
        {
            encoding.GetBytes(texts[i], bytes.AsSpan(i * size, size));
        }

        return new NpyArray(new NpyType(NpyKind.Text, size), [.. shape], bytes, "an array in memory");
    }

    /// <summary>The elements in row-major order, without copying.</summary>
    /// <typeparam name="T">The element; it must be the array's own type, nothing is converted.</typeparam>
    /// <returns>A view, valid as long as the array.</returns>
    /// <exception cref="GymkhanaException">The array holds another type.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged
    {
        CheckLittleEndian();
        NpyType asked = NpyType.Of<T>();
        if (asked != Type)
        {
            throw new GymkhanaException(
                $"{FileText.OneLine(_origin)} holds {Type}, expected {asked}. "
                + $"Save it again as {asked} (in NumPy: .astype('{asked.Descriptor}')).");
        }

        return MemoryMarshal.Cast<byte, T>(_bytes);
    }

    /// <summary>A copy of the elements in row-major order.</summary>
    /// <typeparam name="T">The element; it must be the array's own type, nothing is converted.</typeparam>
    /// <returns>A new array.</returns>
    /// <exception cref="GymkhanaException">The array holds another type.</exception>
    public T[] ToArray<T>()
        where T : unmanaged => AsSpan<T>().ToArray();

    /// <summary>
    /// The texts of an array of texts or byte strings, without the zeros that pad them; a byte is the character of its number.
    /// </summary>
    /// <returns>A new array in row-major order.</returns>
    /// <exception cref="GymkhanaException">The array holds numbers.</exception>
    public string[] ToText()
    {
        if (Type.Kind is not (NpyKind.Text or NpyKind.ByteString))
        {
            throw new GymkhanaException($"{FileText.OneLine(_origin)} holds {Type}, expected texts. Save it again as an array of str.");
        }

        Encoding encoding = Type.Kind == NpyKind.Text ? Encoding.UTF32 : Encoding.Latin1;
        string[] texts = new string[Count];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = encoding.GetString(_bytes, i * Type.Size, Type.Size).TrimEnd('\0');
        }

        return texts;
    }

    /// <summary>What it is: its type and shape.</summary>
    /// <returns>Such as "float32 (2, 3)".</returns>
    public override string ToString() => $"{Type} {NpyHeader.ShapeText(Shape.AsSpan())}";

    private static void CheckShape(int count, ReadOnlySpan<long> shape)
    {
        UInt128 product = 1;
        foreach (long length in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(shape));

            // Anything above 2^63 elements is wrong already; stopping there keeps the product from wrapping.
            product = product > long.MaxValue ? product : product * (ulong)length;
        }

        if (product != (UInt128)count)
        {
            throw new ArgumentException(
                $"An array of shape {NpyHeader.ShapeText(shape)} expects {product} elements, got {count}.", nameof(shape));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CheckLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("NumPy arrays are read in place, which needs a little-endian machine.");
        }
    }
}
