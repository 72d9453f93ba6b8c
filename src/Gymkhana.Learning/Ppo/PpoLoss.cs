using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;

namespace Gymkhana.Learning.Ppo;

/// <summary>The loss of one minibatch with all that goes into it, on a tape.</summary>
/// <remarks>
/// Schulman et al., "Proximal Policy Optimization Algorithms", 2017. With the ratio r = π(a|s) / π_old(a|s) and the advantage A, the actor's
/// loss is the mean of max(−A r, −A clip(r, 1 − ε, 1 + ε)); the critic's half the mean square of V − R, or of the larger of that and what
/// V clipped to V_old ± ε gives.
/// </remarks>
public readonly struct PpoLoss
{
    private const float Tiny = 1e-8f;

    /// <summary>The actor's loss.</summary>
    public Tensor Policy { get; private init; }

    /// <summary>The critic's loss.</summary>
    public Tensor Value { get; private init; }

    /// <summary>Mean entropy, nats.</summary>
    public Tensor Entropy { get; private init; }

    /// <summary>Policy − entropy weight · Entropy + value weight · Value.</summary>
    public Tensor Total { get; private init; }

    /// <summary>ln r of each transition, [N].</summary>
    public Tensor LogRatio { get; private init; }

    /// <summary>r of each transition, [N].</summary>
    public Tensor Ratio { get; private init; }

    /// <summary>V of each observation, [N].</summary>
    public Tensor Values { get; private init; }

    /// <summary>Computes the loss.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="network">The network that learns.</param>
    /// <param name="batch">The transitions.</param>
    /// <param name="settings">ε and the weights.</param>
    /// <returns>The loss.</returns>
    public static PpoLoss Of(Tape tape, ActorCritic network, Minibatch batch, PpoSettings settings)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(settings);
        var rows = new Shape(batch.Count);
        (Tensor outputs, Tensor values) = network.Forward(batch.Observations.On(tape, 0, batch.Count));
        (Tensor logProbability, Tensor entropies) = network.Head.Evaluate(outputs, batch.Drawn);
        Tensor logRatio = logProbability - tape.Constant(rows, batch.LogProbabilities);
        Tensor ratio = logRatio.Exp();

        Tensor advantages = tape.Constant(rows, batch.Advantages);
        if (settings.NormalizesAdvantages)
        {
            advantages = (advantages - advantages.Mean()) / (advantages.StandardDeviation() + Tiny);
        }

        Tensor losing = -advantages;
        Tensor policy = (losing * ratio).Maximum(losing * ratio.Clamp(1 - settings.Clip, 1 + settings.Clip)).Mean();

        Tensor returns = tape.Constant(rows, batch.Returns);
        Tensor squares = (values - returns).Square();
        if (settings.ClipsValues)
        {
            Tensor old = tape.Constant(rows, batch.Values);
            Tensor near = old + (values - old).Clamp(-settings.Clip, settings.Clip);
            squares = squares.Maximum((near - returns).Square());
        }

        Tensor value = squares.Mean() * 0.5f;
        Tensor entropy = entropies.Mean();
        return new PpoLoss
        {
            Policy = policy,
            Value = value,
            Entropy = entropy,
            Total = policy - (entropy * settings.EntropyWeight) + (value * settings.ValueWeight),
            LogRatio = logRatio,
            Ratio = ratio,
            Values = values,
        };
    }

    /// <summary>The mean of (r − 1) − ln r: how far the policy has moved, nats (Schulman, "Approximating KL divergence", 2020).</summary>
    /// <returns>At least 0.</returns>
    public double ApproximateKl()
    {
        double sum = 0;
        ReadOnlySpan<float> ratio = Ratio.Values, logRatio = LogRatio.Values;
        for (int i = 0; i < ratio.Length; i++)
        {
            sum += ratio[i] - 1.0 - logRatio[i];
        }

        return sum / ratio.Length;
    }

    /// <summary>Share of the transitions whose ratio lies beyond 1 ± ε.</summary>
    /// <param name="clip">ε.</param>
    /// <returns>0 to 1.</returns>
    public double ClipFraction(float clip)
    {
        int clipped = 0;
        foreach (float ratio in Ratio.Values)
        {
            clipped += Math.Abs(ratio - 1) > clip ? 1 : 0;
        }

        return clipped / (double)Ratio.Values.Length;
    }
}
