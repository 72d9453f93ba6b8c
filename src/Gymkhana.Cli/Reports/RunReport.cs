using System.Globalization;
using System.Text;
using Gymkhana.Cli.Films;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.Drawing;
using Gymkhana.Environments.Walker;
using Gymkhana.Environments.Walker.Film;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Cli.Reports;

/// <summary>Writes <c>report.html</c> of a run, and the film beside it.</summary>
internal static class RunReport
{
    /// <summary>Name of the report in a run folder.</summary>
    public const string FileName = "report.html";

    /// <summary>Longest film, s.</summary>
    public const double LongestFilm = 20;

    private const string VideoName = "film.mp4";
    private const string GifName = "film.gif";
    private const double GifSeconds = 8;
    private const ulong FilmSeed = 1;
    private const double ShortestShot = 3;

    /// <summary>How long the film of a run is: making it shall not take long beside the training.</summary>
    /// <param name="run">The run.</param>
    /// <returns>Length, s; 0 for none where there are no scores, as there may be no world either.</returns>
    public static double FilmSeconds(RunManifest run) => run.Results is null ? 0 : Math.Round(Math.Clamp(run.Progress.WallSeconds / 4, 1, LongestFilm));

    /// <summary>Writes the report. A film that cannot be made is left out with a note.</summary>
    /// <param name="runFolder">The run.</param>
    /// <param name="algorithm">Its algorithm.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="filmSeconds">Length of the film; 0 for none.</param>
    /// <param name="note">Told in one line what had to be left out.</param>
    /// <param name="video">How the video is encoded.</param>
    /// <returns>Path of the report.</returns>
    /// <exception cref="GymkhanaException">The run cannot be read or the report not be written.</exception>
    public static string Write(string runFolder, IAlgorithm algorithm, EnvironmentRegistration environment, double filmSeconds, Action<string> note, VideoSettings video)
    {
        using RunFolder folder = RunFolder.OpenToRead(runFolder);
        RunManifest manifest = folder.ReadManifest();
        SettingValues settings = environment.Schema.Defaults.With(manifest.EvaluationSettings.Effective);
        IEnvironment world = environment.Create(settings, 1);
        IPolicy? champion = Champion(folder, manifest, algorithm);
        NetworkGraph? graph = champion is null ? null : GenomeNetwork.Of(champion);
        (string? film, Canvas? still) = champion is not null && filmSeconds > 0 && world is IDrawable
            ? Film(folder, champion, environment, settings, manifest.Results?.Episodes ?? [], filmSeconds, note, video)
            : (null, null);
        string page = ReportPage.Compose(new ReportContent
        {
            Manifest = manifest,
            Path = runFolder,
            Algorithm = algorithm,
            Environment = world.Spec,
            EnvironmentSchema = environment.Schema,
            History = RunHistory.Read(folder),
            Network = graph is null ? null : GenomeNetwork.Diagram(graph, world),
            Attention = champion is null ? null : AttentionStudy.Of(champion, environment, settings, Median(manifest)),
            Film = film,
            Still = still is null ? null : Png(Halve(still)),
        });
        folder.Write(FileName, stream => stream.Write(Encoding.UTF8.GetBytes(page)));
        return folder.PathOf(FileName);
    }

    private static int Median(RunManifest manifest) => manifest.Results?.Episodes.FirstOrDefault(e => e.Rank == "median")?.Number ?? 0;

    private static IPolicy? Champion(RunFolder folder, RunManifest manifest, IAlgorithm algorithm)
    {
        string path = folder.PathOf(manifest.Champion);
        if (!File.Exists(path)) return null;
        using FileStream source = File.OpenRead(path);
        return algorithm.LoadPolicy(source, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Path))));
    }

    // A video where ffmpeg is; where it is missing or fails a shorter GIF; and where that cannot be written, nothing.
    private static (string? Film, Canvas? Still) Film(
        RunFolder folder, IPolicy champion, EnvironmentRegistration environment, SettingValues settings, NotableEpisode[] episodes, double seconds, Action<string> note, VideoSettings video)
    {
        try
        {
            Canvas still = Record(champion, environment, settings, episodes, seconds, folder.PathOf(VideoName), video);
            return (VideoName, still);
        }
        catch (Exception failure) when (failure is GymkhanaException or IOException or UnauthorizedAccessException)
        {
            note($"The report has a GIF instead of a video: {failure.Message.ReplaceLineEndings(" ")}");
        }

        try
        {
            Canvas still = Record(champion, environment, settings, episodes, Math.Min(seconds, GifSeconds), folder.PathOf(GifName), video);
            return (GifName, still);
        }
        catch (Exception failure) when (failure is GymkhanaException or IOException or UnauthorizedAccessException)
        {
            note($"The report has no film: {failure.Message.ReplaceLineEndings(" ")}");
            return (null, null);
        }
    }

    private static Canvas Record(IPolicy champion, EnvironmentRegistration environment, SettingValues settings, NotableEpisode[] episodes, double seconds, string path, VideoSettings video)
    {
        var still = new Canvas(FilmRecorder.Width, FilmRecorder.Height);
        if (environment.Id == WalkerPage.Id)
        {
            var rules = new RaceRules { Targets = 0, Seed = FilmSeed, LimitSeconds = seconds, World = WalkerOptions.From(settings) };
            RaceFilm film = FilmRecorder.FilmOf(new WalkerRace([champion], rules), FilmRecorder.Subtitle(0, FilmSeed));
            FilmRecorder.Record(film, path, video, CancellationToken.None);
            film.Draw(still);
            return still;
        }

        EpisodeShot[] shots = [.. episodes.Select(e => new EpisodeShot(EpisodeSeeds.Test(e.Number), Math.Max(seconds, ShortestShot), TitleOf(e), GoesOn: false))];
        shots = shots.Length > 0 ? shots : [new EpisodeShot(FilmSeed, seconds, string.Empty, GoesOn: true)];
        new EpisodeFilm(environment.Create(settings, 1), champion).Record(shots, path, video, still, CancellationToken.None);
        return still;
    }

    private static string TitleOf(NotableEpisode episode) =>
        string.Create(CultureInfo.InvariantCulture, $"{episode.Rank} of {ChampionScores.Episodes} test episodes · return {episode.Return:0.#}");

    // The mean of every four pixels, so that the page stays small.
    private static Canvas Halve(Canvas canvas)
    {
        var half = new Canvas(canvas.Width / 2, canvas.Height / 2);
        for (int y = 0; y < half.Height; y++)
        {
            for (int x = 0; x < half.Width; x++)
            {
                uint result = 0;
                int at = (2 * y * canvas.Width) + (2 * x);
                for (int shift = 0; shift < 32; shift += 8)
                {
                    uint sum = (canvas.Pixels[at] >> shift & 255) + (canvas.Pixels[at + 1] >> shift & 255)
                        + (canvas.Pixels[at + canvas.Width] >> shift & 255) + (canvas.Pixels[at + canvas.Width + 1] >> shift & 255);
                    result |= (sum + 2) / 4 << shift;
                }

                half.Pixels[(y * half.Width) + x] = result;
            }
        }

        return half;
    }

    private static byte[] Png(Canvas canvas)
    {
        using var memory = new MemoryStream();
        PngWriter.Write(memory, canvas);
        return memory.ToArray();
    }
}
