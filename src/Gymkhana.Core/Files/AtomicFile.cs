using System.Text;

namespace Gymkhana.Core.Files;

/// <summary>
/// Writes whole files so that a reader, or whoever comes after a crash, finds either the old content or the new, never half of it:
/// a temporary file in the same folder is written, flushed to the disk and renamed over the target.
/// </summary>
public static class AtomicFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>Writes a file through a stream.</summary>
    /// <param name="path">The file; its folder must exist. Anything under /dev is written in place: it has no old content to keep.</param>
    /// <param name="write">Writes the content; the stream can seek and is closed afterwards. If it throws, the old file stays.</param>
    /// <exception cref="FileWriteException">The folder is missing or not writable, or the disk is full.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = CheckTarget(path);
        bool inPlace = target.StartsWith("/dev/", StringComparison.Ordinal);
        string written = inPlace ? target : Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetRandomFileName()}.tmp");
        bool created = false;
        try
        {
            FileMode mode = inPlace ? FileMode.Open : FileMode.CreateNew;
            using (FileStream stream = new(written, mode, FileAccess.Write, FileShare.None, BufferSize))
            {
                created = !inPlace;
                write(stream);
                stream.Flush(flushToDisk: !inPlace);
            }

            if (!inPlace)
            {
                File.Move(written, target, overwrite: true);
                created = false;
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw FileWriteException.From(path, cause);
        }
        finally
        {
            if (created)
            {
                Discard(written);
            }
        }
    }

    /// <summary>Writes a file of text, UTF-8 without a byte-order mark.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="text">The content.</param>
    /// <exception cref="FileWriteException">The folder is missing or not writable, or the disk is full.</exception>
    public static void WriteAllText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Writes a file of bytes.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="bytes">The content; read during the call only.</param>
    /// <exception cref="FileWriteException">The folder is missing or not writable, or the disk is full.</exception>
    public static void WriteAllBytes(string path, ReadOnlyMemory<byte> bytes) => Write(path, stream => stream.Write(bytes.Span));

    private static string CheckTarget(string path)
    {
        string target;
        try
        {
            target = Path.GetFullPath(path);
        }
        catch (Exception cause) when (cause is ArgumentException or IOException or NotSupportedException)
        {
            throw new FileWriteException(path, "this is not a valid file name. Choose another.", cause);
        }

        if (Directory.Exists(target))
        {
            throw new FileWriteException(path, "it is a folder. Name a file in it.");
        }

        string folder = Path.GetDirectoryName(target) ?? target;
        if (!Directory.Exists(folder))
        {
            throw new FileWriteException(path, File.Exists(folder)
                ? $"{FileText.OneLine(folder)} is a file, not a folder. Choose another folder."
                : $"the folder {FileText.OneLine(folder)} does not exist. Create it, or choose another.");
        }

        return target;
    }

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report; a left-over temporary file harms nobody.
        }
    }
}
