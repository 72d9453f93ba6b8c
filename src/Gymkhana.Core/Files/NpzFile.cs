using System.IO.Compression;

namespace Gymkhana.Core.Files;

/// <summary>Writes npz files, NumPy's zip archives of named arrays; see <see cref="NpzReader"/> to read them.</summary>
public static class NpzFile
{
    private const int LongestName = 1000;

    /// <summary>
    /// Writes an archive, whole or not at all. The same arrays give the same bytes: no times or owners are recorded (packed bytes also
    /// depend on the .NET version's deflate).
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="arrays">The arrays and their names, in order; each is asked for once, so a lazy sequence keeps one in memory.</param>
    /// <param name="compress">Whether to deflate, as <c>numpy.savez_compressed</c>, or store, as <c>numpy.savez</c>.</param>
    /// <exception cref="ArgumentException">A name is empty, longer than 1,000 characters or used twice.</exception>
    /// <exception cref="FileWriteException">It cannot be written.</exception>
    public static void Write(string path, IEnumerable<(string Name, NpyArray Array)> arrays, bool compress)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        CompressionLevel level = compress ? CompressionLevel.Optimal : CompressionLevel.NoCompression;
        AtomicFile.Write(path, stream =>
        {
            if (!stream.CanSeek)
            {
                throw new FileWriteException(path, "an npz archive cannot go into a pipe. Write it to a file.");
            }

            HashSet<string> names = new(StringComparer.Ordinal);
            ZipWriter writer = new(stream);
            foreach ((string name, NpyArray array) in arrays)
            {
                if (string.IsNullOrEmpty(name) || name.Length > LongestName || !names.Add(name))
                {
                    throw new ArgumentException(
                        $"Each npz array needs a short name of its own, got {FileText.Quote(name ?? "")} empty, too long or twice.",
                        nameof(arrays));
                }

                writer.Add($"{name}.npy", NpyHeader.Format(array), array.Bytes.Span, level);
            }

            writer.Finish();
        });
    }
}
