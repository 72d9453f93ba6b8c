using System.Numerics;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Cli.Films;

/// <summary>An episode to film.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Seconds">The longest that is shown of it, s; null for the whole.</param>
/// <param name="Title">What is written below, or empty.</param>
/// <param name="GoesOn">Whether later episodes follow until the time is over; else it stops at its end.</param>
internal sealed record EpisodeShot(ulong Seed, double? Seconds, string Title, bool GoesOn);

/// <summary>Films one copy of an environment, of any kind that can be drawn, one episode after the other.</summary>
internal sealed class EpisodeFilm
{
    private const double SmoothFramesPerSecond = 60;

    private readonly IEnvironment _environment;
    private readonly IDrawable _drawable;
    private readonly IActor[] _actors;
    private readonly Scene _scene = new();
    private readonly SceneRasterizer _rasterizer = new();
    private readonly (int Width, int Height)? _original;
    private readonly byte[] _rgb = [];

    // Pictures of each step of a world of long steps that can show what lies between two of them.
    private readonly int _pictures;
    private float _moment = 1;

    /// <summary>A film of a policy.</summary>
    /// <param name="environment">One copy.</param>
    /// <param name="policy">What acts.</param>
    /// <param name="size">Size of the pictures: one that the environment has pictures of its own for, or null for its scene.</param>
    /// <exception cref="GymkhanaException">The environment has no picture, or none of this size, or the policy does not fit.</exception>
    public EpisodeFilm(IEnvironment environment, IPolicy policy, (int Width, int Height)? size = null)
    {
        _environment = environment;
        _drawable = environment as IDrawable ?? throw new GymkhanaException(
            $"{environment.Spec.Id} has no picture to film. Keep what happens as numbers with 'gymkhana rollout {environment.Spec.Id} ...'.");
        if (size is (int, int) wanted && wanted != (FilmRecorder.Width, FilmRecorder.Height))
        {
            string others = environment is IOriginalPictures pictures ? string.Concat(pictures.PictureSizes.Select(s => $", {s.Width}x{s.Height}")) : string.Empty;
            bool known = environment is IOriginalPictures found && found.PictureSizes.Contains(wanted);
            _original = known ? wanted : throw new GymkhanaException(
                $"{environment.Spec.Id} has no pictures of {wanted.Width}x{wanted.Height}. Choose one of {FilmRecorder.Width}x{FilmRecorder.Height}{others}.");
            _rgb = new byte[wanted.Width * wanted.Height * 3];
        }

        _actors = [.. Enumerable.Range(0, environment.Groups.Length).Select(group => policy.CreateActor(environment, group))];
        _pictures = environment is ISmoothlyDrawable && _original is null ? Math.Max(1, (int)Math.Round(SmoothFramesPerSecond * environment.Spec.StepSeconds)) : 1;

        // Where a person limits how far agents are heard, it is worth seeing; a policy that listens switches links on itself.
        if (environment is ICommunicating { TalkRange: > 0 and < double.PositiveInfinity } talking) talking.KeepsLinks = true;
    }

    /// <summary>Films episodes into one file.</summary>
    /// <param name="shots">The episodes, in order.</param>
    /// <param name="path">Where to: .mp4, .gif or .png (the last frame).</param>
    /// <param name="video">How a video is encoded.</param>
    /// <param name="still">Where the last frame of the first episode is drawn too, or null.</param>
    /// <param name="stop">Ends the work without leaving a file.</param>
    /// <returns>What was filmed.</returns>
    /// <exception cref="GymkhanaException">The file cannot be written, or ffmpeg is missing.</exception>
    public FilmSummary Record(IReadOnlyList<EpisodeShot> shots, string path, VideoSettings video, Canvas? still, CancellationToken stop)
    {
        // Slower than 15 pictures a second is no film, faster than 60 is not seen.
        int parts = _environment is ISubstepped whole ? whole.Substeps : 1;
        double rate = _pictures > 1 ? _pictures / _environment.Spec.StepSeconds : Math.Clamp(parts / _environment.Spec.StepSeconds, 15, 60);
        (int width, int height) = _original ?? (FilmRecorder.Width, FilmRecorder.Height);
        using FilmFile file = FilmFile.Create(path, rate, video, width, height);
        string title = string.Empty;
        if (_environment is ISubstepped substepped)
        {
            substepped.BetweenSubsteps = () =>
            {
                if (file.WantsNext(isLast: false)) file.Add(canvas => Draw(canvas, title));
            };
        }

        for (int shot = 0; shot < shots.Count; shot++)
        {
            title = shots[shot].Title;
            Record(shots[shot], file, rate / (_pictures * parts), shot == 0 ? still : null, shot == shots.Count - 1, stop);
        }

        return file.Complete();
    }

    private void Record(EpisodeShot shot, FilmFile file, double stepsPerSecond, Canvas? still, bool isLastShot, CancellationToken stop)
    {
        AgentGroup group = _environment.Groups[0];
        _environment.Reset([shot.Seed]);
        Array.ForEach(_actors, actor => actor.Reset([shot.Seed]));

        // Worlds that show the way things have come keep it from the first picture on.
        _scene.Clear();
        _drawable.Draw(0, _scene);
        int steps = shot.Seconds is double length ? Math.Max(1, (int)Math.Round(length * stepsPerSecond)) : int.MaxValue;
        bool over = false;
        for (int step = 0; step < steps && !over; step++)
        {
            stop.ThrowIfCancellationRequested();
            Array.ForEach(_actors, actor => actor.Act());

            // Nobody knows beforehand when an episode ends by itself: its still is drawn anew in every step.
            bool last = step == steps - 1 || (!shot.GoesOn && (file.IsStill || still is not null));
            if (last && still is not null) Draw(still, string.Empty);
            bool lastOfAll = last && isLastShot && (step == steps - 1 || file.IsStill);
            for (int picture = 1; picture <= _pictures; picture++)
            {
                _moment = (float)picture / _pictures;
                if (file.WantsNext(lastOfAll && picture == _pictures)) file.Add(canvas => Draw(canvas, shot.Title));
            }

            _environment.Step();
            if (group.Terminated[0, 0, 0] || group.Truncated[0, 0, 0])
            {
                over = !shot.GoesOn;
                Array.ForEach(_actors, actor => actor.EpisodeEnded(0));
            }
        }
    }

    private void Draw(Canvas canvas, string title)
    {
        if (_original is (int width, int height))
        {
            ((IOriginalPictures)_environment).Paint(0, width, height, _rgb);
            for (int i = 0; i < canvas.Pixels.Length; i++)
            {
                canvas.Pixels[i] = 0xff000000 | ((uint)_rgb[3 * i] << 16) | ((uint)_rgb[(3 * i) + 1] << 8) | _rgb[(3 * i) + 2];
            }
        }
        else
        {
            _scene.Clear();
            if (_drawable is ISmoothlyDrawable smooth) smooth.Draw(0, _scene, _moment);
            else _drawable.Draw(0, _scene);
            _rasterizer.Draw(_scene, canvas);
        }

        if (title.Length > 0)
        {
            const float Size = 18;
            float wide = Canvas.MeasureText(title, Size);
            Vector2 corner = new((canvas.Width - wide) / 2, canvas.Height - 52);
            canvas.FillRoundedRectangle(corner - new Vector2(18, 8), corner + new Vector2(wide + 18, 28), 8, FilmPalette.Card);
            canvas.DrawText(title, corner + new Vector2(0, 10), Size, FilmPalette.Text, HorizontalAnchor.Left, VerticalAnchor.Middle);
        }
    }
}
