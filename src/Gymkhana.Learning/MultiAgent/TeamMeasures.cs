namespace Gymkhana.Learning.MultiAgent;

/// <summary>What learning from a rollout was like for one class: means over the gradient steps.</summary>
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

    internal TeamMeasures Plus(double policyLoss, double valueLoss, double entropy, double kl, double clipFraction) => this with
    {
        PolicyLoss = PolicyLoss + policyLoss,
        ValueLoss = ValueLoss + valueLoss,
        Entropy = Entropy + entropy,
        ApproximateKl = ApproximateKl + kl,
        ClipFraction = ClipFraction + clipFraction,
    };

    internal TeamMeasures DividedBy(int steps) => this with
    {
        PolicyLoss = PolicyLoss / steps,
        ValueLoss = ValueLoss / steps,
        Entropy = Entropy / steps,
        ApproximateKl = ApproximateKl / steps,
        ClipFraction = ClipFraction / steps,
    };
}
