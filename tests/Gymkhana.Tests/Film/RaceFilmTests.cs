using System.Collections.Immutable;
using System.Security.Cryptography;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;
using Gymkhana.Environments.Walker.Film;

namespace Gymkhana.Tests.Film;

public sealed class RaceFilmTests
{
    // The same on every machine and SIMD width. It changes with the look of the film only: then look at a frame and take the new hash.
    private const string Golden = "bc23f46caab3c62c";

    [Fact]
    public void Draw_AfterSomeSteps_GivesTheRecordedPixels()
    {
        Canvas canvas = Frame(steps: 40);

        Assert.Equal(Golden, Hash(canvas));
    }

    [Fact]
    public void Draw_InOtherColours_DiffersInNothingElse()
    {
        ImmutableArray<Rgba> swapped = [FilmPalette.Walkers[1], FilmPalette.Walkers[0]];

        Assert.Equal(Golden, Hash(Frame(steps: 40, [FilmPalette.Walkers[0], FilmPalette.Walkers[1]])));
        Assert.NotEqual(Golden, Hash(Frame(steps: 40, swapped)));
    }

    [Fact]
    public void Draw_InASmallFrame_FillsIt()
    {
        var film = Film();
        var canvas = new Canvas(320, 180);
        film.Advance();
        film.Draw(canvas);

        Assert.True(canvas.Pixels.ToArray().Distinct().Count() > 100);
    }

    [Theory]
    [InlineData("short", "short")]
    [InlineData("a very long name of a run in a deep folder", "…")]
    public void Shorten_Name_FitsTheRoom(string name, string expected)
    {
        string shorter = FilmText.Shorten(name, 16, 100);

        Assert.Contains(expected, shorter, StringComparison.Ordinal);
        Assert.True(Canvas.MeasureText(shorter, 16) <= 100);
    }

    [Fact]
    public void Distinct_EqualNames_AreNumbered() =>
        Assert.Equal(["a #1", "b", "a #2"], RacePanel.Distinct(["a", "b", "a"]));

    [Fact]
    public void Layout_Diagram_PutsNodesInLayersAndOutputsLast()
    {
        // 0, 1 inputs; 2 hidden after 0; 3 hidden after 2; 4, 5 outputs; one recurrent connection.
        DiagramLink[] links = [new(0, 2, 1), new(2, 3, -2), new(3, 4, 1), new(1, 5, 1), new(4, 2, 0.5f)];
        NetworkDiagram diagram = NetworkDiagram.Layout(6, ["x", "y"], [4, 5], ["left", "right"], links);

        Assert.Equal(4, diagram.Layers);
        Assert.Equal([0, 0, 1, 2, 3, 3], diagram.Nodes.Select(n => (int)MathF.Round(n.Place.X * 3)));
        Assert.Equal(["x", "y", "", "", "left", "right"], diagram.Nodes.Select(n => n.Label));
        Assert.All(diagram.Nodes, n => Assert.InRange(n.Place.Y, 0, 1));
        Assert.Throws<ArgumentException>(() => NetworkDiagram.Layout(2, ["x"], [1], ["o"], [new DiagramLink(0, 7, 1)]));
    }

    private static string Hash(Canvas canvas) => Convert.ToHexStringLower(SHA256.HashData(canvas.Bytes))[..16];

    private static RaceFilm Film(ImmutableArray<Rgba> colours = default)
    {
        var race = new WalkerRace([new WalkerRaceTests.Seeker("seeker"), new WalkerRaceTests.Idle()], new RaceRules { Targets = 3, Seed = 2, Colours = colours.IsDefault ? [] : colours });
        return new RaceFilm(race, [null, null], "Walker-v0", "first to 3 targets · seed 2");
    }

    private static Canvas Frame(int steps, ImmutableArray<Rgba> colours = default)
    {
        RaceFilm film = Film(colours);
        var canvas = new Canvas(1280, 720);
        for (int step = 0; step < steps; step++) film.Advance();
        film.Draw(canvas);
        return canvas;
    }
}
