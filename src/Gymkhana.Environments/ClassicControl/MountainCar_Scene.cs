using System.Numerics;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.ClassicControl;

/// <content>The picture: the valley as it is told in the literature, height 0.45 sin 3x + 0.55.</content>
public sealed partial class MountainCar : IDrawable
{
    private const int HillPoints = 96;

    /// <inheritdoc/>
    public Viewport View { get; } = new(-1.45f, -0.06f, 0.85f, 1.234f);

    /// <inheritdoc/>
    public void Draw(int copy, Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        scene.Viewport = View;
        scene.Background = FilmPalette.Backdrop;
        Span<Vector2> hill = stackalloc Vector2[HillPoints + 2];
        for (int i = 0; i < HillPoints; i++)
        {
            float at = View.Left - 0.1f + ((View.Width + 0.2f) * i / (HillPoints - 1));
            hill[i] = new Vector2(at, Height(at));
        }

        hill[HillPoints] = new Vector2(View.Right + 0.1f, -1);
        hill[HillPoints + 1] = new Vector2(View.Left - 0.1f, -1);
        scene.FillSoftCircle(new Vector2(-0.35f, 1.3f), 1.3f, FilmPalette.Walkers[1].WithAlpha(26));
        scene.FillPolygon(hill, FilmPalette.Card);
        scene.StrokePolyline(hill[..HillPoints], 0.012f, new Rgba(0x8f, 0x80, 0x66));
        Vector2 flag = new((float)GoalPosition, Height((float)GoalPosition));
        scene.StrokeLine(flag, flag + new Vector2(0, 0.17f), 0.009f, FilmPalette.Text);
        scene.FillTriangle(flag + new Vector2(0, 0.172f), flag + new Vector2(0.1f, 0.14f), flag + new Vector2(0, 0.108f), FilmPalette.Walkers[0]);
        float x = (float)_position[copy];
        Vector2 along = Vector2.Normalize(new Vector2(1, Slope(x))), up = new(-along.Y, along.X);
        Vector2 place = new Vector2(x, Height(x)) + (up * 0.034f);
        scene.FillPolygon(
            [
                place + (up * 0.006f) - (along * 0.085f), place + (up * 0.006f) + (along * 0.085f), place + (up * 0.042f) + (along * 0.08f),
                place + (up * 0.048f) + (along * 0.035f), place + (up * 0.082f) + (along * 0.015f), place + (up * 0.082f) - (along * 0.04f), place + (up * 0.046f) - (along * 0.085f),
            ],
            FilmPalette.Walkers[5]);
        scene.FillPolygon(
            [place + (up * 0.05f) + (along * 0.02f), place + (up * 0.073f) + (along * 0.008f), place + (up * 0.073f) - (along * 0.032f), place + (up * 0.05f) - (along * 0.045f)],
            FilmPalette.Backdrop.WithAlpha(190));
        foreach (float side in (ReadOnlySpan<float>)[-0.05f, 0.05f])
        {
            scene.FillCircle(place + (along * side), 0.027f, FilmPalette.Rim);
            scene.FillCircle(place + (along * side), 0.012f, FilmPalette.Quiet);
        }

        ScenePage.Title(scene, Spec.Id);
    }

    private static float Height(float x) => (float)((0.45 * Math.Sin(3 * x)) + 0.55);

    private static float Slope(float x) => (float)(1.35 * Math.Cos(3 * x));
}
