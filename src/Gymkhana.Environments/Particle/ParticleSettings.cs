using System.Globalization;
using Gymkhana.Core.Settings;

namespace Gymkhana.Environments.Particle;

/// <summary>The settings that the particle worlds have in common. Names are those of MPE2's arguments.</summary>
internal static class ParticleSettings
{
    /// <summary>What stands for "all of them" where a number of neighbours is asked for.</summary>
    private const string All = "all";

    public static Setting MaxCycles { get; } = new() { Key = "max_cycles", Kind = SettingKind.Integer, Default = "25", Minimum = 1, Maximum = 1_000_000, Unit = "steps", Description = "Time limit: the episode is truncated after so many steps" };

    public static Setting ContinuousActions { get; } = new() { Key = "continuous_actions", Kind = SettingKind.Switch, Default = "false", Description = "Whether an action is five numbers (nothing, left, right, down, up; each 0 to 1) or one of five choices" };

    public static Setting TerminateOnSuccess(string success) => new() { Key = "terminate_on_success", Kind = SettingKind.Switch, Default = "false", Description = "Whether the episode terminates when " + success };

    public static Setting Curriculum(string what) => new() { Key = "curriculum", Kind = SettingKind.Switch, Default = "false", Description = "Whether the stage has an effect: " + what };

    public static Setting Stage(int last) => new() { Key = "stage", Kind = SettingKind.Integer, Default = "0", Minimum = 0, Maximum = last, Description = "Stage of the curriculum" };

    public static Setting AgentNeighbors { get; } = Neighbours("num_agent_neighbors", "other agents");

    public static Setting LandmarkNeighbors { get; } = Neighbours("num_landmark_neighbors", "landmarks");

    /// <summary>Reads a number of neighbours.</summary>
    /// <param name="values">The settings.</param>
    /// <param name="key">Which.</param>
    /// <returns>The number, or −1 for all.</returns>
    /// <exception cref="SettingException">Neither "all" nor a whole number of at least 1.</exception>
    public static int NeighboursOf(SettingValues values, string key)
    {
        string text = values.Text(key);
        return text == All ? -1
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 ? number
            : throw new SettingException($"Setting '{key}' expects all or a whole number of at least 1, got '{text}'. Give it as --set {key}=3, or leave it out.");
    }

    private static Setting Neighbours(string key, string what) => new() { Key = key, Kind = SettingKind.Text, Default = All, Description = $"How many of the nearest {what} an agent sees, nearest first, zeros beyond those there are; all: every one in its own order" };
}
