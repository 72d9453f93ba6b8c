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
            ["rounds"] = "20",
            ["updates"] = "500",
            ["evaluate-every"] = "4",
        };

        // An action holds for four steps and a lap is some 200 of them: values that look some 33 actions ahead converge thrice as fast as with 0.99, and choose as well.
        if (algorithm is "bcq" or "dqn" or "cql")
        {
            settings["discount"] = "0.97";
            settings["tau"] = "0.01";
            settings["reward-scale"] = "0.05";
        }

        return [new Preset(Preset.Default, "a driver learned from pictures in a dataset, in some minutes on one core", settings, Nothing, Minutes: 0)];
    }
}
