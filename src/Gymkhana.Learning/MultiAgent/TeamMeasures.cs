namespace Gymkhana.Learning.MultiAgent;

/// <summary>What learning from a rollout was like for one class: means over the gradient steps and compositions.</summary>
public readonly record struct TeamMeasures
{
    /// <summary>The actor's loss.</summary>
    public double PolicyLoss { get; init; }

    /// <summary>The critic's loss, of normalised values.</summary>
    public double ValueLoss { get; init; }

    /// <summary>Mean entropy of the distributions of actions, nats.</summary>
    public double Entropy { get; init; }

    /// <summary>How far the policy has moved, nats.</summary>
    public double ApproximateKl { get; init; }

    /// <summary>Share of the actions whose ratio lay beyond 1 ± ε.</summary>
    public double ClipFraction { get; init; }

    /// <summary>Share of the variance of the returns that the critic foresaw before it learned.</summary>
    public double ExplainedVariance { get; init; }

    internal TeamMeasures Plus(double explainedVariance) => this with { ExplainedVariance = ExplainedVariance + explainedVariance };

    internal TeamMeasures Plus(double policyLoss, double valueLoss, double entropy, double kl, double clipFraction) => this with
    {
        PolicyLoss = PolicyLoss + policyLoss,
        ValueLoss = ValueLoss + valueLoss,
        Entropy = Entropy + entropy,
        ApproximateKl = ApproximateKl + kl,
        ClipFraction = ClipFraction + clipFraction,
    };

    internal TeamMeasures Mean(int compositions, int steps) => new()
    {
        PolicyLoss = PolicyLoss / (compositions * steps),
        ValueLoss = ValueLoss / (compositions * steps),
        Entropy = Entropy / (compositions * steps),
        ApproximateKl = ApproximateKl / (compositions * steps),
        ClipFraction = ClipFraction / (compositions * steps),
        ExplainedVariance = ExplainedVariance / compositions,
    };
}
