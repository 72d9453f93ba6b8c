using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.Walker;

/// <summary>Buffers that the kernel reads and writes: rows of lanes, each <see cref="Stride"/> apart.</summary>
internal readonly unsafe struct WalkerBuffers
{
    /// <summary>The bodies; see <see cref="WalkerState"/>.</summary>
    public required float* State { get; init; }

    /// <summary>Commands of the policy, 6 rows.</summary>
    public required float* Actions { get; init; }

    /// <summary>What the policy sees, 9 rows.</summary>
    public required float* Observations { get; init; }

    /// <summary>Distance from head to target after the last step's physics, one row; negative bits never occur.</summary>
    public required float* Distance { get; init; }

    /// <summary>Rewards, one row of doubles.</summary>
    public required double* Rewards { get; init; }

    /// <summary>Parts of the reward (target, approach, progress, energy), 4 rows of doubles.</summary>
    public required double* RewardParts { get; init; }

    /// <summary>Distance between rows, elements; a multiple of every bundle's lanes.</summary>
    public required int Stride { get; init; }
}

/// <summary>What the parts of the reward are worth that an option can change.</summary>
/// <param name="Progress">Reward for each unit that the head comes nearer to its target.</param>
/// <param name="Energy">Price of a unit of energy.</param>
internal readonly record struct WalkerPrices(float Progress, float Energy);

/// <summary>The arithmetic of a step, for one width of SIMD lanes; chosen once when the environment is made.</summary>
internal interface IWalkerKernel
{
    /// <summary>Muscles, feet, links, integration and reward for all lanes; tells which bundles hold a lane that reached its target.</summary>
    /// <param name="buffers">Where everything lies.</param>
    /// <param name="backwards">Whether the links are solved from last to first.</param>
    /// <param name="prices">What the parts of the reward are worth.</param>
    /// <returns>Whether any lane reached its target.</returns>
    bool Advance(in WalkerBuffers buffers, bool backwards, in WalkerPrices prices);

    /// <summary>Pushes the present body senses into the ring and writes the observations of all lanes.</summary>
    /// <param name="buffers">Where everything lies.</param>
    /// <param name="slot">Slot of the ring for the present.</param>
    /// <param name="slots">Slots of the ring.</param>
    /// <param name="delay">The delay of every lane, or −1 where lanes differ and the state's row says.</param>
    void Observe(in WalkerBuffers buffers, int slot, int slots, int delay);
}

/// <inheritdoc/>
/// <typeparam name="TWide">The bundle of lanes.</typeparam>
internal sealed unsafe class WalkerKernel<TWide> : IWalkerKernel
    where TWide : unmanaged, IWide<TWide>
{
    // docs/environments/walker.md gives the equations. Each phase is one loop over the bundles: independent bundles follow
    // each other closely, so that the processor hides the latency of one link's square root behind the next bundle's.
    public bool Advance(in WalkerBuffers buffers, bool backwards, in WalkerPrices prices)
    {
        Actuate(buffers);
        for (int i = 0; i < WalkerBody.Links; i++)
        {
            SolveLink(buffers, backwards ? WalkerBody.Links - 1 - i : i);
        }

        Integrate(buffers);
        return Reward(buffers, prices);
    }

    public void Observe(in WalkerBuffers buffers, int slot, int slots, int delay)
    {
        for (int lane = 0; lane < buffers.Stride; lane += TWide.Lanes)
        {
            ObserveBundle(buffers, lane, slot, slots, delay);
        }
    }

    /// <summary>Muscles and feet follow their commands.</summary>
    private static void Actuate(in WalkerBuffers buffers)
    {
        int stride = buffers.Stride;
        for (int lane = 0; lane < stride; lane += TWide.Lanes)
        {
            float* state = buffers.State + lane;
            float* actions = buffers.Actions + lane;
            Muscle(state, actions, 0, stride);
            Muscle(state, actions, 1, stride);
            TWide gripFactor = TWide.Load(state + (WalkerState.Grip * stride));
            TWide change = Foot(state, actions, 0, stride, gripFactor);
            change += Foot(state, actions, 1, stride, gripFactor);
            change += Foot(state, actions, 2, stride, gripFactor);
            change += Foot(state, actions, 3, stride, gripFactor);
            TWide.Store(change, state + (WalkerState.GripChange * stride));
        }
    }

    /// <summary>
    /// Moves both ends of a link towards its rest length, shared by the ends' mobilities k = 1/mass. The order of operations
    /// is the original's: every other one rounds differently, which loose bodies carry on to 1e-3 units within some hundred steps.
    /// </summary>
    private static void SolveLink(in WalkerBuffers buffers, int link)
    {
        int stride = buffers.Stride;
        int a = WalkerBody.LinkEnds[2 * link], b = WalkerBody.LinkEnds[(2 * link) + 1];
        float* state = buffers.State;
        float* ax = state + (a * stride);
        float* bx = state + (b * stride);
        float* ka = state + ((WalkerState.Mobility + a) * stride);
        float* kb = state + ((WalkerState.Mobility + b) * stride);
        float* rest = state + ((WalkerState.Rest + link) * stride);
        float* measured = state + ((WalkerState.Length + link) * stride);
        float* hold = state + ((link < WalkerBody.Muscles ? WalkerState.MuscleHold : WalkerState.BoneHold) * stride);
        int toY = WalkerState.Y * stride;
        for (int lane = 0; lane < stride; lane += TWide.Lanes)
        {
            TWide x0 = TWide.Load(ax + lane), y0 = TWide.Load(ax + toY + lane), k0 = TWide.Load(ka + lane);
            TWide x1 = TWide.Load(bx + lane), y1 = TWide.Load(bx + toY + lane), k1 = TWide.Load(kb + lane);
            TWide dx = x0 - x1, dy = y0 - y1;
            TWide length = TWide.Sqrt(TWide.MultiplyAdd(dx, dx, dy * dy));
            TWide divisor = TWide.Max(length, TWide.Broadcast(1e-20f)), sum = k0 + k1;
            TWide nx = dx / divisor, ny = dy / divisor;
            TWide correction = TWide.Load(hold + lane) * (TWide.Load(rest + lane) - length);
            TWide shareA = correction * (k0 / sum), shareB = correction * (k1 / sum);
            TWide.Store(length, measured + lane);
            TWide.Store(TWide.MultiplyAdd(shareA, nx, x0), ax + lane);
            TWide.Store(TWide.MultiplyAdd(shareA, ny, y0), ax + toY + lane);
            TWide.Store(x1 - (shareB * nx), bx + lane);
            TWide.Store(y1 - (shareB * ny), bx + toY + lane);
        }
    }

    /// <summary>Position Verlet with drag: the displacement since the last step, corrections included, goes on times what friction leaves.</summary>
    private static void Integrate(in WalkerBuffers buffers)
    {
        int stride = buffers.Stride;
        for (int lane = 0; lane < stride; lane += TWide.Lanes)
        {
            float* state = buffers.State + lane;
            for (int foot = 0; foot < WalkerBody.Feet; foot++)
            {
                TWide keep = TWide.Load(state + ((WalkerState.Keep + foot) * stride));
                Move(state + (foot * stride), keep, stride);
                Move(state + ((WalkerState.Y + foot) * stride), keep, stride);
            }

            Move(state + (WalkerBody.Feet * stride), TWide.Broadcast(1f), stride);
            Move(state + ((WalkerState.Y + WalkerBody.Feet) * stride), TWide.Broadcast(1f), stride);
        }
    }

    /// <summary>100 for a target reached, a little for being near and (if asked) for coming nearer, less for energy; the head is midway between feet 0 and 1.</summary>
    private static bool Reward(in WalkerBuffers buffers, in WalkerPrices prices)
    {
        int stride = buffers.Stride;
        uint any = 0;
        for (int lane = 0; lane < stride; lane += TWide.Lanes)
        {
            float* state = buffers.State + lane;
            TWide distance = HeadToTarget(state, stride, out _, out _);
            TWide.Store(distance, buffers.Distance + lane);
            TWide reached = TWide.LessThan(distance, TWide.Broadcast(WalkerBody.TargetRadius));
            any |= TWide.SignBits(reached);

            TWide energy = TWide.Load(state + (WalkerState.GripChange * stride)) + Work(state, 0, stride) + Work(state, 1, stride);
            float* total = state + (WalkerState.Energy * stride);
            TWide.Store(TWide.Load(total) + energy, total);

            TWide target = reached & TWide.Broadcast(100f);
            TWide approach = TWide.Broadcast(WalkerBody.StepSeconds) / (TWide.Broadcast(1f) + distance);
            TWide progress = TWide.Multiply(TWide.Load(state + (WalkerState.SeenDistance * stride)) - distance, prices.Progress);
            TWide spent = TWide.Broadcast(0f) - TWide.Multiply(energy, prices.Energy);
            double* parts = buffers.RewardParts + lane;
            TWide.StoreAsDouble(target, parts);
            TWide.StoreAsDouble(approach, parts + stride);
            TWide.StoreAsDouble(progress, parts + (2 * stride));
            TWide.StoreAsDouble(spent, parts + (3 * stride));
            TWide.StoreSumAsDouble(target, approach, progress, spent, buffers.Rewards + lane);
        }

        return any != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ObserveBundle(in WalkerBuffers buffers, int lane, int slot, int slots, int delay)
    {
        int stride = buffers.Stride;
        float* state = buffers.State + lane;
        float* observation = buffers.Observations + lane;
        TWide distance = HeadToTarget(state, stride, out TWide toX, out TWide toY);
        TWide x0 = TWide.Load(state), y0 = TWide.Load(state + (WalkerState.Y * stride));
        TWide x1 = TWide.Load(state + stride), y1 = TWide.Load(state + ((WalkerState.Y + 1) * stride));

        // Head direction d = normalised perp(p0 − p1); its normal is perp(d). One reciprocal square root serves both products.
        TWide acrossX = x0 - x1, acrossY = y0 - y1;
        TWide squares = TWide.MultiplyAdd(toX, toX, toY * toY) * TWide.MultiplyAdd(acrossX, acrossX, acrossY * acrossY);
        TWide scale = WideMath.ReciprocalSqrt(squares);
        TWide.Store(distance, state + (WalkerState.SeenDistance * stride));
        TWide.Store(distance * TWide.Broadcast(1f / WalkerBody.WorldSize), observation);
        TWide.Store(Clamp(((toY * acrossX) - (toX * acrossY)) * scale), observation + stride);
        TWide.Store(Clamp(-((toX * acrossX) + (toY * acrossY)) * scale), observation + (2 * stride));

        float* ring = state + (WalkerState.Ring * stride);
        float* now = ring + (slot * WalkerState.Senses * stride);
        for (int foot = 0; foot < WalkerBody.Feet; foot++)
        {
            TWide.Store(TWide.Load(state + ((WalkerState.Friction + foot) * stride)), now + (foot * stride));
        }

        for (int muscle = 0; muscle < WalkerBody.Muscles; muscle++)
        {
            TWide stretch = TWide.Load(state + ((WalkerState.Length + muscle) * stride)) - TWide.Broadcast(WalkerBody.MuscleRest);
            TWide unit = TWide.Select(
                TWide.LessThan(stretch, TWide.Broadcast(0f)),
                TWide.Broadcast(1f / (WalkerBody.MuscleRest * WalkerBody.Contraction)),
                TWide.Broadcast(1f / (WalkerBody.MuscleRest * WalkerBody.Extension)));
            TWide.Store(stretch * unit, now + ((WalkerBody.Feet + muscle) * stride));
        }

        float* seen = observation + (3 * stride);
        if (delay >= 0)
        {
            float* past = ring + (Past(slot, slots, delay) * WalkerState.Senses * stride);
            for (int sense = 0; sense < WalkerState.Senses; sense++)
            {
                TWide.Store(TWide.Load(past + (sense * stride)), seen + (sense * stride));
            }

            return;
        }

        TWide laneDelay = TWide.Load(state + (WalkerState.Delay * stride));
        for (int sense = 0; sense < WalkerState.Senses; sense++)
        {
            TWide value = TWide.Load(now + (sense * stride));
            for (int d = 1; d < slots; d++)
            {
                TWide past = TWide.Load(ring + (((Past(slot, slots, d) * WalkerState.Senses) + sense) * stride));
                value = TWide.Select(TWide.Equal(laneDelay, TWide.Broadcast(d)), past, value);
            }

            TWide.Store(value, seen + (sense * stride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Past(int slot, int slots, int delay) => slot >= delay ? slot - delay : slot - delay + slots;

    /// <summary>Clamped to [−1, 1]; NaN becomes 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide Clamp(TWide value) => TWide.Clamp(value, -1f, 1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide Command(float* actions, int index, int stride) => Clamp(TWide.Load(actions + (index * stride)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide HeadToTarget(float* state, int stride, out TWide toX, out TWide toY)
    {
        TWide half = TWide.Broadcast(0.5f);
        TWide headX = (TWide.Load(state) + TWide.Load(state + stride)) * half;
        TWide headY = (TWide.Load(state + (WalkerState.Y * stride)) + TWide.Load(state + ((WalkerState.Y + 1) * stride))) * half;
        toX = TWide.Load(state + (WalkerState.TargetX * stride)) - headX;
        toY = TWide.Load(state + (WalkerState.TargetY * stride)) - headY;
        return TWide.Sqrt(TWide.MultiplyAdd(toX, toX, toY * toY));
    }

    /// <summary>Moves a muscle towards its command; the sign of the command picks the reach (a rule of the original).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Muscle(float* state, float* actions, int muscle, int stride)
    {
        float* row = state + ((WalkerState.Activation + muscle) * stride);
        TWide command = Command(actions, WalkerBody.Feet + muscle, stride);
        TWide activation = TWide.Load(row);
        activation += (command - activation) * TWide.Broadcast(WalkerBody.MuscleSpeed) * TWide.Broadcast(WalkerBody.StepSeconds);
        TWide.Store(activation, row);
        TWide reach = TWide.Select(
            TWide.LessThan(TWide.Broadcast(0f), command), TWide.Broadcast(WalkerBody.Extension), TWide.Broadcast(WalkerBody.Contraction));
        TWide rest = TWide.Broadcast(WalkerBody.MuscleRest) * (TWide.Broadcast(1f) + (reach * activation));
        TWide.Store(rest, state + ((WalkerState.Rest + muscle) * stride));
    }

    /// <summary>Moves a foot's friction towards its command; returns the change, which costs energy. Friction makes a foot heavy in the links and slow in the integration.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide Foot(float* state, float* actions, int foot, int stride, TWide gripFactor)
    {
        float* row = state + ((WalkerState.Friction + foot) * stride);
        TWide one = TWide.Broadcast(1f);
        TWide command = TWide.Max(TWide.Broadcast(0.5f) * (one + Command(actions, foot, stride)), TWide.Broadcast(WalkerBody.LeastGrip));
        TWide before = TWide.Load(row);
        TWide change = (command - before) * TWide.Broadcast(WalkerBody.GripSpeed) * TWide.Broadcast(WalkerBody.StepSeconds);
        TWide friction = before + change;
        TWide.Store(friction, row);
        TWide felt = TWide.Min(friction * gripFactor, one);
        TWide.Store(one - felt, state + ((WalkerState.Keep + foot) * stride));
        TWide mass = TWide.Broadcast(WalkerBody.FootMass) + (TWide.Broadcast(WalkerBody.GripMass) * felt);
        TWide.Store(one / mass, state + ((WalkerState.Mobility + foot) * stride));
        return TWide.Abs(change);
    }

    /// <summary>Work of a muscle in this step: strain against the rest length × change of strain, in fractions of 100 units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide Work(float* state, int muscle, int stride)
    {
        float* last = state + ((WalkerState.LastLength + muscle) * stride);
        TWide length = TWide.Load(state + ((WalkerState.Length + muscle) * stride));
        TWide strain = TWide.Load(state + ((WalkerState.Rest + muscle) * stride)) - length;
        TWide change = length - TWide.Load(last);
        TWide.Store(length, last);
        return TWide.Abs(TWide.Multiply(strain * change, 1f / (WalkerBody.MuscleRest * WalkerBody.MuscleRest)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Move(float* row, TWide keep, int stride)
    {
        float* last = row + (2 * WalkerBody.Points * stride);
        TWide position = TWide.Load(row);
        TWide move = position - TWide.Load(last);
        TWide.Store(position, last);
        TWide.Store(TWide.MultiplyAdd(keep, move, position), row);
    }
}
