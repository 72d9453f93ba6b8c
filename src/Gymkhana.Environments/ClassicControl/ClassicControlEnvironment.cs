using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Settings;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Environments.ClassicControl;

/// <summary>
/// What the four worlds of classic control share: one agent, a few state variables in double precision, a NumPy random stream for each
/// copy, a time limit and the reset in the same step. The worlds themselves are in their own files.
/// </summary>
/// <remarks>
/// Copy i draws from <c>numpy.random.default_rng(seed)</c> as Gymnasium does, and later episodes go on with the same stream. State is
/// kept as one array for each variable across copies. Observations are the state rounded to single precision. When the task's own rules and the
/// time limit end an episode in the same step, it is terminated and not truncated: nothing follows that a learner could bootstrap from.
/// </remarks>
public abstract class ClassicControlEnvironment : IEnvironment
{
    private readonly double[][] _variables;
    private readonly Batch<double>[] _recorded;
    private readonly NumpyGenerator[] _random;
    private readonly int[] _steps;
    private readonly int _actionChoices;
    private bool _started;

    /// <summary>A batch of one world.</summary>
    /// <param name="spec">What it is.</param>
    /// <param name="agent">Name of its one agent.</param>
    /// <param name="observationSpace">What the agent sees.</param>
    /// <param name="actionSpace">What it does: a choice, or a box of one number.</param>
    /// <param name="rewardParts">Names of the parts of the reward.</param>
    /// <param name="variables">Names of the state variables.</param>
    /// <param name="count">Copies, at least 1.</param>
    private protected ClassicControlEnvironment(
        EnvironmentSpec spec,
        string agent,
        BoxSpace observationSpace,
        Space actionSpace,
        ImmutableArray<string> rewardParts,
        ImmutableArray<string> variables,
        int count)
    {
        Spec = spec;
        Count = count;
        Agent = new AgentGroup(agent, [agent], observationSpace, actionSpace, rewardParts, count);
        Groups = [Agent];
        Figures = new Batch<double>(1, spec.Figures.Length, count);
        _variables = [.. variables.Select(_ => new double[count])];
        _recorded = [.. variables.Select(_ => new Batch<double>(1, 1, count))];
        State = [.. variables.Select((name, i) => new StateField(name, [], _recorded[i]))];
        _random = new NumpyGenerator[count];
        _steps = new int[count];
        _actionChoices = (actionSpace as DiscreteSpace)?.Count ?? 0;
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

    /// <summary>The one group.</summary>
    private protected AgentGroup Agent { get; }

    /// <inheritdoc/>
    public void Reset(ReadOnlySpan<ulong> seeds)
    {
        if (seeds.Length != Count)
        {
            throw new ArgumentException($"{Spec.Id} expects {Count} seeds (one for each copy), got {seeds.Length}.", nameof(seeds));
        }

        for (int copy = 0; copy < Count; copy++)
        {
            _random[copy] = new NumpyGenerator(seeds[copy]);
            _steps[copy] = 0;
            Start(copy, _random[copy]);
        }

        _started = true;
        Figures.Values.Clear();
        Agent.Terminated.Values.Clear();
        Agent.Truncated.Values.Clear();
        Observe(Agent.Observations.As<float>(), 0, Count);
        RecordState();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An action is no choice of the space, or not a number.</exception>
    public void Step()
    {
        if (!_started)
        {
            throw new InvalidOperationException($"{Spec.Id} was stepped before its first Reset; call Reset with {Count} seeds first.");
        }

        CheckActions();
        Advance();
        Span<bool> terminated = Agent.Terminated.Lane(0);
        Span<bool> truncated = Agent.Truncated.Lane(0);
        for (int copy = 0; copy < Count; copy++)
        {
            _steps[copy]++;
            truncated[copy] = !terminated[copy] && _steps[copy] >= Spec.MaxEpisodeSteps;
        }

        AddUpRewards();
        Tally(_steps);
        RecordState();
        for (int copy = 0; copy < Count; copy++)
        {
            if (terminated[copy] || truncated[copy])
            {
                Observe(Agent.FinalObservations.As<float>(), copy, 1);
                _steps[copy] = 0;
                Start(copy, _random[copy]);
            }
        }

        Observe(Agent.Observations.As<float>(), 0, Count);
    }

    /// <summary>The settings of one world: its own, then the time limit.</summary>
    /// <param name="limit">Gymnasium's time limit, steps.</param>
    /// <param name="own">The world's own.</param>
    /// <returns>The schema.</returns>
    private protected static SettingSchema SchemaWithLimit(int limit, params ReadOnlySpan<Setting> own) => new(
    [
        .. own,
        new Setting
        {
            Key = "episode-steps",
            Kind = SettingKind.Integer,
            Default = limit.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Minimum = 1,
            Maximum = 1_000_000,
            Unit = "steps",
            Description = "Time limit: the episode is truncated after so many steps",
        },
    ]);

    /// <summary>The values of one state variable, one for each copy.</summary>
    /// <param name="index">Its place among the names.</param>
    /// <returns>The array that is the state.</returns>
    private protected double[] Variable(int index) => _variables[index];

    /// <summary>The random stream of one copy.</summary>
    /// <param name="copy">The copy.</param>
    /// <returns>The stream, after the first Reset.</returns>
    private protected NumpyGenerator RandomOf(int copy) => _random[copy];

    /// <summary>Draws the start state of one copy.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="random">Its stream.</param>
    private protected abstract void Start(int copy, NumpyGenerator random);

    /// <summary>Moves every copy by one step, and writes its parts of the reward and whether it terminated.</summary>
    private protected abstract void Advance();

    /// <summary>Writes what the agent sees in some copies.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="first">The first of these copies.</param>
    /// <param name="count">How many.</param>
    private protected abstract void Observe(Batch<float> destination, int first, int count);

    /// <summary>Updates the figures of every copy after a step, before any reset.</summary>
    /// <param name="steps">Steps of each copy's episode, this one included: 1 in the first.</param>
    private protected abstract void Tally(ReadOnlySpan<int> steps);

    private void AddUpRewards()
    {
        Span<double> rewards = Agent.Rewards.Lane(0);
        Agent.RewardPartValues.Lane(0).CopyTo(rewards);
        for (int part = 1; part < Agent.RewardParts.Length; part++)
        {
            Span<double> values = Agent.RewardPartValues.Lane(part);
            for (int copy = 0; copy < rewards.Length; copy++)
            {
                rewards[copy] += values[copy];
            }
        }
    }

    private void RecordState()
    {
        for (int i = 0; RecordsState && i < _variables.Length; i++)
        {
            _variables[i].CopyTo(_recorded[i].Lane(0));
        }
    }

    private void CheckActions()
    {
        if (_actionChoices == 0)
        {
            if (Agent.Actions.As<float>().Lane(0).ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            {
                throw new ArgumentOutOfRangeException(nameof(Agent.Actions), $"{Spec.Id} expects finite actions, got NaN or infinity; look at the policy's output.");
            }
        }
        else if (Agent.Actions.As<int>().Lane(0).ContainsAnyExceptInRange(0, _actionChoices - 1))
        {
            throw new ArgumentOutOfRangeException(nameof(Agent.Actions), $"{Spec.Id} expects actions from 0 to {_actionChoices - 1}, got another; look at the policy's output.");
        }
    }
}
