using Gymkhana.Core.Settings;

namespace Gymkhana.Environments.Particle;

/// <summary>The options of simple_spread_v3.</summary>
public sealed record SimpleSpreadOptions
{
    /// <summary>The settings, as they are named on the command line.</summary>
    public static SettingSchema Schema { get; } = new(
        new Setting { Key = "N", Kind = SettingKind.Integer, Default = "3", Minimum = 1, Maximum = 64, Description = "How many agents, and how many landmarks" },
        new Setting { Key = "local_ratio", Kind = SettingKind.Real, Default = "0.5", Minimum = 0, Maximum = 1, Description = "Share of an agent's own collisions in its reward; the rest is how well the landmarks are covered" },
        ParticleSettings.MaxCycles,
        ParticleSettings.ContinuousActions,
        ParticleSettings.TerminateOnSuccess("every landmark has an agent nearer than 0.1"),
        ParticleSettings.AgentNeighbors,
        ParticleSettings.LandmarkNeighbors,
        ParticleSettings.Curriculum("in stage 0 collisions cost nothing"),
        ParticleSettings.Stage(1));

    /// <summary>Agents, and landmarks.</summary>
    public int Agents { get; init; } = 3;

    /// <summary>Share of an agent's own collisions in its reward, 0 to 1.</summary>
    public double LocalRatio { get; init; } = 0.5;

    /// <summary>Time limit, steps.</summary>
    public int MaxCycles { get; init; } = 25;

    /// <summary>Whether an action is five numbers.</summary>
    public bool ContinuousActions { get; init; }

    /// <summary>Whether an episode terminates when every landmark is covered.</summary>
    public bool TerminateOnSuccess { get; init; }

    /// <summary>Nearest agents that are seen, or −1 for all.</summary>
    public int AgentNeighbours { get; init; } = -1;

    /// <summary>Nearest landmarks that are seen, or −1 for all.</summary>
    public int LandmarkNeighbours { get; init; } = -1;

    /// <summary>Whether collisions cost anything.</summary>
    public bool CollisionsCost { get; init; } = true;

    /// <summary>The options as settings say.</summary>
    /// <param name="values">Values of <see cref="Schema"/>.</param>
    /// <returns>The options.</returns>
    public static SimpleSpreadOptions From(SettingValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new SimpleSpreadOptions
        {
            Agents = values.Integer("N"),
            LocalRatio = values.Real("local_ratio"),
            MaxCycles = values.Integer("max_cycles"),
            ContinuousActions = values.Switch("continuous_actions"),
            TerminateOnSuccess = values.Switch("terminate_on_success"),
            AgentNeighbours = ParticleSettings.NeighboursOf(values, "num_agent_neighbors"),
            LandmarkNeighbours = ParticleSettings.NeighboursOf(values, "num_landmark_neighbors"),
            CollisionsCost = !values.Switch("curriculum") || values.Integer("stage") > 0,
        };
    }
}
