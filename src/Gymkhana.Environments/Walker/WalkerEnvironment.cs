using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Settings;
using Gymkhana.Core.Simd;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Environments.Walker;

/// <summary>
/// Walker-v0: a creature seen from above, with four feet whose grip it controls and two muscles, walks to targets, again
/// and again. The page in <see cref="WalkerPage"/> documents it; the arithmetic is in <see cref="WalkerKernel{TWide}"/>.
/// </summary>
public sealed partial class WalkerEnvironment : IEnvironment
{
    private const float Unreachable = 1e9f;
    private readonly WalkerState _state;
    private readonly WalkerBuffers _buffers;
    private readonly Batch<float> _distance;
    private readonly IWalkerKernel _kernel;
    private readonly TargetSequence _sequence = new();
    private readonly AgentGroup _group;
    private readonly WalkerRecord _record;
    private readonly ulong[] _seeds;
    private readonly int[] _episode;
    private readonly int[] _targetIndex;
    private readonly long[] _startTick;
    private readonly long[] _lastReachTick;
    private readonly WalkerPrices _prices;
    private readonly int _slots;
    private readonly int _commonDelay;
    private long _tick;
    private long _nextDeadline;
    private int _slot;
    private bool _endedInLastStep;
    private bool _started;

    /// <summary>A batch of walkers.</summary>
    /// <param name="options">Options.</param>
    /// <param name="count">Copies, at least 1.</param>
    public WalkerEnvironment(WalkerOptions options, int count)
        : this(options, count, WideWidth.Best)
    {
    }

    internal unsafe WalkerEnvironment(WalkerOptions options, int count, int width)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Options = options;
        Count = count;
        Spec = WalkerPage.Spec(options);
        _prices = new WalkerPrices(options.ProgressReward, options.EnergyPrice);
        _slots = options.Delay.High + 1;
        _commonDelay = options.Delay.Low == options.Delay.High ? options.Delay.Low : -1;
        _state = new WalkerState(count, _slots);
        _distance = new Batch<float>(1, 1, count);
        _group = new AgentGroup("walker", ["walker_0"], WalkerPage.ObservationSpace, WalkerPage.ActionSpace, ["target", "approach", "progress", "energy"], count);
        Groups = [_group];
        Figures = new Batch<double>(1, 2, count);
        _record = new WalkerRecord(count);
        _seeds = new ulong[count];
        _episode = new int[count];
        _targetIndex = new int[count];
        _startTick = new long[count];
        _lastReachTick = new long[count];
        _kernel = WideWidth.Dispatch(width, new KernelFactory());
        _buffers = new WalkerBuffers
        {
            State = _state.Rows.Pointer,
            Actions = _group.Actions.As<float>().Pointer,
            Observations = _group.Observations.As<float>().Pointer,
            Distance = _distance.Pointer,
            Rewards = _group.Rewards.Pointer,
            RewardParts = _group.RewardPartValues.Pointer,
            Stride = _state.Rows.Stride,
        };
    }

    /// <summary>How the environment is found and made.</summary>
    public static EnvironmentRegistration Registration { get; } = new(
        WalkerPage.Id, WalkerPage.Summary, WalkerOptions.Schema, (values, count) => new WalkerEnvironment(WalkerOptions.From(values), count));

    /// <summary>The options it was made with.</summary>
    public WalkerOptions Options { get; }

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
    public ImmutableArray<StateField> State => _record.Fields;

    internal WalkerState Bodies => _state;

    /// <summary>Number of the target that a copy walks to, from 0.</summary>
    /// <param name="copy">The copy.</param>
    /// <returns>Targets reached so far in its episode.</returns>
    public int TargetIndex(int copy) => _targetIndex[copy];

    /// <inheritdoc/>
    public void Reset(ReadOnlySpan<ulong> seeds)
    {
        if (seeds.Length != Count)
        {
            throw new ArgumentException($"{Spec.Id} with {Count} copies expects {Count} seeds, got {seeds.Length}. Give one seed for each copy.", nameof(seeds));
        }

        _started = true;
        _tick = 0;
        _slot = 0;
        _state.Rows.Values.Clear();
        for (int copy = 0; copy < Count; copy++)
        {
            _seeds[copy] = seeds[copy];
            _episode[copy] = 0;
            Begin(copy);
        }

        // Padding lanes mirror the first copy, so that they hold finite numbers, but have a target that no walker reaches.
        for (int lane = Count; lane < _state.Rows.Stride; lane++)
        {
            MirrorFirstCopy(lane);
            _state.Rows.Values[(WalkerState.TargetX * _state.Rows.Stride) + lane] = Unreachable;
        }

        ScheduleEnds();
        ClearEnds();
        Figures.Values.Clear();
        _group.Rewards.Values.Clear();
        _group.RewardPartValues.Values.Clear();
        _kernel.Observe(_buffers, _slot, _slots, _commonDelay);
        if (RecordsState)
        {
            _record.Capture(_state, _targetIndex);
        }
    }

    /// <inheritdoc/>
    public void Step()
    {
        if (!_started)
        {
            throw new InvalidOperationException($"{Spec.Id} was stepped before its first reset. Call Reset with one seed for each copy.");
        }

        if (_endedInLastStep)
        {
            RestartFigures();
        }

        bool anyReached = _kernel.Advance(_buffers, backwards: (_tick & 1) == 1, _prices);
        _tick++;
        if (anyReached)
        {
            NextTargets();
        }

        CopyEnergy();
        if (RecordsState)
        {
            _record.Capture(_state, _targetIndex);
        }

        _slot = _slot + 1 == _slots ? 0 : _slot + 1;
        _kernel.Observe(_buffers, _slot, _slots, _commonDelay);
        if (_tick >= _nextDeadline)
        {
            EndEpisodes();
        }
    }

    /// <summary>Gives every copy that reached its target the next one and, unless told otherwise, moves its body back to the centre.</summary>
    private void NextTargets()
    {
        for (int copy = 0; copy < Count; copy++)
        {
            if (!(_distance[0, 0, copy] < WalkerBody.TargetRadius))
            {
                continue;
            }

            Figures[0, 0, copy]++;
            _targetIndex[copy]++;
            _lastReachTick[copy] = _tick;
            PlaceTarget(copy);
            if (Options.Recenter)
            {
                MoveHeadToCentre(copy);
            }
        }

        if (Options.StallSteps > 0)
        {
            ScheduleEnds();
        }
    }

    private void EndEpisodes()
    {
        Batch<float> observations = _group.Observations.As<float>();
        Batch<float> final = _group.FinalObservations.As<float>();
        for (int copy = 0; copy < Count; copy++)
        {
            if (_tick < Deadline(copy))
            {
                continue;
            }

            _group.Truncated[0, 0, copy] = true;
            _endedInLastStep = true;
            for (int feature = 0; feature < observations.Features; feature++)
            {
                final[0, feature, copy] = observations[0, feature, copy];
            }

            _episode[copy]++;
            Begin(copy);
        }

        ScheduleEnds();
        _kernel.Observe(_buffers, _slot, _slots, _commonDelay);
    }

    // Ends fall on even ticks only: every episode of every copy then solves its links in the same alternation, whatever its neighbours do.
    private long Deadline(int copy)
    {
        long end = _startTick[copy] + Options.EpisodeSteps;
        if (Options.StallSteps == 0)
        {
            return end;
        }

        long stall = _lastReachTick[copy] + Options.StallSteps;
        return Math.Min(end, stall + (stall & 1));
    }

    private void ScheduleEnds()
    {
        _nextDeadline = long.MaxValue;
        for (int copy = 0; copy < Count; copy++)
        {
            _nextDeadline = Math.Min(_nextDeadline, Deadline(copy));
        }
    }

    private void Begin(int copy)
    {
        for (int row = 0; row < WalkerState.Ring + (WalkerState.Senses * _slots); row++)
        {
            _state[row, copy] = 0;
        }

        const float Centre = WalkerBody.WorldSize / 2;
        for (int point = 0; point < WalkerBody.Points; point++)
        {
            float x = Centre + WalkerBody.Offsets[2 * point], y = Centre + WalkerBody.Offsets[(2 * point) + 1];
            _state[WalkerState.X + point, copy] = x;
            _state[WalkerState.LastX + point, copy] = x;
            _state[WalkerState.Y + point, copy] = y;
            _state[WalkerState.LastY + point, copy] = y;
        }

        for (int link = 0; link < WalkerBody.Links; link++)
        {
            float rest = link < WalkerBody.Muscles ? WalkerBody.MuscleRest : WalkerBody.BoneRest(link);
            _state[WalkerState.Rest + link, copy] = rest;
            _state[WalkerState.Length + link, copy] = rest;
        }

        for (int muscle = 0; muscle < WalkerBody.Muscles; muscle++)
        {
            _state[WalkerState.LastLength + muscle, copy] = WalkerBody.MuscleRest;
        }

        for (int point = 0; point < WalkerBody.Points; point++)
        {
            _state[WalkerState.Mobility + point, copy] = 1 / (point < WalkerBody.Feet ? WalkerBody.FootMass : WalkerBody.JointMass);
        }

        (float grip, float strength, int delay) = _sequence.Conditions(_seeds[copy], _episode[copy], Options);
        _state[WalkerState.Grip, copy] = grip;
        _state[WalkerState.Strength, copy] = strength;
        _state[WalkerState.MuscleHold, copy] = 0.5f * WalkerBody.MuscleStrength * strength;
        _state[WalkerState.BoneHold, copy] = 0.5f * WalkerBody.BoneStrength;
        _state[WalkerState.Delay, copy] = delay;
        _targetIndex[copy] = 0;
        _startTick[copy] = _tick;
        _lastReachTick[copy] = _tick;
        PlaceTarget(copy);
    }

    private void PlaceTarget(int copy)
    {
        (float x, float y) = _sequence.Target(_seeds[copy], _episode[copy], _targetIndex[copy], Options.Targets, Options.WorldSize);
        _state[WalkerState.TargetX, copy] = x;
        _state[WalkerState.TargetY, copy] = y;
    }

    private void MoveHeadToCentre(int copy)
    {
        const float Centre = WalkerBody.WorldSize / 2;
        float shiftX = Centre - ((_state[WalkerState.X, copy] + _state[WalkerState.X + 1, copy]) * 0.5f);
        float shiftY = Centre - ((_state[WalkerState.Y, copy] + _state[WalkerState.Y + 1, copy]) * 0.5f);
        for (int point = 0; point < WalkerBody.Points; point++)
        {
            _state[WalkerState.X + point, copy] += shiftX;
            _state[WalkerState.LastX + point, copy] += shiftX;
            _state[WalkerState.Y + point, copy] += shiftY;
            _state[WalkerState.LastY + point, copy] += shiftY;
        }
    }

    private void MirrorFirstCopy(int lane)
    {
        Batch<float> rows = _state.Rows;
        for (int row = 0; row < rows.Features; row++)
        {
            rows.Values[(row * rows.Stride) + lane] = rows.Values[row * rows.Stride];
        }
    }

    private void CopyEnergy()
    {
        Span<float> energy = _state.Rows.Lane(WalkerState.Energy);
        Span<double> figure = Figures.Lane(1);
        for (int copy = 0; copy < energy.Length; copy++)
        {
            figure[copy] = energy[copy];
        }
    }

    private void RestartFigures()
    {
        for (int copy = 0; copy < Count; copy++)
        {
            if (_group.Truncated[0, 0, copy])
            {
                Figures[0, 0, copy] = 0;
            }
        }

        ClearEnds();
    }

    private void ClearEnds()
    {
        _group.Truncated.Values.Clear();
        _endedInLastStep = false;
    }

    private sealed class KernelFactory : IWideFactory<IWalkerKernel>
    {
        public IWalkerKernel Create<TWide>()
            where TWide : unmanaged, IWide<TWide> => new WalkerKernel<TWide>();
    }
}
