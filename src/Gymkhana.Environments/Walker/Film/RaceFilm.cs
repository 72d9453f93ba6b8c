using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>
/// The film of a race: a frame for each step of 1/60 s. Sand that feet push, numbered targets that pulse, bursts, walkers whose eyes
/// follow their targets, a card for each and the leader's network lighting up. Same race, same pixels on any machine.
/// </summary>
/// <remarks>Designed for frames of 16:9: 1280×720 shows everything, frames below 600 high have larger writing and no names in the network.</remarks>
public sealed class RaceFilm
{
    /// <summary>Frames after the end of the race, 3 s.</summary>
    public const int ClosingFrames = 180;

    private readonly WalkerRace _race;
    private readonly RaceStage _stage;
    private readonly RunnerMoment[] _runners;
    private readonly RacePanel _panel;
    private readonly SceneRasterizer _rasterizer = new();
    private readonly Scene _world = new();
    private readonly Scene _writing = new();
    private Canvas? _backdrop;
    private SandLayer? _layer;
    private int _closing;

    /// <summary>A film about to begin.</summary>
    /// <param name="race">The race, not yet begun; the film runs it.</param>
    /// <param name="networks">For each walker its network at work, or null when there is none to show.</param>
    /// <param name="title">What is written above: the environment.</param>
    /// <param name="subtitle">And below it: rules and seed.</param>
    public RaceFilm(WalkerRace race, IReadOnlyList<ILiveNetwork?> networks, string title, string subtitle)
    {
        ArgumentNullException.ThrowIfNull(race);
        ArgumentNullException.ThrowIfNull(networks);
        if (networks.Count != race.Count) throw new ArgumentException($"A film of {race.Count} walkers expects as many networks (or nulls), got {networks.Count}.", nameof(networks));
        _race = race;
        _runners = new RunnerMoment[race.Count];
        race.Read(_runners);
        _stage = new RaceStage(race.Rules, _runners);
        _panel = new RacePanel(race, networks, title, subtitle);
    }

    /// <summary>Whether the race and the closing seconds after it are over; a walk without a goal ends at once.</summary>
    public bool IsOver => _race.IsOver && (_closing >= ClosingFrames || _race.Rules.Targets == 0);

    /// <summary>The race.</summary>
    public WalkerRace Race => _race;

    /// <summary>The sand.</summary>
    public SandField Sand => _stage.Sand;

    /// <summary>Moves everything by a step of 1/60 s.</summary>
    public void Advance()
    {
        if (_race.IsOver) _closing++;
        _race.Step();
        _race.Read(_runners);
        _stage.Advance(_runners);
    }

    /// <summary>Draws the frame as it stands.</summary>
    /// <param name="canvas">Where to; 16:9 is best.</param>
    public void Draw(Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        FilmLayout layout = FilmLayout.For(canvas.Width, canvas.Height, _race.Count);
        if (_backdrop is null || _backdrop.Width != canvas.Width || _backdrop.Height != canvas.Height)
        {
            _backdrop = new Canvas(canvas.Width, canvas.Height);
            _writing.Clear();
            _writing.Viewport = layout.Design;
            _writing.Background = FilmPalette.Backdrop;
            layout.DrawBackdrop(_writing);
            _rasterizer.Draw(_writing, _backdrop);
            _layer = new SandLayer(_backdrop, layout.World.ToPixels(canvas.Width, canvas.Height));
        }

        canvas.CopyFrom(_layer!.Update(_stage.Sand, _stage.Colours)); // Made together with the backdrop.
        _world.Clear();
        _world.Viewport = layout.World;
        _stage.Draw(_world);
        _rasterizer.DrawOver(_world, canvas);
        _writing.Clear();
        _writing.Viewport = layout.Design;
        layout.CoverPanel(_writing);
        _panel.Draw(_writing, layout);
        _rasterizer.DrawOver(_writing, canvas);
    }
}
