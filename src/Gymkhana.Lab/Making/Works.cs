using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Gymkhana.Core.Runs;
using Gymkhana.Lab.Runs;
using Gymkhana.Lab.Worlds;

namespace Gymkhana.Lab.Making;

/// <summary>What the page wants to be made.</summary>
internal sealed record WorkWish
{
    /// <summary>"race", "film", "report" or "onnx".</summary>
    public string? Kind { get; init; }

    public string? Run { get; init; }

    public IReadOnlyList<string>? Walkers { get; init; }

    public IReadOnlyList<string>? Colours { get; init; }

    public ulong? Targets { get; init; }

    public ulong? Seed { get; init; }

    public double? Seconds { get; init; }
}

/// <summary>How the making of a file stands: "working", "done" or "failed"; the file's name and size once it is done.</summary>
internal sealed record WorkCard(string Id, string Kind, string State, string? Problem, string? Name, long? Bytes);

/// <summary>
/// Lets the command line make files that a person has asked for: a film, a report, an ONNX model. Each is a process of its own; files of a run go into
/// its folder, films of races beside the runs.
/// </summary>
/// <param name="parts">What the program is made of.</param>
/// <param name="options">The limits.</param>
/// <param name="shelf">The runs.</param>
/// <param name="policies">The policies.</param>
internal sealed class Works(LabParts parts, LabOptions options, RunShelf shelf, PolicyShelf policies) : IDisposable
{
    private const int MostKept = 40; // films of races, and works that are remembered
    private const double SecondsOfFilm = 30;

    private readonly ConcurrentDictionary<string, Work> _works = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly string _folder = Path.Combine(shelf.Root, ".lab", "films");
    private int _last;

    /// <summary>Begins.</summary>
    /// <exception cref="RefusedException">There is no such file to be made, or too much is being made already.</exception>
    public WorkCard Start(WorkWish wish)
    {
        (IReadOnlyList<string> words, string file) = Words(wish);
        lock (_gate)
        {
            if (_works.Values.Count(w => !w.Process.HasExited) >= options.MostWorks) throw new RefusedException(429, $"The lab makes at most {options.MostWorks} files at a time. Wait for one.");
            foreach (Work old in _works.Values.Where(w => w.Process.HasExited).OrderByDescending(w => w.Number).Skip(MostKept)) Forget(old);
            string id = (++_last).ToString(CultureInfo.InvariantCulture);
            string log = Path.Combine(shelf.Root, ".lab", $"work-{id}.log");
            Directory.CreateDirectory(_folder);
            File.Delete(log);
            ProcessStartInfo start = parts.Command([.. words, "--log", log]);
            start.RedirectStandardInput = true;
            Process process = Process.Start(start) ?? throw new RefusedException(500, "The system started no process.");
            process.StandardInput.Close();
            var work = new Work(_last, id, wish.Kind!, file, log, process);
            _works[id] = work;
            return Card(work);
        }
    }

    /// <summary>How it stands.</summary>
    /// <exception cref="RefusedException">There is none of this name.</exception>
    public WorkCard Card(string id) => Card(Find(id));

    /// <summary>The file that was made.</summary>
    /// <exception cref="RefusedException">It is not there.</exception>
    public string FileOf(string id)
    {
        Work work = Find(id);
        return Card(work).State == "done" ? work.File : throw new RefusedException(404, "The file is not there yet.");
    }

    /// <summary>Ends what is under way: nobody could ask for it any more.</summary>
    public void Dispose()
    {
        foreach (Work work in _works.Values)
        {
            if (!work.Process.HasExited) work.Process.Kill(entireProcessTree: true);
            work.Process.Dispose();
        }
    }

    private sealed record Work(int Number, string Id, string Kind, string File, string Log, Process Process);

    private static WorkCard Card(Work work)
    {
        if (!work.Process.HasExited) return new WorkCard(work.Id, work.Kind, "working", null, null, null);
        var file = new FileInfo(work.File);
        return work.Process.ExitCode == 0 && file.Exists
            ? new WorkCard(work.Id, work.Kind, "done", null, file.Name, file.Length)
            : new WorkCard(work.Id, work.Kind, "failed", ProcessLog.LastLine(work.Log) ?? "The process ended and said nothing.", null, null);
    }

    // A film without ffmpeg is a GIF.
    private static string Ending() =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "ffmpeg")) || File.Exists(Path.Combine(folder, "ffmpeg.exe"))) ? ".mp4" : ".gif";

    private Work Find(string id) => _works.TryGetValue(id, out Work? work) ? work : throw new RefusedException(404, "There is no such work; the lab has forgotten it or was started anew.");

    private (IReadOnlyList<string> Words, string File) Words(WorkWish wish)
    {
        if (wish.Kind == "race")
        {
            IReadOnlyList<string> race = policies.RaceWords(new RaceWish(wish.Walkers ?? [], wish.Colours ?? [], wish.Targets, wish.Seed, wish.Seconds));
            string film = Path.Combine(_folder, $"race-{DateTimeOffset.UtcNow.ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture)}{Ending()}");
            return ([.. race, "--video", film], film);
        }

        string run = shelf.PathOf(wish.Run ?? string.Empty);
        string environment = shelf.Card(wish.Run!).Environment ?? throw new RefusedException(409, $"'{wish.Run}' cannot be read.");
        string Of(string name) => Path.Combine(run, name);
        return wish.Kind switch
        {
            "film" => (["record", run, environment, "--out", Of("film" + Ending()), "--seconds", SecondsOfFilm.ToString(CultureInfo.InvariantCulture)], Of("film" + Ending())),
            "report" => (["report", run], Of("report.html")),
            "onnx" => (["export", run, "--out", Of("policy.onnx")], Of("policy.onnx")),
            _ => throw new RefusedException(400, $"A work is 'race', 'film', 'report' or 'onnx', got '{wish.Kind}'."),
        };
    }

    private void Forget(Work work)
    {
        _works.TryRemove(work.Id, out _);
        work.Process.Dispose();
        File.Delete(work.Log);
        if (work.Kind == "race") File.Delete(work.File);
    }
}
