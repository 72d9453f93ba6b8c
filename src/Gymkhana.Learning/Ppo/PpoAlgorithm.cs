using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Learning.Policies;

namespace Gymkhana.Learning.Ppo;

/// <summary>PPO as the command line knows it.</summary>
public sealed class PpoAlgorithm : IAlgorithm
{
    /// <inheritdoc/>
    public string Name => "ppo";

    /// <inheritdoc/>
    public string Summary => "Trains a network by gradients, near what it was at each update: proximal policy optimisation (Schulman et al. 2017)";

    /// <inheritdoc/>
    public SettingSchema Schema => PpoSettings.Schema;

    /// <inheritdoc/>
    public string IterationName => "update";

    /// <inheritdoc/>
    public string IterationsKey => "updates";

    /// <inheritdoc/>
    public IReadOnlyList<string> ProgressMetrics => ["return", "championValidation", "entropy", "approxKl", "explainedVariance"];

    /// <inheritdoc/>
    public string ChampionFileName => "champion.safetensors";

    /// <inheritdoc/>
    public IReadOnlyList<Preset> PresetsFor(string environmentId) => PpoPresets.For(environmentId);

    /// <inheritdoc/>
    public ITrainer Start(TrainingContext context) => new PpoTrainer(context);

    /// <inheritdoc/>
    public ITrainer Resume(TrainingContext context, Stream checkpoint) => new PpoTrainer(context, checkpoint);

    /// <inheritdoc/>
    public IPolicy LoadPolicy(Stream source, string name) => NetworkPolicyFile.Read(source, name);
}
