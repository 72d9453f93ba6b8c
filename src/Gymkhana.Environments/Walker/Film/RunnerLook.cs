using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>What is seen of one walker of a race and depends on what went before: its figure, trace, target and burst.</summary>
internal sealed class RunnerLook
{
    private const int BurstFrames = 45;
    private const float Jump = 60; // units in a step: a body that was set back

    private readonly Rgba _colour;
    private readonly TargetPulse _pulse;
    private readonly HeadTrace _trace;
    private int _burstAge = BurstFrames;
    private Vector2 _burst;
    private Vector2 _lastHead;

    public RunnerLook(Rgba colour)
        : this(colour, new WalkerFigure(colour), new TargetPulse(), new HeadTrace(colour))
    {
    }

    private RunnerLook(Rgba colour, WalkerFigure figure, TargetPulse pulse, HeadTrace trace) => (_colour, Figure, _pulse, _trace) = (colour, figure, pulse, trace);

    public WalkerFigure Figure { get; }

    public RunnerLook Copy() => new(_colour, Figure.Copy(), _pulse.Copy(), _trace.Copy()) { _burstAge = _burstAge, _burst = _burst, _lastHead = _lastHead };

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
        bool jumped = Vector2.DistanceSquared(pose.Head, _lastHead) > Jump * Jump;
        _lastHead = pose.Head;
        _burstAge = Math.Min(_burstAge + 1, BurstFrames);
        _pulse.Advance();
        _trace.Advance(pose.Points[4]);
        Figure.Follow(pose, target, jumped);
    }

    public void DrawTrace(Scene scene) => _trace.Draw(scene);

    public void DrawTarget(Scene scene, Vector2 at, int number, int above) => _pulse.Draw(scene, at, number, above, _colour);

    public void DrawBurst(Scene scene)
    {
        if (_burstAge >= BurstFrames) return;
        float age = _burstAge / (float)BurstFrames, left = 1 - age;
        scene.FillSoftCircle(_burst, 90 + (50 * age), _colour.Fade(0.75f * left * left), core: 4, additive: true);
        scene.StrokeCircle(_burst, 24 + (110 * age * (2 - age)), 1 + (7 * left), _colour.Fade(left * left));
        scene.StrokeCircle(_burst, 16 + (66 * age * (2 - age)), 1 + (3 * left), Rgba.White.Fade(0.7f * left * left));
    }
}
