using System.Buffers.Binary;
using System.Text;

namespace Gymkhana.Core.Files;

/// <summary>
/// Reads and writes npy files, NumPy's format for one array (versions 1.0 to 3.0; written as 1.0). Truth values, whole numbers, floats,
/// complex numbers, byte strings and texts are read, in either byte order and either axis order; objects (pickle) and structured
/// arrays are refused.
/// </summary>
public static class NpyFile
{
    private const string NotNpy = "Check that it was saved with numpy.save, or copy it again.";

    /// <summary>Reads a file that holds one array.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The array, row-major and little-endian whatever the file holds.</returns>
    /// <exception cref="DamagedFileException">It is damaged, too long, too short, or of a refused kind.</exception>
    /// <exception cref="FileReadException">It cannot be opened or read.</exception>
    public static NpyArray Read(string path)
    {
        using FileStream stream = OpenRead(path);
        CheckedInput input = new(stream, path, stream.CanSeek ? stream.Length : null, stream.CanSeek);
        NpyArray array = Read(input);
        input.ExpectEnd();
        return array;
    }

    /// <summary>Reads the array at a stream's place and leaves the stream behind it.</summary>
    /// <param name="stream">The stream; not closed.</param>
    /// <param name="origin">What to call it in messages.</param>
    /// <returns>The array, row-major and little-endian whatever the stream holds.</returns>
    /// <exception cref="DamagedFileException">It is damaged, too short, or of a refused kind.</exception>
    /// <exception cref="FileReadException">It cannot be read.</exception>
    public static NpyArray Read(Stream stream, string origin)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(origin);
        return Read(new CheckedInput(stream, origin, stream.CanSeek ? stream.Length - stream.Position : null, stream.CanSeek));
    }

    /// <summary>Writes a file that holds one array, whole or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="array">The array.</param>
    /// <exception cref="FileWriteException">It cannot be written.</exception>
    public static void Write(string path, NpyArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        AtomicFile.Write(path, stream => Write(stream, array));
    }

    /// <summary>Writes an array to a stream.</summary>
    /// <param name="stream">The stream; not closed.</param>
    /// <param name="array">The array.</param>
    public static void Write(Stream stream, NpyArray array)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(array);
        stream.Write(NpyHeader.Format(array));
        stream.Write(array.Bytes.Span);
    }

    /// <summary>Opens a file to read, with a clear line if that fails.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The stream.</returns>
    /// <exception cref="FileReadException">It cannot be opened.</exception>
    internal static FileStream OpenRead(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw FileReadException.From(path, cause);
        }
    }

    /// <summary>Reads the array at an input's place.</summary>
    /// <param name="input">The input.</param>
    /// <returns>The array.</returns>
    internal static NpyArray Read(CheckedInput input)
    {
        NpyHeader header = ReadHeader(input);
        string kind = $"'{header.Type.Descriptor}' of shape {NpyHeader.ShapeText(header.Shape.AsSpan())}";
        long length = header.DataLength() ?? throw new DamagedFileException(
            input.Origin, $"its header claims {kind}, more bytes than 64 bits can count", NotNpy);
        byte[] bytes = input.Read(length, kind);
        if (header.BigEndian)
        {
            NpyLayout.ReverseParts(bytes, header.Type.PartSize);
        }

        int invalid = NpyLayout.FindInvalid(bytes, header.Type.Kind);
        if (invalid >= 0)
        {
            throw new DamagedFileException(input.Origin, $"place {invalid} of {kind} holds a value that type does not have", NotNpy);
        }

        if (header.Fortran)
        {
            bytes = NpyLayout.FromFortran(bytes, header.Shape.AsSpan(), header.Type.Size);
        }

        return new NpyArray(header.Type, header.Shape, bytes, input.Origin);
    }

    private static NpyHeader ReadHeader(CheckedInput input)
    {
        byte[] prefix = input.Read(NpyHeader.PrefixLength, "an npy header");
        if (!prefix.AsSpan().StartsWith(NpyHeader.Magic))
        {
            throw new DamagedFileException(input.Origin, "it is not an npy file: it does not begin with \\x93NUMPY", NotNpy);
        }

        (int major, int minor) = (prefix[6], prefix[7]);
        if (major is < 1 or > 3 || minor != 0)
        {
            throw new DamagedFileException(input.Origin, $"npy version {major}.{minor} is not known, expected 1.0, 2.0 or 3.0", NotNpy);
        }

        long length = major == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(input.Read(2, "an npy header"))
            : BinaryPrimitives.ReadUInt32LittleEndian(input.Read(4, "an npy header"));
        if (length > NpyHeader.LongestHeader)
        {
            throw new DamagedFileException(
                input.Origin, $"its header claims {length} bytes, and at most {NpyHeader.LongestHeader} are read", NotNpy);
        }

        byte[] bytes = input.Read(length, "an npy header");
        Encoding encoding = major == 3 ? Encoding.UTF8 : Encoding.Latin1;
        return NpyHeaderParser.Parse(encoding.GetString(bytes), input.Origin);
    }
}
