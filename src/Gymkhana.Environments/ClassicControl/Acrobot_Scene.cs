using System.Numerics;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.ClassicControl;

/// <content>The picture: two links that hang from a bar, and the height that the free end must reach; metres.</content>
public sealed partial class Acrobot : IDrawable
{
    /// <inheritdoc/>
    public Viewport View { get; } = new(-4.2f, -2.4f, 4.2f, 2.325f);

    /// <inheritdoc/>
    public void Draw(int copy, Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        scene.Viewport = View;
        scene.Background = FilmPalette.Backdrop;
        scene.FillCircle(Vector2.Zero, 2.12f, FilmPalette.Card.WithAlpha(140));
        scene.StrokeCircle(Vector2.Zero, 2.12f, 0.012f, FilmPalette.Rim);
        for (float at = View.Left; at < View.Right; at += 0.24f)
        {
            scene.StrokeLine(new Vector2(at, 1), new Vector2(at + 0.13f, 1), 0.022f, FilmPalette.Positive.WithAlpha(170));
        }

        Vector2 elbow = ScenePage.Clockwise(Math.PI - _angle1[copy], (float)Link1Length);
        Vector2 end = elbow + ScenePage.Clockwise(Math.PI - _angle1[copy] - _angle2[copy], (float)Link1Length);
        bool high = end.Y > 1;
        scene.StrokeLine(new Vector2(-0.34f, 0), new Vector2(0.34f, 0), 0.05f, FilmPalette.Rim);
        ScenePage.Limb(scene, Vector2.Zero, elbow, 0.17f, FilmPalette.Walkers[1]);
        ScenePage.Limb(scene, elbow, end, 0.17f, FilmPalette.Walkers[4]);
        ScenePage.Joint(scene, Vector2.Zero, 0.07f);
        ScenePage.Joint(scene, elbow, 0.07f);
        scene.FillSoftCircle(end, 0.3f, (high ? FilmPalette.Positive : FilmPalette.Walkers[5]).WithAlpha(110), 0.05f, additive: true);
        scene.FillCircle(end, 0.07f, high ? FilmPalette.Positive : FilmPalette.Walkers[5]);
        ScenePage.Title(scene, Spec.Id);
    }
}
