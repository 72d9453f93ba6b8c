using Gymkhana.Core.Settings;

namespace Gymkhana.Environments.Walker;

/// <summary>Where the next target appears.</summary>
public enum TargetRule
{
    /// <summary>Uniform in the disc around the centre; the first of an episode in front of the walker. Training's rule.</summary>
    Disc,

    /// <summary>Uniform in the square, a margin of 5 % left free. The race's rule.</summary>
    Square,
}

/// <summary>The options of Walker-v0. A pair is a range from which each episode draws its own value.</summary>
public sealed record WalkerOptions
{
    /// <summary>The settings, as they are named on the command line.</summary>
    public static SettingSchema Schema { get; } = new(
        new Setting { Key = "episode-seconds", Kind = SettingKind.Real, Default = "100", Unit = "s", Minimum = 1, Maximum = 10000, Description = "Length of an episode; it is truncated at its end" },
        new Setting { Key = "world-size", Kind = SettingKind.Real, Default = "1000", Unit = "units", Minimum = 100, Maximum = 100000, Description = "Side of the square (diameter of the disc) that targets appear in" },
        new Setting { Key = "targets", Kind = SettingKind.Choice, Default = "disc", Choices = ["disc", "square"], Description = "Target rule: uniform in the disc with the first one ahead, or uniform in the square" },
        new Setting { Key = "recenter", Kind = SettingKind.Switch, Default = "true", Description = "Whether the body is moved back to the centre when a target is reached (off in a race)" },
        new Setting { Key = "grip", Kind = SettingKind.Range, Default = "1", Minimum = 0.05, Maximum = 3, Description = "Surface friction: factor on the grip of every foot as the ground feels it, at most full grip" },
        new Setting { Key = "delay", Kind = SettingKind.Range, Default = "1", Unit = "steps", Minimum = 0, Maximum = 8, Description = "Delay of the senses of grip and muscles (inputs 3 to 8), whole steps of 1/60 s" },
        new Setting { Key = "strength", Kind = SettingKind.Range, Default = "1", Minimum = 0.1, Maximum = 3, Description = "Factor on the strength of the muscles" },
        new Setting { Key = "progress-reward", Kind = SettingKind.Real, Default = "0", Unit = "reward per unit", Minimum = 0, Maximum = 1000, Description = "Reward for each unit that the head comes nearer to its target (minus for going away); a finer measure to learn by" },
        new Setting { Key = "energy-price", Kind = SettingKind.Real, Default = "0", Unit = "reward per unit", Minimum = 0, Maximum = 1000, Description = "Price of energy: muscle work (strain × change of strain) plus changes of grip" },
        new Setting { Key = "stall-seconds", Kind = SettingKind.Real, Default = "0", Unit = "s", Minimum = 0, Maximum = 10000, Description = "Truncates an episode when no target is reached for this long; 0 never does" });

    /// <summary>Length of an episode, s.</summary>
    public double EpisodeSeconds { get; init; } = 100;

    /// <summary>Side of the square or diameter of the disc, units.</summary>
    public float WorldSize { get; init; } = WalkerBody.WorldSize;

    /// <summary>Where targets appear.</summary>
    public TargetRule Targets { get; init; } = TargetRule.Disc;

    /// <summary>Whether the body is moved back to the centre when a target is reached.</summary>
    public bool Recenter { get; init; } = true;

    /// <summary>Factor on the grip of the feet as the ground feels it.</summary>
    public (float Low, float High) Grip { get; init; } = (1, 1);

    /// <summary>Delay of the body senses, whole steps, both ends included.</summary>
    public (int Low, int High) Delay { get; init; } = (1, 1);

    /// <summary>Factor on the strength of the muscles.</summary>
    public (float Low, float High) Strength { get; init; } = (1, 1);

    /// <summary>Reward for each unit that the head comes nearer to its target.</summary>
    public float ProgressReward { get; init; }

    /// <summary>Price of a unit of energy, reward.</summary>
    public float EnergyPrice { get; init; }

    /// <summary>Longest time without a target before the episode is truncated, s; 0 for no limit.</summary>
    public double StallSeconds { get; init; }

    /// <summary>Length of an episode, steps: even, because links are solved in alternating order and every episode starts with the same one.</summary>
    public int EpisodeSteps => EvenSteps(EpisodeSeconds);

    /// <summary>The stall limit, steps (even), or 0.</summary>
    public int StallSteps => EvenSteps(StallSeconds);

    /// <summary>The options as settings say.</summary>
    /// <param name="values">Values of <see cref="Schema"/>.</param>
    /// <returns>The options.</returns>
    /// <exception cref="SettingException">A delay that is not a whole number.</exception>
    public static WalkerOptions From(SettingValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        (double delayLow, double delayHigh) = values.Range("delay");
        if (delayLow != Math.Floor(delayLow) || delayHigh != Math.Floor(delayHigh))
        {
            throw new SettingException($"Setting 'delay' expects whole steps, got '{values.Text("delay")}'. Give it as --set delay=1 or --set delay=0..1.");
        }

        return new WalkerOptions
        {
            EpisodeSeconds = values.Real("episode-seconds"),
            WorldSize = (float)values.Real("world-size"),
            Targets = values.Text("targets") == "square" ? TargetRule.Square : TargetRule.Disc,
            Recenter = values.Switch("recenter"),
            Grip = Floats(values.Range("grip")),
            Delay = ((int)delayLow, (int)delayHigh),
            Strength = Floats(values.Range("strength")),
            ProgressReward = (float)values.Real("progress-reward"),
            EnergyPrice = (float)values.Real("energy-price"),
            StallSeconds = values.Real("stall-seconds"),
        };
    }

    private static int EvenSteps(double seconds) => 2 * (int)Math.Round(seconds * 60 / 2);

    private static (float Low, float High) Floats((double Low, double High) range) => ((float)range.Low, (float)range.High);
}
