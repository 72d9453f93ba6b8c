namespace Gymkhana.Environments.Drawing;

/// <summary>How video is encoded (H.264 through ffmpeg).</summary>
public sealed record VideoSettings
{
    /// <summary>Constant rate factor, 0 (lossless) to 51 (worst).</summary>
    public int Quality { get; init; } = 25;

    /// <summary>The x264 preset: faster is larger.</summary>
    public string Preset { get; init; } = "superfast";

    /// <summary>Threads of the encoder; 0 lets it choose.</summary>
    public int Threads { get; init; }

    /// <summary>Folders to look for ffmpeg in, joined as in PATH; the process's own PATH unless set.</summary>
    public string SearchPath { get; init; } = Environment.GetEnvironmentVariable("PATH") ?? "";

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public void Validate()
    {
        if (Quality is < 0 or > 51) throw new ArgumentException($"Video quality expects 0-51 (25 looks good), got {Quality}.");
        if (Threads is < 0 or > 256) throw new ArgumentException($"Video threads expects 0-256 (0 lets ffmpeg choose), got {Threads}.");
        if (string.IsNullOrWhiteSpace(Preset)) throw new ArgumentException("A video preset expects a name such as superfast, got nothing.");
    }
}
