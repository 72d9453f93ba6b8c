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

    private const int GifWidth = 640;
    private const int GifHeight = 360;
    private const double GifFramesPerSecond = 20;
    private const double SmoothFramesPerSecond = 60;

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
        using FilmFile file = FilmFile.Create(path, 60, video);
        while (!film.IsOver)
        {
            stop.ThrowIfCancellationRequested();
            film.Advance();
            if (file.WantsNext(film.IsOver)) file.Add(film.Draw);
        }

        return file.Complete();
    }

    /// <summary>Films one copy of an environment.</summary>
    /// <param name="environment">A batch that can be drawn; its first copy is shown.</param>
    /// <param name="policy">What acts.</param>
    /// <param name="seed">Seed of the first episode.</param>
    /// <param name="seconds">Length, s of film; null for one episode.</param>
    /// <param name="path">Where to: .mp4, .gif or .png (the last frame).</param>
    /// <param name="video">How a video is encoded.</param>
    /// <param name="stop">Ends the work without leaving a file.</param>
    /// <param name="still">Where the last frame is drawn too, or null.</param>
    /// <returns>What was filmed.</returns>
    /// <exception cref="GymkhanaException">The environment has no picture, the policy does not fit, or the file cannot be written.</exception>
    public static FilmSummary Record(IEnvironment environment, IPolicy policy, ulong seed, double? seconds, string path, VideoSettings video, CancellationToken stop, Canvas? still = null)
    {
        if (environment is not IDrawable drawable)
        {
            throw new GymkhanaException($"{environment.Spec.Id} has no picture to film. Keep what happens as numbers with 'gymkhana rollout {environment.Spec.Id} ...'.");
        }

        IActor[] actors = [.. Enumerable.Range(0, environment.Groups.Length).Select(group => policy.CreateActor(environment, group))];
        if (environment is ICommunicating talking) talking.KeepsLinks = true;
        ulong[] seeds = [.. Enumerable.Range(0, environment.Count).Select(i => seed + (ulong)i)];
        environment.Reset(seeds);
        foreach (IActor actor in actors) actor.Reset(seeds);

        // Slower than 15 pictures a second is no film, faster than 60 is not seen. What a world of long steps shows between them makes up for it.
        int pictures = environment is ISmoothlyDrawable ? Math.Max(1, (int)Math.Round(SmoothFramesPerSecond * environment.Spec.StepSeconds)) : 1;
        double stepRate = pictures > 1 ? 1 / environment.Spec.StepSeconds : Math.Clamp(1 / environment.Spec.StepSeconds, 15, 60);
        using FilmFile file = FilmFile.Create(path, stepRate * pictures, video);
        var scene = new Scene();
        var rasterizer = new SceneRasterizer();
        AgentGroup group = environment.Groups[0];
        int steps = seconds is double length ? Math.Max(1, (int)Math.Round(length * stepRate)) : int.MaxValue;
        float moment = 1;
        for (int step = 0, ended = 0; step < steps && (seconds is not null || ended == 0); step++)
        {
            stop.ThrowIfCancellationRequested();
            foreach (IActor actor in actors) actor.Act();
            // Nobody knows beforehand when an episode ends by itself: its still is drawn anew in every step.
            bool last = step == steps - 1 || (seconds is null && file.IsStill);
            for (int picture = 1; picture <= pictures; picture++)
            {
                moment = (float)picture / pictures;
                if (file.WantsNext(last && picture == pictures)) file.Add(Draw);
            }

            if (last && still is not null) Draw(still);

            environment.Step();
            if (group.Terminated[0, 0, 0] || group.Truncated[0, 0, 0])
            {
                ended++;
                foreach (IActor actor in actors) actor.EpisodeEnded(0);
            }
        }

        return file.Complete();

        void Draw(Canvas canvas)
        {
            scene.Clear();
            if (environment is ISmoothlyDrawable smooth) smooth.Draw(0, scene, moment);
            else drawable.Draw(0, scene);
            rasterizer.Draw(scene, canvas);
        }
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

    // A film in its making. GIFs are smaller and slower; a still keeps only the last frame.
    private sealed class FilmFile : IDisposable
    {
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

        public bool IsStill => _isStill;

        public static FilmFile Create(string path, double sourceRate, VideoSettings video)
        {
            bool isGif = path.EndsWith(".gif", StringComparison.OrdinalIgnoreCase);
            (int width, int height) = isGif ? (GifWidth, GifHeight) : (Width, Height);
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

        public void Add(Action<Canvas> draw)
        {
            draw(_canvas);
            _writer.Add(_canvas);
            _frames++;
        }

        public FilmSummary Complete()
        {
            _writer.Complete();
            return new FilmSummary(_frames, _rate);
        }

        public void Dispose() => _writer.Dispose();
    }
}
