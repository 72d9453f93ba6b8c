using System.Globalization;
using System.Numerics;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>The writing of a race film: title and clock, a card for each walker, the leader's network.</summary>
internal sealed class RacePanel
{
    private const float NameSize = 16;
    private readonly WalkerRace _race;
    private readonly IReadOnlyList<ILiveNetwork?> _networks;
    private readonly string _title;
    private readonly string _subtitle;
    private readonly string[] _names;
    private readonly NetworkPicture _picture = new();

    public RacePanel(WalkerRace race, IReadOnlyList<ILiveNetwork?> networks, string title, string subtitle)
    {
        _race = race;
        _networks = networks;
        _title = title;
        _subtitle = subtitle;
        _names = Distinct([.. Enumerable.Range(0, race.Count).Select(race.NameOf)]);
    }

    public void Draw(Scene scene, FilmLayout layout)
    {
        DrawHeader(scene, layout);
        for (int walker = 0; walker < _race.Count; walker++) DrawCard(scene, layout.Card(walker), walker);
        if (layout.NetworkBottom - layout.NetworkTop > 110) DrawNetwork(scene, layout);
        if (_race.IsOver && _race.Rules.Targets > 0) DrawWinner(scene, layout);
    }

    /// <summary>Names by which the walkers can be told apart: equal ones are numbered.</summary>
    internal static string[] Distinct(string[] names) =>
    [
        .. names.Select((name, i) => names.Count(n => n == name) == 1 ? name : $"{name} #{1 + names.Take(i).Count(n => n == name)}"),
    ];

    private static string Clock(double seconds)
    {
        int tenths = (int)((seconds * 10) + 1e-6);
        return string.Create(CultureInfo.InvariantCulture, $"{tenths / 600}:{tenths / 10 % 60:00}.{tenths % 10}");
    }

    private void DrawHeader(Scene scene, FilmLayout layout)
    {
        string clock = Clock(_race.Seconds);
        float room = layout.PanelRight - layout.PanelLeft - 130;
        scene.Text(new Vector2(layout.PanelLeft + 2, 46), 27, FilmText.Shorten(_title, 27, room, 1.25f), FilmPalette.Text, weight: 1.25f);
        scene.Text(new Vector2(layout.PanelLeft + 2, 70), 14, FilmText.Shorten(_subtitle, 14, layout.PanelRight - layout.PanelLeft - 2), FilmPalette.Quiet);
        scene.Text(new Vector2(layout.PanelRight - 2, 46), 30, clock, FilmPalette.Text, HorizontalAnchor.Right);
    }

    private void DrawCard(Scene scene, (Vector2 Low, Vector2 High) card, int walker)
    {
        (Vector2 low, Vector2 high) = card;
        Rgba colour = _race.Rules.ColourOf(walker);
        int targets = _race.Rules.Targets, reached = _race.Reached(walker);
        bool leads = _race.Count > 1 && _race.Leader == walker && reached > 0, finished = _race.HasFinished(walker);
        scene.FillRoundedRectangle(low, high, 10, leads ? Rgba.Lerp(FilmPalette.Rim, colour, 0.45f) : FilmPalette.Rim);
        scene.FillRoundedRectangle(low + Vector2.One, high - Vector2.One, 9, Rgba.Lerp(FilmPalette.Card, colour, leads ? 0.09f : 0.03f));
        Vector2 face = new(low.X + 26, low.Y + 26);
        scene.FillCircle(face, 13, colour);
        foreach (float side in (ReadOnlySpan<float>)[-5, 5])
        {
            scene.FillCircle(face + new Vector2(side, -2), 4.2f, Rgba.White);
            scene.FillCircle(face + new Vector2(side + 0.8f, -2.4f), 2, FilmPalette.Backdrop);
        }

        string count = reached.ToString(CultureInfo.InvariantCulture);
        string whole = targets > 0 ? string.Create(CultureInfo.InvariantCulture, $"/{targets}") : reached == 1 ? " target" : " targets";
        float right = high.X - 14;
        scene.Text(new Vector2(right, low.Y + 32), 14, whole, FilmPalette.Quiet, HorizontalAnchor.Right);
        right -= Canvas.MeasureText(whole, 14) + 2;
        scene.Text(new Vector2(right, low.Y + 32), 27, count, FilmPalette.Text, HorizontalAnchor.Right, weight: 1.2f);
        right -= Canvas.MeasureText(count, 27, 1.2f) + 12;
        string time = reached == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{(finished ? "finished" : "last at")} {_race.SecondsAtLastTarget(walker):0.0} s");
        float left = low.X + 48, timeWidth = Canvas.MeasureText("finished 100.0 s", 12.5f);
        bool roomy = right - left > timeWidth + 110;
        if (roomy)
        {
            scene.Text(new Vector2(right, low.Y + 32), 12.5f, time, finished ? colour : FilmPalette.Quiet, HorizontalAnchor.Right);
            right -= timeWidth + 10;
        }

        scene.Text(new Vector2(left, low.Y + 32), NameSize, FilmText.Shorten(_names[walker], NameSize, right - left, 1.15f), FilmPalette.Text, weight: 1.15f);
        float part = targets > 0 ? reached / (float)targets : (float)(_race.Seconds / _race.Rules.LimitSeconds);
        DrawBar(scene, new Vector2(low.X + 14, high.Y - 14), new Vector2(high.X - 14, high.Y - 8), Math.Clamp(part, 0, 1), colour);
    }

    private static void DrawBar(Scene scene, Vector2 low, Vector2 high, float part, Rgba colour)
    {
        float radius = (high.Y - low.Y) / 2;
        scene.FillRoundedRectangle(low, high, radius, new Rgba(0x0c, 0x0f, 0x14));
        if (part > 0) scene.FillRoundedRectangle(low, new Vector2(low.X + MathF.Max(2 * radius, (high.X - low.X) * part), high.Y), radius, colour);
    }

    private void DrawNetwork(Scene scene, FilmLayout layout)
    {
        Vector2 low = new(layout.PanelLeft, layout.NetworkTop), high = new(layout.PanelRight, layout.NetworkBottom);
        scene.FillRoundedRectangle(low, high, 10, FilmPalette.Rim);
        scene.FillRoundedRectangle(low + Vector2.One, high - Vector2.One, 9, FilmPalette.Card);
        int leader = _race.Leader;
        scene.FillCircle(low + new Vector2(20, 21), 5, _race.Rules.ColourOf(leader));
        string caption = _race.Count > 1 ? "network of the leader" : "network";
        float end = high.X - low.X - 60;
        string name = FilmText.Shorten(_names[leader], 13, end - Canvas.MeasureText(caption, 13) - 20, 1.15f);
        scene.Text(low + new Vector2(32, 21), 13, name, FilmPalette.Text, vertical: VerticalAnchor.Middle, weight: 1.15f);
        scene.Text(new Vector2(high.X - 16, low.Y + 21), 13, caption, FilmPalette.Quiet, HorizontalAnchor.Right, VerticalAnchor.Middle);
        if (_networks[leader] is ILiveNetwork network)
        {
            _picture.Draw(scene, network, low + new Vector2(14, 42), high - new Vector2(14, 14));
        }
        else
        {
            scene.Text((low + high) / 2, 14, "this policy has no network to show", FilmPalette.Quiet, HorizontalAnchor.Centre, VerticalAnchor.Middle);
        }
    }

    private void DrawWinner(Scene scene, FilmLayout layout)
    {
        RaceResult first = _race.Ranking()[0];
        if (first.Reached == 0) return;
        string tail = first.Reached >= _race.Rules.Targets
            ? string.Create(CultureInfo.InvariantCulture, $"{first.Reached} targets in {first.Seconds:0.0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{first.Reached} targets, time is up");
        string line = _race.Count > 1 ? $"{FilmText.Shorten(_names[first.Walker], 19, 260)} wins: {tail}" : tail;
        float half = (Canvas.MeasureText(line, 19, 1.2f) / 2) + 24;
        Vector2 at = layout.ArenaTop + new Vector2(0, 38);
        scene.FillRoundedRectangle(at - new Vector2(half, 20), at + new Vector2(half, 20), 20, FilmPalette.Backdrop.WithAlpha(215));
        scene.Text(at, 19, line, _race.Rules.ColourOf(first.Walker), HorizontalAnchor.Centre, VerticalAnchor.Middle, 1.2f);
    }
}
