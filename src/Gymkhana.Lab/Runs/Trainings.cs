using System.Diagnostics;
using System.Globalization;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Runs;
using Gymkhana.Lab.Worlds;

namespace Gymkhana.Lab.Runs;

/// <summary>What a training that the page asks for shall be.</summary>
internal sealed record TrainingWish
{
    public string? Algorithm { get; init; }

    public string? Environment { get; init; }

    public string? Preset { get; init; }

    public ulong? Seed { get; init; }

    public double? Minutes { get; init; }

    public int? Generations { get; init; }

    public long? Steps { get; init; }

    public Dictionary<string, string>? Settings { get; init; }
}

/// <summary>
/// Starts trainings as processes of the command line and asks them to end. A training outlives the lab: it writes into its run folder and into a log
/// beside the runs, and reads nothing of the lab's.
/// </summary>
/// <param name="parts">What the program is made of.</param>
/// <param name="options">The limits.</param>
/// <param name="shelf">The runs.</param>
internal sealed class Trainings(LabParts parts, LabOptions options, RunShelf shelf) : IDisposable
{
    private const string LogFolder = ".lab";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly List<Process> _started = [];

    /// <summary>Where a training that the lab has started writes what it would print.</summary>
    public string LogOf(string name) => Path.Combine(shelf.Root, LogFolder, name + ".log");

    /// <summary>Starts a training; returns when its run folder is there.</summary>
    /// <returns>The name of the run.</returns>
    /// <exception cref="RefusedException">It cannot be started; the message is what it said.</exception>
    public async Task<string> StartAsync(TrainingWish wish, CancellationToken stop)
    {
        IAlgorithm algorithm = parts.Algorithms.FirstOrDefault(a => a.Name == wish.Algorithm) ?? throw new RefusedException(400, $"There is no algorithm '{wish.Algorithm}'.");
        if (WorldPages.NeedsData(algorithm)) throw new RefusedException(400, $"{algorithm.Name} learns from a dataset. Start it with 'gymkhana train {algorithm.Name} {wish.Environment} --data DIR'.");
        EnvironmentRegistration environment = Find(wish.Environment);
        if (!string.IsNullOrEmpty(wish.Preset) && wish.Preset != Preset.None && algorithm.PresetsFor(environment.Id).All(p => p.Name != wish.Preset))
        {
            throw new RefusedException(400, $"{algorithm.Name} has no preset '{wish.Preset}' for {environment.Id}.");
        }

        await _starting.WaitAsync(stop);
        try
        {
            DemandRoom();
            string path = RunFolder.Unused(shelf.Root, algorithm.Name, environment.Id, wish.Seed ?? 1);
            string name = Path.GetFileName(path);
            List<string> words = ["train", algorithm.Name, environment.Id, "--seed", Text(wish.Seed ?? 1), "--out", path];
            if (!string.IsNullOrEmpty(wish.Preset)) words.AddRange(["--preset", wish.Preset]);
            foreach ((string key, string value) in wish.Settings ?? []) words.AddRange(["--set", $"{key}={value}"]);
            AddBudget(words, wish.Minutes, wish.Generations, wish.Steps);
            if (File.Exists(LogOf(name))) Move(() => File.Delete(LogOf(name))); // of a run that had this name before
            await RunAsync(words, name, () => RunFolder.Holds(path), stop);
            shelf.Refresh();
            return name;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Goes on with a run; returns when its process trains.</summary>
    /// <exception cref="RefusedException">It cannot be resumed; the message is what it said.</exception>
    public async Task ResumeAsync(string name, TrainingWish wish, CancellationToken stop)
    {
        string path = shelf.PathOf(name);
        await _starting.WaitAsync(stop);
        try
        {
            DemandRoom();
            if (RunFolder.IsInUse(path)) throw new RefusedException(409, $"'{name}' is training now.");
            List<string> words = ["resume", path];
            AddBudget(words, wish.Minutes, wish.Generations, wish.Steps);
            await RunAsync(words, name, () => RunFolder.IsInUse(path), stop);
            shelf.Refresh();
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Asks a training to write a checkpoint and end.</summary>
    /// <exception cref="RefusedException">It does not train.</exception>
    public void Stop(string name)
    {
        string path = shelf.PathOf(name);
        if (!RunFolder.IsInUse(path)) throw new RefusedException(409, $"'{name}' is not training.");
        RunFolder.RequestStop(path);
        shelf.Refresh();
    }

    /// <summary>Gives a run another name.</summary>
    /// <exception cref="RefusedException">It trains, or the name is none or taken.</exception>
    public void Rename(string name, string to)
    {
        string path = shelf.PathOf(name);
        string target = shelf.FreePathOf(to);
        DemandRest(name, path);
        Move(() => Directory.Move(path, target));
        if (File.Exists(LogOf(name))) Move(() => File.Move(LogOf(name), LogOf(to), overwrite: true));
        shelf.Refresh();
    }

    /// <summary>Deletes a run with all its files.</summary>
    /// <exception cref="RefusedException">It trains, or the files cannot be deleted.</exception>
    public void Delete(string name)
    {
        string path = shelf.PathOf(name);
        DemandRest(name, path);
        Move(() => Directory.Delete(path, recursive: true));
        if (File.Exists(LogOf(name))) Move(() => File.Delete(LogOf(name)));
        shelf.Refresh();
    }

    /// <summary>Lets go of the processes, which go on.</summary>
    public void Dispose()
    {
        _starting.Dispose();
        _started.ForEach(p => p.Dispose());
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static void AddBudget(List<string> words, double? minutes, int? generations, long? steps)
    {
        if (minutes is double m) words.AddRange(["--minutes", Text(m)]);
        if (generations is int g) words.AddRange(["--generations", Text(g)]);
        if (steps is long s) words.AddRange(["--steps", Text(s)]);
    }

    private static void DemandRest(string name, string path)
    {
        if (RunFolder.IsInUse(path)) throw new RefusedException(409, $"'{name}' is training. Stop it first.");
    }

    private static void Move(Action work)
    {
        try
        {
            work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException(409, failure.Message.ReplaceLineEndings(" "));
        }
    }

    private EnvironmentRegistration Find(string? id)
    {
        try
        {
            return parts.Environments.Find(id ?? string.Empty);
        }
        catch (GymkhanaException unknown)
        {
            throw new RefusedException(400, unknown.Message);
        }
    }

    private void DemandRoom()
    {
        _started.RemoveAll(process =>
        {
            if (!process.HasExited) return false;
            process.Dispose();
            return true;
        });
        if (_started.Count >= options.MostTrainings) throw new RefusedException(429, $"The lab runs at most {options.MostTrainings} trainings at a time. Wait for one, or stop one.");
    }

    private async Task RunAsync(List<string> words, string name, Func<bool> isUnderWay, CancellationToken stop)
    {
        string log = LogOf(name);
        Move(() => Directory.CreateDirectory(Path.Combine(shelf.Root, LogFolder)));
        words.AddRange(["--log", log]);
        ProcessStartInfo start = parts.Command(words);
        start.RedirectStandardInput = true;
        Process process = Process.Start(start) ?? throw new RefusedException(500, "The system started no process.");
        process.StandardInput.Close();
        _started.Add(process);
        long began = Stopwatch.GetTimestamp();
        while (!isUnderWay())
        {
            if (process.HasExited && !isUnderWay())
            {
                // It may have done its work before it was looked at.
                if (process.ExitCode == 0) return;
                throw new RefusedException(400, ProcessLog.LastLine(log) ?? "The training ended before it began and said nothing.");
            }

            if (Stopwatch.GetElapsedTime(began) > Patience) throw new RefusedException(500, $"The training has not begun within {Patience.TotalSeconds:0} s; see {log}.");
            await Task.Delay(Pause, stop);
        }
    }
}
