using System.Runtime.CompilerServices;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.Particle;

/// <summary>The rules of tag.</summary>
internal unsafe interface ITagJudge
{
    /// <summary>Writes rewards, their parts, figures and success of a block.</summary>
    void Judge(double* block, int firstCopy);
}

/// <summary>The rules of tag, lanes across copies. A hunter and a prey touch where their distance is below the sum of their radii.</summary>
/// <typeparam name="TWide">The bundle of lanes.</typeparam>
/// <param name="team">The two sides.</param>
/// <param name="outcome">Where it is written.</param>
internal sealed unsafe class TagJudge<TWide>(TagTeam team, TagOutcome outcome) : ITagJudge
    where TWide : unmanaged, IWideDouble<TWide>
{
    private const double TouchDistance = SimpleTagEnvironment.HunterRadius + SimpleTagEnvironment.PreyRadius;
    private const double Prize = 10;
    private const double Shaping = 0.1;

    public void Judge(double* block, int firstCopy)
    {
        for (int lane = 0; lane < ParticleRows.Lanes; lane += TWide.Lanes)
        {
            double* at = block + lane;
            TWide zero = TWide.Broadcast(0), one = TWide.Broadcast(1);
            TWide touches = zero, preySum = zero, success = one;
            for (int prey = 0; prey < team.Prey; prey++)
            {
                TWide by = TouchesOn(at, prey);
                TWide touched = TWide.Min(by, one);
                success = TWide.Min(success, touched);
                double* flag = at + team.Touched(prey);
                TWide.Store(TWide.Max(TWide.Load(flag), touched), flag);
                touches += by;
                preySum += RewardPrey(at, prey, by, firstCopy + lane);
            }

            TWide.Store(success, at + team.Success);
            TWide prize = team.OwnRewards ? RewardEach(at, firstCopy + lane) : RewardTogether(at, touches, firstCopy + lane);
            TWide total = Grow(at + team.Touches, touches);
            TWide hunterReturn = Grow(at + team.HunterReturn, prize);
            TWide preyReturn = Grow(at + team.PreyReturn, PerPrey(preySum));
            WriteFigures(at, total, hunterReturn, preyReturn, firstCopy + lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide Grow(double* row, TWide by)
    {
        TWide sum = TWide.Load(row) + by;
        TWide.Store(sum, row);
        return sum;
    }

    private TWide PerPrey(TWide sum) => team.Prey == 1 ? sum : sum / TWide.Broadcast(team.Prey);

    private TWide TouchesOn(double* at, int prey)
    {
        TWide by = TWide.Broadcast(0);
        double* place = at + team.PlaceOfPrey(prey);
        for (int hunter = 0; hunter < team.Hunters; hunter++)
        {
            TWide touch = ParticleLanes.IsWithin<TWide>(at + TagTeam.PlaceOfHunter(hunter), place, TouchDistance);
            by += touch;
            if (team.Classes > 0)
            {
                Grow(at + team.TouchesOf(team.ClassOf[hunter]), touch);
            }
        }

        return by;
    }

    private TWide RewardPrey(double* at, int prey, TWide by, int copy)
    {
        double* place = at + team.PlaceOfPrey(prey);
        TWide zero = TWide.Broadcast(0);
        TWide touch = zero - TWide.Multiply(by, Prize);
        TWide bounds = zero - (ParticleLanes.Bound(TWide.Load(place)) + ParticleLanes.Bound(TWide.Load(place + ParticleRows.Lanes)));
        TWide reward = touch + bounds;
        TWide shaping = zero;
        if (team.DistanceShaping)
        {
            for (int hunter = 0; hunter < team.Hunters; hunter++)
            {
                shaping += TWide.Multiply(ParticleLanes.Distance<TWide>(place, at + TagTeam.PlaceOfHunter(hunter)), Shaping);
            }

            reward += shaping;
        }

        if (outcome.PreyGroup is AgentGroup group)
        {
            Write(group, prey, copy, reward, touch, bounds, shaping);
        }

        return reward;
    }

    // All get the same; returns it.
    private TWide RewardTogether(double* at, TWide touches, int copy)
    {
        TWide touch = TWide.Multiply(touches, Prize), shaping = TWide.Broadcast(0);
        for (int hunter = 0; team.DistanceShaping && hunter < team.Hunters; hunter++)
        {
            shaping -= TWide.Multiply(ToNearestPrey(at, hunter), Shaping);
        }

        foreach (AgentGroup group in outcome.HunterGroups)
        {
            for (int agent = 0; agent < group.Agents.Length; agent++)
            {
                Write(group, agent, copy, touch, shaping);
            }
        }

        return team.DistanceShaping ? touch + shaping : touch;
    }

    // Each gets what it did itself; returns the mean.
    private TWide RewardEach(double* at, int copy)
    {
        TWide zero = TWide.Broadcast(0), sum = zero;
        int group = 0, agent = 0;
        for (int hunter = 0; hunter < team.Hunters; hunter++, agent++)
        {
            TWide touch = TWide.Multiply(TouchesBy(at, hunter), Prize);
            TWide shaping = team.DistanceShaping ? zero - TWide.Multiply(ToNearestPrey(at, hunter), Shaping) : zero;
            sum += touch + shaping;
            for (; group < outcome.HunterGroups.Length && agent == outcome.HunterGroups[group].Agents.Length; group++)
            {
                agent = 0;
            }

            if (group < outcome.HunterGroups.Length)
            {
                Write(outcome.HunterGroups[group], agent, copy, touch, shaping);
            }
        }

        return sum / TWide.Broadcast(team.Hunters);
    }

    private TWide TouchesBy(double* at, int hunter)
    {
        TWide touches = TWide.Broadcast(0);
        for (int prey = 0; prey < team.Prey; prey++)
        {
            touches += ParticleLanes.IsWithin<TWide>(at + TagTeam.PlaceOfHunter(hunter), at + team.PlaceOfPrey(prey), TouchDistance);
        }

        return touches;
    }

    private TWide ToNearestPrey(double* at, int hunter)
    {
        TWide nearest = TWide.Broadcast(double.PositiveInfinity);
        for (int prey = 0; prey < team.Prey; prey++)
        {
            nearest = TWide.Min(ParticleLanes.Distance<TWide>(at + team.PlaceOfPrey(prey), at + TagTeam.PlaceOfHunter(hunter)), nearest);
        }

        return nearest;
    }

    private void Write(AgentGroup group, int agent, int copy, TWide touch, TWide shaping)
    {
        Batch<double> parts = group.RewardPartValues;
        TWide.Store(team.DistanceShaping ? touch + shaping : touch, group.Rewards.Pointer + group.Rewards.IndexOf(agent, 0, copy));
        TWide.Store(touch, parts.Pointer + parts.IndexOf(agent, 0, copy));
        if (team.DistanceShaping)
        {
            TWide.Store(shaping, parts.Pointer + parts.IndexOf(agent, 1, copy));
        }
    }

    private void Write(AgentGroup group, int agent, int copy, TWide reward, TWide touch, TWide bounds, TWide shaping)
    {
        Batch<double> parts = group.RewardPartValues;
        TWide.Store(reward, group.Rewards.Pointer + group.Rewards.IndexOf(agent, 0, copy));
        TWide.Store(touch, parts.Pointer + parts.IndexOf(agent, 0, copy));
        TWide.Store(bounds, parts.Pointer + parts.IndexOf(agent, 1, copy));
        if (team.DistanceShaping)
        {
            TWide.Store(shaping, parts.Pointer + parts.IndexOf(agent, 2, copy));
        }
    }

    private void WriteFigures(double* at, TWide touches, TWide hunterReturn, TWide preyReturn, int copy)
    {
        Batch<double> figures = outcome.Figures;
        double* to = figures.Pointer + copy;
        TWide touched = TWide.Broadcast(0);
        for (int prey = 0; prey < team.Prey; prey++)
        {
            touched += TWide.Load(at + team.Touched(prey));
        }

        int stride = figures.Stride;
        TWide.Store(touches, to);
        TWide.Store(TWide.Min(touches, TWide.Broadcast(1)), to + stride);
        TWide.Store(PerPrey(touches), to + (2 * stride));
        TWide.Store(PerPrey(touched), to + (3 * stride));
        TWide.Store(hunterReturn, to + (4 * stride));
        TWide.Store(preyReturn, to + (5 * stride));
        for (int hunterClass = 0; hunterClass < team.Classes; hunterClass++)
        {
            TWide.Store(TWide.Load(at + team.TouchesOf(hunterClass)), to + ((6 + hunterClass) * stride));
        }
    }
}
