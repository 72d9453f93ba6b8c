using Gymkhana.Core.Runs;

namespace Gymkhana.Evolution.Neat;

/// <summary>Named settings, chosen by the measurements in docs/algorithms/neat.md.</summary>
internal static class NeatPresets
{
    // While it learns, a walker plays short episodes that end early when it gets nowhere: most of the time then goes to walkers that walk.
    private static readonly Dictionary<string, string> ShortEpisodes = new() { ["episode-seconds"] = "20", ["stall-seconds"] = "8" };

    // The champion also learns with and without the delay of its senses, so that it does not come to depend on it.
    private static readonly Dictionary<string, string> LongerEpisodes = new()
    {
        ["episode-seconds"] = "20",
        ["stall-seconds"] = "8",
        ["progress-reward"] = "0.3",
        ["delay"] = "0..1",
    };

    private static readonly Preset[] Walker =
    [
        new Preset(
            "demo",
            "a walker that walks well, in about two minutes on two cores",
            new Dictionary<string, string>
            {
                ["population"] = "200",
                ["start-hidden"] = "8",
                ["lists"] = "24",
                ["weight-limit"] = "30",
                ["refine-after"] = "10",
                ["islands"] = "12",
                ["halving"] = "40",
                ["patience"] = "250",
                ["generations"] = "1100",
            },
            ShortEpisodes,
            Minutes: 2.1),
        new Preset(
            "champion",
            "the best walker that half an hour on two cores gives",
            new Dictionary<string, string>
            {
                ["population"] = "200",
                ["start-hidden"] = "8",
                ["lists"] = "16",
                ["weight-limit"] = "30",
                ["refine-after"] = "10",
                ["islands"] = "32",
                ["halving"] = "50",
                ["halving-growth"] = "1.5",
                ["patience"] = "400",
                ["grow-islands"] = "1",
                ["grow-hidden"] = "16",
                ["grow-nodes"] = "0",
                ["grow-connections"] = "0",
                ["generations"] = "30000",
            },
            LongerEpisodes,
            Minutes: 29),
        new Preset(
            "neat",
            "NEAT alone, without refinement of weights; some minutes",
            new Dictionary<string, string> { ["population"] = "200", ["lists"] = "16", ["generations"] = "400" },
            ShortEpisodes,
            Minutes: 0),
        MutationOnly(ShortEpisodes),
    ];

    private static readonly Preset[] Others = [MutationOnly(new Dictionary<string, string>())];

    public static IReadOnlyList<Preset> For(string environmentId) => environmentId == "Walker-v0" ? Walker : Others;

    // The scheme of the program that Walker-v0 comes from: one population, the best fifth kept, clones that mutate, nothing
    // deleted, no crossover; with its faults mended (weights take small steps too, parents are the survivors).
    private static Preset MutationOnly(IReadOnlyDictionary<string, string> environment) => new(
        "mutation-only",
        "clones that mutate, without species or crossover: the scheme of the original Walker program, mended",
        new Dictionary<string, string>
        {
            ["mode"] = "mutation-only",
            ["population"] = "1000",
            ["lists"] = "4",
            ["elites"] = "0.2",
            ["survival"] = "0.2",
            ["start"] = "none",
            ["scale-rule"] = "fixed",
            ["mutate-weights"] = "0.9",
            ["add-node"] = "0.05",
            ["add-connection"] = "0.2",
            ["delete-connection"] = "0",
            ["delete-node"] = "0",
            ["toggle"] = "0",
            ["change-activation"] = "0",
            ["generations"] = "400",
        },
        environment,
        Minutes: 0);
}
