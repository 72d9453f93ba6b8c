namespace Gymkhana.Environments.Drawing;

/// <summary>Writes one still as PNG: the last frame added.</summary>
public sealed class PngStillWriter : IFrameWriter
{
    private readonly string _path;
    private readonly Canvas _last;
    private bool _any;

    /// <summary>Creates the writer.</summary>
    public PngStillWriter(string path, int width, int height)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
        _last = new Canvas(width, height);
    }

    /// <inheritdoc/>
    public void Add(Canvas frame)
    {
        FrameWriters.CheckSize(frame, _last.Width, _last.Height);
        _last.CopyFrom(frame);
        _any = true;
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (!_any) throw FrameWriters.Empty(_path);
        PngWriter.Write(_path, _last);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is open: the file is written whole in Complete.
    }
}
