using System.Text.Json;
using Gymkhana.Core.Files;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Cli;

public sealed class RolloutCommandTests
{
    [Fact]
    public void Rollout_RandomPolicy_WritesWhatItSaysAndReplays()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["rollout", "Walker-v0", "--seed", "3", "--steps", "90", "--set", "episode-seconds=1", "--json"];
        Answer answer = GymkhanaProcess.Run(folder.Path, [.. words, "--policy", "random", "--out", "r.npz"]);
        Assert.Equal(0, answer.ExitCode);

        using (var npz = new NpzReader(folder["r.npz"]))
        {
            JsonElement arrays = answer.Json().GetProperty("arrays");
            Assert.Equal(npz.Names.Order(StringComparer.Ordinal), arrays.EnumerateObject().Select(a => a.Name).Order(StringComparer.Ordinal));
            foreach (JsonProperty array in arrays.EnumerateObject())
            {
                Assert.Equal(npz.Read(array.Name).Shape, array.Value.GetProperty("shape").EnumerateArray().Select(a => a.GetInt64()));
            }

            Assert.Equal([91, 9], npz.Read("observations").Shape);
            NpyFile.Write(folder["a.npy"], npz.Read("actions"));
        }

        Answer again = GymkhanaProcess.Run(folder.Path, [.. words, "--policy", "a.npy", "--out", "again.npz"]);
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(File.ReadAllBytes(folder["r.npz"]), File.ReadAllBytes(folder["again.npz"]));
    }

    [Fact]
    public void Rollout_FewerActionsThanSteps_IsRefused()
    {
        using var folder = new TemporaryFolder();
        NpyFile.Write(folder["a.npy"], NpyArray.Create<float>(new float[12], 2, 6));
        Answer answer = GymkhanaProcess.Run(folder.Path, "rollout", "Walker-v0", "--policy", "a.npy", "--steps", "3", "--out", "r.npz");
        Assert.Equal(2, answer.ExitCode);
        Assert.Contains("actions for 2 steps", answer.Line(), StringComparison.Ordinal);
        Assert.False(File.Exists(folder["r.npz"]));
    }
}
