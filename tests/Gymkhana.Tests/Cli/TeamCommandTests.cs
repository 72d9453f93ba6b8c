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
}
