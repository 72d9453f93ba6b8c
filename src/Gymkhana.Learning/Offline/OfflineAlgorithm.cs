using System.Collections.Immutable;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Learning.Datasets;

namespace Gymkhana.Learning.Offline;

/// <summary>A way of learning from records, as the command line knows it: a name, its settings and how its learner is made.</summary>
public sealed class OfflineAlgorithm : IAlgorithm
{
    private readonly Func<ActionNetwork, OfflineSettings, int, OfflineLearner> _learner;

    private OfflineAlgorithm(
        string name, string summary, ActionHeads heads, SettingSchema schema, string[] progress, Func<ActionNetwork, OfflineSettings, int, OfflineLearner> learner)
    {
        Name = name;
        Summary = summary;
        Heads = heads;
        Schema = schema;
        ProgressMetrics = progress;
        _learner = learner;
    }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<OfflineAlgorithm> All =>
    [
        new(
            "bc",
            "Behaviour cloning from a dataset: does what the data did (Pomerleau 1989)",
            ActionHeads.Imitation,
            OfflineSettings.SchemaOf(),
            ["lossAverage", "agreement", "validationLoss", "score"],
            (network, settings, threads) => new BehaviourCloning(network, settings, threads)),
        new(
            "filtered-bc",
            "Behaviour cloning from the best episodes of a dataset",
            ActionHeads.Imitation,
            OfflineSettings.SchemaOf(Setting.Real("best", 0.1, 1e-6, 1, "Share of the episodes that is learned from: the best by return")),
            ["lossAverage", "agreement", "validationLoss", "score"],
            (network, settings, threads) => new BehaviourCloning(network, settings, threads)),
        new(
            "bcq",
            "Discrete batch-constrained Q-learning from a dataset (Fujimoto et al. 2019)",
            ActionHeads.Both,
            OfflineSettings.SchemaOf(
            [
                .. OfflineSettings.ValueSettings(),
                Setting.Real("threshold", 0.3, 0, 1, "Actions less likely in the data than this times the likeliest are left out; 0 is DQN, 1 is cloning"),
                Setting.Real("logit-penalty", 0.01, 0, 100, "λ: weight of the mean square of the imitation head's logits"),
            ]),
            ["lossAverage", "meanValue", "maskedShare", "agreement", "score"],
            (network, settings, threads) => new DiscreteBcq(network, settings, threads)),
        new(
            "dqn",
            "Deep Q-learning from a dataset alone: the failure that bcq exists to cure (Mnih et al. 2015)",
            ActionHeads.Values,
            OfflineSettings.SchemaOf(OfflineSettings.ValueSettings()),
            ["lossAverage", "meanValue", "agreement", "score"],
            (network, settings, threads) => new Dqn(network, settings, threads)),
        new(
            "cql",
            "Conservative Q-learning for discrete actions from a dataset (Kumar et al. 2020)",
            ActionHeads.Values,
            OfflineSettings.SchemaOf([.. OfflineSettings.ValueSettings(), Setting.Real("alpha", 1, 0, 1000, "α: weight of ln Σ e^Q − Q of the data's action")]),
            ["lossAverage", "meanValue", "conservativeLoss", "agreement", "score"],
            (network, settings, threads) => new DiscreteCql(network, settings, threads)),
    ];

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <summary>The heads its network has.</summary>
    public ActionHeads Heads { get; }

    /// <inheritdoc/>
    public SettingSchema Schema { get; }

    /// <inheritdoc/>
    public string IterationName => "round";

    /// <inheritdoc/>
    public string IterationsKey => "rounds";

    /// <inheritdoc/>
    public IReadOnlyList<string> ProgressMetrics { get; }

    /// <inheritdoc/>
    public string ChampionFileName => "champion.offline.safetensors";

    /// <inheritdoc/>
    public IReadOnlyList<Preset> PresetsFor(string environmentId) => OfflinePresets.For(Name, environmentId);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> RecordedSettings(string environmentId, SettingValues settings)
    {
        OfflineSettings offline = OfflineSettings.From(settings);
        string path = Path.Combine(offline.Folder, DatasetManifest.FileName);
        bool fits = offline.Folder.Length > 0 && File.Exists(path);
        return fits && DatasetManifest.Read(offline.Folder) is { } manifest && manifest.Environment == environmentId ? manifest.EnvironmentSettings : ImmutableDictionary<string, string>.Empty;
    }

    /// <inheritdoc/>
    public ITrainer Start(TrainingContext context) => new OfflineTrainer(this, context, null);

    /// <inheritdoc/>
    public ITrainer Resume(TrainingContext context, Stream checkpoint) => new OfflineTrainer(this, context, checkpoint);

    /// <inheritdoc/>
    public IPolicy LoadPolicy(Stream source, string name) => OfflinePolicyFile.Read(source, name);

    /// <summary>A learner at its beginning.</summary>
    /// <param name="network">Its network, with <see cref="Heads"/>.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="threads">Threads that share the work.</param>
    /// <returns>The learner.</returns>
    public OfflineLearner CreateLearner(ActionNetwork network, OfflineSettings settings, int threads) => _learner(network, settings, threads);
}
