using Gymkhana.Core;

namespace Gymkhana.Environments.Drawing;

/// <summary>
/// A file that is written beside its final place and moved there when complete: until then, and if it never completes, what stood
/// there before stays as it was.
/// </summary>
internal sealed class PendingFile(string path) : IDisposable
{
    private bool _complete;

    /// <summary>Where it is written until it is complete: hidden, in the same folder, with the same extension.</summary>
    internal string TemporaryPath { get; } = Path.Combine(
        Path.GetDirectoryName(Path.GetFullPath(path)) ?? "",
        $".{Path.GetFileNameWithoutExtension(path)}.{Environment.ProcessId}.partial{Path.GetExtension(path)}");

    /// <summary>Deletes what is unfinished.</summary>
    public void Dispose()
    {
        if (!_complete) Attempt(() => File.Delete(TemporaryPath), path);
    }

    /// <summary>Opens the temporary file, making the folder if need be.</summary>
    internal FileStream Create()
    {
        Prepare();
        FileStream? stream = null;
        Attempt(() => stream = new FileStream(TemporaryPath, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16), path);
        return stream!; // Attempt throws when it stayed null.
    }

    /// <summary>Makes the folder.</summary>
    internal void Prepare() => Attempt(() => Directory.CreateDirectory(Path.GetDirectoryName(TemporaryPath)!), path);

    /// <summary>Moves the file to its place, over what stood there.</summary>
    internal void Complete()
    {
        Attempt(() => File.Move(TemporaryPath, path, overwrite: true), path);
        _complete = true;
    }

    private static void Attempt(Action action, string path)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GymkhanaException($"'{path}' cannot be written: {error.Message} Choose another place.", error);
        }
    }
}
