using System.IO.Compression;

namespace Gymkhana.Core.Files;

/// <summary>
/// Reads npz files, NumPy's zip archives of named arrays, one array at a time: stored or deflated, with zip64 records or an archive
/// comment. Each array's checksum is verified. Not safe for several threads at once.
/// </summary>
public sealed class NpzReader : IDisposable
{
    private const string Extension = ".npy";

    // Deflate packs at most 1,032 bytes into one, so a larger claim is a lie.
    private const long MostUnpacked = 1032;
    private const string CopyAgain = "It may not have been written to its end; copy or save it again.";

    private readonly string _path;
    private readonly Stream _stream;
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _members = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>Opens an archive and reads its list of members.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DamagedFileException">It is empty, not a zip archive, or has two members of one name.</exception>
    /// <exception cref="FileReadException">It cannot be opened or read.</exception>
    public NpzReader(string path)
        : this(NpyFile.OpenRead(path), path)
    {
    }

    /// <summary>Reads the list of members of an archive in a stream.</summary>
    /// <param name="stream">The stream, from its beginning; it must be able to seek. Closed with the reader.</param>
    /// <param name="origin">What to call it in messages.</param>
    /// <exception cref="DamagedFileException">It is empty, not a zip archive, or has two members of one name.</exception>
    /// <exception cref="FileReadException">It cannot be read.</exception>
    public NpzReader(Stream stream, string origin)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(origin);
        _path = origin;
        _stream = stream;
        try
        {
            if (!stream.CanSeek)
            {
                throw new FileReadException(origin, "an npz archive is read from its end, and this cannot seek. Copy it to a file first.");
            }

            if (stream.Length == 0)
            {
                throw new DamagedFileException(origin, "the file is empty, expected an npz archive", "Save it again with numpy.savez.");
            }

            _archive = Guard(() => new ZipArchive(_stream, ZipArchiveMode.Read, leaveOpen: true), origin);
            foreach (ZipArchiveEntry member in Guard(() => _archive.Entries, origin))
            {
                Add(member);
            }
        }
        catch
        {
            _archive?.Dispose();
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>The names of the arrays, in the archive's order, without <c>.npy</c>. Members that are no arrays are left out.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Whether there is an array of that name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether it is in <see cref="Names"/>.</returns>
    public bool Contains(string name) => _members.ContainsKey(name);

    /// <summary>Reads one array.</summary>
    /// <param name="name">Its name; see <see cref="Names"/>.</param>
    /// <returns>The array; nothing is kept.</returns>
    /// <exception cref="DamagedFileException">The member is damaged or of a refused kind.</exception>
    /// <exception cref="FileReadException">The file cannot be read.</exception>
    /// <exception cref="GymkhanaException">There is no array of that name.</exception>
    public NpyArray Read(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_members.TryGetValue(name, out ZipArchiveEntry? member))
        {
            string known = _names.Count == 0 ? "it has none" : $"it has {FileText.OneLine(string.Join(", ", _names))}";
            throw new GymkhanaException($"{FileText.OneLine(_path)} has no array {FileText.Quote(name)}: {known}. Ask for one of these.");
        }

        string origin = $"{_path} ({name})";
        (long packed, long unpacked) = (member.CompressedLength, member.Length);
        if (packed < 0 || packed > _stream.Length || unpacked < 0 || unpacked > (packed + 1) * MostUnpacked)
        {
            throw new DamagedFileException(origin, $"it claims {unpacked} bytes packed in {packed}, which cannot be", CopyAgain);
        }

        using Stream content = Guard(member.Open, origin);
        CheckedInput input = new(content, origin, unpacked, certain: packed == unpacked);
        NpyArray array = NpyFile.Read(input);
        input.ExpectEnd();
        if (input.Crc != member.Crc32)
        {
            throw new DamagedFileException(
                origin, $"its checksum is {input.Crc:x8}, expected {member.Crc32:x8}: the content has changed", CopyAgain);
        }

        return array;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _archive.Dispose();
        _stream.Dispose();
    }

    private static T Guard<T>(Func<T> work, string origin)
    {
        try
        {
            return work();
        }
        catch (Exception cause) when (cause is InvalidDataException or NotSupportedException or EndOfStreamException
            or ArgumentException or OverflowException or ObjectDisposedException)
        {
            throw new DamagedFileException(origin, "it is not a whole zip archive of a kind that is read", CopyAgain, cause);
        }
        catch (IOException cause)
        {
            throw FileReadException.From(origin, cause);
        }
    }

    private void Add(ZipArchiveEntry member)
    {
        if (!member.FullName.EndsWith(Extension, StringComparison.Ordinal))
        {
            return;
        }

        string name = member.FullName[..^Extension.Length];
        if (!_members.TryAdd(name, member))
        {
            throw new DamagedFileException(_path, $"it has two arrays named {FileText.Quote(name)}", "Save it again with different names.");
        }

        _names.Add(name);
    }
}
