using Gymkhana.Core;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Cli.Films;

/// <summary>A film in its making. GIFs are smaller and slower; a still keeps only the last frame.</summary>
internal sealed class FilmFile : IDisposable
{
    private const int GifWidth = 640;
    private const double GifFramesPerSecond = 20;

    private readonly IFrameWriter _writer;
    private readonly Canvas _canvas;
    private readonly double _sourceRate;
    private readonly double _rate;
    private readonly bool _isStill;
    private long _seen;
    private int _frames;

    private FilmFile(IFrameWriter writer, Canvas canvas, double sourceRate, double rate, bool isStill)
    {
        _writer = writer;
        _canvas = canvas;
        _sourceRate = sourceRate;
        _rate = rate;
        _isStill = isStill;
    }

    /// <summary>Whether only the last frame is kept.</summary>
    public bool IsStill => _isStill;

    /// <summary>Begins a film.</summary>
    /// <param name="path">Where to: .mp4, .gif or .png (the last frame).</param>
    /// <param name="sourceRate">Frames that come in a second.</param>
    /// <param name="video">How a video is encoded.</param>
    /// <param name="width">Width of videos and stills, pixels.</param>
    /// <param name="height">Height of videos and stills, pixels.</param>
    /// <returns>The film.</returns>
    /// <exception cref="GymkhanaException">The file cannot be written, or ffmpeg is missing.</exception>
    public static FilmFile Create(string path, double sourceRate, VideoSettings video, int width, int height)
    {
        bool isGif = path.EndsWith(".gif", StringComparison.OrdinalIgnoreCase);
        (width, height) = isGif && width > GifWidth ? (GifWidth, GifWidth * height / width) : (width, height);
        double rate = isGif ? Math.Min(GifFramesPerSecond, sourceRate) : sourceRate;
        bool isStill = path.EndsWith(".png", StringComparison.OrdinalIgnoreCase);
        return new FilmFile(FrameWriters.Create(path, width, height, rate, video), new Canvas(width, height), sourceRate, rate, isStill);
    }

    /// <summary>Whether the frame that comes now is one of the film's; counts it.</summary>
    public bool WantsNext(bool isLast)
    {
        long before = (long)(_seen * _rate / _sourceRate), after = (long)(++_seen * _rate / _sourceRate);
        return isLast || (!_isStill && after > before);
    }

    /// <summary>Adds a frame.</summary>
    /// <param name="draw">Draws it.</param>
    public void Add(Action<Canvas> draw)
    {
        draw(_canvas);
        _writer.Add(_canvas);
        _frames++;
    }

    /// <summary>Finishes the file.</summary>
    /// <returns>What was filmed.</returns>
    public FilmSummary Complete()
    {
        _writer.Complete();
        return new FilmSummary(_frames, _rate);
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
