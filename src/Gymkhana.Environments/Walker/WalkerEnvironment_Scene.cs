using System.Globalization;
using System.Numerics;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;
using Gymkhana.Environments.Walker.Film;

namespace Gymkhana.Environments.Walker;

/// <content>The picture of one walker; the film with sand is <see cref="RaceFilm"/>.</content>
public sealed partial class WalkerEnvironment : IDrawable
{
    /// <inheritdoc/>
    public Viewport View { get; } = new(-40, -40, 1040, 1040, YUp: false);

    /// <inheritdoc/>
    public void Draw(int copy, Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)copy, (uint)Count, nameof(copy));
        scene.Viewport = View;
        scene.Background = FilmPalette.Backdrop;
        scene.FillRoundedRectangle(new Vector2(-25), new Vector2(1025), 25, FilmPalette.Ground);
        WalkerPose pose = WalkerPose.Of(this, copy);
        Vector2 target = new(_state[WalkerState.TargetX, copy], _state[WalkerState.TargetY, copy]);
        var figure = new WalkerFigure(FilmPalette.Walkers[0]);
        figure.Follow(pose, target, jumped: true);
        scene.FillSoftCircle(target, 40, figure.Colour.WithAlpha(80), WalkerBody.TargetRadius);
        scene.FillCircle(target, WalkerBody.TargetRadius, figure.Colour);
        string number = (TargetIndex(copy) + 1).ToString(CultureInfo.InvariantCulture);
        scene.Text(target, 22, number, FilmPalette.Backdrop, HorizontalAnchor.Centre, VerticalAnchor.Middle, 1.5f);
        WalkerFigure.DrawShadow(scene, pose);
        figure.Draw(scene, pose);
    }
}
