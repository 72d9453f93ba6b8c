using Gymkhana.Core.Runs;

namespace Gymkhana.Learning.Offline;

/// <summary>Named settings of the learners from records, chosen by the measurements in docs/algorithms/bcq.md.</summary>
internal static class OfflinePresets
{
    private static readonly Dictionary<string, string> Nothing = [];

    /// <summary>The presets of an algorithm for an environment.</summary>
    /// <param name="algorithm">Name of the algorithm.</param>
    /// <param name="environmentId">The environment.</param>
    /// <returns>The presets, possibly none.</returns>
    public static IReadOnlyList<Preset> For(string algorithm, string environmentId)
    {
        if (environmentId != "CarRacing-v3")
        {
            return [];
        }

        var settings = new Dictionary<string, string>
        {
            ["rounds"] = "24",
            ["updates"] = "500",
            ["learning-rate"] = "0.0005",
            ["evaluate-every"] = "2",
        };

        // A lap is some 200 actions of four steps each. Values of one step, some 150 high, need five times the updates that values of five steps do.
        if (algorithm is "bcq" or "dqn" or "cql")
        {
            settings["n-step"] = "5";
            settings["discount"] = "0.98";
            settings["tau"] = "0.02";
            settings["reward-scale"] = "0.1";
        }

        if (algorithm is "filtered-bc")
        {
            settings["best"] = "0.25";
        }

        return [new Preset(Preset.Default, "a driver learned from pictures in a dataset, in ten to thirty minutes on one core", settings, Nothing, Minutes: 0)];
    }
}
