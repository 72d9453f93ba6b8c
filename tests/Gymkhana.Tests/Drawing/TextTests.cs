using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Tests.Drawing;

public sealed class TextTests
{
    [Fact]
    public void Font_PrintableAsciiAndOurSigns_AreAllThereAndDiffer()
    {
        var seen = new Dictionary<ulong, char>();
        string characters = string.Concat(Enumerable.Range(33, 94).Select(c => (char)c)) + "·×–°±—−≤≥→";
        foreach (char character in characters)
        {
            Assert.True(StrokeFont.Has(character), $"'{character}' is missing.");
            var canvas = new Canvas(80, 90);
            canvas.DrawText([character], new(20, 60), 48, Rgba.White);
            ulong hash = Supersampling.Hash(canvas);
            Assert.False(seen.TryGetValue(hash, out char twin), $"'{character}' looks like '{twin}'.");
            seen.Add(hash, character);
        }
    }

    [Fact]
    public void DrawText_Figures_AreAllOfOneWidth()
    {
        foreach (char figure in "0123456789") Assert.Equal(Canvas.MeasureText("0", 20), Canvas.MeasureText([figure], 20));
    }

    [Theory]
    [InlineData(10f)]
    [InlineData(13f)]
    [InlineData(24f)]
    [InlineData(61f)]
    public void DrawText_Stems_StandOnWholePixels(float size)
    {
        // H has no arcs at its feet: the last row is covered, the row below is clear, though the anchor is off the grid.
        var canvas = new Canvas(80, 90);
        canvas.DrawText("E", new(10, 60.3f), size, Rgba.White);
        Assert.True(Brightest(59) > 200);
        Assert.Equal(0, Brightest(60));

        int Brightest(int y) => Enumerable.Range(0, 80).Max(x => canvas[x, y].A);
    }

    [Theory]
    [InlineData(HorizontalAnchor.Left, 50, 100)]
    [InlineData(HorizontalAnchor.Centre, 25, 75)]
    [InlineData(HorizontalAnchor.Right, 0, 50)]
    public void DrawText_HorizontalAnchors_PlaceTheText(HorizontalAnchor anchor, int from, int to)
    {
        var canvas = new Canvas(100, 40);
        canvas.DrawText("abc", new(50, 25), 20, Rgba.White, anchor);
        int[] columns = [.. Enumerable.Range(0, 100).Where(x => Enumerable.Range(0, 40).Any(y => canvas[x, y].A > 0))];
        Assert.InRange(columns[0], from, to);
        Assert.InRange(columns[^1], from, to);
    }

    [Fact]
    public void DrawText_CacheFull_StillDrawsTheSame()
    {
        var canvas = new Canvas(64, 64);
        canvas.DrawText("g", new(20, 40), 40, Rgba.White);
        ulong first = Supersampling.Hash(canvas);

        // More sizes than the cache holds.
        for (int i = 0; i < 1200; i++) canvas.DrawText("ABmwW@", new(1, 40), 30 + (i * 0.02f), Rgba.White);
        canvas.Clear(Rgba.Transparent);
        canvas.DrawText("g", new(20, 40), 40, Rgba.White);
        Assert.Equal(first, Supersampling.Hash(canvas));
    }

    [Fact]
    public void DrawText_AtEveryBorder_StaysInside()
    {
        var canvas = new Canvas(30, 30);
        for (int x = -80; x < 60; x += 7)
        {
            for (int y = -40; y < 90; y += 7) canvas.DrawText("Mg@|", new(x, y), x % 2 == 0 ? 40 : 90, Rgba.White, weight: 2);
        }

        Assert.NotEqual(-1, canvas.Pixels.IndexOfAnyExcept(0u));
    }
}
