using System.Numerics;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.ClassicControl;

/// <content>The picture: a cart on its track, metres.</content>
public sealed partial class CartPole : IDrawable
{
    /// <inheritdoc/>
    public Viewport View { get; } = new(-2.8f, -0.95f, 2.8f, 2.2f);

    /// <inheritdoc/>
    public void Draw(int copy, Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        scene.Viewport = View;
        scene.Background = FilmPalette.Backdrop;
        float x = (float)_x[copy], angle = (float)_angle[copy];
        scene.FillRectangle(new Vector2(-9, -3), new Vector2(9, -0.3f), FilmPalette.Card);
        scene.StrokeLine(new Vector2(-9, -0.3f), new Vector2(9, -0.3f), 0.02f, FilmPalette.Rim);
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            Vector2 post = new(side * ((float)TrackLimit + 0.3f), -0.3f);
            scene.StrokeLine(post, post + new Vector2(0, 0.34f), 0.05f, FilmPalette.Negative.WithAlpha(190));
        }

        for (int mark = -2; mark <= 2; mark++) scene.FillCircle(new Vector2(mark, -0.42f), 0.018f, FilmPalette.Quiet.WithAlpha(130));
        Vector2 cart = new(x, -0.08f);
        Rgba colour = FilmPalette.Walkers[1];
        scene.FillSoftCircle(new Vector2(x, -0.3f), 0.55f, Rgba.Black.WithAlpha(130), 0.1f);
        foreach (float side in (ReadOnlySpan<float>)[-0.18f, 0.18f])
        {
            scene.FillCircle(new Vector2(x + side, -0.22f), 0.085f, FilmPalette.Rim);
            scene.FillCircle(new Vector2(x + side, -0.22f), 0.04f, FilmPalette.Quiet);
        }

        scene.FillRoundedRectangle(cart - new Vector2(0.32f, 0.12f), cart + new Vector2(0.32f, 0.13f), 0.06f, colour);
        scene.FillRoundedRectangle(cart + new Vector2(-0.28f, 0.05f), cart + new Vector2(0.28f, 0.1f), 0.025f, Rgba.White.WithAlpha(46));
        Vector2 pivot = cart + new Vector2(0, 0.1f), tip = pivot + (2 * (float)HalfLength * new Vector2((float)Math.Sin(angle), (float)Math.Cos(angle)));
        scene.StrokeLine(pivot, tip, 0.1f, new Rgba(0xe3, 0xb8, 0x74));
        scene.StrokeLine(Vector2.Lerp(pivot, tip, 0.06f), Vector2.Lerp(pivot, tip, 0.95f), 0.03f, Rgba.White.WithAlpha(60));
        scene.FillCircle(pivot, 0.05f, FilmPalette.Backdrop);
        scene.FillCircle(pivot, 0.028f, FilmPalette.Text);
        ScenePage.Title(scene, Spec.Id);
    }
}
