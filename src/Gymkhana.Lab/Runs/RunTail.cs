using System.Text;

namespace Gymkhana.Lab.Runs;

/// <summary>Follows a text file that another process appends to.</summary>
/// <param name="path">The file; it need not exist yet.</param>
/// <param name="end">Where to stop, in bytes.</param>
/// <param name="most">Bytes to read at once, at most; longer than any line.</param>
internal sealed class RunTail(string path, long end = long.MaxValue, int most = 1 << 20)
{
    private readonly string _path = path;
    private readonly long _end = end;

    /// <summary>How far it has been read, bytes.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether the last <see cref="Next"/> found the file shorter than before, so that it began anew.</summary>
    public bool HasRestarted { get; private set; }

    /// <summary>What has been written since, in whole lines, of a limited length; empty when there is nothing.</summary>
    public string Next()
    {
        HasRestarted = false;
        try
        {
            using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length < Offset)
            {
                Offset = 0;
                HasRestarted = true;
            }

            int there = (int)Math.Min(Math.Min(stream.Length, _end) - Offset, most);
            if (there <= 0) return string.Empty;
            byte[] bytes = new byte[there];
            stream.Position = Offset;
            there = stream.ReadAtLeast(bytes, there, throwOnEndOfStream: false);
            int whole = bytes.AsSpan(0, there).LastIndexOf((byte)'\n') + 1;
            if (whole == 0 && there == most) whole = there; // no line is that long
            Offset += whole;
            return Encoding.UTF8.GetString(bytes, 0, whole);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return string.Empty; // not there yet, or not any more
        }
    }
}
