using Gymkhana.Core.Environments;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.Particle;

/// <summary>The rules of simple_spread.</summary>
internal unsafe interface ISpreadJudge
{
    /// <summary>Writes rewards, their parts, figures and success of a block.</summary>
    void Judge(double* block, int firstCopy);
}

/// <summary>The rules of simple_spread, lanes across copies.</summary>
/// <typeparam name="TWide">The bundle of lanes.</typeparam>
/// <param name="options">Options.</param>
/// <param name="own">The world's own rows: collisions so far, success now.</param>
/// <param name="group">Where rewards are written.</param>
/// <param name="figures">Where figures are written.</param>
internal sealed unsafe class SpreadJudge<TWide>(SimpleSpreadOptions options, int own, AgentGroup group, Batch<double> figures) : ISpreadJudge
    where TWide : unmanaged, IWideDouble<TWide>
{
    private const double CollisionDistance = SimpleSpreadEnvironment.AgentRadius + SimpleSpreadEnvironment.AgentRadius;
    private const double CoverDistance = 0.1;

    public void Judge(double* block, int firstCopy)
    {
        TWide zero = TWide.Broadcast(0), one = TWide.Broadcast(1);
        for (int lane = 0; lane < ParticleRows.Lanes; lane += TWide.Lanes)
        {
            double* at = block + lane;
            int copy = firstCopy + lane;
            (TWide distances, TWide covered) = Cover(at);
            TWide coverage = (zero - distances) * TWide.Broadcast(1 - options.LocalRatio);
            TWide collisions = zero;
            for (int agent = 0; agent < options.Agents; agent++)
            {
                TWide hits = CollisionsOf(at, agent);
                collisions += hits;
                TWide cost = options.CollisionsCost ? (zero - hits) * TWide.Broadcast(options.LocalRatio) : zero;
                TWide reward = coverage + cost;
                TWide.Store(reward, group.Rewards.Pointer + group.Rewards.IndexOf(agent, 0, copy));
                TWide.Store(coverage, group.RewardPartValues.Pointer + group.RewardPartValues.IndexOf(agent, 0, copy));
                TWide.Store(cost, group.RewardPartValues.Pointer + group.RewardPartValues.IndexOf(agent, 1, copy));
            }

            TWide.Store(TWide.Select(TWide.Equal(covered, TWide.Broadcast(options.Agents)), one, zero), at + own + ParticleRows.Lanes);
            TWide total = TWide.Load(at + own) + collisions;
            TWide.Store(total, at + own);
            TWide.Store(covered, figures.Pointer + copy);
            TWide.Store(distances, figures.Pointer + figures.Stride + copy);
            TWide.Store(total, figures.Pointer + (2 * figures.Stride) + copy);
        }
    }

    // The sum over landmarks of the distance to the nearest agent, and how many landmarks are covered.
    private (TWide Distances, TWide Covered) Cover(double* at)
    {
        TWide zero = TWide.Broadcast(0), one = TWide.Broadcast(1), sum = zero, covered = zero;
        for (int landmark = 0; landmark < options.Agents; landmark++)
        {
            double* place = at + ParticleRows.Place(options.Agents + landmark);
            TWide nearest = TWide.Broadcast(double.PositiveInfinity);
            for (int agent = 0; agent < options.Agents; agent++)
            {
                nearest = TWide.Min(ParticleLanes.Distance<TWide>(at + ParticleRows.Place(agent), place), nearest);
            }

            sum += nearest;
            covered += TWide.Select(TWide.LessThan(nearest, TWide.Broadcast(CoverDistance)), one, zero);
        }

        return (sum, covered);
    }

    private TWide CollisionsOf(double* at, int agent)
    {
        TWide count = TWide.Broadcast(0);
        for (int other = 0; other < options.Agents; other++)
        {
            if (other == agent) continue;
            count += ParticleLanes.IsWithin<TWide>(at + ParticleRows.Place(agent), at + ParticleRows.Place(other), CollisionDistance);
        }

        return count;
    }
}
