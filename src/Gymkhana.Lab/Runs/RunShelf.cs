using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Lab.Worlds;

namespace Gymkhana.Lab.Runs;

/// <summary>
/// The runs in the folder, as they are on disk. A run's name is the name of its folder, directly below; links are passed over, so that no name leads
/// out of the folder.
/// </summary>
/// <param name="parts">What the program is made of.</param>
/// <param name="worlds">What is said of worlds.</param>
/// <param name="root">The folder of the runs.</param>
internal sealed class RunShelf(LabParts parts, WorldPages worlds, string root)
{
    private const int LongestName = 120;
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(400);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private IReadOnlyList<RunCard> _cards = [];
    private long _read;

    /// <summary>The folder of the runs.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>All runs, newest first; at most <see cref="Freshness"/> old.</summary>
    public IReadOnlyList<RunCard> Cards()
    {
        lock (_gate)
        {
            if (_read != 0 && Stopwatch.GetElapsedTime(_read) < Freshness) return _cards;
            _cards = [.. Names().Select(Card).OrderByDescending(c => c.Created ?? DateTimeOffset.MinValue).ThenBy(c => c.Name, StringComparer.Ordinal)];
            _read = Stopwatch.GetTimestamp();
            return _cards;
        }
    }

    /// <summary>Forgets what was read, after a change that the lab itself has made.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            _read = 0;
        }
    }

    /// <summary>Whether there is a run of a name.</summary>
    public bool Has(string name) => IsPlain(name) && IsRun(Path.Combine(Root, name));

    /// <summary>The path of a run.</summary>
    /// <exception cref="RefusedException">There is no run of that name.</exception>
    public string PathOf(string name) =>
        Has(name)
            ? Path.Combine(Root, name)
            : throw new RefusedException(404, $"There is no run '{Shown(name)}' in {Root}.");

    /// <summary>The path for a run that is not there yet.</summary>
    /// <exception cref="RefusedException">Not a name, or taken.</exception>
    public string FreePathOf(string name)
    {
        if (!IsName(name)) throw new RefusedException(400, $"'{Shown(name)}' cannot be the name of a run: expected 1 to {LongestName} letters, digits, spaces, dots, hyphens or underscores, the first a letter or digit.");
        string path = Path.Combine(Root, name);
        return Path.Exists(path) ? throw new RefusedException(409, $"'{name}' is taken. Choose another name.") : path;
    }

    /// <summary>The path of a file of a run that may be downloaded.</summary>
    /// <exception cref="RefusedException">There is none of that name.</exception>
    public string FileOf(string name, string file) =>
        Files(PathOf(name)).Any(f => f.Name == file)
            ? Path.Combine(Root, name, file)
            : throw new RefusedException(404, $"Run '{name}' has no file '{Shown(file)}'.");

    /// <summary>A run in short.</summary>
    public RunCard Card(string name)
    {
        string path = Path.Combine(Root, name);
        var manifest = new FileInfo(Path.Combine(path, RunFolder.ManifestFileName));
        long stamp = manifest.Exists ? manifest.LastWriteTimeUtc.Ticks ^ manifest.Length : 0;
        Known known = _known.TryGetValue(name, out Known? found) && found.Stamp == stamp ? found : _known[name] = new Known(stamp, Read(name, path));
        if (known.Card.State != "running") return known.Card;
        return RunFolder.IsInUse(path) ? known.Card : known.Card with { State = "stopped" };
    }

    /// <summary>A run with all that is known of it.</summary>
    public RunDetails Details(string name)
    {
        string path = PathOf(name);
        RunCard card = Card(name);
        IReadOnlyList<RunFile> files = Files(path);
        if (card.State == "broken") return new RunDetails(card) { Files = files };
        RunManifest manifest = ReadManifest(path);
        IAlgorithm algorithm = AlgorithmOf(manifest);
        EnvironmentRegistration environment = parts.Environments.Find(manifest.Environment);
        return new RunDetails(card)
        {
            AlgorithmSettings = WorldPages.Rows(algorithm.Schema, manifest.AlgorithmSettings),
            EnvironmentSettings = WorldPages.Rows(environment.Schema, manifest.EnvironmentSettings),
            EvaluationSettings = WorldPages.Rows(environment.Schema, manifest.EvaluationSettings),
            Repeat = RunCommands.Repeat(manifest, algorithm),
            Scores = manifest.Results is RunResults results ? Scores(results, worlds.Card(environment)) : [],
            Episodes = [.. (manifest.Results?.Episodes ?? []).Select(e => new EpisodeRow(e.Rank, e.Number, e.Return))],
            Files = files,
            Champions = new ChampionHistory(path, algorithm.ChampionFileName).List(),
            Machine = string.Create(CultureInfo.InvariantCulture, $"{manifest.Machine.Processor}, {manifest.Machine.Cores} processors, {manifest.Machine.OperatingSystem}, {manifest.Machine.Runtime}"),
        };
    }

    private sealed record Known(long Stamp, RunCard Card);

    private static string Shown(string name) => name.Length > LongestName ? name[..LongestName] + "…" : name;

    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName
        && char.IsLetterOrDigit(name[0])
        && name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ' ')
        && name[^1] is not ('.' or ' ');

    // What the command line has named is taken as it is, as long as it is one folder's name.
    private static bool IsPlain(string name) =>
        name.Length is > 0 and <= 255 && name[0] != '.' && name[^1] is not ('.' or ' ') && !name.Any(c => c is '/' or '\\' or ':' || char.IsControl(c));

    private static bool IsRun(string path) => !IsLink(new DirectoryInfo(path)) && RunFolder.Holds(path);

    private static bool IsLink(FileSystemInfo entry) => !entry.Exists || entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    private static RunManifest ReadManifest(string path)
    {
        using RunFolder folder = RunFolder.OpenToRead(path);
        return folder.ReadManifest();
    }

    private static IReadOnlyList<RunFile> Files(string path) =>
    [
        .. new DirectoryInfo(path).EnumerateFiles()
            .Where(f => !f.Name.StartsWith('.') && !IsLink(f))
            .OrderBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => new RunFile(f.Name, f.Length)),
    ];

    private static IReadOnlyList<ScoreRow> Scores(RunResults results, WorldCard world) =>
    [
        .. results.Test.Metrics.Select(test => new ScoreRow(
            test.Key, world.Figures.FirstOrDefault(f => f.Name == test.Key)?.Unit ?? string.Empty, Of(results.Validation.Metrics[test.Key]), Of(test.Value))),
        new ScoreRow("return", string.Empty, new Measured(results.Validation.Mean, results.Validation.Ci95[0], results.Validation.Ci95[1]), new Measured(results.Test.Mean, results.Test.Ci95[0], results.Test.Ci95[1])),
        new ScoreRow("return, interquartile mean", string.Empty, new Measured(results.Validation.Iqm, results.Validation.IqmCi95[0], results.Validation.IqmCi95[1]), new Measured(results.Test.Iqm, results.Test.IqmCi95[0], results.Test.IqmCi95[1])),
    ];

    private static Measured Of(FigureScore score) => new(score.Mean, score.Ci95[0], score.Ci95[1]);

    private IEnumerable<string> Names() =>
        Directory.Exists(Root)
            ? Directory.EnumerateDirectories(Root).Select(path => Path.GetFileName(path)).Where(name => IsPlain(name) && IsRun(Path.Combine(Root, name)))
            : [];

    private IAlgorithm AlgorithmOf(RunManifest manifest) =>
        parts.Algorithms.FirstOrDefault(a => a.Name == manifest.Algorithm)
        ?? throw new RunException($"It was made by the algorithm '{manifest.Algorithm}', which this version does not know.");

    // Whatever is wrong with one run, the others are shown.
    private RunCard Read(string name, string path)
    {
        try
        {
            RunManifest manifest = ReadManifest(path);
            IAlgorithm algorithm = AlgorithmOf(manifest);
            EnvironmentRegistration environment = parts.Environments.Find(manifest.Environment);
            return new RunCard
            {
                Name = name,
                State = manifest.State switch { RunState.Running => "running", RunState.Stopped => "stopped", _ => "finished" },
                Algorithm = manifest.Algorithm,
                Environment = manifest.Environment,
                Preset = manifest.Preset,
                Seed = manifest.Seed,
                Iteration = manifest.Progress.Iteration,
                PlannedIterations = manifest.Progress.PlannedIterations,
                IterationName = algorithm.IterationName,
                AgentSteps = manifest.Progress.AgentSteps,
                WallSeconds = manifest.Progress.WallSeconds,
                Created = manifest.Created,
                HasChampion = File.Exists(Path.Combine(path, manifest.Champion)),
                Score = manifest.Results is RunResults results ? Headline(results.Test, worlds.Card(environment)) : null,
            };
        }
        catch (Exception problem) when (problem is GymkhanaException or IOException or UnauthorizedAccessException)
        {
            return new RunCard { Name = name, State = "broken", Problem = problem.Message.ReplaceLineEndings(" ") };
        }
    }

    private static CardScore Headline(ScoreRecord test, WorldCard world) =>
        world.Headline is string figure && test.Metrics.TryGetValue(figure, out FigureScore? headline)
            ? new CardScore(figure, world.Figures.First(f => f.Name == figure).Unit, headline.Mean, headline.Ci95[0], headline.Ci95[1], test.Episodes)
            : new CardScore("return", string.Empty, test.Mean, test.Ci95[0], test.Ci95[1], test.Episodes);
}
