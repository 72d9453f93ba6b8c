using System.CommandLine;
using Gymkhana.Core.Runs;

namespace Gymkhana.Cli.Commands;

/// <summary>The options of algorithms that learn from a dataset: other ways to write their settings.</summary>
internal sealed class DataOptions
{
    public Option<string?> Folder { get; } = new("--data") { Description = "dataset to learn from (bc, filtered-bc, bcq, dqn, cql)", HelpName = "DIR" };

    public Option<bool> NoWorld { get; } = new("--no-world") { Description = "learn from the dataset alone and never enter the world: no evaluation, no scores" };

    public Option<bool> SkipDamaged { get; } = new("--skip-damaged") { Description = "go on without shards of the dataset that are damaged or missing" };

    /// <summary>The plan with what was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="plan">The plan so far.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="UsageException">The algorithm learns from no dataset.</exception>
    public TrainingPlan Apply(ParseResult parsed, TrainingPlan plan)
    {
        plan = Assign(plan, "data", parsed.GetValue(Folder), "--data");
        plan = Assign(plan, "no-world", parsed.GetValue(NoWorld) ? "true" : null, "--no-world");
        return Assign(plan, "skip-damaged", parsed.GetValue(SkipDamaged) ? "true" : null, "--skip-damaged");
    }

    private static TrainingPlan Assign(TrainingPlan plan, string key, string? value, string option)
    {
        if (value is null)
        {
            return plan;
        }

        return plan.Algorithm.Schema.Has(key)
            ? plan with { AlgorithmSettings = plan.AlgorithmSettings.With(key, value) }
            : throw new UsageException($"{plan.Algorithm.Name} learns in the world and takes no {option}. Leave it out, or learn from a dataset with bc, filtered-bc, bcq, dqn or cql.");
    }
}
