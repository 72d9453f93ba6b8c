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
    private readonly ParticleContacts<TWide> _contacts = new(bodies);
    private readonly ParticleRows _rows = new(bodies.Agents, bodies.Landmarks);

    public void Advance(double* block)
    {
        _contacts.Push(block);
        for (int i = 0; i < bodies.Agents; i++)
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
