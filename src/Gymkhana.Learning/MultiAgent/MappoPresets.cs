using Gymkhana.Core.Runs;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>Named settings, described in docs/algorithms/mappo.md.</summary>
internal static class MappoPresets
{
    private const string Tag = "simple_tag_v3";

    /// <summary>The presets for an environment.</summary>
    /// <param name="method">The method.</param>
    /// <param name="environmentId">The environment.</param>
    /// <returns>The presets, possibly none.</returns>
    public static IReadOnlyList<Preset> For(TeamMethod method, string environmentId) => environmentId == Tag ? [ScoutsAndSpotters(method)] : [];

    private static Preset ScoutsAndSpotters(TeamMethod method) => new(
        "scouts-and-spotters",
        "two hunters that see the obstacles and two that see the (nearest) prey, which moves at random; they hear each other within a distance of 1",
        SettingsOf(method),

        // While learning only: touches are rare at first, and what others touch tells a hunter nothing of what it did itself.
        new Dictionary<string, string> { ["distance_shaping"] = "true", ["hunter_rewards"] = "own" },
        Minutes: 20)
    {
        Interface = new Dictionary<string, string>
        {
            ["classes"] = "A:self+landmarks,B:self+prey-nearest",
            ["adversaries"] = "A:2,B:2",
            ["num_obstacles"] = "2",
            ["prey"] = "random",
            ["comm_range"] = "1",
            ["max_cycles"] = "100",
        },
    };

    // Both classes are rewarded alike: one critic serves them.
    private static Dictionary<string, string> SettingsOf(TeamMethod method) => method switch
    {
        TeamMethod.Mappo => new() { ["updates"] = "600", ["copies"] = "32", ["minibatch"] = "400", ["learning-rate"] = "0.001", ["critic"] = "shared" },
        TeamMethod.Ippo => new() { ["updates"] = "600", ["copies"] = "32", ["minibatch"] = "400", ["learning-rate"] = "0.001" },
        _ => [],
    };
}
