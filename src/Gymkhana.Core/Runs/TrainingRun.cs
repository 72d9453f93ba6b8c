using System.Diagnostics;
using System.Reflection;
using Gymkhana.Core.Evaluations;

namespace Gymkhana.Core.Runs;

/// <summary>
/// A training that is kept in a <see cref="RunFolder"/>: metrics, champion and checkpoints are written as it goes, so that a
/// run killed at any instant and resumed ends with the same bytes (those that tell of time apart) as one never stopped.
/// </summary>
/// <remarks>
/// In each iteration the metrics line is appended and a new champion is written before any checkpoint that contains them. What a
/// killed process wrote after its last checkpoint is cut off or written again when the run is resumed. When checkpoints are
/// written depends on the clock, what is computed does not.
/// </remarks>
public sealed class TrainingRun : IDisposable
{
    private const double StopLookSeconds = 0.2;

    private readonly RunFolder _folder;
    private readonly TrainingPlan _plan;
    private readonly ITrainer _trainer;
    private readonly MetricsLog _metrics;
    private readonly CheckpointStore _checkpoints;
    private readonly SnapshotFolder _snapshots;
    private readonly ChampionHistory _champions;
    private readonly Stopwatch _watch = new();
    private readonly double _earlierSeconds;
    private RunManifest _manifest;
    private long _agentSteps;
    private double _nextLook;

    private TrainingRun(RunFolder folder, TrainingPlan plan, ITrainer trainer, RunManifest manifest, Checkpoint? checkpoint)
    {
        _folder = folder;
        _plan = plan;
        _trainer = trainer;
        _checkpoints = new CheckpointStore(folder.Path);
        _snapshots = new SnapshotFolder(folder.Path, plan.Algorithm);
        _champions = new ChampionHistory(folder.Path, plan.Algorithm.ChampionFileName);
        _agentSteps = checkpoint?.AgentSteps ?? 0;
        _earlierSeconds = checkpoint?.WallSeconds ?? 0;
        _metrics = MetricsLog.Open(folder.Path, checkpoint?.MetricsLength ?? 0);
        _manifest = manifest;
    }

    /// <summary>Where it is kept.</summary>
    public string Path => _folder.Path;

    /// <summary>What <c>run.json</c> holds now.</summary>
    public RunManifest Manifest => _manifest;

    /// <summary>Time between two checkpoints while training; the last iteration always has one.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(5);

    private double WallSeconds => _earlierSeconds + _watch.Elapsed.TotalSeconds;

    // However short the time, one iteration is done, so that there is a champion.
    private bool IsOver =>
        _trainer.IsFinished
        || (_trainer.Iteration > 0 && _plan.Budget.Minutes is double minutes && WallSeconds >= minutes * 60)
        || (_plan.Budget.AgentSteps is long steps && _agentSteps >= steps);

    /// <summary>Makes the folder of a new run.</summary>
    /// <param name="plan">What it shall be.</param>
    /// <param name="path">Its folder: a new or an empty one.</param>
    /// <returns>The run, nothing trained yet.</returns>
    /// <exception cref="GymkhanaException">The folder is taken or cannot be written, or the settings do not fit.</exception>
    public static TrainingRun Create(TrainingPlan plan, string path)
    {
        ArgumentNullException.ThrowIfNull(plan);
        RunFolder.DemandFree(path);
        ITrainer trainer = plan.Algorithm.Start(plan.Context);
        RunFolder? folder = null;
        try
        {
            folder = RunFolder.Create(path);
            var manifest = new RunManifest
            {
                Format = RunManifest.CurrentFormat,
                Version = ProgramVersion(),
                Created = DateTimeOffset.UtcNow,
                State = RunState.Running,
                Algorithm = plan.Algorithm.Name,
                Environment = plan.Environment.Id,
                Preset = plan.Preset,
                Seed = plan.Seed,
                Threads = plan.Threads,
                Budget = plan.Budget,
                AlgorithmSettings = RecordedSettings.Of(plan.AlgorithmSettings),
                EnvironmentSettings = RecordedSettings.Of(plan.EnvironmentSettings),
                EvaluationSettings = RecordedSettings.Of(plan.EvaluationSettings),
                Machine = MachineDescription.Current(),
                Progress = new RunProgress(0, trainer.PlannedIterations, 0, 0),
                Champion = plan.Algorithm.ChampionFileName,
            };
            folder.WriteManifest(manifest);
            return new TrainingRun(folder, plan, trainer, manifest, checkpoint: null);
        }
        catch
        {
            trainer.Dispose();
            folder?.Dispose();
            throw;
        }
    }

    /// <summary>Takes a run up where its newest good checkpoint left it.</summary>
    /// <param name="folder">The run, opened to train; disposed with the result.</param>
    /// <param name="plan">What the manifest says, with other threads or limits if wanted.</param>
    /// <param name="note">Told, in one line each, what had to be passed over.</param>
    /// <returns>The run.</returns>
    /// <exception cref="GymkhanaException">Every checkpoint is damaged, or nothing of the budget is left.</exception>
    public static TrainingRun Resume(RunFolder folder, TrainingPlan plan, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(note);
        RunManifest manifest = folder.ReadManifest();
        var checkpoints = new CheckpointStore(folder.Path);
        Checkpoint? checkpoint = checkpoints.ReadNewest(note);
        ITrainer trainer;
        if (checkpoint is null)
        {
            note("There is no checkpoint yet; the training begins at the start.");
            trainer = plan.Algorithm.Start(plan.Context);
        }
        else
        {
            using var state = new MemoryStream(checkpoint.State, writable: false);
            trainer = plan.Algorithm.Resume(plan.Context, state);
        }

        TrainingRun? run = null;
        try
        {
            checkpoints.SetAsideAfter(trainer.Iteration);
            run = new TrainingRun(folder, plan, trainer, manifest, checkpoint);
            run._champions.ForgetAfter(trainer.Iteration);
            if (run.IsOver && (manifest.Results is not null || manifest.State == RunState.Finished))
            {
                throw new RunFinishedException($"'{folder.Path}' is finished at iteration {trainer.Iteration}. To train on, give a larger total with --generations, --minutes or --steps; to score it, 'gymkhana evaluate {folder.Path} {manifest.Environment}'.");
            }

            run._manifest = manifest with
            {
                State = RunState.Running,
                Version = ProgramVersion(),
                Threads = plan.Threads,
                Budget = plan.Budget,
                AlgorithmSettings = manifest.AlgorithmSettings with { Effective = RecordedSettings.Of(plan.AlgorithmSettings).Effective },
                Machine = MachineDescription.Current(),
                EarlierStages = StagesBefore(trainer, manifest, checkpoint),
                Results = null,
            };
            run.WriteManifest(RunState.Running);
            if (trainer.Iteration > 0)
            {
                run.WriteChampion();
            }

            return run;
        }
        catch
        {
            trainer.Dispose();
            run?._metrics.Dispose();
            throw;
        }
    }

    /// <summary>Trains until a limit is reached, then scores the champion; or until it is told to stop, here or by <see cref="RunFolder.RequestStop"/>.</summary>
    /// <param name="observer">Told how it goes, on the calling thread.</param>
    /// <param name="stop">When set, the iteration under way is finished, a checkpoint is written and the run is left to be resumed.</param>
    /// <returns>How it stands: finished or stopped.</returns>
    /// <exception cref="RunException">The folder cannot be written any more; what was saved before is intact.</exception>
    public RunState Train(ITrainingObserver observer, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(observer);
        long saved = _trainer.Iteration;
        double savedSeconds = 0;
        _watch.Start();
        while (!IsOver && !stop.IsCancellationRequested && !IsStopRequested())
        {
            double began = _watch.Elapsed.TotalSeconds;
            TrainingReport report = _trainer.Advance();
            double speed = report.AgentSteps / Math.Max(_watch.Elapsed.TotalSeconds - began, 1e-9);
            _agentSteps += report.AgentSteps;
            _metrics.Append(report, _agentSteps, WallSeconds, speed);
            if (report.ChampionChanged)
            {
                WriteChampion();
                _champions.Add(_trainer.Iteration, _trainer.SaveChampion);
            }

            if (_trainer.IsSnapshotDue)
            {
                _snapshots.Write(_trainer);
            }

            if (_watch.Elapsed.TotalSeconds - savedSeconds >= CheckpointInterval.TotalSeconds)
            {
                Save(RunState.Running);
                (saved, savedSeconds) = (_trainer.Iteration, _watch.Elapsed.TotalSeconds);
            }

            observer.Advanced(new TrainingProgress(report, _trainer.PlannedIterations, _agentSteps, speed, WallSeconds, SecondsLeft()));
        }

        _watch.Stop();
        _folder.ForgetStopRequest();
        bool isOver = IsOver;
        if (_trainer.Iteration > saved)
        {
            Save(isOver ? RunState.Running : RunState.Stopped);
        }
        else
        {
            WriteManifest(isOver ? RunState.Running : RunState.Stopped);
        }

        if (isOver && _trainer.Iteration > 0)
        {
            if (_trainer.ScoresInWorld)
            {
                observer.Scoring();
                (RunResults results, EvaluationReport test) = ChampionScores.Measure(_plan, _trainer.Champion);
                _folder.Write(TestEpisodes.FileName, stream => TestEpisodes.Write(stream, test));
                _manifest = _manifest with { Results = results };
            }

            WriteManifest(RunState.Finished);
        }

        return _manifest.State;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _metrics.Dispose();
        _trainer.Dispose();
        _folder.Dispose();
    }

    /// <summary>The version of this program, as runs and exported models record it.</summary>
    /// <returns>Its informational version.</returns>
    public static string ProgramVersion() =>
        typeof(TrainingRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    // Looking for a file in every iteration would be felt where iterations are short.
    private bool IsStopRequested()
    {
        double now = _watch.Elapsed.TotalSeconds;
        if (now < _nextLook) return false;
        _nextLook = now + StopLookSeconds;
        return _folder.IsStopRequested;
    }

    private void WriteChampion() => _folder.Write(_plan.Algorithm.ChampionFileName, _trainer.SaveChampion);

    // The parts that the checkpoint still contains; what came after it is trained anew.
    private static List<RunStage>? StagesBefore(ITrainer trainer, RunManifest manifest, Checkpoint? checkpoint)
    {
        IReadOnlyList<RunStage> earlier = manifest.EarlierStages ?? [];
        List<RunStage> stages = [.. earlier.TakeWhile(s => s.Iteration < trainer.Iteration)];
        long planned = stages.Count < earlier.Count ? earlier[stages.Count].PlannedIterations : manifest.Progress.PlannedIterations;
        if (checkpoint is not null && trainer.Iteration > 0 && planned != trainer.PlannedIterations)
        {
            stages.Add(new RunStage(planned, trainer.Iteration, checkpoint.AgentSteps));
        }

        return stages.Count > 0 ? stages : null;
    }

    private void Save(RunState state)
    {
        _metrics.Persist();
        using var memory = new MemoryStream();
        _trainer.Save(memory);
        _checkpoints.Write(new Checkpoint(_trainer.Iteration, _agentSteps, _metrics.Length, WallSeconds, memory.ToArray()));
        WriteManifest(state);
    }

    private void WriteManifest(RunState state)
    {
        _manifest = _manifest with
        {
            State = state,
            Progress = new RunProgress(_trainer.Iteration, _trainer.PlannedIterations, _agentSteps, Math.Round(WallSeconds, 3)),
        };
        _folder.WriteManifest(_manifest);
    }

    private double? SecondsLeft()
    {
        double? left = null;
        double here = WallSeconds;
        Consider(_plan.Budget.Minutes * 60, here);
        Consider(_trainer.PlannedIterations > 0 ? _trainer.PlannedIterations : null, _trainer.Iteration);
        Consider(_plan.Budget.AgentSteps, _agentSteps);
        return left;

        void Consider(double? limit, double done)
        {
            if (limit is double end && done > 0)
            {
                double seconds = Math.Max(0, end - done) * here / done;
                left = left is double known ? Math.Min(known, seconds) : seconds;
            }
        }
    }
}

/// <summary>A run that has nothing left of its budget.</summary>
/// <param name="message">One line for a person.</param>
public sealed class RunFinishedException(string message) : GymkhanaException(message);
