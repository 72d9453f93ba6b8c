using System.Runtime.CompilerServices;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.Particle;

/// <summary>Chooses moves for the hunters or the prey of a block by a script that sees the whole world.</summary>
internal unsafe interface ITagMoves
{
    /// <summary>Writes each one's choice, 0 to 4, into its row.</summary>
    /// <param name="block">The block.</param>
    /// <param name="script">Not External and not Random.</param>
    void Choose(double* block, TagScript script);
}

/// <summary>The scripts of tag, lanes across copies. Of moves that are as good, the first is taken.</summary>
/// <typeparam name="TWide">The bundle of lanes.</typeparam>
/// <param name="team">The two sides.</param>
/// <param name="bodies">Their bodies.</param>
internal sealed unsafe class TagMoves<TWide>(TagTeam team, ParticleBodies bodies) : ITagMoves
    where TWide : unmanaged, IWideDouble<TWide>
{
    private const double Step = ParticleBodies.StepSeconds;
    private const int LookaheadSteps = 4;
    private const int FleeSteps = 5;
    private const double HunterSpeed = 1;
    private const double SafeDistance = 1;
    private const double ObstacleDistance = 0.25;
    private const double ObstaclePrice = 0.3;
    private const int Y = ParticleRows.Lanes;

    // Where each hunter is imagined in each of the steps that prey looks ahead: x and y, the same for all its moves.
    private readonly Batch<double> _imagined = new(FleeSteps, 2 * team.Hunters, ParticleRows.Lanes);

    public void Choose(double* block, TagScript script)
    {
        bool hunts = script is TagScript.Chase or TagScript.Lookahead;
        int first = hunts ? 0 : team.Hunters, end = hunts ? team.Hunters : team.Hunters + team.Prey;
        for (int agent = first; agent < end; agent++)
        {
            double* move = block + team.Rows.Move(agent);
            for (int lane = 0; lane < ParticleRows.Lanes; lane += TWide.Lanes)
            {
                double* at = block + lane;
                TWide choice = script switch
                {
                    TagScript.Chase => Chase(at, agent),
                    TagScript.Lookahead => Lookahead(at, agent),
                    TagScript.FleeNaive => FleeNaive(at, agent),
                    _ => Flee(at, agent - team.Hunters),
                };
                TWide.Store(choice, move + lane);
            }
        }
    }

    private TWide Chase(double* at, int hunter)
    {
        (TWide dx, TWide dy) = ToNearest(at, hunter, team.Hunters, team.Prey);
        return Along(dx, dy);
    }

    private TWide FleeNaive(double* at, int prey)
    {
        (TWide dx, TWide dy) = ToNearest(at, prey, 0, team.Hunters);
        TWide zero = TWide.Broadcast(0);
        return Along(zero - dx, zero - dy);
    }

    private static (TWide X, TWide Y) ToNearest(double* at, int agent, int first, int count)
    {
        double* own = at + ParticleRows.Place(agent);
        TWide best = TWide.Broadcast(double.PositiveInfinity), toX = TWide.Broadcast(0), toY = toX;
        for (int other = first; other < first + count; other++)
        {
            double* place = at + ParticleRows.Place(other);
            TWide dx = TWide.Load(place) - TWide.Load(own), dy = TWide.Load(place + Y) - TWide.Load(own + Y);
            TWide square = (dx * dx) + (dy * dy);
            TWide nearer = TWide.LessThan(square, best);
            best = TWide.Select(nearer, square, best);
            toX = TWide.Select(nearer, dx, toX);
            toY = TWide.Select(nearer, dy, toY);
        }

        return (toX, toY);
    }

    // The move along the larger component; along y where both are as large.
    private static TWide Along(TWide dx, TWide dy)
    {
        TWide zero = TWide.Broadcast(0);
        TWide sideways = TWide.Select(TWide.LessThan(dx, zero), TWide.Broadcast(1), TWide.Broadcast(2));
        TWide upright = TWide.Select(TWide.LessThan(dy, zero), TWide.Broadcast(3), TWide.Broadcast(4));
        return TWide.Select(TWide.LessThan(TWide.Abs(dy), TWide.Abs(dx)), sideways, upright);
    }

    // Where an agent would be: its place and velocity, moved on by one step with a push, as the world does but without contacts.
    private struct Ghost
    {
        public TWide X;
        public TWide Y;
        public TWide VelocityX;
        public TWide VelocityY;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Drift()
        {
            X += TWide.Multiply(VelocityX, Step);
            Y += TWide.Multiply(VelocityY, Step);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Advance(double pushX, double pushY, double maxSpeed)
        {
            Drift();
            VelocityX = TWide.Multiply(VelocityX, ParticleBodies.Glide) + TWide.Broadcast(pushX * Step);
            VelocityY = TWide.Multiply(VelocityY, ParticleBodies.Glide) + TWide.Broadcast(pushY * Step);
            ParticleLanes.HoldSpeed(ref VelocityX, ref VelocityY, maxSpeed);
        }
    }

    private Ghost GhostOf(double* at, int agent)
    {
        double* place = at + ParticleRows.Place(agent), velocity = at + team.Rows.Velocity(agent);
        return new Ghost { X = TWide.Load(place), Y = TWide.Load(place + Y), VelocityX = TWide.Load(velocity), VelocityY = TWide.Load(velocity + Y) };
    }

    private static (double X, double Y) PushOf(int move, double acceleration) => move switch
    {
        1 => (-acceleration, 0),
        2 => (acceleration, 0),
        3 => (0, -acceleration),
        4 => (0, acceleration),
        _ => (0, 0),
    };

    private TWide Lookahead(double* at, int hunter)
    {
        TWide best = TWide.Broadcast(double.PositiveInfinity), choice = TWide.Broadcast(0);
        for (int move = 0; move < 5; move++)
        {
            (double x, double y) = PushOf(move, bodies.Accelerations[hunter]);
            Ghost ghost = GhostOf(at, hunter);
            for (int step = 0; step < LookaheadSteps; step++)
            {
                ghost.Advance(x, y, bodies.MaxSpeeds[hunter]);
            }

            ghost.Drift();
            TWide nearest = TWide.Broadcast(double.PositiveInfinity);
            for (int prey = 0; prey < team.Prey; prey++)
            {
                Ghost target = GhostOf(at, team.Hunters + prey);
                TWide dx = target.X + TWide.Multiply(target.VelocityX, LookaheadSteps * Step) - ghost.X;
                TWide dy = target.Y + TWide.Multiply(target.VelocityY, LookaheadSteps * Step) - ghost.Y;
                nearest = TWide.Min((dx * dx) + (dy * dy), nearest);
            }

            TWide better = TWide.LessThan(nearest, best);
            best = TWide.Select(better, nearest, best);
            choice = TWide.Select(better, TWide.Broadcast(move), choice);
        }

        return choice;
    }

    private TWide Flee(double* at, int prey)
    {
        Imagine(at, prey);
        TWide best = TWide.Broadcast(double.NegativeInfinity), choice = TWide.Broadcast(0);
        for (int move = 0; move < 5; move++)
        {
            TWide score = Safety(at, prey, move);
            TWide better = TWide.LessThan(best, score);
            best = TWide.Select(better, score, best);
            choice = TWide.Select(better, TWide.Broadcast(move), choice);
        }

        return choice;
    }

    // Each hunter runs straight at the prey's present place, and on.
    private void Imagine(double* at, int prey)
    {
        double* target = at + team.PlaceOfPrey(prey);
        for (int hunter = 0; hunter < team.Hunters; hunter++)
        {
            double* place = at + TagTeam.PlaceOfHunter(hunter);
            TWide x = TWide.Load(place), y = TWide.Load(place + Y);
            TWide dx = TWide.Load(target) - x, dy = TWide.Load(target + Y) - y;
            TWide way = TWide.Max(TWide.Sqrt((dx * dx) + (dy * dy)), TWide.Broadcast(1e-9));
            for (int step = 0; step < FleeSteps; step++)
            {
                TWide part = TWide.Broadcast((step + 1) * Step * HunterSpeed) / way;
                double* imagined = _imagined.Pointer + _imagined.IndexOf(step, 2 * hunter, 0);
                TWide.Store(x + (dx * part), imagined);
                TWide.Store(y + (dy * part), imagined + Y);
            }
        }
    }

    // The least distance to a hunter over the steps, at most 1, less what the last place costs.
    private TWide Safety(double* at, int prey, int move)
    {
        (double x, double y) = PushOf(move, bodies.Accelerations[team.Hunters + prey]);
        Ghost ghost = GhostOf(at, team.Hunters + prey);
        TWide least = TWide.Broadcast(SafeDistance * SafeDistance);
        for (int step = 0; step < FleeSteps; step++)
        {
            ghost.Advance(x, y, bodies.MaxSpeeds[team.Hunters + prey]);
            double* imagined = _imagined.Pointer + _imagined.IndexOf(step, 0, 0);
            for (int hunter = 0; hunter < team.Hunters; hunter++)
            {
                TWide dx = TWide.Load(imagined) - ghost.X, dy = TWide.Load(imagined + Y) - ghost.Y;
                least = TWide.Min((dx * dx) + (dy * dy), least);
                imagined += 2 * Y;
            }
        }

        TWide score = TWide.Sqrt(least) - ParticleLanes.Bound(ghost.X) - ParticleLanes.Bound(ghost.Y);
        for (int obstacle = 0; obstacle < team.Obstacles; obstacle++)
        {
            double* place = at + team.PlaceOfObstacle(obstacle);
            TWide dx = TWide.Load(place) - ghost.X, dy = TWide.Load(place + Y) - ghost.Y;
            TWide near = TWide.LessThan((dx * dx) + (dy * dy), TWide.Broadcast(ObstacleDistance * ObstacleDistance));
            score -= TWide.Select(near, TWide.Broadcast(ObstaclePrice), TWide.Broadcast(0));
        }

        return score;
    }
}
