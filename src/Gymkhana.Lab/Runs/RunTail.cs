using System.Text;

namespace Gymkhana.Lab.Runs;

/// <summary>Follows a text file that another process appends to.</summary>
/// <param name="path">The file; it need not exist yet.</param>
internal sealed class RunTail(string path)
{
    private const int MostBytes = 1 << 20;

    private readonly string _path = path;
    private long _offset;

    /// <summary>Whether the last <see cref="Next"/> found the file shorter than before, so that it began anew.</summary>
    public bool HasRestarted { get; private set; }

    /// <summary>What has been written since, in whole lines, of at most a megabyte; empty when there is nothing.</summary>
    public string Next()
    {
        HasRestarted = false;
        try
        {
            using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length < _offset)
            {
                _offset = 0;
                HasRestarted = true;
            }

            int there = (int)Math.Min(stream.Length - _offset, MostBytes);
            if (there == 0) return string.Empty;
            byte[] bytes = new byte[there];
            stream.Position = _offset;
            there = stream.ReadAtLeast(bytes, there, throwOnEndOfStream: false);
            int end = bytes.AsSpan(0, there).LastIndexOf((byte)'\n') + 1;
            if (end == 0 && there == MostBytes) end = there; // no line is that long
            _offset += end;
            return Encoding.UTF8.GetString(bytes, 0, end);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return string.Empty; // not there yet, or not any more
        }
    }
}
