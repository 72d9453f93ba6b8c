using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Gymkhana.Core.Files;

/// <summary>
/// The header of an npy file: what is in it and in which order. Source: NumPy enhancement proposal 1 and numpy.lib.format.
/// </summary>
/// <param name="Type">The element type.</param>
/// <param name="BigEndian">Whether the file holds the most significant byte first.</param>
/// <param name="Fortran">Whether the first axis runs fastest in the file.</param>
/// <param name="Shape">The length of each axis.</param>
internal sealed record NpyHeader(NpyType Type, bool BigEndian, bool Fortran, ImmutableArray<long> Shape)
{
    /// <summary>Bytes before the header's length: the magic string and two version bytes.</summary>
    public const int PrefixLength = 8;

    /// <summary>The longest header that is read; NumPy itself distrusts more than 10,000 bytes.</summary>
    public const int LongestHeader = 65535;

    private const int Alignment = 64;

    /// <summary>The six bytes an npy file begins with.</summary>
    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>A shape as Python writes it.</summary>
    /// <param name="shape">The length of each axis.</param>
    /// <returns>Such as (), (3,) or (2, 3).</returns>
    public static string ShapeText(ReadOnlySpan<long> shape)
    {
        StringBuilder text = new("(");
        for (int i = 0; i < shape.Length; i++)
        {
            text.Append(i == 0 ? "" : " ").Append(CultureInfo.InvariantCulture, $"{shape[i]}");
            text.Append(i + 1 < shape.Length || i == 0 ? "," : "");
        }

        return text.Append(')').ToString();
    }

    /// <summary>The bytes of an npy file before its data, version 1.0, padded so that the data begin at a multiple of 64.</summary>
    /// <param name="array">The array to be written.</param>
    /// <returns>The bytes.</returns>
    public static byte[] Format(NpyArray array)
    {
        string fields = $"{{'descr': '{array.Type.Descriptor}', 'fortran_order': False, 'shape': {ShapeText(array.Shape.AsSpan())}, }}";
        int unpadded = PrefixLength + 2 + fields.Length + 1;
        int total = (unpadded + Alignment - 1) / Alignment * Alignment;
        byte[] bytes = new byte[total];
        bytes.AsSpan().Fill((byte)' ');
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        bytes[7] = 0;
        int length = total - PrefixLength - 2;
        bytes[8] = (byte)length;
        bytes[9] = (byte)(length >> 8);
        Encoding.ASCII.GetBytes(fields, bytes.AsSpan(PrefixLength + 2));
        bytes[^1] = (byte)'\n';
        return bytes;
    }

    /// <summary>The number of data bytes, or null when it passes 2^63.</summary>
    /// <returns>The product of the shape times the element size.</returns>
    public long? DataLength()
    {
        if (Shape.Contains(0))
        {
            return 0;
        }

        UInt128 product = (UInt128)Type.Size;
        foreach (long length in Shape)
        {
            product *= (ulong)length;
            if (product > long.MaxValue)
            {
                return null;
            }
        }

        return (long)product;
    }
}
