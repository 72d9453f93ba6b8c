using System.Globalization;
using System.Numerics;
using Gymkhana.Core.Files;

namespace Gymkhana.Core.Runs;

/// <summary>
/// The champions that a run has had, so that one can see how it learned: <c>champions/ITERATION.*</c>, each a file like the champion,
/// named after the iteration that found it. Not every one is kept: the first sixteen iterations are told exactly, later ones more and more
/// coarsely, eight for each doubling.
/// </summary>
/// <remarks>
/// Which are kept depends on the iterations that found them alone, so that a run killed at any instant and resumed ends with the same files
/// as one never stopped.
/// </remarks>
/// <param name="run">The run folder.</param>
/// <param name="championFileName">Name of the champion in a run of the algorithm.</param>
public sealed class ChampionHistory(string run, string championFileName)
{
    /// <summary>Name of the folder in a run.</summary>
    public const string FolderName = "champions";

    private const int ExactPower = 3; // eight marks for each doubling

    private readonly string _folder = Path.Combine(run, FolderName);

    // "champion.genome.json" → ".genome.json"
    private readonly string _suffix = championFileName[championFileName.IndexOf('.', StringComparison.Ordinal)..];

    /// <summary>The iterations that found the champions that are kept, ascending.</summary>
    /// <returns>The iterations; none where there are none.</returns>
    public IReadOnlyList<long> List() => !Directory.Exists(_folder)
        ? []
        : [.. Directory.EnumerateFiles(_folder, "*" + _suffix)
            .Select(path => Path.GetFileName(path)[..^_suffix.Length])
            .Where(digits => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(digits => long.Parse(digits, CultureInfo.InvariantCulture))
            .Order()];

    /// <summary>The champion that a run had in an iteration, or the nearest before it that is kept.</summary>
    /// <param name="iteration">The iteration, from 1.</param>
    /// <returns>The path of its file.</returns>
    /// <exception cref="RunException">None is kept.</exception>
    public string Find(long iteration)
    {
        IReadOnlyList<long> kept = List();
        if (kept.Count == 0) throw new RunException($"'{run}' has kept no earlier champions; it was trained by an earlier version, or has none yet. Leave out what follows the '@'.");
        long found = kept.LastOrDefault(i => i <= iteration);
        return found > 0 ? PathOf(found) : throw new RunException($"'{run}' had no champion in iteration {iteration}: the first is of iteration {kept[0]}.");
    }

    /// <summary>Keeps a new champion, and gives up the one before it where that need not be kept.</summary>
    /// <param name="iteration">The iteration that has found it.</param>
    /// <param name="write">Writes it.</param>
    internal void Add(long iteration, Action<Stream> write)
    {
        long before = List().LastOrDefault(i => i < iteration);
        string path = PathOf(iteration);
        RunFiles.Guard(path, "write", () =>
        {
            Directory.CreateDirectory(_folder);
            AtomicFile.Write(path, write);
            if (before > 0 && NextMark(before) >= iteration) File.Delete(PathOf(before));
        });
    }

    /// <summary>Forgets the champions of iterations that will be done anew.</summary>
    /// <param name="iteration">The last iteration that holds.</param>
    internal void ForgetAfter(long iteration)
    {
        foreach (long later in List().Where(i => i > iteration)) RunFiles.Guard(PathOf(later), "remove", () => File.Delete(PathOf(later)));
    }

    // The first iteration from this one on whose champion is kept.
    private static long NextMark(long iteration)
    {
        int power = Math.Max(0, BitOperations.Log2((ulong)iteration) - ExactPower);
        long step = 1L << power;
        return (iteration + step - 1) / step * step;
    }

    private string PathOf(long iteration) => Path.Combine(_folder, iteration.ToString("000000", CultureInfo.InvariantCulture) + _suffix);
}
