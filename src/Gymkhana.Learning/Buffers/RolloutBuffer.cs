using Gymkhana.Learning.Networks;
using Gymkhana.Tensors.Statistics;

namespace Gymkhana.Learning.Buffers;

/// <summary>What happened in a rollout of T steps of N copies, time-major: element t × N + copy.</summary>
public sealed class RolloutBuffer
{
    /// <summary>An empty rollout.</summary>
    /// <param name="description">The network that acts.</param>
    /// <param name="head">What its actions are like.</param>
    /// <param name="steps">T, at least 1.</param>
    /// <param name="copies">N, at least 1.</param>
    public RolloutBuffer(NetworkDescription description, ActionHead head, int steps, int copies)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(head);
        Steps = steps;
        Copies = copies;
        Count = checked(steps * copies);
        Observations = new ObservationRows(description, Count);
        Drawn = new float[Count * head.Size];
        Actions = new float[Count * head.Size];
        Outputs = new float[Count * head.Outputs];
        LogProbabilities = new float[Count];
        Values = new float[Count];
        Rewards = new float[Count];
        LearnedRewards = new float[Count];
        Terminated = new bool[Count];
        Truncated = new bool[Count];
        FinalValues = new float[Count];
        NextValues = new float[copies];
        Advantages = new float[Count];
        Returns = new float[Count];
        EpisodeReturns = new double[Count];
        EpisodeLengths = new int[Count];
    }

    /// <summary>T.</summary>
    public int Steps { get; }

    /// <summary>N.</summary>
    public int Copies { get; }

    /// <summary>T × N.</summary>
    public int Count { get; }

    /// <summary>What was seen, raw, [T × N, features].</summary>
    public ObservationRows Observations { get; }

    /// <summary>Actions as the head drew them, [T × N, Head.Size].</summary>
    public float[] Drawn { get; }

    /// <summary>The same as the environment took them.</summary>
    public float[] Actions { get; }

    /// <summary>The actor's outputs, [T × N, Head.Outputs].</summary>
    public float[] Outputs { get; }

    /// <summary>ln of the probabilities with which the actions were drawn.</summary>
    public float[] LogProbabilities { get; }

    /// <summary>The critic's values of what was seen.</summary>
    public float[] Values { get; }

    /// <summary>The environment's rewards.</summary>
    public float[] Rewards { get; }

    /// <summary>The rewards as they are learned from, scaled.</summary>
    public float[] LearnedRewards { get; }

    /// <summary>Whether the step terminated its episode.</summary>
    public bool[] Terminated { get; }

    /// <summary>Whether the step truncated its episode.</summary>
    public bool[] Truncated { get; }

    /// <summary>The critic's values of final observations; meaningful only where truncated.</summary>
    public float[] FinalValues { get; }

    /// <summary>The critic's values of what is seen after the last step, [N].</summary>
    public float[] NextValues { get; }

    /// <summary>Advantages.</summary>
    public float[] Advantages { get; }

    /// <summary>What the critic learns: advantages and values.</summary>
    public float[] Returns { get; }

    /// <summary>Unscaled return of the episode that the step ended, or 0 where none ended.</summary>
    public double[] EpisodeReturns { get; }

    /// <summary>Steps of the episode that the step ended, or 0 where none ended.</summary>
    public int[] EpisodeLengths { get; }

    /// <summary>Fills <see cref="Advantages"/> and <see cref="Returns"/> of <see cref="LearnedRewards"/> and values: a truncated episode goes on with the value of its final observation, a terminated one with nothing.</summary>
    /// <param name="discount">γ, in [0, 1].</param>
    /// <param name="lambda">λ, in [0, 1].</param>
    public void EstimateAdvantages(double discount, double lambda) =>
        GeneralizedAdvantage.Compute(Copies, LearnedRewards, Values, Terminated, Truncated, FinalValues, NextValues, discount, lambda, Advantages, Returns);
}
