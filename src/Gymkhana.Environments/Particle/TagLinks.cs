using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.Particle;

/// <summary>Who among the hunters hears whom, rebuilt each step.</summary>
internal unsafe interface ITagLinks
{
    /// <summary>Links between receivers and senders.</summary>
    Batch<float> Links { get; }

    /// <summary>What is known of each.</summary>
    Batch<float> Features { get; }

    /// <summary>Rebuilds the links of a block.</summary>
    /// <param name="rows">The block's numbers.</param>
    /// <param name="block">Its index.</param>
    /// <param name="fresh">Copies whose episode has just begun, a bit each.</param>
    /// <param name="keys">Keys of the copies' streams, from the block's first on; empty without dropout.</param>
    /// <param name="tick">The place in these streams.</param>
    void Build(double* rows, int block, uint fresh, ReadOnlySpan<ulong> keys, ulong tick);
}

/// <summary>The links, lanes across copies.</summary>
/// <typeparam name="TWide">The bundle of lanes.</typeparam>
internal sealed unsafe class TagLinks<TWide> : ITagLinks
    where TWide : unmanaged, IWideDouble<TWide>
{
    private const int Y = ParticleRows.Lanes;

    private readonly TagTeam _team;
    private readonly int _count;
    private readonly int _nearest;
    private readonly double _range;
    private readonly double _scale;
    private readonly double _dropout;

    // What was said in the step before: 1 where a link was, then places and velocities of the senders. A block for each block of copies.
    private readonly Batch<double>? _said;

    // Links as they are now, and distances.
    private readonly Batch<double> _now;
    private readonly Batch<double> _distances;

    /// <summary>Links without any.</summary>
    /// <param name="team">The two sides.</param>
    /// <param name="options">Range, neighbours, dropout and delay.</param>
    /// <param name="copies">Copies of the environment.</param>
    public TagLinks(TagTeam team, SimpleTagOptions options, int copies)
    {
        _team = team;
        _count = team.Hunters;
        _range = options.TalkRange;
        _scale = double.IsFinite(options.TalkRange) && options.TalkRange > 0 ? 1 / options.TalkRange : 1;
        _nearest = options.TalkNeighbours > 0 ? options.TalkNeighbours : _count;
        _dropout = options.TalkDropout;
        Links = new Batch<float>(_count, _count, copies);
        Features = new Batch<float>(_count, _count * SimpleTagEnvironment.LinkFeatureCount, copies);
        _now = new Batch<double>(_count, _count, ParticleRows.Lanes);
        _distances = new Batch<double>(_count, _count, ParticleRows.Lanes);
        int blocks = WideWidth.Pad(copies) / ParticleRows.Lanes;
        _said = options.TalkDelay == 0 ? null : new Batch<double>(blocks, _count * (_count + 4), ParticleRows.Lanes);
    }

    public Batch<float> Links { get; }

    public Batch<float> Features { get; }

    public void Build(double* rows, int block, uint fresh, ReadOnlySpan<ulong> keys, ulong tick)
    {
        Measure(rows);
        Connect();
        if (_dropout > 0)
        {
            Drop(keys, tick);
        }

        int first = block * ParticleRows.Lanes;
        if (_said is null)
        {
            Write(_now.Pointer, rows, rows + _team.Rows.Velocity(0), rows, first);
            return;
        }

        double* said = _said.Pointer + _said.IndexOf(block, 0, 0);
        double* places = said + (_count * _count * ParticleRows.Lanes);
        double* velocities = places + (2 * _count * ParticleRows.Lanes);
        Silence(said, fresh);
        Write(said, places, velocities, rows, first);
        Copy(_now.Pointer, said, _count * _count);
        Copy(rows, places, 2 * _count);
        Copy(rows + _team.Rows.Velocity(0), velocities, 2 * _count);
    }

    private void Measure(double* rows)
    {
        for (int receiver = 0; receiver < _count; receiver++)
        {
            for (int sender = 0; sender < receiver; sender++)
            {
                double* there = _distances.Pointer + _distances.IndexOf(receiver, sender, 0);
                double* back = _distances.Pointer + _distances.IndexOf(sender, receiver, 0);
                for (int lane = 0; lane < ParticleRows.Lanes; lane += TWide.Lanes)
                {
                    TWide distance = ParticleLanes.Distance<TWide>(rows + TagTeam.PlaceOfHunter(receiver) + lane, rows + TagTeam.PlaceOfHunter(sender) + lane);
                    TWide.Store(distance, there + lane);
                    TWide.Store(distance, back + lane);
                }
            }
        }
    }

    // Within range, and with fewer than the allowed number of nearer ones; of equally near ones the first counts as nearer.
    private void Connect()
    {
        TWide zero = TWide.Broadcast(0), one = TWide.Broadcast(1), range = TWide.Broadcast(_range);
        for (int receiver = 0; receiver < _count; receiver++)
        {
            for (int sender = 0; sender < _count; sender++)
            {
                if (sender == receiver) continue;
                double* link = _now.Pointer + _now.IndexOf(receiver, sender, 0);
                for (int lane = 0; lane < ParticleRows.Lanes; lane += TWide.Lanes)
                {
                    TWide distance = DistanceOf(receiver, sender, lane);
                    TWide heard = _range > 0 ? TWide.Select(TWide.LessThan(range, distance), zero, one) : zero;
                    if (_nearest < _count - 1)
                    {
                        TWide few = TWide.LessThan(Nearer(receiver, sender, lane), TWide.Broadcast(_nearest));
                        heard = TWide.Select(few, heard, zero);
                    }

                    TWide.Store(heard, link + lane);
                }
            }
        }
    }

    private TWide Nearer(int receiver, int sender, int lane)
    {
        TWide zero = TWide.Broadcast(0), one = TWide.Broadcast(1), count = zero;
        TWide distance = DistanceOf(receiver, sender, lane);
        for (int other = 0; other < _count; other++)
        {
            if (other == receiver || other == sender) continue;
            TWide theirs = DistanceOf(receiver, other, lane);
            TWide nearer = TWide.LessThan(theirs, distance);
            if (other < sender) nearer |= TWide.Equal(theirs, distance);
            count += TWide.Select(nearer, one, zero);
        }

        return count;
    }

    private TWide DistanceOf(int receiver, int sender, int lane) => TWide.Load(_distances.Pointer + _distances.IndexOf(receiver, sender, lane));

    // Four draws of 32 bits at a time, from streams keyed by the copy's seed: link i of a copy is word i of the tick.
    private void Drop(ReadOnlySpan<ulong> keys, ulong tick)
    {
        for (int lane = 0; lane < keys.Length; lane++)
        {
            int drawn = 0;
            ulong low = 0, high = 0;
            for (int link = 0; link < _count * _count; link++)
            {
                if (link / _count == link % _count) continue;
                if (drawn % 4 == 0) (low, high) = Philox.Block(tick, (ulong)(drawn / 4), keys[lane]);
                ulong half = drawn % 4 < 2 ? low : high;
                uint word = (uint)(half >> (32 * (drawn & 1)));
                drawn++;
                if (word * (1.0 / 4294967296.0) < _dropout) _now.Pointer[(link * ParticleRows.Lanes) + lane] = 0;
            }
        }
    }

    private void Silence(double* said, uint fresh)
    {
        for (int lane = 0; lane < ParticleRows.Lanes && fresh != 0; lane++)
        {
            for (int link = 0; (fresh & (1u << lane)) != 0 && link < _count * _count; link++)
            {
                said[(link * ParticleRows.Lanes) + lane] = 0;
            }
        }
    }

    private void Write(double* links, double* senderPlaces, double* senderVelocities, double* rows, int firstCopy)
    {
        double* velocities = rows + _team.Rows.Velocity(0);
        for (int receiver = 0; receiver < _count; receiver++)
        {
            double* place = rows + TagTeam.PlaceOfHunter(receiver), velocity = velocities + (2 * receiver * ParticleRows.Lanes);
            for (int sender = 0; sender < _count; sender++)
            {
                if (sender == receiver) continue;
                double* link = links + (((receiver * _count) + sender) * ParticleRows.Lanes);
                float* flag = Links.Pointer + Links.IndexOf(receiver, sender, firstCopy);
                float* features = Features.Pointer + Features.IndexOf(receiver, sender * SimpleTagEnvironment.LinkFeatureCount, firstCopy);
                int at = 2 * sender * ParticleRows.Lanes;
                for (int lane = 0; lane < ParticleRows.Lanes; lane += 2 * TWide.Lanes)
                {
                    Link lower = LinkAt(link + lane, senderPlaces + at + lane, senderVelocities + at + lane, place + lane, velocity + lane);
                    int next = lane + TWide.Lanes;
                    Link upper = LinkAt(link + next, senderPlaces + at + next, senderVelocities + at + next, place + next, velocity + next);
                    TWide.StoreAsSingles(lower.Heard, upper.Heard, flag + lane);
                    TWide.StoreAsSingles(lower.X, upper.X, features + lane);
                    TWide.StoreAsSingles(lower.Y, upper.Y, features + Features.Stride + lane);
                    TWide.StoreAsSingles(lower.Distance, upper.Distance, features + (2 * Features.Stride) + lane);
                    TWide.StoreAsSingles(lower.VelocityX, upper.VelocityX, features + (3 * Features.Stride) + lane);
                    TWide.StoreAsSingles(lower.VelocityY, upper.VelocityY, features + (4 * Features.Stride) + lane);
                }
            }
        }
    }

    private Link LinkAt(double* link, double* senderPlace, double* senderVelocity, double* place, double* velocity)
    {
        TWide heard = TWide.Load(link);
        TWide scale = TWide.Multiply(heard, _scale);
        TWide dx = TWide.Load(senderPlace) - TWide.Load(place), dy = TWide.Load(senderPlace + Y) - TWide.Load(place + Y);
        return new Link
        {
            Heard = heard,
            X = dx * scale,
            Y = dy * scale,
            Distance = TWide.Sqrt((dx * dx) + (dy * dy)) * scale,
            VelocityX = (TWide.Load(senderVelocity) - TWide.Load(velocity)) * heard,
            VelocityY = (TWide.Load(senderVelocity + Y) - TWide.Load(velocity + Y)) * heard,
        };
    }

    private static void Copy(double* source, double* destination, int rows) =>
        new ReadOnlySpan<double>(source, rows * ParticleRows.Lanes).CopyTo(new Span<double>(destination, rows * ParticleRows.Lanes));

    private struct Link
    {
        public TWide Heard;
        public TWide X;
        public TWide Y;
        public TWide Distance;
        public TWide VelocityX;
        public TWide VelocityY;
    }
}
