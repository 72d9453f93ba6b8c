using System.Globalization;
using Gymkhana.Core.Files;

namespace Gymkhana.Tests.ClassicControl;

/// <summary>One file of <c>golden/classic-control</c>: what Gymnasium did with one seed.</summary>
public sealed class RecordedEpisodes
{
    private RecordedEpisodes(NpzReader archive)
    {
        Observations = archive.Read("observations").ToArray<float>();
        Rewards = archive.Read("rewards").ToArray<double>();
        Terminated = archive.Read("terminated").ToArray<bool>();
        Truncated = archive.Read("truncated").ToArray<bool>();
        ResetAfterStep = [.. archive.Read("reset_after_step").ToArray<long>()];
        NpyArray actions = archive.Read("actions");
        Actions = actions.Type.Size == sizeof(long)
            ? [.. actions.ToArray<long>().Select(a => (double)a)]
            : [.. actions.ToArray<float>().Select(a => (double)a)];
    }

    /// <summary>Row-major, one row more than steps, and one more for each reset.</summary>
    public float[] Observations { get; }

    public double[] Actions { get; }

    public double[] Rewards { get; }

    public bool[] Terminated { get; }

    public bool[] Truncated { get; }

    public HashSet<long> ResetAfterStep { get; }

    public static RecordedEpisodes Load(string environmentId, ulong seed)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{environmentId}_s{seed}.npz");
        using var archive = new NpzReader(Path.Combine(AppContext.BaseDirectory, "golden", "classic-control", name));
        return new RecordedEpisodes(archive);
    }
}
