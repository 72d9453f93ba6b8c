using System.Diagnostics;
using System.Text.Json;
using Gymkhana.Core.Randomness;
using Gymkhana.Tests.Learning.Datasets;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Cli;

/// <summary>From a run to a dataset to a policy learned from it, as processes.</summary>
public sealed class DatasetCommandTests
{
    private const string Small = "--set rounds=6 --set updates=40 --set batch=32 --set hidden=32 --set evaluate-every=2 --set evaluation-episodes=4";

    [Fact]
    public void Collect_SnapshotsOfARun_MakesAMixedDatasetThatCanBeLearnedFrom()
    {
        using var folder = new TemporaryFolder();
        Answer run = Gymkhana(folder, "train ppo CartPole-v1 --generations 9 --set snapshot-every=4 --set copies=8 --set steps=64 --set evaluate-every=3 --set validation-episodes=4 --film 0 --out run");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(["000001.safetensors", "000004.safetensors", "000008.safetensors"], Directory.GetFiles(folder["run/snapshots"]).Select(Path.GetFileName).Order());

        JsonElement collected = Gymkhana(folder, "dataset collect CartPole-v1 --policy run --kind mixed --steps 1500 --out data --json").Json();
        Assert.InRange(collected.GetProperty("transitions").GetInt64(), 1500, 2500);
        JsonElement inspected = Gymkhana(folder, "dataset inspect data --json").Json();
        Assert.Equal(["run@1", "run@4", "run@8"], inspected.GetProperty("behaviours").EnumerateArray().Select(b => b.GetProperty("policy").GetString()));
        Assert.Equal(collected.GetProperty("transitions").GetInt64(), inspected.GetProperty("actions").EnumerateArray().Sum(a => a.GetInt64()));
        Assert.Equal(0, Gymkhana(folder, "dataset collect CartPole-v1 --policy run --kind mixed --until 7 --steps 300 --out early --json").ExitCode);
        Assert.Equal(2, Gymkhana(folder, "dataset inspect early --json").Json().GetProperty("behaviours").GetArrayLength());
        Assert.True(Gymkhana(folder, "dataset verify data --json").Json().GetProperty("ok").GetBoolean());
        Assert.Equal(0, Gymkhana(folder, "dataset collect CartPole-v1 --policy run --kind medium --steps 300 --out medium --json").ExitCode);

        JsonElement trained = Gymkhana(folder, $"train bcq CartPole-v1 --data data --film 0 {Small} --out bcq --json").Json();
        Assert.Equal(100, trained.GetProperty("test").GetProperty("episodes").GetInt32());
        JsonElement again = Gymkhana(folder, "evaluate bcq/champion.offline.safetensors CartPole-v1 --json").Json();
        Assert.Equal(trained.GetProperty("test").GetProperty("mean").GetDouble(), again.GetProperty("mean").GetDouble());
        JsonElement estimate = Gymkhana(folder, "dataset estimate bcq data --updates 50 --set hidden=16 --json").Json();
        Assert.InRange(estimate.GetProperty("agreement").GetDouble(), 0.05, 1);

        JsonElement alone = Gymkhana(folder, $"train bc CartPole-v1 --data data --no-world --film 0 {Small} --out bc --json").Json();
        Assert.Equal(JsonValueKind.Null, alone.GetProperty("test").ValueKind);
        Assert.Equal("finished", alone.GetProperty("state").GetString());
        Answer finished = Gymkhana(folder, "resume bc");
        Assert.Contains("is finished", finished.Line(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_DatasetOfOtherSettings_LearnsAndPlaysInTheWorldItWasRecordedIn()
    {
        using var folder = new TemporaryFolder();
        const string World = "--set continuous=false --set discrete-actions=25 --set action-repeat=8 --set episode-steps=80";
        Answer collected = Gymkhana(folder, $"dataset collect CarRacing-v3 {World} --steps 40 --out d");
        Assert.True(collected.ExitCode == 0, collected.Errors);
        Answer trained = Gymkhana(folder, "train bc CarRacing-v3 --data d --set rounds=1 --set updates=2 --set batch=4 --set hidden=8 --set evaluation-episodes=2 --set episode-steps=40 --film 0 --out bc --json");
        Assert.True(trained.ExitCode == 0, trained.Errors);
        JsonElement run = JsonDocument.Parse(File.ReadAllText(folder["bc/run.json"])).RootElement;
        foreach (string part in new[] { "environmentSettings", "evaluationSettings" })
        {
            JsonElement settings = run.GetProperty(part).GetProperty("effective");
            Assert.Equal("25", settings.GetProperty("discrete-actions").GetString());
            Assert.Equal("8", settings.GetProperty("action-repeat").GetString());
            Assert.Equal("40", settings.GetProperty("episode-steps").GetString()); // what a person says goes before what was recorded
        }
    }

    [Fact]
    public void Inspect_Pictures_WritesAContactSheet()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], 12);
        Assert.Equal(0, Gymkhana(folder, "dataset inspect d --sheet sheet.png").ExitCode);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(folder["sheet.png"])[..4]);
        File.Delete(folder["d/shard-00001.npz"]);
        Assert.Contains("shard-00001.npz", Gymkhana(folder, "dataset inspect d").Line(), StringComparison.Ordinal);
        Answer skipped = Gymkhana(folder, "dataset inspect d --skip-damaged --json");
        Assert.Contains("Left out", skipped.Errors, StringComparison.Ordinal);
        Assert.Single(skipped.Json().GetProperty("leftOut").EnumerateArray());
        Answer verified = Gymkhana(folder, "dataset verify d");
        Assert.Equal(1, verified.ExitCode);
        Assert.Contains("shard-00001.npz", verified.Line(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dataset collect CartPole-v1 --kind mixed --out x", 2, "needs --policy")]
    [InlineData("dataset collect CartPole-v1 --kind good --out x", 2, "--kind expects mixed, medium, expert, random")]
    [InlineData("dataset collect CartPole-v1 --until 3 --out x", 2, "--until goes with --kind mixed")]
    [InlineData("dataset collect Pendulum-v1 --out x", 1, "chooses among actions")]
    [InlineData("dataset inspect nowhere", 1, "There is no dataset 'nowhere'")]
    [InlineData("train bcq CartPole-v1 --out x", 1, "--data DIR")]
    [InlineData("train neat CartPole-v1 --data d --out x", 2, "takes no --data")]
    public void WrongOrImpossible_AnyOfThem_IsOneLine(string words, int exitCode, string expected)
    {
        using var folder = new TemporaryFolder();
        Answer answer = Gymkhana(folder, words);
        Assert.Equal(exitCode, answer.ExitCode);
        Assert.Contains(expected, answer.Line(), StringComparison.Ordinal);
    }

    [Fact]
    public void Collect_KilledAtAnyInstant_EndsLikeACollectionNeverKilled()
    {
        using var folder = new TemporaryFolder();
        const string Words = "dataset collect Acrobot-v1 --steps 300000 --shard-mb 1 --out";
        Assert.Equal(0, Gymkhana(folder, $"{Words} whole").ExitCode);
        int killed = 0;
        var random = new KeyedStream(1, 0, 78u);
        for (int kill = 0; kill < 3; kill++)
        {
            int shards = 1 + kill + random.NextInt(2);
            using Process process = GymkhanaProcess.Start(folder.Path, [.. $"{Words} killed".Split(' ')]);
            SpinWait.SpinUntil(() => process.HasExited || Shards(folder["killed"]) >= shards, GymkhanaProcess.Limit);
            killed += process.HasExited ? 0 : 1;
            process.Kill();
            GymkhanaProcess.Finish(process);
        }

        Assert.True(killed > 0, "every process ended before it could be killed");
        Answer rest = Gymkhana(folder, $"{Words} killed");
        Assert.True(rest.ExitCode == 0 || rest.Errors.Contains("complete", StringComparison.Ordinal), rest.Errors);
        foreach (string file in Directory.GetFiles(folder["whole"]))
        {
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(folder["killed"], Path.GetFileName(file))));
        }
    }

    [Theory]
    [InlineData("bcq")]
    [InlineData("filtered-bc")]
    public void Train_KilledAtAnyInstantAndResumed_EndsLikeARunNeverKilled(string algorithm)
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.Collect(DatasetSamples.CartPolePlan(3000, new BalancingScript(0.3), new BalancingScript(0.6)), folder["data"]);
        string words = $"train {algorithm} CartPole-v1 --data data --film 0 {Small} --seed 5 --checkpoint-seconds 0 --out";
        Assert.Equal(0, Gymkhana(folder, $"{words} whole").ExitCode);
        long length = new FileInfo(folder["whole/metrics.jsonl"]).Length;
        var random = new KeyedStream(2, 0, 79u);
        int killed = 0;
        for (int kill = 0; kill < 3; kill++)
        {
            string[] line = (Directory.Exists(folder["killed"]) ? "resume killed --threads 2 --checkpoint-seconds 0" : $"{words} killed").Split(' ');
            int bytes = random.NextInt((int)length);
            using Process process = GymkhanaProcess.Start(folder.Path, line);
            SpinWait.SpinUntil(() => process.HasExited || Written(folder["killed/metrics.jsonl"]) >= bytes, GymkhanaProcess.Limit);
            killed += process.HasExited ? 0 : 1;
            process.Kill();
            GymkhanaProcess.Finish(process);
        }

        Assert.True(killed > 0, "every process ended before it could be killed");
        Answer rest = Gymkhana(folder, "resume killed");
        Assert.True(rest.ExitCode == 0 || rest.Errors.Contains("is finished", StringComparison.Ordinal), rest.Errors);
        Assert.Equal(RunSamples.TimelessMetrics(folder["whole"]), RunSamples.TimelessMetrics(folder["killed"]));
        Assert.Equal(RunSamples.Champion(folder["whole"]), RunSamples.Champion(folder["killed"]));
    }

    [Fact]
    [Trait("Category", "Determinism")]
    public void Train_AnyVectorWidth_GivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.Collect(DatasetSamples.CartPolePlan(1500, new BalancingScript(0.4)), folder["data"]);
        foreach ((string name, string? off) in new[] { ("widest", (string?)null), ("no512", "DOTNET_EnableAVX512"), ("none", "DOTNET_EnableHWIntrinsic") })
        {
            string[] words = $"train bcq CartPole-v1 --data data --film 0 {Small} --set updates=10 --out {name}".Split(' ');
            Answer answer = GymkhanaProcess.RunWith(off is null ? [] : [(off, "0")], folder.Path, words);
            Assert.True(answer.ExitCode == 0, answer.Errors);
            Assert.Equal(RunSamples.TimelessMetrics(folder["widest"]), RunSamples.TimelessMetrics(folder[name]));
            Assert.Equal(RunSamples.Champion(folder["widest"]), RunSamples.Champion(folder[name]));
        }
    }

    private static Answer Gymkhana(TemporaryFolder folder, string words) => GymkhanaProcess.Run(folder.Path, words.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static int Shards(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder, "shard-*.npz").Length : 0;

    private static long Written(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}
