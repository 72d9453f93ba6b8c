using Gymkhana.Core;

namespace Gymkhana.Environments.Drawing;

/// <summary>Chooses the writer of a film or still by the file's ending.</summary>
public static class FrameWriters
{
    /// <summary>Creates a writer for <c>.mp4</c> (through ffmpeg), <c>.gif</c> or <c>.png</c> (one still: the last frame).</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="width">Width of every frame in pixels.</param>
    /// <param name="height">Height of every frame in pixels.</param>
    /// <param name="framesPerSecond">Frames per second of the film.</param>
    /// <exception cref="GymkhanaException">The ending is none of these, or ffmpeg is missing.</exception>
    public static IFrameWriter Create(string path, int width, int height, double framesPerSecond) =>
        Create(path, width, height, framesPerSecond, new VideoSettings());

    /// <summary>Creates a writer as the other overload does, with settings for video.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="width">Width of every frame in pixels.</param>
    /// <param name="height">Height of every frame in pixels.</param>
    /// <param name="framesPerSecond">Frames per second of the film.</param>
    /// <param name="video">How video is encoded; no matter for other files.</param>
    /// <exception cref="GymkhanaException">The ending is none of these, or ffmpeg is missing.</exception>
    public static IFrameWriter Create(string path, int width, int height, double framesPerSecond, VideoSettings video)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".mp4" => new FfmpegVideoWriter(path, width, height, framesPerSecond, video),
            ".gif" => new GifWriter(path, width, height, framesPerSecond),
            ".png" => new PngStillWriter(path, width, height),
            var other => throw new GymkhanaException(
                $"'{path}' ends in '{other}', which is no film that can be written. Expected .mp4, .gif or .png."),
        };
    }

    /// <summary>Refuses a frame of the wrong size.</summary>
    internal static void CheckSize(Canvas frame, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Width != width || frame.Height != height)
        {
            throw new ArgumentException($"The film has frames of {width}x{height}, got one of {frame.Width}x{frame.Height}.", nameof(frame));
        }
    }

    /// <summary>The failure of a film without frames.</summary>
    internal static GymkhanaException Empty(string path) => new($"'{path}' was not written: no frame was added before it was completed.");
}
