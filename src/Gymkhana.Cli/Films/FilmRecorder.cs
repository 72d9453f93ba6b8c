using System.Globalization;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;
using Gymkhana.Environments.Walker;
using Gymkhana.Environments.Walker.Film;

namespace Gymkhana.Cli.Films;

/// <summary>What was filmed.</summary>
/// <param name="Frames">Frames written.</param>
/// <param name="FramesPerSecond">Frames per second.</param>
internal sealed record FilmSummary(int Frames, double FramesPerSecond)
{
    /// <summary>Length of the film, s.</summary>
    public double Seconds => Frames / FramesPerSecond;
}

/// <summary>Runs races and episodes and writes what happens as films and stills.</summary>
internal static class FilmRecorder
{
    /// <summary>Width of videos and stills, pixels.</summary>
    public const int Width = 1280;

    /// <summary>Height of videos and stills, pixels.</summary>
    public const int Height = 720;

    /// <summary>Makes the film of a race, which it will run.</summary>
    /// <param name="race">The race, not yet begun.</param>
    /// <param name="subtitle">Rules and seed.</param>
    /// <returns>The film.</returns>
    public static RaceFilm FilmOf(WalkerRace race, string subtitle)
    {
        ILiveNetwork?[] networks = [.. Enumerable.Range(0, race.Count).Select(w => GenomeNetwork.At(race.ActorOf(w), race.WorldOf(w)))];
        return new RaceFilm(race, networks, WalkerPage.Id, subtitle);
    }

    /// <summary>Films a race to its end.</summary>
    /// <param name="film">The film, not yet begun.</param>
    /// <param name="path">Where to: .mp4, .gif or .png (the last frame).</param>
    /// <param name="video">How a video is encoded.</param>
    /// <param name="stop">Ends the work without leaving a file.</param>
    /// <returns>What was filmed.</returns>
    /// <exception cref="GymkhanaException">The file cannot be written, or ffmpeg is missing.</exception>
    public static FilmSummary Record(RaceFilm film, string path, VideoSettings video, CancellationToken stop)
    {
        using FilmFile file = FilmFile.Create(path, 60, video, Width, Height);
        while (!film.IsOver)
        {
            stop.ThrowIfCancellationRequested();
            film.Advance();
            if (file.WantsNext(film.IsOver)) file.Add(film.Draw);
        }

        return file.Complete();
    }

    /// <summary>Refuses a path that no film can be written to, before any work is done.</summary>
    /// <param name="path">The path.</param>
    /// <param name="option">Name of the option it was given with.</param>
    /// <exception cref="UsageException">Another ending than .mp4, .gif and .png.</exception>
    public static void CheckEnding(string path, string option)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".mp4" or ".gif" or ".png"))
        {
            throw new UsageException($"{option} expects a file that ends in .mp4, .gif or .png, got '{path}'.");
        }
    }

    /// <summary>What a film's header says of a seed and rules.</summary>
    public static string Subtitle(int targets, ulong seed) => targets > 0
        ? string.Create(CultureInfo.InvariantCulture, $"first to {targets} targets · seed {seed}")
        : string.Create(CultureInfo.InvariantCulture, $"seed {seed}");
}
