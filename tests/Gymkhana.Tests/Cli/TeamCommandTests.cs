using System.Text.Json;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Cli;

public sealed class TeamCommandTests
{
    private const string Tag = "simple_tag_v3";
    private const string World = "--set env.classes=A:self+landmarks,env.adversaries=A:2 --set env.prey=random,env.comm_range=1,env.max_cycles=12";

    [Fact]
    [Trait("Category", "Determinism")]
    public void Train_AnyThreadsAndVectorWidth_GivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        foreach ((string name, string threads, string? off) in ((string, string, string?)[])[("widest", "1", null), ("two", "2", null), ("none", "1", "DOTNET_EnableHWIntrinsic")])
        {
            string[] words = TrainSamples.Train("mappo", Tag, 6, name, $"--threads {threads} {World}");
            Answer answer = GymkhanaProcess.RunWith(off is null ? [] : [(off, "0")], folder.Path, words);
            Assert.True(answer.ExitCode == 0, answer.Errors);
            Assert.Equal(RunSamples.TimelessMetrics(folder["widest"]), RunSamples.TimelessMetrics(folder[name]));
            Assert.Equal(RunSamples.Champion(folder["widest"]), RunSamples.Champion(folder[name]));
        }
    }

    [Fact]
    public void Evaluate_OtherTeamThanItWasTrainedIn_Plays()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, GymkhanaProcess.Run(folder.Path, TrainSamples.Train("mappo", Tag, 2, "run", World)).ExitCode);
        foreach (string policy in new[] { "run", "run/champion.team.safetensors" })
        {
            JsonElement json = GymkhanaProcess.Run(folder.Path, "evaluate", policy, Tag, "--json", "--episodes", "8", "--set", "adversaries=A:5,num_good=2,num_obstacles=4").Json();
            Assert.Equal(8, json.GetProperty("episodes").GetInt32());
            Assert.True(json.GetProperty("metrics").TryGetProperty("touchesA", out _));
        }

        Answer other = GymkhanaProcess.Run(folder.Path, "evaluate", "run", Tag, "--set", "classes=C:self,adversaries=C:2");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("team of classes A", other.Line(), StringComparison.Ordinal);
    }

    [Fact]
    public void Grid_CompositionsAndMessages_GivesARowForEach()
    {
        using var folder = new TemporaryFolder();
        string other = World.Replace("A:2", "A:3", StringComparison.Ordinal);
        Assert.Equal(0, GymkhanaProcess.Run(folder.Path, TrainSamples.Train("mappo", Tag, 2, "run", World)).ExitCode);
        Assert.Equal(0, GymkhanaProcess.Run(folder.Path, TrainSamples.Train("mappo", Tag, 1, "second", World)).ExitCode);
        Assert.Equal(0, GymkhanaProcess.Run(folder.Path, TrainSamples.Train("mappo", Tag, 1, "three", other)).ExitCode);
        string[] words =
        [
            "grid", "run", Tag, "--and", "second", "--over", "adversaries=A:2", "--over", "adversaries=A:3", "--beside", "three", "--messages", "kept,cut,shuffled", "--between", "random,lookahead", "--episodes", "12",
        ];
        JsonElement[] rows = [.. GymkhanaProcess.Run(folder.Path, [.. words, "--json"]).Json().GetProperty("rows").EnumerateArray()];
        Assert.Equal(
            ["adversaries=A:2 messages kept 24", "adversaries=A:2 messages cut 24", "adversaries=A:2 messages shuffled 24", "adversaries=A:3 messages kept 24", "adversaries=A:3 messages cut 24", "adversaries=A:3 messages shuffled 24", "adversaries=A:3 trained for this 12"],
            rows.Select(r => $"{r.GetProperty("settings").GetString()} {r.GetProperty("team").GetString()} {r.GetProperty("episodes").GetInt32()}"));
        foreach (JsonElement row in rows)
        {
            double mean = row.GetProperty("return").GetProperty("mean").GetDouble(), low = row.GetProperty("low").GetDouble(), high = row.GetProperty("high").GetDouble();
            Assert.Equal((mean - low) / (high - low), row.GetProperty("scaled").GetDouble(), 1e-9);
            Assert.Equal(mean, 10 * row.GetProperty("metrics").GetProperty("touches").GetProperty("mean").GetDouble(), 1e-9);
        }

        // What is said of one policy in one row is what 'evaluate' says.
        double Evaluated(string run, string fate) => GymkhanaProcess.Run(folder.Path, "evaluate", run, Tag, "--messages", fate, "--episodes", "12", "--json").Json().GetProperty("mean").GetDouble();
        Assert.Equal((Evaluated("run", "cut") + Evaluated("second", "cut")) / 2, rows[1].GetProperty("return").GetProperty("mean").GetDouble(), 1e-9);

        Answer table = GymkhanaProcess.Run(folder.Path, words);
        Assert.Equal(0, table.ExitCode);
        Assert.Contains("| adversaries=A:3 | trained for this  |", table.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evaluate random simple_tag_v3 --messages cut", "no messages")]
    [InlineData("evaluate random simple_tag_v3 --messages lost", "lost")]
    [InlineData("grid random simple_tag_v3 --between random", "--between expects two policies")]
    [InlineData("grid random simple_tag_v3 --over num_god=2", "num_god")]
    public void Grid_WrongWords_IsOneLine(string words, string expected)
    {
        using var folder = new TemporaryFolder();
        Answer answer = GymkhanaProcess.Run(folder.Path, words.Split(' '));
        Assert.Equal(2, answer.ExitCode);
        Assert.Contains(expected, answer.Line(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TeamOfTwoClasses_HasAReportGoesOnAndIsExportedByClass()
    {
        using var folder = new TemporaryFolder();
        string classes = "--set env.classes=A:self+landmarks,B:self+prey --set env.adversaries=A:2,B:1 --set env.prey=random,env.comm_range=1,env.max_cycles=12";
        Assert.Equal(0, GymkhanaProcess.Run(folder.Path, TrainSamples.Train("mappo", Tag, 1, "run", classes)).ExitCode);
        string html = File.ReadAllText(folder["run/report.html"]);
        Assert.Contains("Who listens to whom", html, StringComparison.Ordinal);
        Assert.Contains("touches by class", html, StringComparison.Ordinal);
        Assert.Contains("touches B", html, StringComparison.Ordinal);
        File.Delete(folder["run/report.html"]);
        Assert.EndsWith("report.html", GymkhanaProcess.Run(folder.Path, "report", "run", "--film", "0", "--json").Json().GetProperty("report").GetString(), StringComparison.Ordinal);
        Assert.Equal(Listening(html), Listening(File.ReadAllText(folder["run/report.html"])));
        Answer resumed = GymkhanaProcess.Run(folder.Path, "resume", "run", "--film", "0", "--generations", "2");
        Assert.True(resumed.ExitCode == 0, resumed.Errors);
        Answer answer = GymkhanaProcess.Run(folder.Path, "export", "run", "--out", "team.onnx");
        Assert.True(answer.ExitCode == 0, answer.Errors);
        foreach (string file in new[] { "team-A.onnx", "team-B.onnx" })
        {
            Assert.Contains(file, answer.Output, StringComparison.Ordinal);
            Assert.Contains("words", GymkhanaProcess.Run(folder.Path, "onnx", "inspect", file).Output, StringComparison.Ordinal);
        }
    }

    private static string Listening(string html) => html[html.IndexOf("Who listens to whom", StringComparison.Ordinal)..html.IndexOf("Do it again", StringComparison.Ordinal)];
}
