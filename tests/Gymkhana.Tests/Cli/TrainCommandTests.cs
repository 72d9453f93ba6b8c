using System.Text.Json;
using Gymkhana.Core.Runs;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Cli;

public sealed class TrainCommandTests
{
    [Theory]
    [MemberData(nameof(TrainSamples.Algorithms), MemberType = typeof(TrainSamples))]
    public void Train_Json_IsOneObjectAndTheRunCanBeUsed(string algorithm)
    {
        using var folder = new TemporaryFolder();
        Answer answer = GymkhanaProcess.Run(folder.Path, TrainSamples.Train(algorithm, "CartPole-v1", 3, "run", "--json"));
        Assert.Equal(0, answer.ExitCode);
        JsonElement json = answer.Json();
        Assert.Equal(("run", algorithm, "CartPole-v1", 11), (json.GetProperty("run").GetString(), json.GetProperty("algorithm").GetString(), json.GetProperty("environment").GetString(), json.GetProperty("seed").GetInt32()));
        Assert.True(json.GetProperty("wallSeconds").GetDouble() > 0);
        Assert.True(File.Exists(folder[json.GetProperty("champion").GetString()!]));
        foreach (string name in new[] { "validation", "test" })
        {
            JsonElement score = json.GetProperty(name);
            Assert.Equal(100, score.GetProperty("episodes").GetInt32());
            Assert.Equal(name, score.GetProperty("seeds").GetString());
            Assert.InRange(score.GetProperty("mean").GetDouble(), score.GetProperty("ci95")[0].GetDouble(), score.GetProperty("ci95")[1].GetDouble());
        }

        // The run's test score is what evaluate says of the run, and of the champion's file.
        foreach (string policy in new[] { "run", json.GetProperty("champion").GetString()! })
        {
            JsonElement again = GymkhanaProcess.Run(folder.Path, "evaluate", policy, "CartPole-v1", "--json").Json();
            Assert.Equal(json.GetProperty("test").GetProperty("mean").GetDouble(), again.GetProperty("mean").GetDouble());
            Assert.Equal(policy, again.GetProperty("policy").GetString());
        }

        // A champion of another world, a second run in the same folder, a finished run.
        Answer other = GymkhanaProcess.Run(folder.Path, "evaluate", "run", "Walker-v0");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("CartPole-v1", other.Line(), StringComparison.Ordinal);
        Answer taken = GymkhanaProcess.Run(folder.Path, TrainSamples.Train(algorithm, "CartPole-v1", 3, "run"));
        Assert.Equal(2, taken.ExitCode);
        Assert.Contains("already holds a run", taken.Line(), StringComparison.Ordinal);
        Answer finished = GymkhanaProcess.Run(folder.Path, "resume", "run", "--film", "0");
        Assert.Equal(2, finished.ExitCode);
        Assert.Contains("is finished", finished.Line(), StringComparison.Ordinal);

        // A damaged champion.
        string champion = folder[json.GetProperty("champion").GetString()!];
        File.WriteAllBytes(champion, File.ReadAllBytes(champion)[..40]);
        Answer damaged = GymkhanaProcess.Run(folder.Path, "evaluate", "run", "CartPole-v1");
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains("run", damaged.Line(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TrainSamples.Algorithms), MemberType = typeof(TrainSamples))]
    public void Report_RunStoppedEarlyAndTrainedFurther_NamesCommandsThatGiveTheSameChampion(string algorithm)
    {
        using var folder = new TemporaryFolder();
        string more = algorithm == "neat" ? string.Empty : "--set final-rate=0.1";
        Ok(TrainSamples.Train(algorithm, "CartPole-v1", 9, "run", $"{more} --steps 1"));
        long steps = JsonDocument.Parse(File.ReadAllText(folder["run/run.json"])).RootElement.GetProperty("progress").GetProperty("agentSteps").GetInt64();
        Ok("resume", "run", "--film", "0", "--generations", "20", "--steps", $"{3 * steps}");
        Ok("resume", "run", "--film", "0", "--generations", "8", "--steps", $"{1000 * steps}");
        string page = File.ReadAllText(folder["run/report.html"]);
        string[] commands = page[page.IndexOf("Repeat it", StringComparison.Ordinal)..].Split("<pre>")[1].Split("</pre>")[0].Split('\n');
        Assert.Equal(3, commands.Length);
        foreach (string command in commands)
        {
            Assert.StartsWith("./gymkhana ", command, StringComparison.Ordinal);
            Ok(command.Split(' ')[1..]);
        }

        Assert.Equal(RunSamples.Champion(folder["run"]), RunSamples.Champion(folder["runs/again"]));
        Assert.Equal(RunSamples.TimelessMetrics(folder["run"]), RunSamples.TimelessMetrics(folder["runs/again"]));

        void Ok(params string[] words)
        {
            Answer answer = GymkhanaProcess.Run(folder.Path, words);
            Assert.True(answer.ExitCode == 0, answer.Errors);
        }
    }

    [Theory]
    [MemberData(nameof(TrainSamples.Algorithms), MemberType = typeof(TrainSamples))]
    [Trait("Category", "Determinism")]
    public void Train_AnyThreadsAndVectorWidth_GivesTheSameBytes(string algorithm)
    {
        using var folder = new TemporaryFolder();
        (string Name, string Threads, string? Switch)[] ways =
        [
            ("widest", "1", null),
            ("two", "2", null),
            ("no512", "2", "DOTNET_EnableAVX512"),
            ("noavx2", "1", "DOTNET_EnableAVX2"),
            ("none", "1", "DOTNET_EnableHWIntrinsic"),
        ];
        foreach ((string name, string threads, string? off) in ways)
        {
            string[] words = TrainSamples.Train(algorithm, "Walker-v0", 10, name, $"--threads {threads} --set episode-seconds=3");
            Answer answer = GymkhanaProcess.RunWith(off is null ? [] : [(off, "0")], folder.Path, words);
            Assert.True(answer.ExitCode == 0, answer.Errors);
            Assert.Equal(RunSamples.TimelessMetrics(folder["widest"]), RunSamples.TimelessMetrics(folder[name]));
            Assert.Equal(RunSamples.Champion(folder["widest"]), RunSamples.Champion(folder[name]));
        }
    }

    [Fact]
    public void Evaluate_PolicyOfATaskOfItsOwn_IsScoredOnThatTask()
    {
        using var folder = new TemporaryFolder();
        Answer answer = GymkhanaProcess.Run(folder.Path, TrainSamples.Train("ppo", "CartPole-v1", 2, "run", "--json --set env.episode-steps=7"));
        Assert.Equal(7, answer.Json().GetProperty("test").GetProperty("mean").GetDouble());
        foreach (string policy in new[] { "run", "run/champion.safetensors" })
        {
            Assert.Equal(7, Mean("evaluate", policy, "CartPole-v1", "--json"));
            Assert.Equal(9, Mean("evaluate", policy, "CartPole-v1", "--json", "--set", "episode-steps=9", "--seed", "4", "--episodes", "3"));
        }

        double Mean(params string[] words) => GymkhanaProcess.Run(folder.Path, words).Json().GetProperty("mean").GetDouble();
    }

    [Theory]
    [InlineData("train neat CartPole-v1 --preset demoo --out run", 2, "There is no preset named 'demoo'")]
    [InlineData("train neat CartPole-v1 --set populatoin=5 --out run", 2, "Did you mean 'population'?")]
    [InlineData("train neat CartPole-v1 --set population=many --out run", 2, "Setting 'population' expects a whole number")]
    [InlineData("train neat CartPole-v1 --minutes soon --out run", 2, "Option --minutes expects a number of at least 0, got 'soon'")]
    [InlineData("train neat CartPole-v1 --out file/run", 1, "file/run")]
    [InlineData("train neat CartPole-v1 --out file", 1, "file")]
    [InlineData("train neat CartPole-v1 --out full", 2, "'full' is not empty and holds no run")]
    [InlineData("evaluate file CartPole-v1", 2, "'file' is no champion file")]
    [InlineData("evaluate full CartPole-v1", 2, "'full' is no run")]
    [InlineData("resume full", 2, "'full' is no run")]
    public void WrongOrImpossible_AnyOfThem_IsOneLine(string commandLine, int exitCode, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "text");
        Directory.CreateDirectory(folder["full"]);
        File.WriteAllText(folder["full/letter"], "dear");
        Answer answer = GymkhanaProcess.Run(folder.Path, commandLine.Split(' '));
        Assert.Contains(expected, answer.Line(), StringComparison.Ordinal);
        Assert.Equal(exitCode, answer.ExitCode);
        Assert.Equal(["file", "full", "letter"], Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Train_FolderThatCannotBeWritten_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        string output = "locked/run";
        Directory.CreateDirectory(folder["locked"]);
        if (OperatingSystem.IsLinux())
        {
            // Nobody can make a folder there, not even root, for whom no permission counts.
            output = "/proc/run";
        }
        else if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder["locked"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        else
        {
            File.WriteAllText(folder["locked/run"], "in the way");
        }

        Answer answer = GymkhanaProcess.Run(folder.Path, TrainSamples.Train("neat", "CartPole-v1", 3, output));
        Assert.Equal(1, answer.ExitCode);
        Assert.Contains(output, answer.Line(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_DiskFull_IsOneLineAndEarlierFilesStay()
    {
        // A limit on the size of files stands for a full disk; Windows has no such limit.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        string[] words = TrainSamples.Train("neat", "CartPole-v1", 100000, "run", "--checkpoint-seconds 0 --set population=12 --set lists=1 --set validation-lists=1");

        // run.json and the first checkpoints fit, the metrics after a while do not.
        Answer answer = GymkhanaProcess.RunLimited(fileBlocks: 24, folder.Path, words);
        Assert.Equal(1, answer.ExitCode);
        string line = answer.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Last();
        Assert.StartsWith("gymkhana: ", line, StringComparison.Ordinal);
        Assert.Contains("run", line, StringComparison.Ordinal);
        using RunFolder run = RunFolder.OpenToTrain(folder["run"]);
        Assert.NotNull(new CheckpointStore(folder["run"]).ReadNewest(Assert.Fail));
        Assert.Equal(RunState.Running, run.ReadManifest().State);
    }
}
