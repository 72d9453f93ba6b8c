using System.Text.Json;
using Gymkhana.Tests.Cli;

namespace Gymkhana.Tests.Film;

public sealed class RaceCommandTests
{
    [Theory]
    [InlineData("#ff8800", "2, got 1")]
    [InlineData("#ff8800,red", "'red'")]
    public void Race_WrongColours_IsOneLine(string colours, string expected) =>
        Assert.Contains(expected, GymkhanaProcess.Run(Path.GetTempPath(), "race", "random", "random", "--colours", colours).Line(), StringComparison.Ordinal);

    [Fact]
    public void Race_Json_PrintsTargetsSeedAndRanking()
    {
        string folder = Path.GetTempPath();
        var answer = GymkhanaProcess.Run(folder, "race", "random", "random", "--targets", "4", "--seed", "9", "--seconds", "2", "--json");

        using JsonDocument document = JsonDocument.Parse(answer.Output);
        JsonElement race = document.RootElement;
        Assert.Equal(4, race.GetProperty("targets").GetInt32());
        Assert.Equal(9, race.GetProperty("seed").GetInt32());
        Assert.Equal(2, race.GetProperty("ranking").GetArrayLength());
        Assert.Equal("random", race.GetProperty("ranking")[0].GetProperty("policy").GetString());
        Assert.Equal(0, race.GetProperty("ranking")[0].GetProperty("reached").GetInt32());
        Assert.Equal(JsonValueKind.Null, race.GetProperty("ranking")[0].GetProperty("seconds").ValueKind);
    }
}
