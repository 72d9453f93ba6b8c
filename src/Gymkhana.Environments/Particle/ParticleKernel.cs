using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.Particle;

/// <summary>The dynamics of a block of copies.</summary>
internal unsafe interface IParticleKernel
{
    /// <summary>Moves every body by one step, with the forces of the agents' own pushes in their rows; adds the forces of contacts there.</summary>
    void Advance(double* block);

    /// <summary>Writes what an agent sees.</summary>
    /// <param name="block">The block.</param>
    /// <param name="plan">What it sees.</param>
    /// <param name="destination">First feature of the block's first copy.</param>
    /// <param name="stride">Distance of features, floats.</param>
    void Observe(double* block, ObservationPlan plan, float* destination, int stride);
}

/// <summary>The dynamics, lanes across copies. Every lane does the same operations in the same order at every width.</summary>
/// <typeparam name="TWide">The bundle of lanes.</typeparam>
/// <param name="bodies">The bodies.</param>
internal sealed unsafe class ParticleKernel<TWide>(ParticleBodies bodies) : IParticleKernel
    where TWide : unmanaged, IWideDouble<TWide>
{
    // From here on beyond touch a contact's force is left out: below 1e-300, it has long been lost beside any other number of the world.
    private const double Fade = 0.69;

    // Below 2⁻⁵⁴ ln(1 + x) is x, rounded; that is from 0.0375 beyond touch on.
    private const double TinyLog = 5.551115123125783e-17;
    private const double Close = 0.0375;

    private readonly ParticleRows _rows = new(bodies.Agents, bodies.Landmarks);

    public void Advance(double* block)
    {
        int agents = bodies.Agents;
        for (int i = 0; i < agents; i++)
        {
            double* place = block + ParticleRows.Place(i);
            double* force = block + _rows.Force(i);
            for (int j = i + 1; j < agents; j++)
            {
                Push(place, block + ParticleRows.Place(j), force, block + _rows.Force(j), bodies.Radii[i] + bodies.Radii[j]);
            }

            for (int landmark = 0; bodies.LandmarksCollide && landmark < bodies.Landmarks; landmark++)
            {
                Push(place, block + ParticleRows.Place(agents + landmark), force, null, bodies.Radii[i] + bodies.LandmarkRadius);
            }
        }

        for (int i = 0; i < agents; i++)
        {
            Move(block + ParticleRows.Place(i), block + _rows.Velocity(i), block + _rows.Force(i), bodies.MaxSpeeds[i]);
        }
    }

    public void Observe(double* block, ObservationPlan plan, float* destination, int stride)
    {
        ReadOnlySpan<int> plus = plan.Plus, minus = plan.Minus;
        for (int feature = 0; feature < plus.Length; feature++)
        {
            double* p = block + plus[feature];
            double* m = block + minus[feature];
            for (int lane = 0; lane < ParticleRows.Lanes; lane += 2 * TWide.Lanes)
            {
                TWide lower = TWide.Load(p + lane) - TWide.Load(m + lane);
                TWide upper = TWide.Load(p + lane + TWide.Lanes) - TWide.Load(m + lane + TWide.Lanes);
                TWide.StoreAsSingles(lower, upper, destination + lane);
            }

            destination += stride;
        }
    }

    // force = 100 d / r · penetration with penetration = 0.001 ln(1 + e^((touch − r)/0.001)). Two bodies on one spot are pushed apart along x.
    private static void Push(double* placeI, double* placeJ, double* forceI, double* forceJ, double touch)
    {
        double reach = touch + Fade, closer = touch + Close;
        for (int lane = 0; lane < ParticleRows.Lanes; lane += TWide.Lanes)
        {
            TWide dx = TWide.Load(placeI + lane) - TWide.Load(placeJ + lane);
            TWide dy = TWide.Load(placeI + ParticleRows.Lanes + lane) - TWide.Load(placeJ + ParticleRows.Lanes + lane);
            TWide square = (dx * dx) + (dy * dy);
            TWide near = TWide.LessThan(square, TWide.Broadcast(reach * reach));
            if (TWide.SignBits(near) == 0)
            {
                continue;
            }

            // Known long before the exponential is, so that a wrong guess of the branch costs little.
            bool close = TWide.SignBits(TWide.LessThan(square, TWide.Broadcast(closer * closer))) != 0;
            TWide distance = TWide.Sqrt(square);
            TWide force = TWide.Multiply(Penetration(distance, touch, close), ParticleBodies.ContactForce);
            TWide one = TWide.Broadcast(1);
            TWide same = TWide.Equal(distance, TWide.Broadcast(0));
            TWide share = force / TWide.Select(same, one, distance);
            TWide fx = TWide.Select(same, one, dx) * share;
            TWide fy = dy * share;
            Add(forceI + lane, near, fx, fy);
            if (forceJ is not null)
            {
                Subtract(forceJ + lane, near, fx, fy);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide Penetration(TWide distance, double touch, bool close)
    {
        // Lanes that are not near are held at e⁻⁶⁹⁵ too: numbers below the normal ones would cost a hundred times as much.
        TWide y = TWide.Multiply(TWide.Broadcast(touch) - distance, 1 / ParticleBodies.ContactMargin);
        TWide soft = WideDoubleMath.ExpWithin(TWide.Max(y | TWide.Broadcast(-0.0), TWide.Broadcast(-695)));
        if (close)
        {
            TWide tiny = TWide.LessThan(soft, TWide.Broadcast(TinyLog));
            soft = TWide.Select(tiny, soft, WideDoubleMath.LogOnePlus(soft)) + TWide.Max(y, TWide.Broadcast(0));
        }

        return TWide.Multiply(soft, ParticleBodies.ContactMargin);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(double* force, TWide near, TWide fx, TWide fy)
    {
        TWide x = TWide.Load(force), y = TWide.Load(force + ParticleRows.Lanes);
        TWide.Store(TWide.Select(near, fx + x, x), force);
        TWide.Store(TWide.Select(near, fy + y, y), force + ParticleRows.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Subtract(double* force, TWide near, TWide fx, TWide fy)
    {
        TWide x = TWide.Load(force), y = TWide.Load(force + ParticleRows.Lanes);
        TWide.Store(TWide.Select(near, x - fx, x), force);
        TWide.Store(TWide.Select(near, y - fy, y), force + ParticleRows.Lanes);
    }

    // The place moves with the old velocity; then the velocity fades, takes in the force, and is held to the largest speed.
    private static void Move(double* place, double* velocity, double* force, double maxSpeed)
    {
        const int y = ParticleRows.Lanes;
        for (int lane = 0; lane < ParticleRows.Lanes; lane += TWide.Lanes)
        {
            TWide vx = TWide.Load(velocity + lane), vy = TWide.Load(velocity + y + lane);
            TWide.Store(TWide.Load(place + lane) + TWide.Multiply(vx, ParticleBodies.StepSeconds), place + lane);
            TWide.Store(TWide.Load(place + y + lane) + TWide.Multiply(vy, ParticleBodies.StepSeconds), place + y + lane);
            vx = TWide.Multiply(vx, ParticleBodies.Glide) + TWide.Multiply(TWide.Load(force + lane), ParticleBodies.StepSeconds);
            vy = TWide.Multiply(vy, ParticleBodies.Glide) + TWide.Multiply(TWide.Load(force + y + lane), ParticleBodies.StepSeconds);
            ParticleLanes.HoldSpeed(ref vx, ref vy, maxSpeed);
            TWide.Store(vx, velocity + lane);
            TWide.Store(vy, velocity + y + lane);
        }
    }
}
