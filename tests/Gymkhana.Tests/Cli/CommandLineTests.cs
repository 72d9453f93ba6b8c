using System.Text.Json;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("evaluate random Walkr-v0", "There is no environment named 'Walkr-v0'. Did you mean 'Walker-v0'?")]
    [InlineData("envs Walkr-v0", "Did you mean 'Walker-v0'?")]
    [InlineData("evaluate random Walker-v0 --set episode-second=5", "There is no setting named 'episode-second'. Did you mean 'episode-seconds'?")]
    [InlineData("evaluate random Walker-v0 --set neat.delay=5", "There is no prefix of settings named 'neat'")]
    [InlineData("evaluate random Walker-v0 --set episode-seconds", "--set expects KEY=VALUE, got 'episode-seconds'")]
    [InlineData("evaluate random Walker-v0 --set episode-seconds=long", "Setting 'episode-seconds' expects a number from 1 to 10000 (s), got 'long'")]
    [InlineData("evaluate random Walker-v0 --set episode-seconds=0", "Setting 'episode-seconds' expects a number from 1 to 10000 (s), got '0'")]
    [InlineData("evaluate random Walker-v0 --set recenter=yes", "expects true or false, got 'yes'")]
    [InlineData("evaluate random Walker-v0 --episodes 0", "Option --episodes expects a whole number of at least 1, got '0'")]
    [InlineData("evaluate random Walker-v0 --episodes many", "Option --episodes expects a whole number of at least 1, got 'many'")]
    [InlineData("evaluate random Walker-v0 --seed -1", "Option --seed expects a whole number of at least 0, got '-1'")]
    [InlineData("evaluate random Walker-v0 --threads 1.5", "Option --threads expects a whole number of at least 1, got '1.5'")]
    [InlineData("evaluate random Walker-v0 --epsiodes 5", "There is no option named '--epsiodes'. Did you mean '--episodes'?")]
    [InlineData("evaluate runs/none Walker-v0", "There is no policy 'runs/none': it is no run folder")]
    [InlineData("evaluate random", "'gymkhana evaluate --help' shows what it takes")]
    [InlineData("evaluate random Walker-v0 more", "'gymkhana evaluate' does not expect 'more'")]
    [InlineData("evalute random Walker-v0", "There is no command named 'evalute'. Did you mean 'evaluate'?")]
    [InlineData("train nothing Walker-v0", "There is no algorithm named 'nothing'")]
    [InlineData("resume runs/none", "'runs/none' is no run: there is no such folder")]
    [InlineData("rollout Walker-v0 --policy random --steps 5", "--out")]
    public void WrongUsage_AnyOfThem_IsOneLineAndExitCode2(string commandLine, string expected)
    {
        using var folder = new TemporaryFolder();
        Answer answer = GymkhanaProcess.Run(folder.Path, commandLine.Split(' '));
        Assert.Contains(expected, answer.Line(), StringComparison.Ordinal);
        Assert.Equal(2, answer.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("rollout Walker-v0 --policy missing.npy --out r.npz", "missing.npy: there is no such file")]
    [InlineData("rollout Walker-v0 --policy random --steps 5 --out none/r.npz", "does not exist")]
    [InlineData("rollout Walker-v0 --policy broken.npy --out r.npz", "broken.npy")]
    public void Failure_WhileWorking_IsOneLineAndExitCode1(string commandLine, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["broken.npy"], "\u0093NUMPY");
        Answer answer = GymkhanaProcess.Run(folder.Path, commandLine.Split(' '));
        Assert.Contains(expected, answer.Line(), StringComparison.Ordinal);
        Assert.Equal(1, answer.ExitCode);
    }

    [Fact]
    public void Debug_WithAFailure_AddsTheStackTrace()
    {
        using var folder = new TemporaryFolder();
        Answer answer = GymkhanaProcess.Run(folder.Path, "resume", "none", "--debug");
        Assert.Equal(2, answer.ExitCode);
        Assert.Contains("   at Gymkhana.", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_Json_IsOneObjectWithTheAgreedKeys()
    {
        using var folder = new TemporaryFolder();
        Answer answer = GymkhanaProcess.Run(folder.Path, "evaluate", "random", "Walker-v0", "--episodes", "4", "--seed", "7", "--set", "episode-seconds=2", "--json");
        Assert.Equal(0, answer.ExitCode);
        Assert.Empty(answer.Errors);
        JsonElement json = answer.Json();
        Assert.Equal("random", json.GetProperty("policy").GetString());
        Assert.Equal("Walker-v0", json.GetProperty("environment").GetString());
        Assert.Equal(4, json.GetProperty("episodes").GetInt32());
        Assert.Equal(7, json.GetProperty("seed").GetInt32());
        AssertInterval(json.GetProperty("mean").GetDouble(), json.GetProperty("ci95"));
        Assert.Equal(JsonValueKind.Number, json.GetProperty("iqm").ValueKind);
        JsonElement targets = json.GetProperty("metrics").GetProperty("targets");
        AssertInterval(targets.GetProperty("mean").GetDouble(), targets.GetProperty("ci95"));
    }

    [Fact]
    public void Evaluate_AnyThreads_PrintsTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["evaluate", "random", "Walker-v0", "--episodes", "70", "--set", "episode-seconds=2", "--json", "--threads"];
        Answer one = GymkhanaProcess.Run(folder.Path, [.. words, "1"]);
        Answer two = GymkhanaProcess.Run(folder.Path, [.. words, "2"]);
        Assert.Equal(0, one.ExitCode);
        Assert.Equal(one.Output, two.Output);
        Assert.Equal(JsonValueKind.Null, one.Json().GetProperty("seed").ValueKind);
        Assert.Equal("test", one.Json().GetProperty("seeds").GetString());
    }

    [Fact]
    public void Envs_WithAndWithoutId_ShowTheWorlds()
    {
        using var folder = new TemporaryFolder();
        Answer list = GymkhanaProcess.Run(folder.Path, "envs", "--json");
        string[] ids = [.. list.Json().GetProperty("environments").EnumerateArray().Select(e => e.GetProperty("id").GetString()!)];
        Assert.Contains("Walker-v0", ids);
        foreach (string id in ids)
        {
            Answer page = GymkhanaProcess.Run(folder.Path, "envs", id);
            Assert.Equal(0, page.ExitCode);
            foreach (string heading in new[] { id, "Description", "Actions", "Observations", "Reward", "Start", "End", "Source", "Versions" })
            {
                Assert.Contains(heading, page.Output, StringComparison.Ordinal);
            }

            Assert.DoesNotContain('\u001b', page.Output);
            Assert.Equal(id, GymkhanaProcess.Run(folder.Path, "envs", id, "--json").Json().GetProperty("id").GetString());
        }
    }

    [Fact]
    public void Envs_WithSettings_ShowsItsGroupsThen()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["envs", "simple_tag_v3", "--set", "classes=A:self+landmarks,B:self+prey,adversaries=A:2,B:1,num_obstacles=5"];
        JsonElement[] groups = [.. GymkhanaProcess.Run(folder.Path, [.. words, "--json"]).Json().GetProperty("groups").EnumerateArray()];
        Assert.Equal(["A 2", "B 1", "agent 1"], groups.Select(g => $"{g.GetProperty("name").GetString()} {g.GetProperty("agents").GetInt32()}"));
        Assert.Equal(["self 1 4", "landmarks 5 2", "class 1 2"], groups[0].GetProperty("parts").EnumerateArray().Select(p => $"{p.GetProperty("name").GetString()} {p.GetProperty("items").GetInt32()} {p.GetProperty("features").GetInt32()}"));
        Assert.Contains("landmarks (5 × 2)", GymkhanaProcess.Run(folder.Path, words).Output, StringComparison.Ordinal);

        Answer nobody = GymkhanaProcess.Run(folder.Path, "envs", "--set", "num_obstacles=5");
        Assert.Equal(2, nobody.ExitCode);
        Assert.Contains("Say which", nobody.Line(), StringComparison.Ordinal);
        Assert.Contains("num_obstacles", GymkhanaProcess.Run(folder.Path, "envs", "simple_tag_v3", "--set", "num_obstacle=5").Line(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("train --help")]
    [InlineData("")]
    public void Help_Asked_IsPrintedWithExitCode0(string commandLine)
    {
        using var folder = new TemporaryFolder();
        Answer answer = GymkhanaProcess.Run(folder.Path, commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(0, answer.ExitCode);
        Assert.Contains("Usage:", answer.Output, StringComparison.Ordinal);
    }

    private static void AssertInterval(double mean, JsonElement interval)
    {
        Assert.Equal(2, interval.GetArrayLength());
        Assert.InRange(mean, interval[0].GetDouble(), interval[1].GetDouble());
    }
}
