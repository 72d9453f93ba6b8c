using Gymkhana.Core.Scenes;

namespace Gymkhana.Tests.Scenes;

public sealed class RgbaTests
{
    [Theory]
    [InlineData("#1e88e5", 0x1e, 0x88, 0xe5, 255)]
    [InlineData("1E88E580", 0x1e, 0x88, 0xe5, 0x80)]
    [InlineData("#fa3", 0xff, 0xaa, 0x33, 255)]
    public void Parse_HexForms_GiveTheColour(string text, int r, int g, int b, int a) =>
        Assert.Equal(new Rgba((byte)r, (byte)g, (byte)b, (byte)a), Rgba.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("#12345")]
    [InlineData("#12345g")]
    [InlineData("+12345")]
    public void Parse_NoColour_SaysWhatToWrite(string text)
    {
        FormatException error = Assert.Throws<FormatException>(() => Rgba.Parse(text));
        Assert.Contains("#rrggbb", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_ThenParse_GivesTheSameColour()
    {
        foreach (Rgba colour in new[] { new Rgba(1, 2, 3), new Rgba(255, 0, 128, 7), Rgba.Transparent })
        {
            Assert.Equal(colour, Rgba.Parse(colour.ToString()));
        }
    }

    [Theory]
    [InlineData(0f, 10)]
    [InlineData(0.5f, 15)]
    [InlineData(1f, 20)]
    [InlineData(7f, 20)]
    [InlineData(-1f, 10)]
    [InlineData(float.NaN, 10)]
    public void Lerp_AnyT_StaysBetween(float t, int expected) =>
        Assert.Equal(expected, Rgba.Lerp(new Rgba(10, 10, 10), new Rgba(20, 20, 20), t).G);
}
