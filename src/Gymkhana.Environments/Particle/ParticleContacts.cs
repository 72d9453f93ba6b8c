using System.Numerics;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.Particle;

/// <summary>
/// The forces between bodies that are near each other: 100 d / r · penetration with penetration = 0.001 ln(1 + e^((touch − r)/0.001)), d the difference of places and r their
/// distance. Two bodies on one spot are pushed apart along x.
/// </summary>
/// <remarks>
/// Of all pairs in all copies a few in a hundred are near. They are found lane-wise, written one after the other into a list, and only the list is computed,
/// lane-wise again; then each force is added to its copy in the order of the pairs. What is in which lane of the list changes no bit.
/// </remarks>
/// <typeparam name="TWide">The bundle of lanes.</typeparam>
internal sealed unsafe class ParticleContacts<TWide>
    where TWide : unmanaged, IWideDouble<TWide>
{
    // From here on beyond touch the force, below 2e-49 by then, is left out: no number in single precision tells of it, nor any other of the world.
    private const double Fade = 0.11;

    private readonly Pair[] _pairs;
    private readonly ulong[] _near;
    private readonly (int I, int J)[] _forces;

    // Rows: difference in x and in y, distance of touch, force in x and in y.
    private readonly Batch<double> _list;

    /// <summary>The contacts of these bodies.</summary>
    /// <param name="bodies">The bodies.</param>
    public ParticleContacts(ParticleBodies bodies)
    {
        _pairs = [.. PairsOf(bodies)];
        _near = new ulong[(_pairs.Length + 3) / 4];
        _forces = new (int, int)[_pairs.Length * ParticleRows.Lanes];
        _list = new Batch<double>(1, 5, Math.Max(1, _forces.Length));
        _list.Values.Fill(1);
    }

    /// <summary>Adds the forces to those in the agents' rows.</summary>
    /// <param name="block">The block.</param>
    public void Push(double* block)
    {
        Find(block);
        int count = List(block);
        Compute(count);
        double* x = _list.Pointer + _list.IndexOf(0, 3, 0), y = x + _list.Stride;
        ReadOnlySpan<(int I, int J)> forces = _forces.AsSpan(0, count);
        for (int i = 0; i < forces.Length; i++)
        {
            double* first = block + forces[i].I;
            double* second = block + forces[i].J;
            first[0] += x[i];
            first[ParticleRows.Lanes] += y[i];
            second[0] -= x[i];
            second[ParticleRows.Lanes] -= y[i];
        }
    }

    // Agents with agents and landmarks after them, in lexicographic order.
    private static IEnumerable<Pair> PairsOf(ParticleBodies bodies)
    {
        var rows = new ParticleRows(bodies.Agents, bodies.Landmarks);
        int entities = bodies.Agents + (bodies.LandmarksCollide ? bodies.Landmarks : 0);
        for (int i = 0; i < bodies.Agents; i++)
        {
            for (int j = i + 1; j < entities; j++)
            {
                bool moves = j < bodies.Agents;
                double touch = bodies.Radii[i] + (moves ? bodies.Radii[j] : bodies.LandmarkRadius);
                yield return new Pair(ParticleRows.Place(i), ParticleRows.Place(j), rows.Force(i), moves ? rows.Force(j) : rows.Scrap, touch, (touch + Fade) * (touch + Fade));
            }
        }
    }

    // Which copies of each pair are near, sixteen bits a pair.
    private void Find(double* block)
    {
        const int y = ParticleRows.Lanes;
        Array.Clear(_near);
        for (int k = 0; k < _pairs.Length; k++)
        {
            ref readonly Pair pair = ref _pairs[k];
            double* a = block + pair.PlaceI;
            double* b = block + pair.PlaceJ;
            TWide reach = TWide.Broadcast(pair.ReachSquared);
            uint bits = 0;
            for (int lane = 0; lane < ParticleRows.Lanes; lane += TWide.Lanes)
            {
                TWide dx = TWide.Load(a + lane) - TWide.Load(b + lane), dy = TWide.Load(a + y + lane) - TWide.Load(b + y + lane);
                bits |= TWide.SignBits(TWide.LessThan((dx * dx) + (dy * dy), reach)) << lane;
            }

            _near[k >> 2] |= (ulong)bits << (16 * (k & 3));
        }
    }

    private int List(double* block)
    {
        double* x = _list.Pointer;
        double* y = x + _list.Stride;
        double* touch = y + _list.Stride;
        int count = 0;
        for (int four = 0; four < _near.Length; four++)
        {
            for (ulong bits = _near[four]; bits != 0; bits &= bits - 1)
            {
                int bit = BitOperations.TrailingZeroCount(bits);
                ref readonly Pair pair = ref _pairs[(4 * four) + (bit >> 4)];
                int lane = bit & 15;
                double* a = block + pair.PlaceI + lane;
                double* b = block + pair.PlaceJ + lane;
                x[count] = a[0] - b[0];
                y[count] = a[ParticleRows.Lanes] - b[ParticleRows.Lanes];
                touch[count] = pair.Touch;
                _forces[count++] = (pair.ForceI + lane, pair.ForceJ + lane);
            }
        }

        return count;
    }

    private void Compute(int count)
    {
        double* x = _list.Pointer;
        int y = _list.Stride, touch = 2 * _list.Stride, forceX = 3 * _list.Stride, forceY = 4 * _list.Stride;
        TWide zero = TWide.Broadcast(0), one = TWide.Broadcast(1);
        for (int i = 0; i < count; i += TWide.Lanes, x += TWide.Lanes)
        {
            TWide dx = TWide.Load(x), dy = TWide.Load(x + y);
            TWide distance = TWide.Sqrt((dx * dx) + (dy * dy));
            TWide depth = TWide.Multiply(TWide.Load(x + touch) - distance, 1 / ParticleBodies.ContactMargin);
            TWide soft = WideDoubleMath.LogOnePlus(WideDoubleMath.ExpWithin(depth | TWide.Broadcast(-0.0))) + TWide.Max(depth, zero);
            TWide same = TWide.Equal(distance, zero);
            TWide force = TWide.Multiply(soft, ParticleBodies.ContactMargin * ParticleBodies.ContactForce) / TWide.Select(same, one, distance);
            TWide.Store(TWide.Select(same, one, dx) * force, x + forceX);
            TWide.Store(dy * force, x + forceY);
        }
    }

    private readonly record struct Pair(int PlaceI, int PlaceJ, int ForceI, int ForceJ, double Touch, double ReachSquared);
}
