using System.Globalization;
using Gymkhana.Core.Files;

namespace Gymkhana.Core.Runs;

/// <summary>Policies of a run as they were at certain iterations: <c>snapshots/ITERATION.*</c>, each a file like the champion.</summary>
/// <param name="run">The run folder.</param>
/// <param name="algorithm">The algorithm that reads them.</param>
public sealed class SnapshotFolder(string run, IAlgorithm algorithm)
{
    private readonly string _folder = Path.Combine(run, "snapshots");

    // "champion.safetensors" → ".safetensors"
    private string Suffix => algorithm.ChampionFileName[algorithm.ChampionFileName.IndexOf('.', StringComparison.Ordinal)..];

    /// <summary>The snapshots there are, by iteration.</summary>
    /// <returns>Iteration and path of each, ascending.</returns>
    public IReadOnlyList<(long Iteration, string Path)> List() => !Directory.Exists(_folder)
        ? []
        : [.. Directory.GetFiles(_folder, "*" + Suffix)
            .Select(path => (Digits: Path.GetFileName(path)[..^Suffix.Length], Path: path))
            .Where(file => long.TryParse(file.Digits, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(file => (Iteration: long.Parse(file.Digits, CultureInfo.InvariantCulture), file.Path))
            .OrderBy(file => file.Iteration)];

    /// <summary>Keeps the policy of a training as it is now.</summary>
    /// <param name="trainer">The training.</param>
    /// <exception cref="RunException">The file cannot be written.</exception>
    internal void Write(ITrainer trainer)
    {
        using var memory = new MemoryStream();
        trainer.SaveCurrent(memory);
        string path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{trainer.Iteration:000000}{Suffix}"));
        RunFiles.Guard(path, "write", () =>
        {
            Directory.CreateDirectory(_folder);
            AtomicFile.WriteAllBytes(path, memory.ToArray());
        });
    }
}
