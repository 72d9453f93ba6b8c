using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Settings;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Environments.ClassicControl;

/// <summary>
/// CartPole-v1: keep a pole upright by pushing the cart under it. Seed for seed the environment of Gymnasium.
/// </summary>
/// <remarks>
/// <para>Barto, Sutton and Anderson, "Neuronlike adaptive elements that can solve difficult learning control problems", IEEE Transactions
/// on Systems, Man, and Cybernetics, 1983; without friction, as Gymnasium has it. With force F, pole angle θ from the vertical, total mass M,
/// pole mass m and half length l:</para>
/// <code>
/// t = (F + m·l·θ'²·sin θ) / M
/// θ'' = (g·sin θ − cos θ·t) / (l·(4/3 − m·cos²θ / M))
/// x'' = t − m·l·θ''·cos θ / M
/// </code>
/// <para>integrated by Euler's method: positions move with the old speeds.</para>
/// </remarks>
public sealed partial class CartPole : ClassicControlEnvironment
{
    private const double Gravity = 9.8; // m/s²
    private const double PoleMass = 0.1; // kg
    private const double TotalMass = PoleMass + 1.0; // kg
    private const double HalfLength = 0.5; // m
    private const double PoleMassLength = PoleMass * HalfLength; // kg·m
    private const double ForceMagnitude = 10.0; // N
    private const double StepSeconds = 0.02; // s
    private const double TrackLimit = 2.4; // m
    private const double AngleLimit = 12 * 2 * Math.PI / 360; // rad

    private static readonly SettingSchema Schema = SchemaWithLimit(
        500,
        new Setting
        {
            Key = "sutton-barto-reward",
            Kind = SettingKind.Switch,
            Default = "false",
            Description = "Pay 0 for each step and −1 for the fall, as in Sutton and Barto's book, instead of 1 for each step",
        },
        new Setting
        {
            Key = "start",
            Kind = SettingKind.Range,
            Default = "-0.05..0.05",
            Minimum = -2,
            Maximum = 2,
            Description = "Each of the four state variables starts uniformly within (m, m/s, rad, rad/s)",
        });

    private readonly double[] _x;
    private readonly double[] _speed;
    private readonly double[] _angle;
    private readonly double[] _spin;
    private readonly double _aliveReward;
    private readonly double _fallReward;
    private readonly (double Low, double High) _start;

    /// <summary>A batch of carts.</summary>
    /// <param name="settings">Settings of <see cref="Registration"/>'s schema.</param>
    /// <param name="count">Copies, at least 1.</param>
    public CartPole(SettingValues settings, int count)
        : base(
            SpecFor(settings),
            "cart",
            new BoxSpace(
                [(float)(-2 * TrackLimit), float.NegativeInfinity, (float)(-2 * AngleLimit), float.NegativeInfinity],
                [(float)(2 * TrackLimit), float.PositiveInfinity, (float)(2 * AngleLimit), float.PositiveInfinity]),
            new DiscreteSpace(2),
            ["alive", "fall"],
            ["position", "speed", "angle", "angular_speed"],
            count)
    {
        (_x, _speed, _angle, _spin) = (Variable(0), Variable(1), Variable(2), Variable(3));
        (_aliveReward, _fallReward) = settings.Switch("sutton-barto-reward") ? (0.0, -1.0) : (1.0, 0.0);
        _start = settings.Range("start");
    }

    /// <summary>How it is found and made.</summary>
    public static EnvironmentRegistration Registration { get; } =
        new("CartPole-v1", "Keep a pole upright by pushing the cart under it.", Schema, (settings, count) => new CartPole(settings, count));

    private protected override void Start(int copy, NumpyGenerator random)
    {
        _x[copy] = random.Uniform(_start.Low, _start.High);
        _speed[copy] = random.Uniform(_start.Low, _start.High);
        _angle[copy] = random.Uniform(_start.Low, _start.High);
        _spin[copy] = random.Uniform(_start.Low, _start.High);
    }

    private protected override void Advance()
    {
        Span<int> actions = Agent.Actions.As<int>().Lane(0);
        Span<double> alive = Agent.RewardPartValues.Lane(0);
        Span<double> fall = Agent.RewardPartValues.Lane(1);
        Span<bool> terminated = Agent.Terminated.Lane(0);
        for (int copy = 0; copy < actions.Length; copy++)
        {
            double force = actions[copy] == 1 ? ForceMagnitude : -ForceMagnitude;
            double angle = _angle[copy];
            double spin = _spin[copy];
            double cos = Math.Cos(angle);
            double sin = Math.Sin(angle);
            double t = (force + (PoleMassLength * (spin * spin) * sin)) / TotalMass;
            double angularAcceleration = ((Gravity * sin) - (cos * t)) / (HalfLength * ((4.0 / 3.0) - (PoleMass * (cos * cos) / TotalMass)));
            double acceleration = t - (PoleMassLength * angularAcceleration * cos / TotalMass);

            double x = _x[copy] + (StepSeconds * _speed[copy]);
            angle += StepSeconds * spin;
            _x[copy] = x;
            _angle[copy] = angle;
            _speed[copy] += StepSeconds * acceleration;
            _spin[copy] = spin + (StepSeconds * angularAcceleration);

            bool fell = x < -TrackLimit || x > TrackLimit || angle < -AngleLimit || angle > AngleLimit;
            terminated[copy] = fell;
            alive[copy] = _aliveReward;
            fall[copy] = fell ? _fallReward : 0;
        }
    }

    private protected override void Observe(Batch<float> destination, int first, int count)
    {
        Span<float> x = destination.Lane(0);
        Span<float> speed = destination.Lane(1);
        Span<float> angle = destination.Lane(2);
        Span<float> spin = destination.Lane(3);
        for (int copy = first; copy < first + count; copy++)
        {
            x[copy] = (float)_x[copy];
            speed[copy] = (float)_speed[copy];
            angle[copy] = (float)_angle[copy];
            spin[copy] = (float)_spin[copy];
        }
    }

    private protected override void Tally(ReadOnlySpan<int> steps)
    {
        Span<double> upright = Figures.Lane(0);
        for (int copy = 0; copy < steps.Length; copy++)
        {
            upright[copy] = steps[copy] * StepSeconds;
        }
    }

    private static EnvironmentSpec SpecFor(SettingValues settings) => new()
    {
        Id = "CartPole-v1",
        Summary = "Keep a pole upright by pushing the cart under it.",
        StepSeconds = StepSeconds,
        MaxEpisodeSteps = settings.Integer("episode-steps"),
        Figures = [new Figure("uprightSeconds", "s", "How long the pole stayed up")],
        Page = Page,
    };

    private static EnvironmentPage Page => new()
    {
        Description = "A pole of 1 m and 0.1 kg stands on a hinge on a cart of 1 kg, which runs on a track without friction. A force of 10 N pushes "
            + "the cart left or right in every step of 0.02 s; the task is to keep the pole from falling.",
        Actions = [new("0", "push", "choice", "0 left, 1 right")],
        Observations =
        [
            new("0", "position of the cart", "m", "−4.8 to 4.8; the episode ends beyond ±2.4"),
            new("1", "speed of the cart", "m/s", "any"),
            new("2", "angle of the pole from the vertical", "rad", "−0.418 to 0.418; the episode ends beyond ±0.2095 (12°)"),
            new("3", "angular speed of the pole", "rad/s", "any"),
        ],
        Reward = "alive: 1 for every step, the last one included. fall: 0. With sutton-barto-reward, alive is 0 and fall is −1 in the step that terminates.",
        Start = "All four state variables uniform in [−0.05, 0.05] (setting 'start').",
        End = "Terminated when the cart is more than 2.4 m from the middle or the pole more than 12° from the vertical; truncated after 500 steps (setting 'episode-steps').",
        Source = "Barto, Sutton and Anderson, Neuronlike adaptive elements that can solve difficult learning control problems, 1983; "
            + "constants, order of computation and random draws of Gymnasium 1.4.0.",
        Versions = "v1: 500 steps and termination at 12°, as Gymnasium's v1.",
    };
}
