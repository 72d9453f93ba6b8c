namespace Gymkhana.Learning.Ppo;

/// <summary>What learning from a rollout, or one gradient step, was like; of a rollout, means over the gradient steps.</summary>
public readonly record struct PpoMeasures
{
    /// <summary>Gradient steps.</summary>
    public int Steps { get; init; }

    /// <summary>The actor's loss.</summary>
    public double PolicyLoss { get; init; }

    /// <summary>The critic's loss.</summary>
    public double ValueLoss { get; init; }

    /// <summary>Mean entropy of the distributions of actions, nats.</summary>
    public double Entropy { get; init; }

    /// <summary>How far the policy has moved, nats.</summary>
    public double ApproximateKl { get; init; }

    /// <summary>Share of the transitions whose ratio lay beyond 1 ± ε.</summary>
    public double ClipFraction { get; init; }

    /// <summary>Euclidean norm of the gradients before it was limited.</summary>
    public double GradientNorm { get; init; }

    /// <summary>Share of the variance of the returns that the critic foresaw before it learned.</summary>
    public double ExplainedVariance { get; init; }

    /// <summary>Adam's learning rate.</summary>
    public double LearningRate { get; init; }

    internal PpoMeasures Plus(PpoMeasures other) => new()
    {
        Steps = Steps + other.Steps,
        PolicyLoss = PolicyLoss + other.PolicyLoss,
        ValueLoss = ValueLoss + other.ValueLoss,
        Entropy = Entropy + other.Entropy,
        ApproximateKl = ApproximateKl + other.ApproximateKl,
        ClipFraction = ClipFraction + other.ClipFraction,
        GradientNorm = GradientNorm + other.GradientNorm,
    };

    internal PpoMeasures Mean() => new()
    {
        Steps = Steps,
        PolicyLoss = PolicyLoss / Steps,
        ValueLoss = ValueLoss / Steps,
        Entropy = Entropy / Steps,
        ApproximateKl = ApproximateKl / Steps,
        ClipFraction = ClipFraction / Steps,
        GradientNorm = GradientNorm / Steps,
    };
}
