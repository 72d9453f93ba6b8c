using System.CommandLine;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;

namespace Gymkhana.Cli.Commands;

/// <summary>The options of algorithms that learn from a dataset: other ways to write their settings.</summary>
internal sealed class DataOptions
{
    public Option<string?> Folder { get; } = new("--data") { Description = "dataset to learn from (bc, filtered-bc, bcq, dqn, cql)", HelpName = "DIR" };

    public Option<bool> NoWorld { get; } = new("--no-world") { Description = "learn from the dataset alone and never enter the world: no evaluation, no scores" };

    public Option<bool> SkipDamaged { get; } = new("--skip-damaged") { Description = "go on without shards of the dataset that are damaged or missing" };

    /// <summary>The settings with what was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="settings">Its settings so far.</param>
    /// <returns>The changed settings.</returns>
    /// <exception cref="UsageException">The algorithm learns from no dataset.</exception>
    public SettingValues Apply(ParseResult parsed, IAlgorithm algorithm, SettingValues settings)
    {
        settings = Assign(algorithm, settings, "data", parsed.GetValue(Folder), "--data");
        settings = Assign(algorithm, settings, "no-world", parsed.GetValue(NoWorld) ? "true" : null, "--no-world");
        return Assign(algorithm, settings, "skip-damaged", parsed.GetValue(SkipDamaged) ? "true" : null, "--skip-damaged");
    }

    private static SettingValues Assign(IAlgorithm algorithm, SettingValues settings, string key, string? value, string option)
    {
        if (value is null)
        {
            return settings;
        }

        return algorithm.Schema.Has(key)
            ? settings.With(key, value)
            : throw new UsageException($"{algorithm.Name} learns in the world and takes no {option}. Leave it out, or learn from a dataset with bc, filtered-bc, bcq, dqn or cql.");
    }
}
