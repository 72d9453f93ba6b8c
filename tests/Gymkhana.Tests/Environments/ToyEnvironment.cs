using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Settings;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Tests.Environments;

/// <summary>What is wrong with a <see cref="ToyEnvironment"/>; each fault breaks one rule of the contract.</summary>
public enum Fault
{
    None,
    StepsBeforeReset,
    AcceptsAnySeeds,
    ObservationOutOfBounds,
    RewardNotSumOfParts,
    InfiniteReward,
    NotDeterministic,
    ResetKeepsStream,
    EpisodeRestartsItsStream,
    NoAutoreset,
    FinalObservationNotWritten,
    FinalObservationIsStart,
    FiguresGoOn,
    OddRestart,
    Allocates,
    CopiesShareStream,
    LaneDependent,
    EmptyHeading,
    FigureWithoutName,
    WrongId,
    UnparsableDefault,
    StateAlwaysRefreshed,
    StateNeverRefreshed,
    StateShapeWrong,
    RecordingChangesWorld,
    TerminatesAndTruncates,
    OutlastsLimit,
}

/// <summary>
/// A point on a line that a choice of three pushes and the stream shakes, until it is 1 away or 30 steps have gone. Plain and correct,
/// unless it is asked for a <see cref="Fault"/>. With two groups, two "others" act in a box and are rewarded with what they do.
/// </summary>
public sealed class ToyEnvironment : IEnvironment
{
    public const int Limit = 30;

    private static ulong _processWide;

    private readonly Fault _fault;
    private readonly NumpyGenerator[] _random;
    private readonly ulong[] _seeds;
    private readonly double[] _x;
    private readonly int[] _steps;
    private readonly Batch<double> _positions;
    private readonly Action? _stepped;
    private byte[]? _garbage;
    private bool _started;

    public ToyEnvironment(int count, Fault fault = Fault.None, bool twoGroups = false, Action? stepped = null)
    {
        _fault = fault;
        _stepped = stepped;
        Count = count;
        _random = new NumpyGenerator[count];
        _seeds = new ulong[count];
        _x = new double[count];
        _steps = new int[count];
        Array.Fill(_random, new NumpyGenerator(0));
        var walker = new AgentGroup("point", ["point"], new BoxSpace(-1.5f, 1.5f, 2), new DiscreteSpace(3), ["distance", "time"], count);
        var others = new AgentGroup("others", ["left", "right"], new BoxSpace(0, 1, 1), new BoxSpace(-1, 1, 1), [], count);
        Groups = twoGroups ? [walker, others] : [walker];
        Figures = new Batch<double>(1, 2, count);
        _positions = new Batch<double>(1, 1, count);
        State = [new StateField("position", fault == Fault.StateShapeWrong ? [2] : [], _positions)];
        Figure second = new(fault == Fault.FigureWithoutName ? "" : "farthest", "m", "Largest distance from the middle.");
        Spec = new EnvironmentSpec
        {
            Id = fault == Fault.WrongId ? "Other-v0" : "Toy-v0",
            Summary = "A point on a line.",
            StepSeconds = 0.1,
            MaxEpisodeSteps = Limit,
            Figures = [new Figure("steps", "steps", "Steps."), second],
            Page = new EnvironmentPage
            {
                Description = "A point on a line.",
                Actions = [new FeatureRow("0", "push", "choice", "0–2")],
                Observations = [new FeatureRow("0–1", "position and its half", "m", "−1.5–1.5")],
                Reward = fault == Fault.EmptyHeading ? " " : "Distance less time.",
                Start = "Near the middle.",
                End = "Terminated 1 m away, truncated after 30 steps.",
                Source = "Made for tests.",
                Versions = "v0.",
            },
        };
    }

    public EnvironmentSpec Spec { get; }

    public int Count { get; }

    public ImmutableArray<AgentGroup> Groups { get; }

    public Batch<double> Figures { get; }

    public bool RecordsState { get; set; }

    public ImmutableArray<StateField> State { get; }

    public static EnvironmentRegistration Registration(Fault fault = Fault.None) => new(
        "Toy-v0",
        "A point on a line.",
        new SettingSchema(new Setting { Key = "length", Kind = SettingKind.Real, Default = fault == Fault.UnparsableDefault ? "long" : "1", Description = "Half the line.", Unit = "m" }),
        (_, count) => new ToyEnvironment(count, fault));

    public void Reset(ReadOnlySpan<ulong> seeds)
    {
        if (seeds.Length != Count && _fault != Fault.AcceptsAnySeeds)
        {
            throw new ArgumentException($"Toy-v0 has {Count} copies and needs as many seeds, got {seeds.Length}.", nameof(seeds));
        }

        for (int copy = 0; copy < Math.Min(Count, seeds.Length); copy++)
        {
            if (_fault != Fault.ResetKeepsStream || !_started)
            {
                _random[copy] = _fault == Fault.CopiesShareStream && copy > 0 ? _random[0] : new NumpyGenerator(seeds[copy]);
            }

            _seeds[copy] = seeds[copy];
            Start(copy);
            _steps[copy] = 0;
        }

        _started = true;
        Record();
        Observe(Groups[0].Observations.As<float>());
        ShowOthers();
    }

    public void Step()
    {
        if (!_started && _fault != Fault.StepsBeforeReset)
        {
            throw new InvalidOperationException("Toy-v0 was stepped before its first Reset.");
        }

        _stepped?.Invoke();
        if (_fault == Fault.Allocates)
        {
            _garbage = new byte[_garbage?.Length == 8 ? 9 : 8];
        }

        AgentGroup group = Groups[0];
        for (int copy = 0; copy < Count; copy++)
        {
            Move(copy, group.Actions.As<int>()[0, 0, copy]);
            double distance = Math.Abs(_x[copy]);
            group.RewardPartValues[0, 0, copy] = distance;
            group.RewardPartValues[0, 1, copy] = -0.01;
            double reward = distance - 0.01;
            group.Rewards[0, 0, copy] = _fault switch
            {
                Fault.RewardNotSumOfParts => reward + 0.5,
                Fault.InfiniteReward when _steps[copy] == 5 => double.PositiveInfinity,
                _ => reward,
            };
            bool terminated = distance > 1;
            bool timeUp = _steps[copy] >= (_fault == Fault.OutlastsLimit ? 2 * Limit : Limit);
            group.Terminated[0, 0, copy] = terminated || (timeUp && _fault == Fault.TerminatesAndTruncates);
            group.Truncated[0, 0, copy] = timeUp && (!terminated || _fault == Fault.TerminatesAndTruncates);
            Figures[0, 0, copy] = _steps[copy];
            Figures[0, 1, copy] = distance;
        }

        Record();
        if (_fault != Fault.FinalObservationNotWritten && _fault != Fault.FinalObservationIsStart)
        {
            Observe(group.FinalObservations.As<float>());
        }

        FinishOthers();
        for (int copy = 0; copy < Count; copy++)
        {
            if (group.Terminated[0, 0, copy] || group.Truncated[0, 0, copy])
            {
                Restart(copy);
            }
        }

        Observe(group.Observations.As<float>());
        ShowOthers();
        if (_fault == Fault.FinalObservationIsStart)
        {
            Observe(group.FinalObservations.As<float>());
        }
    }

    private void Restart(int copy)
    {
        if (_fault == Fault.EpisodeRestartsItsStream)
        {
            _random[copy] = new NumpyGenerator(_seeds[copy]);
        }

        if (_fault == Fault.NoAutoreset)
        {
            _steps[copy] = 0;
            _x[copy] = Math.Clamp(_x[copy], -1, 1);
            return;
        }

        Start(copy);
        if (_fault == Fault.OddRestart)
        {
            _x[copy] = 0.9;
        }
    }

    private void Start(int copy)
    {
        double start = _random[copy].Uniform(-0.2, 0.2);
        bool again = _started && _fault == Fault.FiguresGoOn;
        _x[copy] = start;
        _steps[copy] = again ? _steps[copy] : 0;
    }

    private void Move(int copy, int push)
    {
        double shake = _random[copy].Uniform(-0.05, 0.05);
        _x[copy] += ((push - 1) * 0.25) + shake;
        _steps[copy]++;
        if (_fault == Fault.NotDeterministic)
        {
            _x[copy] += 1e-6 * (_processWide++ % 7);
        }
        else if (_fault == Fault.LaneDependent && copy >= 16)
        {
            _x[copy] += 1e-7;
        }
        else if (_fault == Fault.RecordingChangesWorld && RecordsState)
        {
            _x[copy] += 1e-7;
        }
    }

    private void Observe(Batch<float> destination)
    {
        for (int copy = 0; copy < Count; copy++)
        {
            destination[0, 0, copy] = (float)_x[copy] * (_fault == Fault.ObservationOutOfBounds ? 2 : 1);
            destination[0, 1, copy] = (float)(_x[copy] / 2);
        }
    }

    private void Record()
    {
        if ((RecordsState || _fault == Fault.StateAlwaysRefreshed) && _fault != Fault.StateNeverRefreshed)
        {
            _x.CopyTo(_positions.Lane(0));
        }
    }

    // The others see how far off the point is.
    private void ShowOthers()
    {
        for (int copy = 0; Groups.Length > 1 && copy < Count; copy++)
        {
            Groups[1].Observations.Write(0, 0, copy, Math.Min(1, Math.Abs(_x[copy])));
            Groups[1].Observations.Write(1, 0, copy, Math.Min(1, Math.Abs(_x[copy])));
        }
    }

    private void FinishOthers()
    {
        if (Groups.Length == 1)
        {
            return;
        }

        for (int agent = 0; agent < 2; agent++)
        {
            for (int copy = 0; copy < Count; copy++)
            {
                Groups[1].Rewards[agent, 0, copy] = Groups[1].Actions.As<float>()[agent, 0, copy];
                Groups[1].Terminated[agent, 0, copy] = Groups[0].Terminated[0, 0, copy];
                Groups[1].Truncated[agent, 0, copy] = Groups[0].Truncated[0, 0, copy];
                Groups[1].FinalObservations.Write(agent, 0, copy, Math.Min(1, Math.Abs(_x[copy])));
            }
        }
    }
}
