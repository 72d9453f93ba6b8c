using Gymkhana.Core.Runs;

namespace Gymkhana.Learning.Ppo;

/// <summary>Named settings, chosen by the measurements in docs/algorithms/ppo.md.</summary>
internal static class PpoPresets
{
    private static readonly Dictionary<string, string> None = [];

    private static readonly Dictionary<string, Preset[]> All = new(StringComparer.Ordinal)
    {
        ["CartPole-v1"] =
        [
            new Preset(
                "default",
                "a pole that stays up, in a few seconds",
                new Dictionary<string, string>
                {
                    ["updates"] = "100",
                    ["copies"] = "32",
                    ["steps"] = "64",
                    ["epochs"] = "10",
                    ["minibatch"] = "256",
                    ["learning-rate"] = "0.001",
                    ["final-rate"] = "0.1",
                    ["discount"] = "0.98",
                    ["lambda"] = "0.9",
                },
                None,
                Minutes: 0),
        ],
    };

    /// <summary>The presets for an environment.</summary>
    /// <param name="environmentId">The environment.</param>
    /// <returns>The presets, possibly none.</returns>
    public static IReadOnlyList<Preset> For(string environmentId) => All.GetValueOrDefault(environmentId) ?? [];
}
