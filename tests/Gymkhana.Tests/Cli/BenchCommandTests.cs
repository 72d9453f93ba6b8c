using System.Text.Json;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Cli;

public sealed class BenchCommandTests
{
    [Fact]
    public void Bench_Walker_PrintsTheAgreedKeys()
    {
        using var folder = new TemporaryFolder();
        Answer answer = GymkhanaProcess.Run(folder.Path, "bench", "walker", "--json", "--seconds", "0.1");
        Assert.Equal(0, answer.ExitCode);
        JsonElement json = answer.Json();
        Assert.Equal(Environment.ProcessorCount, json.GetProperty("machine").GetProperty("cores").GetInt32());
        JsonElement[] results = [.. json.GetProperty("results").EnumerateArray()];
        foreach (string name in new[] { "walker/empty", "walker/network-71" })
        {
            JsonElement one = results.Single(r => r.GetProperty("name").GetString() == name && r.GetProperty("threads").GetInt32() == 1);
            Assert.Equal("agent-steps/s", one.GetProperty("unit").GetString());
            Assert.True(one.GetProperty("value").GetDouble() > 0);
        }
    }

    [Theory]
    [InlineData("bench walkr", "There is no benchmark named 'walkr'. Did you mean 'walker'?")]
    [InlineData("bench walker --seconds 0", "--seconds expects a number from 0.05 to 3600, got '0'")]
    public void Bench_WrongUsage_IsOneLineAndExitCode2(string commandLine, string expected)
    {
        using var folder = new TemporaryFolder();
        Answer answer = GymkhanaProcess.Run(folder.Path, commandLine.Split(' '));
        Assert.Contains(expected, answer.Line(), StringComparison.Ordinal);
        Assert.Equal(2, answer.ExitCode);
    }
}
