using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>Draws one walker in world units: shadow, muscles, bones, feet, and eyes that follow its target with a little delay.</summary>
internal sealed class WalkerFigure(Rgba colour)
{
    private const float EyeRadius = 12;
    private const float PupilRadius = 6;
    private const float EyeAhead = 11;
    private const float EyeAside = 14;
    private const float EyeSeconds = 1f / 15;
    private const float PupilSeconds = 1f / 5;

    private static readonly (int A, int B)[] Bones = [(0, 4), (1, 4), (2, 4), (3, 4), (0, 1), (3, 2)];

    private readonly Eased[] _eyes = [new(EyeSeconds), new(EyeSeconds)];
    private readonly Eased[] _pupils = [new(PupilSeconds), new(PupilSeconds)];
    private bool _placed;

    /// <summary>Its colour.</summary>
    public Rgba Colour { get; } = colour;

    /// <summary>Another that stands as this one does.</summary>
    public WalkerFigure Copy()
    {
        var copy = new WalkerFigure(Colour) { _placed = _placed };
        for (int eye = 0; eye < 2; eye++)
        {
            copy._eyes[eye].Set(_eyes[eye].Value);
            copy._pupils[eye].Set(_pupils[eye].Value);
        }

        return copy;
    }

    /// <summary>Lets the eyes follow for a step of 1/60 s.</summary>
    public void Follow(WalkerPose pose, Vector2 target, bool jumped)
    {
        Vector2 ahead = pose.Ahead, aside = new(-ahead.Y, ahead.X);
        for (int eye = 0; eye < 2; eye++)
        {
            Vector2 centre = pose.Head + (ahead * EyeAhead) + (aside * (eye == 0 ? -EyeAside : EyeAside));
            Vector2 gaze = target - centre;
            float distance = gaze.Length();
            Vector2 pupil = distance > PupilRadius ? gaze / distance * PupilRadius : gaze;
            if (jumped || !_placed)
            {
                _eyes[eye].Set(centre);
                _pupils[eye].Set(pupil);
            }

            _eyes[eye].Follow(centre);
            _pupils[eye].Follow(pupil);
        }

        _placed = true;
    }

    /// <summary>The shadow, to be drawn below every walker.</summary>
    public static void DrawShadow(Scene scene, WalkerPose pose) =>
        scene.FillSoftCircle(pose.Points[4] + new Vector2(7, 10), 88, Rgba.Black.WithAlpha(150), core: 26);

    /// <summary>The walker.</summary>
    public void Draw(Scene scene, WalkerPose pose)
    {
        DrawMuscle(scene, pose.Points[0], pose.Points[3], pose.Points[4], pose.Activation[0]);
        DrawMuscle(scene, pose.Points[1], pose.Points[2], pose.Points[4], pose.Activation[1]);
        Rgba bone = Rgba.Lerp(Colour, Rgba.Black, 0.28f);
        foreach ((int a, int b) in Bones) scene.StrokeLine(pose.Points[a], pose.Points[b], 7, Rgba.Black.WithAlpha(90));
        foreach ((int a, int b) in Bones) scene.StrokeLine(pose.Points[a], pose.Points[b], 4.6f, bone);
        scene.FillCircle(pose.Points[4], 7, bone);
        for (int foot = 0; foot < WalkerBody.Feet; foot++) DrawFoot(scene, pose.Points[foot], pose.Friction[foot]);
        for (int eye = 0; eye < 2; eye++)
        {
            scene.FillCircle(_eyes[eye].Value + new Vector2(1.5f, 2.5f), EyeRadius + 1, Rgba.Black.WithAlpha(70));
            scene.FillCircle(_eyes[eye].Value, EyeRadius, new Rgba(0xf6, 0xf4, 0xee));
            scene.FillCircle(_eyes[eye].Value + _pupils[eye].Value, PupilRadius, new Rgba(0x10, 0x12, 0x16));
            scene.FillCircle(_eyes[eye].Value + _pupils[eye].Value + new Vector2(-2, -2), 1.7f, Rgba.White.WithAlpha(210));
        }
    }

    // A spindle from foot to foot; shortened, it bulges, most of all outwards, and turns red.
    private static void DrawMuscle(Scene scene, Vector2 from, Vector2 to, Vector2 centre, float activation)
    {
        Vector2 middle = (from + to) / 2, along = to - from;
        float length = along.Length();
        if (!(length > 0)) return;
        Vector2 outward = new Vector2(-along.Y, along.X) / length;
        if (Vector2.Dot(outward, middle - centre) < 0) outward = -outward;
        float bulge = 27 - (25 * activation);
        byte pale = (byte)Math.Clamp(128 * (1 + activation), 0, 255);
        var flesh = Rgba.Lerp(new Rgba(0xe0, 0x3c, 0x40), new Rgba(0xf7, 0xe8, 0xe2), pale / 255f);
        Vector2 crest = middle + (outward * bulge), hollow = middle - (outward * (bulge * 0.55f));
        scene.FillQuadraticBezier([from, crest + (outward * 4), to, hollow - (outward * 4)], Rgba.Black.WithAlpha(100));
        scene.FillQuadraticBezier([from, crest, to, hollow], flesh);
        Vector2 light = middle + (outward * (bulge * 0.62f)), dark = middle + (outward * (bulge * 0.3f));
        scene.FillQuadraticBezier([from + (along * 0.18f), light, to - (along * 0.18f), dark], Rgba.White.WithAlpha(52));
    }

    private void DrawFoot(Scene scene, Vector2 at, float friction)
    {
        float grip = Math.Clamp(friction, 0, 1), radius = 12 + (6 * grip);
        if (grip > 0.2f) scene.StrokeCircle(at, radius + 2, 4, Rgba.White.Fade(0.62f * (grip - 0.2f)));
        scene.FillCircle(at, radius, Rgba.Lerp(Colour, Rgba.Black, 0.3f));
        scene.FillCircle(at, radius - 2.5f, Colour);
        scene.FillCircle(at - new Vector2(radius * 0.25f), radius * 0.45f, Rgba.White.WithAlpha(40));
    }

    // A point that moves to its goal in a straight line over a fixed time, begun anew from where it is whenever the goal moves.
    private sealed class Eased(float seconds)
    {
        public Vector2 Value { get; private set; }

        public void Set(Vector2 value) => Value = value;

        public void Follow(Vector2 goal) => Value += (goal - Value) * MathF.Min(1, WalkerBody.StepSeconds * 2 / seconds);
    }
}
