using System.Diagnostics;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Runs;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Cli;

/// <summary>Real processes, killed by the system without a chance to say anything.</summary>
public sealed class KillAndResumeTests
{
    private const string Environment = "CartPole-v1";
    private const int Generations = 25;
    private const int Kills = 3;

    [Theory]
    [MemberData(nameof(TrainSamples.Algorithms), MemberType = typeof(TrainSamples))]
    public void Train_KilledAtAnyInstantAndResumed_EndsLikeARunNeverKilled(string algorithm)
    {
        using var folder = new TemporaryFolder();
        Answer whole = GymkhanaProcess.Run(folder.Path, TrainSamples.Train(algorithm, Environment, Generations, "whole"));
        Assert.Equal(0, whole.ExitCode);
        string metrics = RunSamples.TimelessMetrics(folder["whole"]);
        byte[] champion = RunSamples.Champion(folder["whole"]);
        long length = new FileInfo(folder["whole/metrics.jsonl"]).Length;

        for (ulong trial = 0; trial < 3; trial++)
        {
            string run = $"killed{trial}";

            // Sometimes a checkpoint after every generation, sometimes none but the last.
            string interval = trial == 2 ? "--checkpoint-seconds 1000" : "--checkpoint-seconds 0";
            var random = new KeyedStream(trial, 0, 77u);
            int killed = 0;
            for (int kill = 0; kill < Kills; kill++)
            {
                string[] words = Directory.Exists(folder[run])
                    ? ["resume", run, .. interval.Split(' '), "--threads", "2", "--film", "0"]
                    : TrainSamples.Train(algorithm, Environment, Generations, run, interval);
                killed += KillWhenWritten(folder.Path, words, folder[$"{run}/metrics.jsonl"], random.NextInt((int)length)) ? 1 : 0;
            }

            Assert.True(killed > 0, "every process ended before it could be killed");
            Answer rest = GymkhanaProcess.Run(folder.Path, "resume", run, "--film", "0");

            // The last of the killed processes may have been killed after its last word: then nothing is left to do.
            Assert.True(rest.ExitCode == 0 || rest.Errors.Contains("is finished", StringComparison.Ordinal), rest.Errors);
            Assert.Equal(metrics, RunSamples.TimelessMetrics(folder[run]));
            Assert.Equal(champion, RunSamples.Champion(folder[run]));
            using RunFolder reader = RunFolder.OpenToRead(folder[run]);
            Assert.Equal(RunState.Finished, reader.ReadManifest().State);
        }
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void Train_AskedToStop_SavesSaysHowToResumeAndLosesNothing(string signal)
    {
        // Windows has no signals to send to another process.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        string metrics = folder["stopped/metrics.jsonl"];
        Answer stopped;
        using (Process process = GymkhanaProcess.StartInterruptible(folder.Path, TrainSamples.Train("neat", Environment, 100_000, "stopped", "--checkpoint-seconds 1000")))
        {
            SpinWait.SpinUntil(() => process.HasExited || Written(metrics) > 2000, GymkhanaProcess.Limit);
            using Process kill = Process.Start("/bin/bash", ["-c", $"kill -{signal} {process.Id}"]);
            stopped = GymkhanaProcess.Finish(process);
        }

        Assert.Equal(1, stopped.ExitCode);
        Assert.Contains("Go on with: gymkhana resume stopped", stopped.Errors, StringComparison.Ordinal);
        int done = File.ReadAllLines(metrics).Length;
        using (RunFolder reader = RunFolder.OpenToRead(folder["stopped"]))
        {
            Assert.Equal((RunState.Stopped, done), (reader.ReadManifest().State, reader.ReadManifest().Progress.Iteration));
        }

        Assert.Equal(0, GymkhanaProcess.Run(folder.Path, "resume", "stopped", "--film", "0", "--generations", $"{done + 5}").ExitCode);
        Assert.Equal(0, GymkhanaProcess.Run(folder.Path, TrainSamples.Train("neat", Environment, done + 5, "whole")).ExitCode);
        Assert.Equal(RunSamples.TimelessMetrics(folder["whole"]), RunSamples.TimelessMetrics(folder["stopped"]));
        Assert.Equal(RunSamples.Champion(folder["whole"]), RunSamples.Champion(folder["stopped"]));
    }

    // The instant is one that the random stream chose by how much the process has written, not by a clock.
    private static bool KillWhenWritten(string folder, string[] words, string metrics, int bytes)
    {
        long before = File.Exists(metrics) ? new FileInfo(metrics).Length : 0;
        using Process process = GymkhanaProcess.Start(folder, words);
        SpinWait.SpinUntil(() => process.HasExited || Written(metrics) is long now && now != before && now >= bytes, GymkhanaProcess.Limit);
        bool isAlive = !process.HasExited;
        process.Kill();
        Answer answer = GymkhanaProcess.Finish(process);
        Assert.True(isAlive || answer.ExitCode == 0 || answer.Errors.Contains("is finished", StringComparison.Ordinal), answer.Errors);
        return isAlive;
    }

    private static long Written(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}
