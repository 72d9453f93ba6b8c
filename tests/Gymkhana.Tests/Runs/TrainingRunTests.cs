using Gymkhana.Core.Runs;

namespace Gymkhana.Tests.Runs;

public sealed class TrainingRunTests
{
    [Fact]
    public void Train_ToTheEnd_LeavesAReadableFolder()
    {
        using var folder = new TemporaryFolder();
        Witness witness = Complete(RunSamples.Plan(), folder["run"]);

        using RunFolder run = RunFolder.OpenToRead(folder["run"]);
        RunManifest manifest = run.ReadManifest();
        Assert.Equal(RunState.Finished, manifest.State);
        Assert.Equal(("linear-search", "Walker-v0", 5UL), (manifest.Algorithm, manifest.Environment, manifest.Seed));
        Assert.Equal("12", manifest.AlgorithmSettings.Given["generations"]);
        Assert.Equal("0.5", manifest.AlgorithmSettings.Effective["step"]);
        Assert.Equal(12, manifest.Progress.Iteration);
        Assert.Equal(12, File.ReadAllLines(folder["run/metrics.jsonl"]).Length);
        Assert.Equal(12, witness.Progress.Count);
        Assert.NotNull(manifest.Results);
        Assert.Equal((100, "test"), (manifest.Results.Test.Episodes, manifest.Results.Test.Seeds));
        Assert.Equal((100, "validation", 5UL), (manifest.Results.Validation.Episodes, manifest.Results.Validation.Seeds, manifest.Results.Validation.Seed!.Value));
        Assert.InRange(manifest.Results.Test.Mean, manifest.Results.Test.Ci95[0], manifest.Results.Test.Ci95[1]);
        Assert.True(manifest.Machine.Cores > 0);
    }

    [Fact]
    [Trait("Category", "Determinism")]
    public void Train_TwoThreads_GivesTheSameBytesAsOne()
    {
        using var folder = new TemporaryFolder();
        Complete(RunSamples.Plan(threads: 1), folder["one"]);
        Complete(RunSamples.Plan(threads: 2), folder["two"]);

        Assert.Equal(RunSamples.TimelessMetrics(folder["one"]), RunSamples.TimelessMetrics(folder["two"]));
        Assert.Equal(RunSamples.Champion(folder["one"]), RunSamples.Champion(folder["two"]));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 0)]
    [InlineData(5, 1000)]
    [InlineData(11, 0)]
    public void Resume_AfterAKill_EndsLikeARunNeverKilled(int killAfter, int checkpointSeconds)
    {
        using var folder = new TemporaryFolder();
        Complete(RunSamples.Plan(), folder["whole"]);
        using (TrainingRun run = TrainingRun.Create(RunSamples.Plan(), folder["killed"]))
        {
            run.CheckpointInterval = TimeSpan.FromSeconds(checkpointSeconds);
            Assert.Throws<KilledException>(() => run.Train(new Witness(killAfter), CancellationToken.None));
        }

        // What a process writes after its last checkpoint and does not finish.
        File.AppendAllText(folder["killed/metrics.jsonl"], "{\"iteration\":99,\"be");
        File.WriteAllText(folder["killed/.half.tmp"], "half");

        Assert.Equal(RunState.Finished, Resume(RunSamples.Plan(), folder["killed"], out _));
        Assert.Equal(RunSamples.TimelessMetrics(folder["whole"]), RunSamples.TimelessMetrics(folder["killed"]));
        Assert.Equal(RunSamples.Champion(folder["whole"]), RunSamples.Champion(folder["killed"]));
        Assert.Equal(RunSamples.Champions(folder["whole"]), RunSamples.Champions(folder["killed"]));
        Assert.False(File.Exists(folder["killed/.half.tmp"]));
    }

    [Fact]
    public void Resume_StoppedRun_EndsLikeARunNeverStopped()
    {
        using var folder = new TemporaryFolder();
        Complete(RunSamples.Plan(), folder["whole"]);
        using (var stop = new CancellationTokenSource())
        using (TrainingRun run = TrainingRun.Create(RunSamples.Plan(), folder["stopped"]))
        {
            var watcher = new Stopper(4, stop);
            Assert.Equal(RunState.Stopped, run.Train(watcher, stop.Token));
            Assert.Equal(4, run.Manifest.Progress.Iteration);
        }

        Assert.Equal(RunState.Finished, Resume(RunSamples.Plan(), folder["stopped"], out List<string> notes));
        Assert.Empty(notes);
        Assert.Equal(RunSamples.TimelessMetrics(folder["whole"]), RunSamples.TimelessMetrics(folder["stopped"]));
        Assert.Equal(RunSamples.Champion(folder["whole"]), RunSamples.Champion(folder["stopped"]));
    }

    [Fact]
    public void Resume_NewestCheckpointDamaged_FallsBackWithALineAndEndsTheSame()
    {
        using var folder = new TemporaryFolder();
        Complete(RunSamples.Plan(), folder["whole"]);
        Kill(folder["killed"], after: 7);
        string newest = Directory.GetFiles(folder["killed/checkpoints"]).Order().Last();
        byte[] bytes = File.ReadAllBytes(newest);
        bytes[^1] ^= 1;
        File.WriteAllBytes(newest, bytes);

        Resume(RunSamples.Plan(), folder["killed"], out List<string> notes);

        string line = Assert.Single(notes);
        Assert.Contains(newest, line, StringComparison.Ordinal);
        Assert.Contains("damaged", line, StringComparison.Ordinal);
        Assert.True(File.Exists(newest + ".damaged"));
        Assert.Equal(RunSamples.TimelessMetrics(folder["whole"]), RunSamples.TimelessMetrics(folder["killed"]));
        Assert.Equal(RunSamples.Champion(folder["whole"]), RunSamples.Champion(folder["killed"]));
    }

    [Fact]
    public void Resume_AllCheckpointsDamaged_SaysSoAndLeavesTheFolder()
    {
        using var folder = new TemporaryFolder();
        Kill(folder["run"], after: 7);
        foreach (string file in Directory.GetFiles(folder["run/checkpoints"]))
        {
            File.WriteAllText(file, "GYMK");
        }

        byte[] champion = RunSamples.Champion(folder["run"]);
        RunException failure = Assert.Throws<RunException>(() => Resume(RunSamples.Plan(), folder["run"], out _));

        Assert.StartsWith("All 3 checkpoints", failure.Message, StringComparison.Ordinal);
        Assert.Equal(champion, RunSamples.Champion(folder["run"]));
    }

    [Fact]
    public void Resume_MetricsTailLost_GoesBackToTheCheckpointThatFits()
    {
        using var folder = new TemporaryFolder();
        Complete(RunSamples.Plan(), folder["whole"]);
        Kill(folder["killed"], after: 7);
        string[] lines = File.ReadAllLines(folder["killed/metrics.jsonl"]);
        File.WriteAllText(folder["killed/metrics.jsonl"], string.Join('\n', lines[..6]) + "\n" + lines[6][..10]);

        Resume(RunSamples.Plan(), folder["killed"], out List<string> notes);

        Assert.Contains("metrics.jsonl", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Equal(RunSamples.TimelessMetrics(folder["whole"]), RunSamples.TimelessMetrics(folder["killed"]));
        Assert.Equal(RunSamples.Champion(folder["whole"]), RunSamples.Champion(folder["killed"]));
    }

    [Fact]
    public void Resume_FinishedRun_IsRefusedUnlessTheBudgetGrows()
    {
        using var folder = new TemporaryFolder();
        Complete(RunSamples.Plan(), folder["whole"]);
        Complete(RunSamples.Plan(generations: 6), folder["grown"]);

        Assert.Throws<RunFinishedException>(() => Resume(RunSamples.Plan(generations: 6), folder["grown"], out _));
        Assert.Equal(RunState.Finished, Resume(RunSamples.Plan(), folder["grown"], out _));
        Assert.Equal(RunSamples.TimelessMetrics(folder["whole"]), RunSamples.TimelessMetrics(folder["grown"]));
        Assert.Equal(RunSamples.Champion(folder["whole"]), RunSamples.Champion(folder["grown"]));
    }

    [Fact]
    public void Train_AgentStepLimit_EndsWithTheIterationThatReachesIt()
    {
        using var folder = new TemporaryFolder();

        // 4 episodes of 120 steps in each iteration.
        Witness witness = Complete(RunSamples.Plan(budget: new TrainingBudget(null, 961)), folder["run"]);
        Assert.Equal([480, 960, 1440], witness.Progress.Select(p => p.TotalAgentSteps));
    }

    [Fact]
    public void Train_MinutesUsedUp_EndsAndScores()
    {
        using var folder = new TemporaryFolder();
        Witness witness = Complete(RunSamples.Plan(generations: 1_000_000, budget: new TrainingBudget(1e-6, null)), folder["run"]);
        Assert.Single(witness.Progress);
    }

    [Fact]
    public void Create_FolderHoldsARun_IsRefusedAndLeftAlone()
    {
        using var folder = new TemporaryFolder();
        Complete(RunSamples.Plan(generations: 1), folder["run"]);
        byte[] before = File.ReadAllBytes(folder["run/run.json"]);

        RunFolderTakenException failure = Assert.Throws<RunFolderTakenException>(() => TrainingRun.Create(RunSamples.Plan(), folder["run"]));

        Assert.Contains("gymkhana resume", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder["run/run.json"]));
    }

    private static Witness Complete(TrainingPlan plan, string path)
    {
        var witness = new Witness();
        using TrainingRun run = TrainingRun.Create(plan, path);
        Assert.Equal(RunState.Finished, run.Train(witness, CancellationToken.None));
        return witness;
    }

    private static void Kill(string path, int after)
    {
        using TrainingRun run = TrainingRun.Create(RunSamples.Plan(), path);
        run.CheckpointInterval = TimeSpan.Zero;
        Assert.Throws<KilledException>(() => run.Train(new Witness(after), CancellationToken.None));
    }

    private static RunState Resume(TrainingPlan plan, string path, out List<string> notes)
    {
        notes = [];
        using RunFolder folder = RunFolder.OpenToTrain(path);
        using TrainingRun run = TrainingRun.Resume(folder, plan, notes.Add);
        return run.Train(new Witness(), CancellationToken.None);
    }

    [Fact]
    public void Repeat_OfARunThatHasNotDoneAnIteration_LimitsItToNothingButItsSettings()
    {
        using var folder = new TemporaryFolder();
        TrainingPlan plan = RunSamples.Plan();
        using TrainingRun run = TrainingRun.Create(plan, folder["run"]);
        string line = RunCommands.Repeat(run.Manifest, plan.Algorithm);
        Assert.DoesNotContain("--steps", line, StringComparison.Ordinal);
        Assert.DoesNotContain("--generations 0", line, StringComparison.Ordinal);
    }

    [Fact]
    public void RequestStop_WhileATrainingRuns_EndsItSoThatItCanBeResumed()
    {
        using var folder = new TemporaryFolder();
        Complete(RunSamples.Plan(), folder["whole"]);
        Assert.Throws<RunException>(() => RunFolder.RequestStop(folder["whole"]));
        Assert.False(RunFolder.IsInUse(folder["whole"]));
        using (TrainingRun run = TrainingRun.Create(RunSamples.Plan(), folder["stopped"]))
        {
            Assert.True(RunFolder.IsInUse(folder["stopped"]));
            Assert.Equal(RunState.Stopped, run.Train(new Asker(folder["stopped"]), CancellationToken.None));
            Assert.InRange(run.Manifest.Progress.Iteration, 1, 11);
        }

        // The wish was granted; it does not hold for who resumes.
        Assert.Equal(RunState.Finished, Resume(RunSamples.Plan(), folder["stopped"], out _));
        Assert.Equal(RunSamples.TimelessMetrics(folder["whole"]), RunSamples.TimelessMetrics(folder["stopped"]));
        Assert.Equal(RunSamples.Champion(folder["whole"]), RunSamples.Champion(folder["stopped"]));
    }

    private sealed class Asker(string path) : ITrainingObserver
    {
        public void Note(string line)
        {
        }

        public void Advanced(TrainingProgress progress)
        {
            RunFolder.RequestStop(path);
            Thread.Sleep(250); // longer than the training waits between two looks
        }

        public void Scoring()
        {
        }
    }

    private sealed class Stopper(long after, CancellationTokenSource stop) : ITrainingObserver
    {
        public void Note(string line)
        {
        }

        public void Advanced(TrainingProgress progress)
        {
            if (progress.Report.Iteration == after)
            {
                stop.Cancel();
            }
        }

        public void Scoring()
        {
        }
    }
}
