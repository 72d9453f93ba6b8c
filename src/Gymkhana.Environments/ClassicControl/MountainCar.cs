using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Settings;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Environments.ClassicControl;

/// <summary>
/// MountainCar-v0: swing an engine too weak for the hill up to its top. Seed for seed the environment of Gymnasium.
/// </summary>
/// <remarks>
/// <para>Moore, "Efficient memory-based learning for robot control", PhD thesis, University of Cambridge, 1990; the constants are those of
/// Singh and Sutton, "Reinforcement learning with replacing eligibility traces", 1996. Positions x and speeds v have no unit; with
/// action a in {0, 1, 2}:</para>
/// <code>
/// v ← clip(v + 0.001·(a − 1) − 0.0025·cos 3x, ±0.07)
/// x ← clip(x + v, −1.2, 0.6), and v ← 0 at the left wall
/// </code>
/// </remarks>
public sealed partial class MountainCar : ClassicControlEnvironment
{
    private const double MinPosition = -1.2;
    private const double MaxPosition = 0.6;
    private const double MaxSpeed = 0.07;
    private const double GoalPosition = 0.5;
    private const double Force = 0.001;
    private const double Gravity = 0.0025;

    private static readonly SettingSchema Schema = SchemaWithLimit(
        200,
        new Setting
        {
            Key = "goal-velocity",
            Kind = SettingKind.Real,
            Default = "0",
            Minimum = -MaxSpeed,
            Maximum = MaxSpeed,
            Description = "Speed that the car must have at the goal for the episode to terminate",
        },
        new Setting
        {
            Key = "start",
            Kind = SettingKind.Range,
            Default = "-0.6..-0.4",
            Minimum = MinPosition,
            Maximum = MaxPosition,
            Description = "The position starts uniformly within",
        });

    private readonly double[] _position;
    private readonly double[] _velocity;
    private readonly double _goalVelocity;
    private readonly (double Low, double High) _start;

    /// <summary>A batch of cars.</summary>
    /// <param name="settings">Settings of <see cref="Registration"/>'s schema.</param>
    /// <param name="count">Copies, at least 1.</param>
    public MountainCar(SettingValues settings, int count)
        : base(
            SpecFor(settings),
            "car",
            new BoxSpace([(float)MinPosition, (float)-MaxSpeed], [(float)MaxPosition, (float)MaxSpeed]),
            new DiscreteSpace(3),
            ["time"],
            ["position", "velocity"],
            count)
    {
        (_position, _velocity) = (Variable(0), Variable(1));
        _goalVelocity = settings.Real("goal-velocity");
        _start = settings.Range("start");
    }

    /// <summary>How it is found and made.</summary>
    public static EnvironmentRegistration Registration { get; } =
        new("MountainCar-v0", "Swing an engine too weak for the hill up to its top.", Schema, (settings, count) => new MountainCar(settings, count));

    private protected override void Start(int copy, NumpyGenerator random)
    {
        _position[copy] = random.Uniform(_start.Low, _start.High);
        _velocity[copy] = 0;
    }

    private protected override void Advance()
    {
        Span<int> actions = Agent.Actions.As<int>().Lane(0);
        Span<double> time = Agent.RewardPartValues.Lane(0);
        Span<bool> terminated = Agent.Terminated.Lane(0);
        for (int copy = 0; copy < actions.Length; copy++)
        {
            double position = _position[copy];
            double velocity = _velocity[copy] + (((actions[copy] - 1) * Force) + (Math.Cos(3 * position) * -Gravity));
            velocity = Math.Clamp(velocity, -MaxSpeed, MaxSpeed);
            position = Math.Clamp(position + velocity, MinPosition, MaxPosition);
            if (position == MinPosition && velocity < 0)
            {
                velocity = 0;
            }

            _position[copy] = position;
            _velocity[copy] = velocity;
            terminated[copy] = position >= GoalPosition && velocity >= _goalVelocity;
            time[copy] = -1;
        }
    }

    private protected override void Observe(Batch<float> destination, int first, int count)
    {
        Span<float> position = destination.Lane(0);
        Span<float> velocity = destination.Lane(1);
        for (int copy = first; copy < first + count; copy++)
        {
            position[copy] = (float)_position[copy];
            velocity[copy] = (float)_velocity[copy];
        }
    }

    private protected override void Tally(ReadOnlySpan<int> steps)
    {
        Span<bool> terminated = Agent.Terminated.Lane(0);
        Span<double> reached = Figures.Lane(0);
        Span<double> highest = Figures.Lane(1);
        for (int copy = 0; copy < steps.Length; copy++)
        {
            reached[copy] = terminated[copy] ? 1 : 0;
            highest[copy] = steps[copy] == 1 ? _position[copy] : Math.Max(highest[copy], _position[copy]);
        }
    }

    private static EnvironmentSpec SpecFor(SettingValues settings) => new()
    {
        Id = "MountainCar-v0",
        Summary = "Swing an engine too weak for the hill up to its top.",
        StepSeconds = 1,
        MaxEpisodeSteps = settings.Integer("episode-steps"),
        Figures =
        [
            new Figure("goals", "goals", "1 when the car reached the goal, else 0"),
            new Figure("farthestRight", "position", "Position farthest to the right"),
        ],
        Page = Page,
    };

    private static EnvironmentPage Page => new()
    {
        Description = "A car stands in the valley of a hilly road, height sin 3x at position x. Its engine is too weak to climb the right hill at once: "
            + "it must first back up the left one. A step has no stated length; it counts as 1 s here.",
        Actions = [new("0", "engine", "choice", "0 accelerate left, 1 coast, 2 accelerate right")],
        Observations =
        [
            new("0", "position along the road", "none", "−1.2 to 0.6"),
            new("1", "velocity", "per step", "−0.07 to 0.07"),
        ],
        Reward = "time: −1 for every step, the last one included.",
        Start = "Position uniform in [−0.6, −0.4] (setting 'start'), at rest.",
        End = "Terminated when the position is at least 0.5 and the velocity at least 'goal-velocity' (0); truncated after 200 steps (setting 'episode-steps').",
        Source = "Moore, Efficient memory-based learning for robot control, 1990, with the constants of Singh and Sutton, 1996; "
            + "order of computation and random draws of Gymnasium 1.4.0.",
        Versions = "v0: as Gymnasium's v0.",
    };
}
