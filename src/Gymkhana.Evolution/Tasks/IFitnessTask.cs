using Gymkhana.Evolution.Networks;

namespace Gymkhana.Evolution.Tasks;

/// <summary>What a network was worth.</summary>
/// <param name="Fitness">What evolution maximises, before prices.</param>
/// <param name="Figure">The environment's first figure, mean over episodes (targets reached, say); NaN when there is none.</param>
/// <param name="AgentSteps">Steps simulated.</param>
public readonly record struct Score(double Fitness, double Figure, long AgentSteps)
{
    /// <summary>What each episode gave, of tasks that keep it; null of others.</summary>
    public EpisodeScores? Episodes { get; init; }
}

/// <summary>What a network was worth in each of its episodes.</summary>
/// <param name="Returns">Return of each, in the order of the seeds.</param>
/// <param name="Figures">The environment's first figure of each; empty when there is none.</param>
public sealed record EpisodeScores(IReadOnlyList<double> Returns, IReadOnlyList<double> Figures);

/// <summary>What genomes are evolved for.</summary>
public interface IFitnessTask
{
    /// <summary>Inputs of a network.</summary>
    int Inputs { get; }

    /// <summary>Outputs of a network.</summary>
    int Outputs { get; }

    /// <summary>An evaluator for one thread.</summary>
    /// <returns>The evaluator.</returns>
    IFitnessEvaluator CreateEvaluator();
}

/// <summary>Scores networks, on one thread. The score depends on the network and the episodes alone.</summary>
public interface IFitnessEvaluator
{
    /// <summary>Scores a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="seeds">Seeds of the episodes; empty for tasks that have none.</param>
    /// <returns>Its score.</returns>
    Score Evaluate(NetworkGraph network, ReadOnlySpan<ulong> seeds);
}
