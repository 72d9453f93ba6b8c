using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Scenes;
using Gymkhana.Core.Simd;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Environments.Particle;

/// <summary>
/// What the particle worlds share: discs in the plane in double precision, pushed by five-way actions, a NumPy random stream for each copy, a time limit
/// and the reset in the same step. The worlds themselves are in their own files.
/// </summary>
/// <remarks>
/// Copies lie in blocks of sixteen (<see cref="ParticleRows"/>), and a step takes one block after the other through all it does, so that what it works
/// on stays in the nearest cache. Copy i draws from <c>numpy.random.default_rng(seed)</c> as MPE2 does, and later episodes go on with the same stream.
/// When the time limit and the task's own rule end an episode in the same step, it is truncated and not terminated, as in MPE2. Numbers of an action
/// beyond [0, 1] are clipped; NaN is refused.
/// </remarks>
public abstract unsafe partial class ParticleEnvironment : IEnvironment, IGlobalState, ISmoothlyDrawable
{
    private readonly Batch<double> _memory;
    private readonly IParticleKernel _kernel;
    private readonly NumpyGenerator[] _random;
    private readonly int[] _steps;
    private readonly int _maxSteps;
    private readonly bool _continuous;
    private readonly ObservationPlan[] _plans;
    private readonly ObservationPlan _globalPlan;
    private readonly Batch<double> _agentPlaces;
    private readonly Batch<double> _agentVelocities;
    private readonly Batch<double> _landmarkPlaces;
    private bool _started;

    /// <summary>A batch of one world.</summary>
    /// <param name="layout">What it is made of.</param>
    /// <param name="count">Copies, at least 1.</param>
    /// <param name="width">Lanes of a bundle of floats; see <see cref="WideWidth"/>.</param>
    private protected ParticleEnvironment(ParticleLayout layout, int count, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Spec = layout.Spec;
        Count = count;
        Bodies = layout.Bodies;
        Rows = new ParticleRows(Bodies.Agents, Bodies.Landmarks);
        Blocks = WideWidth.Pad(count) / ParticleRows.Lanes;
        _memory = new Batch<double>(Blocks, (Rows.Own / ParticleRows.Lanes) + layout.OwnRows, ParticleRows.Lanes);
        _kernel = WideWidth.DispatchDouble(width, new KernelFactory(Bodies));
        _random = new NumpyGenerator[count];
        _steps = new int[Blocks * ParticleRows.Lanes];
        _maxSteps = layout.Spec.MaxEpisodeSteps;
        _continuous = layout.ContinuousActions;
        _plans = layout.Plans;
        _globalPlan = layout.GlobalPlan;
        Members = layout.Members;
        Space actions = _continuous ? new BoxSpace(0, 1, 5) : new DiscreteSpace(5);
        Groups = [.. layout.Members.Select(m => m.Group(_plans[m.First], actions, count))];
        Figures = new Batch<double>(1, Spec.Figures.Length, count);
        int states = _globalPlan.Parts.Sum(p => p.Size);
        GlobalState = new Batch<float>(1, states, count);
        FinalGlobalState = new Batch<float>(1, states, count);
        _agentPlaces = new Batch<double>(1, 2 * Bodies.Agents, count);
        _agentVelocities = new Batch<double>(1, 2 * Bodies.Agents, count);
        _landmarkPlaces = new Batch<double>(1, 2 * Bodies.Landmarks, count);
        State =
        [
            new StateField("agent_pos", [Bodies.Agents, 2], _agentPlaces),
            new StateField("agent_vel", [Bodies.Agents, 2], _agentVelocities),
            .. Bodies.Landmarks == 0 ? ImmutableArray<StateField>.Empty : [new StateField("landmark_pos", [Bodies.Landmarks, 2], _landmarkPlaces)],
        ];
        for (int block = 0; block < Blocks; block++)
        {
            Prepare(block);
        }
    }

    /// <inheritdoc/>
    public EnvironmentSpec Spec { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public ImmutableArray<AgentGroup> Groups { get; }

    /// <inheritdoc/>
    public Batch<double> Figures { get; }

    /// <inheritdoc/>
    public bool RecordsState { get; set; }

    /// <inheritdoc/>
    public ImmutableArray<StateField> State { get; }

    /// <inheritdoc/>
    public ImmutableArray<ObservationPart> GlobalParts => _globalPlan.Parts;

    /// <inheritdoc/>
    public bool KeepsGlobalState { get; set; }

    /// <inheritdoc/>
    public Batch<float> GlobalState { get; }

    /// <inheritdoc/>
    public Batch<float> FinalGlobalState { get; }

    /// <summary>The bodies.</summary>
    internal ParticleBodies Bodies { get; }

    /// <summary>Where their numbers lie.</summary>
    internal ParticleRows Rows { get; }

    /// <summary>Blocks of sixteen copies.</summary>
    internal int Blocks { get; }

    /// <summary>Which agents make up each group.</summary>
    internal ImmutableArray<ParticleMembers> Members { get; }

    /// <summary>Steps since the last <see cref="Reset"/>: the place in the keyed streams that belong to no episode.</summary>
    private protected ulong Ticks { get; private set; }

    /// <summary>Offset of the row that is not 0 where the task has succeeded; negative where success ends nothing.</summary>
    private protected virtual int SuccessRow => -1;

    /// <inheritdoc/>
    public void Reset(ReadOnlySpan<ulong> seeds)
    {
        if (seeds.Length != Count)
        {
            throw new ArgumentException($"{Spec.Id} with {Count} copies expects {Count} seeds, got {seeds.Length}. Give one seed for each copy.", nameof(seeds));
        }

        Figures.Values.Clear();
        foreach (AgentGroup group in Groups)
        {
            group.Rewards.Values.Clear();
            group.RewardPartValues.Values.Clear();
            group.Terminated.Values.Clear();
            group.Truncated.Values.Clear();
        }

        for (int copy = 0; copy < Count; copy++)
        {
            _random[copy] = new NumpyGenerator(seeds[copy]);
        }

        Ticks = 0;
        Seeded(seeds);
        for (int block = 0; block < Blocks; block++)
        {
            double* rows = Block(block);
            for (int lane = 0; lane < LanesOf(block); lane++)
            {
                Begin(rows, (block * ParticleRows.Lanes) + lane, lane);
            }

            RecordState(block);
            Observe(block, final: false);
            Connect(block, fresh: AllLanes);
        }

        _started = true;
        Trails?.Restart(this);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An action is no choice of the space, or not a number.</exception>
    public void Step()
    {
        if (!_started)
        {
            throw new InvalidOperationException($"{Spec.Id} was stepped before its first reset. Call Reset with one seed for each copy.");
        }

        CheckActions();
        Ticks++;
        for (int block = 0; block < Blocks; block++)
        {
            double* rows = Block(block);
            for (int group = 0; group < Groups.Length; group++)
            {
                Decode(rows, block, group);
            }

            Act(rows, block);
            _kernel.Advance(rows);
            Judge(rows, block * ParticleRows.Lanes);
            Conclude(rows, block);
        }

        Trails?.Observe(this);
    }

    /// <summary>Steps of a copy's episode so far.</summary>
    internal int StepsOf(int copy) => _steps[copy];

    /// <summary>Sixteen copies' numbers.</summary>
    internal double* Block(int block) => _memory.Pointer + (block * _memory.Features * ParticleRows.Lanes);

    /// <summary>A number of one copy.</summary>
    internal ref double At(int row, int copy) => ref Block(copy / ParticleRows.Lanes)[row + (copy % ParticleRows.Lanes)];

    /// <summary>Copies of a block.</summary>
    private protected int LanesOf(int block) => Math.Min(ParticleRows.Lanes, Count - (block * ParticleRows.Lanes));

    /// <summary>Takes in the seeds of the episodes that begin.</summary>
    private protected virtual void Seeded(ReadOnlySpan<ulong> seeds)
    {
    }

    /// <summary>Writes the forces of the agents that no group acts for.</summary>
    private protected virtual void Act(double* rows, int block)
    {
    }

    /// <summary>Writes rewards, their parts, figures and success, after the step and before any reset.</summary>
    private protected abstract void Judge(double* rows, int firstCopy);

    /// <summary>Clears what the world keeps over an episode.</summary>
    private protected abstract void Clear(double* rows, int lane);

    /// <summary>Rebuilds who hears whom, after observations were written.</summary>
    /// <param name="block">The block.</param>
    /// <param name="fresh">The copies whose episode has just begun, a bit each.</param>
    private protected virtual void Connect(int block, uint fresh)
    {
    }

    /// <summary>Keeps what is heard a step later, before new observations are written.</summary>
    private protected virtual void Remember(int block)
    {
    }

    private const uint AllLanes = (1u << ParticleRows.Lanes) - 1;

    // Copies beyond the last are there for whole bundles only: their bodies stand far apart, so that nothing ever happens.
    private void Prepare(int block)
    {
        double* rows = Block(block);
        for (int lane = 0; lane < ParticleRows.Lanes; lane++)
        {
            for (int entity = 0; entity < Bodies.Agents + Bodies.Landmarks; entity++)
            {
                rows[ParticleRows.Place(entity) + lane] = 4 * entity;
            }

            rows[Rows.One + lane] = 1;
        }
    }

    private void Begin(double* rows, int copy, int lane)
    {
        NumpyGenerator random = _random[copy];
        for (int entity = 0; entity < Bodies.Agents + Bodies.Landmarks; entity++)
        {
            double spread = entity < Bodies.Agents ? 1 : Bodies.LandmarkSpread;
            double* place = rows + ParticleRows.Place(entity) + lane;
            place[0] = random.Uniform(-spread, spread);
            place[ParticleRows.Lanes] = random.Uniform(-spread, spread);
        }

        for (int agent = 0; agent < Bodies.Agents; agent++)
        {
            double* velocity = rows + Rows.Velocity(agent) + lane;
            velocity[0] = 0;
            velocity[ParticleRows.Lanes] = 0;
        }

        _steps[copy] = 0;
        Clear(rows, lane);
    }

    private void Conclude(double* rows, int block)
    {
        int lanes = LanesOf(block), first = block * ParticleRows.Lanes;
        uint ended = End(rows, first, lanes);
        RecordState(block);
        Remember(block);
        uint all = AllLanes >> (ParticleRows.Lanes - lanes);
        Observe(block, final: ended == all);
        if (ended != 0)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                if ((ended & (1u << lane)) != 0)
                {
                    if (ended != all) KeepFinal(first + lane);
                    Begin(rows, first + lane, lane);
                    if (ended != all) ObserveLane(rows, first + lane, lane);
                }
            }

            if (ended == all) Observe(block, final: false);
        }

        Connect(block, ended);
    }

    // Counts the step, writes how it ended for every agent, and gives the copies that ended, a bit each.
    private uint End(double* rows, int first, int lanes)
    {
        bool* terminated = stackalloc bool[ParticleRows.Lanes];
        bool* truncated = stackalloc bool[ParticleRows.Lanes];
        new Span<bool>(terminated, ParticleRows.Lanes).Clear();
        new Span<bool>(truncated, ParticleRows.Lanes).Clear();
        double* success = SuccessRow < 0 ? null : rows + SuccessRow;
        uint ended = 0;
        for (int lane = 0; lane < lanes; lane++)
        {
            truncated[lane] = ++_steps[first + lane] >= _maxSteps;
            terminated[lane] = success is not null && success[lane] != 0 && !truncated[lane];
            ended |= truncated[lane] || terminated[lane] ? 1u << lane : 0;
        }

        foreach (AgentGroup group in Groups)
        {
            for (int agent = 0; agent < group.Agents.Length; agent++)
            {
                int at = group.Terminated.IndexOf(agent, 0, first);
                Copy16(terminated, group.Terminated.Pointer + at);
                Copy16(truncated, group.Truncated.Pointer + at);
            }
        }

        return ended;
    }

    private static void Copy16(bool* source, bool* destination)
    {
        ((ulong*)destination)[0] = ((ulong*)source)[0];
        ((ulong*)destination)[1] = ((ulong*)source)[1];
    }

    private void CheckActions()
    {
        foreach (AgentGroup group in Groups)
        {
            for (int agent = 0; agent < group.Agents.Length; agent++)
            {
                if (!_continuous)
                {
                    if (group.Actions.As<int>().Lane(0, agent).ContainsAnyExceptInRange(0, 4))
                    {
                        throw new ArgumentOutOfRangeException(nameof(group.Actions), $"{Spec.Id} expects actions from 0 to 4, got another for {group.Agents[agent]}; look at the policy's output.");
                    }

                    continue;
                }

                for (int number = 0; number < 5; number++)
                {
                    if (group.Actions.As<float>().Lane(number, agent).ContainsAnyExceptInRange(float.NegativeInfinity, float.PositiveInfinity))
                    {
                        throw new ArgumentOutOfRangeException(nameof(group.Actions), $"{Spec.Id} expects five numbers from 0 to 1, got NaN for {group.Agents[agent]}; look at the policy's output.");
                    }
                }
            }
        }
    }

    private sealed class KernelFactory(ParticleBodies bodies) : IWideDoubleFactory<IParticleKernel>
    {
        public IParticleKernel Create<TWide>()
            where TWide : unmanaged, IWideDouble<TWide> => new ParticleKernel<TWide>(bodies);
    }
}
