using System.Text.Json;
using Gymkhana.Core.Files;
using Gymkhana.Tests.Cli;
using Gymkhana.Tests.Files;

namespace Gymkhana.Tests.Tensors.Onnx;

public sealed class OnnxCommandTests
{
    [Fact]
    public void Inspect_Model_PrintsTheAgreedKeys()
    {
        using TemporaryFolder folder = new();
        Answer answer = GymkhanaProcess.Run(folder.Path, "onnx", "inspect", RecordedModels.PathOf("nature_cnn_two_heads"), "--json");
        Assert.Equal(0, answer.ExitCode);
        JsonElement json = answer.Json();
        Assert.True(json.GetProperty("ok").GetBoolean());
        JsonElement input = Assert.Single(json.GetProperty("inputs").EnumerateArray());
        Assert.Equal("x", input.GetProperty("name").GetString());
        Assert.Equal("float32", input.GetProperty("type").GetString());
        Assert.Equal(96, input.GetProperty("shape")[3].GetInt32());
        Assert.Equal(["q_vals", "pi_logits"], json.GetProperty("outputs").EnumerateArray().Select(o => o.GetProperty("name").GetString()));
        Assert.Equal(3, json.GetProperty("operators").GetProperty("Conv").GetInt32());
        Assert.Equal(210_738, json.GetProperty("weights").GetInt64());

        // Three convolutions and three products, two operations for each weight at each place, and the activations.
        Assert.InRange(json.GetProperty("flops").GetInt64(), 20_000_000, 20_500_000);
    }

    [Fact]
    public void Inspect_RefusedModel_SaysWhyAndFails()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["bad.onnx"], "no model");
        Answer answer = GymkhanaProcess.Run(folder.Path, "onnx", "inspect", "bad.onnx", "--json");
        Assert.Equal(1, answer.ExitCode);
        Assert.False(answer.Json().GetProperty("ok").GetBoolean());
        Assert.Contains("bad.onnx", answer.Json().GetProperty("reason").GetString(), StringComparison.Ordinal);
        Answer plain = GymkhanaProcess.Run(folder.Path, "onnx", "inspect", "bad.onnx");
        Assert.Equal(1, plain.ExitCode);
        Assert.Contains("damaged or no ONNX model", plain.Line(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_RecordedInput_WritesTheOutputs()
    {
        using TemporaryFolder folder = new();
        using NpzReader recorded = new(Path.Combine(RecordedModels.Folder, "bcq_policy_argmax.npz"));
        NpzFile.Write(folder["x.npz"], [("x", recorded.Read("in.x"))], compress: false);
        Answer answer = GymkhanaProcess.Run(folder.Path, "onnx", "run", RecordedModels.PathOf("bcq_policy_argmax"), "--input", "x.npz", "--output", "y.npz");
        Assert.Equal(0, answer.ExitCode);
        using NpzReader written = new(folder["y.npz"]);
        Assert.Equal(["action", "q_vals"], written.Names);
        Assert.Equal(recorded.Read("out.action").ToArray<long>(), written.Read("action").ToArray<long>());
    }
}
