using Gymkhana.Core.Runs;

namespace Gymkhana.Learning.Ppo;

/// <summary>Named settings, chosen by the measurements in docs/algorithms/ppo.md.</summary>
internal static class PpoPresets
{
    private static readonly Dictionary<string, string> Nothing = [];

    private static readonly Dictionary<string, Preset[]> All = new(StringComparer.Ordinal)
    {
        ["CartPole-v1"] =
        [
            Default("a pole that stays up, in some seconds", Quick(("updates", "100"), ("discount", "0.98"), ("lambda", "0.9"))),
        ],
        ["Acrobot-v1"] =
        [
            Default("an arm that swings up, in some seconds", Quick(("updates", "100"), ("epochs", "6"), ("entropy-weight", "0.01"), ("normalize-rewards", "true"))),
        ],
        ["MountainCar-v0"] =
        [
            Default(
                "a car that learns to gather speed, in about ten seconds",
                Quick(("updates", "250"), ("lambda", "0.98"), ("entropy-weight", "0.01"), ("normalize-observations", "true"))),
        ],
        ["Pendulum-v1"] =
        [
            Default("a pendulum that swings up and stands, in some seconds", Quick(("updates", "150"), ("discount", "0.95"), ("reward-scale", "0.1"), ("log-deviation", "0"))),
        ],
        ["CarRacing-v3"] =
        [
            new Preset(
                "pixels",
                "a driver that sees four grey pictures and acts every fourth step, in some forty minutes on one core",
                Driver(("updates", "700"), ("head", "beta"), ("entropy-weight", "0.001")),
                new Dictionary<string, string> { ["stall-seconds"] = "2" },
                Minutes: 0)
            {
                Interface = new Dictionary<string, string> { ["action-repeat"] = "4" },
            },
            new Preset(
                "discrete",
                "the same with the 25 actions of the offline lecture, keeping a snapshot now and then to collect a dataset from",
                Driver(("updates", "350"), ("entropy-weight", "0.003"), ("snapshot-every", "15")),
                Nothing,
                Minutes: 0)
            {
                Interface = new Dictionary<string, string> { ["action-repeat"] = "4", ["continuous"] = "false", ["discrete-actions"] = "25" },
            },
        ],
    };

    /// <summary>The presets for an environment.</summary>
    /// <param name="environmentId">The environment.</param>
    /// <returns>The presets, possibly none.</returns>
    public static IReadOnlyList<Preset> For(string environmentId) => All.GetValueOrDefault(environmentId) ?? [];

    private static Preset Default(string description, Dictionary<string, string> settings) => new(Preset.Default, description, settings, Nothing, Minutes: 0);

    // What suits small worlds of numbers: many copies, long rollouts learned from often, large steps that shrink.
    private static Dictionary<string, string> Quick(params ReadOnlySpan<(string Key, string Value)> more) => With(
        new Dictionary<string, string>
        {
            ["copies"] = "32",
            ["steps"] = "64",
            ["epochs"] = "10",
            ["minibatch"] = "256",
            ["learning-rate"] = "0.001",
            ["final-rate"] = "0.1",
        },
        more);

    // What drives from pictures: few copies, since a picture is dear, and a large step that shrinks and stops early.
    private static Dictionary<string, string> Driver(params ReadOnlySpan<(string Key, string Value)> more) => With(
        new Dictionary<string, string>
        {
            ["copies"] = "16",
            ["steps"] = "128",
            ["epochs"] = "5",
            ["minibatch"] = "256",
            ["learning-rate"] = "0.0005",
            ["final-rate"] = "0.05",
            ["normalize-rewards"] = "true",
            ["target-kl"] = "0.02",
            ["evaluate-every"] = "25",
        },
        more);

    private static Dictionary<string, string> With(Dictionary<string, string> settings, ReadOnlySpan<(string Key, string Value)> more)
    {
        foreach ((string key, string value) in more)
        {
            settings[key] = value;
        }

        return settings;
    }
}
