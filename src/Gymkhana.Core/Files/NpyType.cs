using System.Globalization;
using System.Numerics;

namespace Gymkhana.Core.Files;

/// <summary>The element type of a NumPy array.</summary>
/// <param name="Kind">What an element is.</param>
/// <param name="Size">Bytes of one element.</param>
public readonly record struct NpyType(NpyKind Kind, int Size)
{
    private const int BytesOfRune = 4;

    // In the order of NpyKind.
    private const string Letters = "biufcSU";

    /// <summary>The type as the file names it, little-endian: <c>&lt;f4</c>, <c>|u1</c>, <c>&lt;U6</c> (six characters).</summary>
    public string Descriptor
    {
        get
        {
            bool ordered = Size > 1 && Kind != NpyKind.ByteString;
            int number = Kind == NpyKind.Text ? Size / BytesOfRune : Size;
            return string.Create(CultureInfo.InvariantCulture, $"{(ordered ? '<' : '|')}{Letters[(int)Kind]}{number}");
        }
    }

    /// <summary>Bytes of the parts that byte order applies to: half a complex number, one character of a text.</summary>
    internal int PartSize => Kind switch
    {
        NpyKind.Complex => Size / 2,
        NpyKind.ByteString => 1,
        NpyKind.Text => BytesOfRune,
        _ => Size,
    };

    /// <summary>The type whose elements are values of <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">bool, a whole number of 8 to 64 bits, Half, float, double or <see cref="Complex"/>.</typeparam>
    /// <returns>The type.</returns>
    /// <exception cref="NotSupportedException">NumPy has no such type.</exception>
    public static NpyType Of<T>()
        where T : unmanaged
    {
        Type type = typeof(T);
        return type switch
        {
            _ when type == typeof(bool) => new(NpyKind.Boolean, 1),
            _ when type == typeof(sbyte) => new(NpyKind.Whole, 1),
            _ when type == typeof(short) => new(NpyKind.Whole, 2),
            _ when type == typeof(int) => new(NpyKind.Whole, 4),
            _ when type == typeof(long) => new(NpyKind.Whole, 8),
            _ when type == typeof(byte) => new(NpyKind.Natural, 1),
            _ when type == typeof(ushort) => new(NpyKind.Natural, 2),
            _ when type == typeof(uint) => new(NpyKind.Natural, 4),
            _ when type == typeof(ulong) => new(NpyKind.Natural, 8),
            _ when type == typeof(Half) => new(NpyKind.Real, 2),
            _ when type == typeof(float) => new(NpyKind.Real, 4),
            _ when type == typeof(double) => new(NpyKind.Real, 8),
            _ when type == typeof(Complex) => new(NpyKind.Complex, 16),
            _ => throw new NotSupportedException(
                $"A NumPy array of {type.Name} does not exist. Use bool, a whole number, Half, float, double or Complex."),
        };
    }

    /// <summary>The type as a person says it: float32, uint8, text of 6.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Kind switch
    {
        NpyKind.Boolean => "bool",
        NpyKind.Whole => string.Create(CultureInfo.InvariantCulture, $"int{8 * Size}"),
        NpyKind.Natural => string.Create(CultureInfo.InvariantCulture, $"uint{8 * Size}"),
        NpyKind.Real => string.Create(CultureInfo.InvariantCulture, $"float{8 * Size}"),
        NpyKind.Complex => string.Create(CultureInfo.InvariantCulture, $"complex{8 * Size}"),
        NpyKind.ByteString => string.Create(CultureInfo.InvariantCulture, $"bytes of {Size}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"text of {Size / BytesOfRune}"),
    };

    /// <summary>Reads a type as the file names it.</summary>
    /// <param name="descriptor">Such as <c>&gt;f4</c>.</param>
    /// <param name="type">The type.</param>
    /// <param name="bigEndian">Whether the file holds the most significant byte first.</param>
    /// <returns>Whether it is one of the supported types.</returns>
    internal static bool TryParse(string descriptor, out NpyType type, out bool bigEndian)
    {
        type = default;
        bigEndian = false;
        if (descriptor.Length < 3 || !"<>|=".Contains(descriptor[0], StringComparison.Ordinal))
        {
            return false;
        }

        int kind = Letters.IndexOf(descriptor[1], StringComparison.Ordinal);
        if (kind < 0 || !int.TryParse(descriptor.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return false;
        }

        bool known = (NpyKind)kind switch
        {
            NpyKind.Boolean => number == 1,
            NpyKind.Whole or NpyKind.Natural => number is 1 or 2 or 4 or 8,
            NpyKind.Real => number is 2 or 4 or 8,
            NpyKind.Complex => number is 8 or 16,
            NpyKind.ByteString => number >= 1,
            _ => number is >= 1 and <= int.MaxValue / BytesOfRune,
        };
        if (!known)
        {
            return false;
        }

        type = new NpyType((NpyKind)kind, (NpyKind)kind == NpyKind.Text ? number * BytesOfRune : number);
        bigEndian = descriptor[0] == '>';

        // Without a byte order the bytes of a wider number could only be guessed.
        return type.PartSize == 1 || descriptor[0] is '<' or '>';
    }
}
