using System.Diagnostics;
using System.Globalization;
using Gymkhana.Core;

namespace Gymkhana.Environments.Drawing;

/// <summary>
/// Writes an MP4 (H.264, 4:2:0, ready to stream) by piping raw frames to an <c>ffmpeg</c> process. Odd sizes gain a black column or
/// row, since 4:2:0 needs even ones. Transparent parts are shown over black.
/// </summary>
public sealed class FfmpegVideoWriter : IFrameWriter
{
    private readonly string _path;
    private readonly int _width;
    private readonly int _height;
    private readonly PendingFile _file;
    private readonly Process _process;
    private readonly Task<string> _lastLine;
    private long _frames;
    private bool _ended;

    /// <summary>Starts ffmpeg.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="width">Width of every frame in pixels.</param>
    /// <param name="height">Height of every frame in pixels.</param>
    /// <param name="framesPerSecond">Frames per second, above 0.</param>
    /// <param name="settings">How to encode.</param>
    /// <exception cref="GymkhanaException">ffmpeg is missing or cannot be started, or the folder cannot be made.</exception>
    public FfmpegVideoWriter(string path, int width, int height, double framesPerSecond, VideoSettings settings)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (!(framesPerSecond > 0) || !double.IsFinite(framesPerSecond))
        {
            throw new ArgumentOutOfRangeException(nameof(framesPerSecond), framesPerSecond, "A film needs more than 0 frames per second.");
        }

        settings.Validate();
        (_path, _width, _height) = (path, width, height);
        string program = Find(settings.SearchPath) ?? throw new GymkhanaException(
            $"ffmpeg was not found on the PATH, so {path} cannot be written. Install ffmpeg (Debian: apt install ffmpeg) or write {Path.ChangeExtension(path, ".gif")}, which needs nothing.");
        _file = new PendingFile(path);
        _file.Prepare();
        _process = Start(program, framesPerSecond, settings);
        _lastLine = ReadLastLine(_process.StandardError);
    }

    /// <inheritdoc/>
    public void Add(Canvas frame)
    {
        FrameWriters.CheckSize(frame, _width, _height);
        try
        {
            _process.StandardInput.BaseStream.Write(frame.Bytes);
        }
        catch (IOException error)
        {
            // The pipe breaks when ffmpeg gives up; why is on its last line.
            throw Failure(error);
        }

        _frames++;
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_frames == 0) throw FrameWriters.Empty(_path);
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException error)
        {
            throw Failure(error);
        }

        _process.WaitForExit();
        _ended = true;
        if (_process.ExitCode != 0) throw Failure(null);
        _file.Complete();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_ended)
        {
            // Abandoned: what it has written so far is of no use.
            try
            {
                _process.Kill();
            }
            catch (InvalidOperationException)
            {
                // It had ended by itself.
            }

            _process.WaitForExit();
            _ended = true;
        }

        _process.Dispose();
        _file.Dispose();
    }

    private static string? Find(string searchPath)
    {
        string name = OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg";
        foreach (string folder in searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            string candidate = Path.Combine(folder, name);
            if (File.Exists(candidate)) return candidate;
        }

        return null;
    }

    private static async Task<string> ReadLastLine(StreamReader reader)
    {
        string last = "it said nothing";
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line)) last = line.Trim();
        }

        return last;
    }

    private Process Start(string program, double framesPerSecond, VideoSettings settings)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] arguments =
        [
            "-hide_banner", "-nostats", "-loglevel", "error", "-y",
            "-f", "rawvideo", "-pix_fmt", "bgr0",
            "-s", string.Create(CultureInfo.InvariantCulture, $"{_width}x{_height}"),
            "-r", framesPerSecond.ToString("R", CultureInfo.InvariantCulture), "-i", "-", "-an",
            "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv",
            "-c:v", "libx264", "-preset", settings.Preset,
            "-crf", settings.Quality.ToString(CultureInfo.InvariantCulture),
            "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
            "-threads", settings.Threads.ToString(CultureInfo.InvariantCulture),
            "-movflags", "+faststart", "-f", "mp4", _file.TemporaryPath,
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start) ?? throw new GymkhanaException($"'{program}' could not be started, so {_path} cannot be written.");
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new GymkhanaException($"'{program}' could not be started, so {_path} cannot be written: {error.Message}", error);
        }
    }

    private GymkhanaException Failure(Exception? cause)
    {
        _process.WaitForExit();
        _ended = true;
        string message = $"ffmpeg failed while writing {_path}: {_lastLine.GetAwaiter().GetResult()} An older file there is unchanged.";
        return cause is null ? new GymkhanaException(message) : new GymkhanaException(message, cause);
    }
}
