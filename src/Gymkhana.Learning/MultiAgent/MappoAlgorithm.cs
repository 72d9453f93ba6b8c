using System.Collections.Immutable;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>MAPPO and its kin as the command line knows them.</summary>
/// <param name="method">Which.</param>
public sealed class MappoAlgorithm(TeamMethod method) : IAlgorithm
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<IAlgorithm> All { get; } = [.. Enum.GetValues<TeamMethod>().Select(m => new MappoAlgorithm(m))];

    /// <inheritdoc/>
    public string Name => method switch
    {
        TeamMethod.Mappo => "mappo",
        TeamMethod.Ippo => "ippo",
        _ => "reinforce",
    };

    /// <inheritdoc/>
    public string Summary => method switch
    {
        TeamMethod.Mappo => "Trains a team whose agents talk, with critics that see the whole state: PPO for several agents (Yu et al. 2022)",
        TeamMethod.Ippo => "Trains each class of a team by itself: PPO without messages, with critics that see what their agents see",
        _ => "Trains a team by its normalised returns, without critics (Williams 1992)",
    };

    /// <inheritdoc/>
    public SettingSchema Schema => MappoSettings.SchemaOf(method);

    /// <inheritdoc/>
    public string IterationName => "update";

    /// <inheritdoc/>
    public string IterationsKey => "updates";

    /// <inheritdoc/>
    public IReadOnlyList<string> ProgressMetrics => ["return", "championValidation", "touches", "touchesA", "touchesB"];

    /// <inheritdoc/>
    public string ChampionFileName => "champion.team.safetensors";

    /// <inheritdoc/>
    public IReadOnlyList<Preset> PresetsFor(string environmentId) => MappoPresets.For(method, environmentId);

    /// <inheritdoc/>
    public ITrainer Start(TrainingContext context) => new MappoTrainer(method, context);

    /// <inheritdoc/>
    public ITrainer Resume(TrainingContext context, Stream checkpoint) => new MappoTrainer(method, context, checkpoint);

    /// <inheritdoc/>
    public IPolicy LoadPolicy(Stream source, string name) => TeamPolicyFile.Read(source, name);
}
