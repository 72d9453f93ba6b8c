using System.Numerics;
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
    private readonly SandField _sand;
    private readonly Actor[] _actors;
    private readonly RacePanel _panel;
    private readonly SceneRasterizer _rasterizer = new();
    private readonly Scene _world = new();
    private readonly Scene _writing = new();
    private readonly int[] _order;
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
        _sand = new SandField(race.Rules.Seed);
        _actors = [.. Enumerable.Range(0, race.Count).Select(walker => new Actor(FilmPalette.Walkers[walker]))];
        _order = new int[race.Count];
        _panel = new RacePanel(race, networks, title, subtitle);
        for (int walker = 0; walker < race.Count; walker++) _actors[walker].Start(race.PoseOf(walker), race.TargetOf(walker));
    }

    /// <summary>Whether the race and the closing seconds after it are over; a walk without a goal ends at once.</summary>
    public bool IsOver => _race.IsOver && (_closing >= ClosingFrames || _race.Rules.Targets == 0);

    /// <summary>The race.</summary>
    public WalkerRace Race => _race;

    /// <summary>The sand.</summary>
    public SandField Sand => _sand;

    /// <summary>Moves everything by a step of 1/60 s.</summary>
    public void Advance()
    {
        if (_race.IsOver) _closing++;
        _race.Step();
        for (int walker = 0; walker < _race.Count; walker++)
        {
            WalkerPose pose = _race.PoseOf(walker);
            for (int foot = 0; foot < WalkerBody.Feet; foot++) _sand.Push(pose.Points[foot], pose.Friction[foot]);
            if (_race.HasJustReached(walker))
            {
                _sand.Burst(_race.ReachedTarget(walker), (byte)walker);
                _actors[walker].Burst(_race.ReachedTarget(walker));
            }

            _actors[walker].Advance(pose, _race.TargetOf(walker));
        }

        _sand.Step();
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

        canvas.CopyFrom(_layer!.Update(_sand, FilmPalette.Walkers.AsSpan())); // Made together with the backdrop.
        _world.Clear();
        _world.Viewport = layout.World;
        DrawWorld();
        _rasterizer.DrawOver(_world, canvas);
        _writing.Clear();
        _writing.Viewport = layout.Design;
        layout.CoverPanel(_writing);
        _panel.Draw(_writing, layout);
        _rasterizer.DrawOver(_writing, canvas);
    }

    private void DrawWorld()
    {
        for (int walker = 0; walker < _race.Count; walker++) _actors[walker].DrawTrace(_world);
        SortByRank();
        for (int i = 0; i < _order.Length; i++)
        {
            int walker = _order[i];
            if (_race.HasFinished(walker)) continue;

            // Targets at one place lie on each other; those below show as rims.
            int above = 0;
            for (int j = i + 1; j < _order.Length; j++) above += _race.TargetOf(_order[j]) == _race.TargetOf(walker) && !_race.HasFinished(_order[j]) ? 1 : 0;
            _actors[walker].DrawTarget(_world, _race.TargetOf(walker), _race.Reached(walker) + 1, above);
        }

        for (int walker = 0; walker < _race.Count; walker++) WalkerFigure.DrawShadow(_world, _race.PoseOf(walker));
        for (int walker = 0; walker < _race.Count; walker++) _actors[walker].DrawBurst(_world);
        int leader = _race.Leader;
        for (int walker = 0; walker < _race.Count; walker++)
        {
            if (walker != leader) _actors[walker].Figure.Draw(_world, _race.PoseOf(walker));
        }

        _actors[leader].Figure.Draw(_world, _race.PoseOf(leader));
    }

    // Ascending: who came first at its latest target is drawn last, on top.
    private void SortByRank()
    {
        for (int i = 0; i < _order.Length; i++)
        {
            int at = i;
            while (at > 0 && _race.RankOf(_order[at - 1]) > _race.RankOf(i))
            {
                _order[at] = _order[at - 1];
                at--;
            }

            _order[at] = i;
        }
    }

    // What the film remembers of one walker.
    private sealed class Actor(Rgba colour)
    {
        private const int BurstFrames = 45;
        private readonly TargetPulse _pulse = new();
        private readonly HeadTrace _trace = new(colour);
        private int _burstAge = BurstFrames;
        private Vector2 _burst;
        private Vector2 _lastHead;

        public WalkerFigure Figure { get; } = new(colour);

        public void Start(WalkerPose pose, Vector2 target)
        {
            _lastHead = pose.Head;
            Figure.Follow(pose, target, jumped: true);
        }

        public void Burst(Vector2 at)
        {
            _burst = at;
            _burstAge = 0;
            _pulse.Restart();
        }

        public void Advance(WalkerPose pose, Vector2 target)
        {
            bool jumped = Vector2.DistanceSquared(pose.Head, _lastHead) > 60 * 60;
            _lastHead = pose.Head;
            _burstAge = Math.Min(_burstAge + 1, BurstFrames);
            _pulse.Advance();
            _trace.Advance(pose.Points[4]);
            Figure.Follow(pose, target, jumped);
        }

        public void DrawTrace(Scene scene) => _trace.Draw(scene);

        public void DrawTarget(Scene scene, Vector2 at, int number, int above) => _pulse.Draw(scene, at, number, above, colour);

        public void DrawBurst(Scene scene)
        {
            if (_burstAge >= BurstFrames) return;
            float age = _burstAge / (float)BurstFrames, left = 1 - age;
            scene.FillSoftCircle(_burst, 90 + (50 * age), colour.Fade(0.75f * left * left), core: 4, additive: true);
            scene.StrokeCircle(_burst, 24 + (110 * age * (2 - age)), 1 + (7 * left), colour.Fade(left * left));
            scene.StrokeCircle(_burst, 16 + (66 * age * (2 - age)), 1 + (3 * left), Rgba.White.Fade(0.7f * left * left));
        }
    }
}
