using System.Text.Json;
using Gymkhana.Tests.Files;

namespace Gymkhana.Tests.Cli;

public sealed class ExportCommandTests
{
    [Fact]
    public void Export_EvolvedRun_ScoresAsTheRunDoes()
    {
        using TemporaryFolder folder = new();
        Assert.Equal(0, GymkhanaProcess.Run(folder.Path, [.. TrainSamples.Train("neat", "CartPole-v1", 2, "run")]).ExitCode);
        Answer export = GymkhanaProcess.Run(folder.Path, "export", "run", "--out", "policy.onnx", "--action", "--json");
        Assert.Equal(0, export.ExitCode);
        Assert.Equal("CartPole-v1", export.Json().GetProperty("environment").GetString());
        JsonElement metadata = GymkhanaProcess.Run(folder.Path, "onnx", "inspect", "policy.onnx", "--json").Json().GetProperty("metadata");
        Assert.Equal("neat", metadata.GetProperty("gymkhana.algorithm").GetString());
        Assert.Equal("Discrete(2)", metadata.GetProperty("gymkhana.action-space").GetString());

        // Roundings may turn a choice between nearly equal preferences, so the scores need not be the same to the last step.
        JsonElement run = GymkhanaProcess.Run(folder.Path, "evaluate", "run", "CartPole-v1", "--episodes", "20", "--json").Json();
        JsonElement model = GymkhanaProcess.Run(folder.Path, "evaluate", "policy.onnx", "CartPole-v1", "--episodes", "20", "--json").Json();
        Assert.Equal(run.GetProperty("mean").GetDouble(), model.GetProperty("mean").GetDouble(), 5.0);
    }

    [Theory]
    [InlineData("'random' has no network to export", "export", "random", "--out", "x.onnx")]
    [InlineData("There is no policy 'nothing'", "export", "nothing", "--out", "x.onnx")]
    [InlineData("Option --opset expects 13 to 18, got 19", "export", "random", "--out", "x.onnx", "--opset", "19")]
    [InlineData("Option --pixels expects bytes, scaled or colour, got 'grey'", "export", "random", "--out", "x.onnx", "--pixels", "grey")]
    public void Export_WrongUsage_IsOneLine(string expected, params string[] arguments)
    {
        using TemporaryFolder folder = new();
        Answer answer = GymkhanaProcess.Run(folder.Path, arguments);
        Assert.Equal(2, answer.ExitCode);
        Assert.Contains(expected, answer.Line(), StringComparison.Ordinal);
        Assert.False(File.Exists(folder["x.onnx"]));
    }
}
