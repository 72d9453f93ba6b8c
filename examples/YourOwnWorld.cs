#:project ../src/Gymkhana.Environments
#:project ../src/Gymkhana.Evolution
#:property PublishAot=false

// A world of one's own: written, checked against the contract, and learnt by NEAT. docs/getting-started.md explains it.
//   dotnet run examples/YourOwnWorld.cs
using System.Collections.Immutable;
using Gymkhana.Core.Conformance;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Core.Spaces;
using Gymkhana.Evolution.Neat;

EnvironmentRegistry registry = new([Dock.Registration]);
EnvironmentRegistration dock = registry.Find("Dock-v0");

IReadOnlyList<ConformanceFinding> findings = EnvironmentChecks.Run(dock);
Console.WriteLine(findings.Count == 0 ? $"{dock.Id} keeps the contract." : string.Join('\n', findings));

NeatAlgorithm neat = new();
SettingValues task = dock.Schema.Defaults;
SettingValues settings = neat.Schema.Defaults.With("population", "100").With("generations", "20").With("start-hidden", "2");
using ITrainer trainer = neat.Start(new TrainingContext(dock, task, task, settings, Seed: 1, Threads: 2));
while (!trainer.IsFinished)
{
    TrainingReport report = trainer.Advance();
    if (report.ChampionChanged)
    {
        Console.WriteLine($"generation {report.Iteration,2}: {report.Metrics.First(m => m.Name == "championValidation").Value:F3} on validation seeds");
    }
}

foreach (IPolicy policy in new[] { trainer.Champion, new RandomPolicy() })
{
    EvaluationReport score = Evaluator.Evaluate(count => dock.Create(task, count), policy, ChampionScores.TestSeeds(200), threads: 2);
    ScoreSummary docked = score.Figures[0].Summary;
    Console.WriteLine($"{policy.Name,-8}: return {score.Return.Mean:F2}, docked {docked.Mean:P0} [{docked.MeanInterval.Low:P0}, {docked.MeanInterval.High:P0}] of {score.Results.Length} test episodes");
}

/// <summary>A boat drifts towards a quay, which it must touch gently. It is pushed by a current that it does not see.</summary>
internal sealed class Dock : IEnvironment
{
    private const float StepSeconds = 0.1f;
    private const float GentleSpeed = 0.3f; // m/s
    private static readonly SettingSchema Schema = new(new Setting
    {
        Key = "thrust", Kind = SettingKind.Real, Default = "0.5", Minimum = 0.1, Maximum = 10, Unit = "m/s²", Description = "Acceleration by the engine",
    });

    private readonly AgentGroup _boat;
    private readonly KeyedStream[] _random;
    private readonly float[] _distance, _speed, _current; // m, m/s towards the quay, m/s²
    private readonly int[] _steps;
    private readonly float _thrust;
    private readonly Batch<float> _recordedCurrent;

    private Dock(SettingValues settings, int count)
    {
        Count = count;
        _thrust = (float)settings.Real("thrust");
        _boat = new AgentGroup("boat", ["boat"], new BoxSpace([0, -50], [100, 50]), new DiscreteSpace(3), ["docking", "time"], count);
        Groups = [_boat];
        Figures = new Batch<double>(1, Spec.Figures.Length, count);
        _recordedCurrent = new Batch<float>(1, 1, count);
        State = [new StateField("current", [], _recordedCurrent)];
        _random = new KeyedStream[count];
        (_distance, _speed, _current, _steps) = (new float[count], new float[count], new float[count], new int[count]);
    }

    public static EnvironmentRegistration Registration { get; } = new("Dock-v0", "Touch the quay gently.", Schema, (settings, count) => new Dock(settings, count));

    public EnvironmentSpec Spec { get; } = new()
    {
        Id = "Dock-v0",
        Summary = "Touch the quay gently.",
        StepSeconds = StepSeconds,
        MaxEpisodeSteps = 300,
        Figures = [new Figure("docked", "boats", "1 when the boat docked, else 0")],
        Page = new EnvironmentPage
        {
            Description = "A boat drifts towards a quay and must touch it at no more than 0.3 m/s.",
            Actions = [new FeatureRow("0", "engine", "choice", "0 astern, 1 off, 2 ahead")],
            Observations = [new FeatureRow("0", "distance", "m", "0 to 100"), new FeatureRow("1", "speed towards the quay", "m/s", "−50 to 50")],
            Reward = "docking: 10 for a gentle touch, −10 for a hard one. time: −0.01 for every step.",
            Start = "Distance uniform in [5, 10] m, speed in [0, 1] m/s, current in [−0.1, 0.1] m/s².",
            End = "Terminated when the boat touches the quay or is 100 m away; truncated after 300 steps.",
            Source = "Written for docs/getting-started.md.",
            Versions = "v0: first version.",
        },
    };

    public int Count { get; }

    public ImmutableArray<AgentGroup> Groups { get; }

    public Batch<double> Figures { get; }

    public bool RecordsState { get; set; }

    public ImmutableArray<StateField> State { get; }

    public void Reset(ReadOnlySpan<ulong> seeds)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seeds.Length, Count);
        for (int copy = 0; copy < Count; copy++)
        {
            // All that is random in a copy comes from its own stream: neither its place nor its neighbours matter.
            _random[copy] = new KeyedStream(seeds[copy], 0, StreamPurpose.Reset);
            Start(copy);
            Observe(_boat.Observations.As<float>(), copy);
            Record(copy);
        }

        Figures.Values.Clear();
    }

    public void Step()
    {
        if (_random[0] is null)
        {
            throw new InvalidOperationException("Dock-v0 was stepped before its first Reset.");
        }

        Span<int> actions = _boat.Actions.As<int>().Lane(0);
        for (int copy = 0; copy < Count; copy++)
        {
            _speed[copy] += (((actions[copy] - 1) * _thrust) + _current[copy]) * StepSeconds;
            _distance[copy] -= _speed[copy] * StepSeconds;
            bool touched = _distance[copy] <= 0;
            bool gentle = touched && _speed[copy] <= GentleSpeed;
            bool terminated = touched || _distance[copy] >= 100;
            bool truncated = !terminated && ++_steps[copy] == Spec.MaxEpisodeSteps;

            double docking = gentle ? 10 : touched ? -10 : 0;
            _boat.RewardPartValues[0, 0, copy] = docking;
            _boat.RewardPartValues[0, 1, copy] = -0.01;
            _boat.Rewards[0, 0, copy] = docking + -0.01;
            _boat.Terminated[0, 0, copy] = terminated;
            _boat.Truncated[0, 0, copy] = truncated;
            Figures[0, 0, copy] = gentle ? 1 : 0;
            Record(copy);
            if (terminated || truncated)
            {
                // The end is kept beside the new beginning.
                Observe(_boat.FinalObservations.As<float>(), copy);
                Start(copy);
            }

            Observe(_boat.Observations.As<float>(), copy);
        }
    }

    private void Start(int copy)
    {
        _distance[copy] = _random[copy].Uniform(5f, 10f);
        _speed[copy] = _random[copy].Uniform(0f, 1f);
        _current[copy] = _random[copy].Uniform(-0.1f, 0.1f);
        _steps[copy] = 0;
    }

    private void Observe(Batch<float> destination, int copy)
    {
        destination[0, 0, copy] = Math.Clamp(_distance[copy], 0, 100);
        destination[0, 1, copy] = Math.Clamp(_speed[copy], -50, 50);
    }

    private void Record(int copy)
    {
        if (RecordsState)
        {
            _recordedCurrent[0, 0, copy] = _current[copy];
        }
    }
}
