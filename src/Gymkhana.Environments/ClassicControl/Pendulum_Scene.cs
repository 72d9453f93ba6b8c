using System.Numerics;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.ClassicControl;

/// <content>The picture: a rod on a pivot, and an arc as long as the torque; metres. Angles grow counter-clockwise from upright.</content>
public sealed partial class Pendulum : IDrawable
{
    private const int ArcPoints = 24;

    /// <inheritdoc/>
    public Viewport View { get; } = new(-2.4f, -1.35f, 2.4f, 1.35f);

    /// <inheritdoc/>
    public void Draw(int copy, Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        scene.Viewport = View;
        scene.Background = FilmPalette.Backdrop;
        scene.FillCircle(Vector2.Zero, 1.16f, FilmPalette.Card.WithAlpha(140));
        scene.StrokeCircle(Vector2.Zero, 1.16f, 0.008f, FilmPalette.Rim);
        scene.FillCircle(new Vector2(0, 1.16f), 0.03f, FilmPalette.Positive);
        Vector2 end = ScenePage.Clockwise(-_angle[copy], (float)Length);
        float torque = Math.Clamp(Agent.Actions.As<float>()[0, 0, copy] / (float)MaxTorque, -1, 1);
        ScenePage.Limb(scene, Vector2.Zero, end, 0.13f, FilmPalette.Walkers[2]);
        scene.FillCircle(end, 0.09f, FilmPalette.Walkers[2]);
        ScenePage.Joint(scene, Vector2.Zero, 0.055f);
        if (MathF.Abs(torque) > 0.02f)
        {
            Span<Vector2> arc = stackalloc Vector2[ArcPoints];
            for (int i = 0; i < ArcPoints; i++) arc[i] = ScenePage.Clockwise(-1.9 * torque * i / (ArcPoints - 1), 0.3f);
            Rgba colour = torque > 0 ? FilmPalette.Positive : FilmPalette.Negative;
            scene.StrokePolyline(arc, 0.024f, colour);
            Vector2 along = Vector2.Normalize(arc[^1] - arc[^2]), across = new(-along.Y, along.X);
            scene.FillTriangle(arc[^1] + (along * 0.09f), arc[^1] + (across * 0.05f), arc[^1] - (across * 0.05f), colour);
        }

        ScenePage.Title(scene, Spec.Id);
    }
}
