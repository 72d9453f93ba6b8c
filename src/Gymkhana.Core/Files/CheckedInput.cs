namespace Gymkhana.Core.Files;

/// <summary>
/// Reads from a stream of doubtful content: every block is checked against the bytes that can be there before memory is set aside,
/// and memory grows only as bytes come.
/// </summary>
/// <param name="stream">The stream; not closed.</param>
/// <param name="origin">The file, for messages.</param>
/// <param name="available">How many bytes the stream has from here, or null when nobody knows.</param>
/// <param name="certain">Whether <paramref name="available"/> is measured, not merely claimed by the file.</param>
internal sealed class CheckedInput(Stream stream, string origin, long? available, bool certain)
{
    private const int FirstBlock = 1 << 20;
    private const string CopyAgain = "It may not have been written to its end; copy or save it again.";

    /// <summary>The file, for messages.</summary>
    public string Origin => origin;

    /// <summary>How many bytes have been read.</summary>
    public long Position { get; private set; }

    /// <summary>The checksum of the bytes read.</summary>
    public uint Crc { get; private set; }

    /// <summary>Reads a block.</summary>
    /// <param name="count">Its length in bytes.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="DamagedFileException">The file is shorter or its content cannot be unpacked.</exception>
    /// <exception cref="FileReadException">The system cannot read it.</exception>
    public byte[] Read(long count, string what)
    {
        if (available is { } there && count > there - Position)
        {
            throw TooShort(what, count, there - Position);
        }

        if (count > Array.MaxLength)
        {
            throw new DamagedFileException(
                origin, $"{what} has {count} bytes, and at most {Array.MaxLength} fit one array", "Split it into several files.");
        }

        byte[] block = GC.AllocateUninitializedArray<byte>((int)(certain ? count : Math.Min(count, FirstBlock)));
        int read = Fill(block);
        while (read == block.Length && read < count)
        {
            Array.Resize(ref block, (int)Math.Min(count, 2L * block.Length));
            read += Fill(block.AsSpan(read));
        }

        return read == count ? block : throw TooShort(what, count, read);
    }

    /// <summary>Checks that nothing follows.</summary>
    /// <exception cref="DamagedFileException">Something does.</exception>
    public void ExpectEnd()
    {
        Span<byte> one = stackalloc byte[1];
        if (Fill(one) != 0)
        {
            string extra = available is { } there ? $"{there - Position + 1} bytes follow" : "more bytes follow";
            throw new DamagedFileException(origin, $"{extra} after the end of the array", "Save one array to each file.");
        }
    }

    private int Fill(Span<byte> block)
    {
        try
        {
            int read = stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
            Crc = Crc32.Append(Crc, block[..read]);
            Position += read;
            return read;
        }
        catch (InvalidDataException cause)
        {
            throw new DamagedFileException(origin, "its packed content cannot be unpacked", CopyAgain, cause);
        }
        catch (IOException cause)
        {
            throw FileReadException.From(origin, cause);
        }
    }

    private DamagedFileException TooShort(string what, long expected, long got) =>
        new(origin, $"it ends too early: expected {expected} bytes of {what}, got {got}", CopyAgain);
}
