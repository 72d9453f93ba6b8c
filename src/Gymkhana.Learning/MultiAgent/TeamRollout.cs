using Gymkhana.Learning.Buffers;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors.Statistics;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>What the agents of one group did in a rollout, time-major: row = (step × copies + copy) × agents + agent.</summary>
internal sealed class MemberRollout
{
    public MemberRollout(TeamMembers members, ActionHead head, int steps, int copies)
    {
        Members = members;
        Lanes = copies * members.Agents;
        int rows = checked(steps * Lanes);
        Drawn = new float[rows * head.Size];
        Actions = new float[rows * head.Size];
        LogProbabilities = new float[rows];
        Outputs = new float[rows];
        Values = new float[rows];
        Rewards = new float[rows];
        Terminated = new bool[rows];
        Truncated = new bool[rows];
        FinalValues = new float[rows];
        NextValues = new float[Lanes];
        Advantages = new float[rows];
        Returns = new float[rows];
    }

    public TeamMembers Members { get; }

    /// <summary>Agents of all copies.</summary>
    public int Lanes { get; }

    /// <summary>Actions as they were drawn.</summary>
    public float[] Drawn { get; }

    /// <summary>Actions as the environment took them.</summary>
    public float[] Actions { get; }

    public float[] LogProbabilities { get; }

    /// <summary>What the critic said, normalised.</summary>
    public float[] Outputs { get; }

    /// <summary>The same in the unit of rewards; of what came after, too.</summary>
    public float[] Values { get; }

    public float[] Rewards { get; }

    public bool[] Terminated { get; }

    public bool[] Truncated { get; }

    public float[] FinalValues { get; }

    public float[] NextValues { get; }

    public float[] Advantages { get; }

    public float[] Returns { get; }

    /// <summary>A truncated episode goes on with the value of its final observation, a terminated one with nothing.</summary>
    public void EstimateAdvantages(double discount, double lambda) =>
        GeneralizedAdvantage.Compute(Lanes, Rewards, Values, Terminated, Truncated, FinalValues, NextValues, discount, lambda, Advantages, Returns);

    /// <summary>Brings the advantages of the class to mean 0 and deviation 1.</summary>
    public void NormalizeAdvantages()
    {
        double mean = 0, squares = 0;
        foreach (float advantage in Advantages)
        {
            mean += advantage;
        }

        mean /= Advantages.Length;
        foreach (float advantage in Advantages)
        {
            squares += (advantage - mean) * (advantage - mean);
        }

        double scale = 1 / (Math.Sqrt(squares / Advantages.Length) + 1e-8);
        foreach (ref float advantage in Advantages.AsSpan())
        {
            advantage = (float)((advantage - mean) * scale);
        }
    }
}

/// <summary>What happened in a rollout of T steps of N copies, and the frames before it that messages remember.</summary>
internal sealed class TeamRollout
{
    public TeamRollout(TeamLayout layout, TeamNetwork network, int steps, int copies, int figures)
    {
        (Steps, Copies) = (steps, copies);
        Before = layout.Description.Frames - 1;
        Moments = new TeamMoments(layout, steps + Before, copies);
        Members = [.. layout.Members.Select(m => new MemberRollout(m, network.Heads[m.Class], steps, copies))];
        EpisodeReturns = new double[steps * copies];
        EpisodeLengths = new int[steps * copies];
        EpisodeFigures = new double[steps * copies * figures];
    }

    public int Steps { get; }

    public int Copies { get; }

    /// <summary>Moments of a rollout.</summary>
    public int Count => Steps * Copies;

    /// <summary>Steps before the first that are kept.</summary>
    public int Before { get; }

    /// <summary>What was seen and heard; the first steps are those before the rollout.</summary>
    public TeamMoments Moments { get; }

    public MemberRollout[] Members { get; }

    /// <summary>Return of one agent of the first group in the episode that a step ended.</summary>
    public double[] EpisodeReturns { get; }

    /// <summary>Steps of the episode that a step ended, or 0 where none ended.</summary>
    public int[] EpisodeLengths { get; }

    public double[] EpisodeFigures { get; }
}
