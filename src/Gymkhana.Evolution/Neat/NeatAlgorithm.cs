using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;

namespace Gymkhana.Evolution.Neat;

/// <summary>NEAT as the command line knows it.</summary>
public sealed class NeatAlgorithm : IAlgorithm
{
    /// <inheritdoc/>
    public string Name => "neat";

    /// <inheritdoc/>
    public string Summary => "Evolves networks, their wiring included, by NEAT (Stanley & Miikkulainen 2002)";

    /// <inheritdoc/>
    public SettingSchema Schema => NeatSettings.Schema;

    /// <inheritdoc/>
    public string IterationName => "generation";

    /// <inheritdoc/>
    public IReadOnlyList<string> ProgressMetrics => ["bestFigure", "championFigure", "species", "championConnections"];

    /// <inheritdoc/>
    public string ChampionFileName => "champion.genome.json";

    /// <inheritdoc/>
    public IReadOnlyList<Preset> PresetsFor(string environmentId) => NeatPresets.For(environmentId);

    /// <inheritdoc/>
    public ITrainer Start(TrainingContext context) => new NeatTrainer(context);

    /// <inheritdoc/>
    public ITrainer Resume(TrainingContext context, Stream checkpoint) => new NeatTrainer(context, checkpoint);

    /// <inheritdoc/>
    public IPolicy LoadPolicy(Stream source, string name) => new GenomePolicy(ChampionDocument.Read(source, name), name);
}
