using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Settings;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Environments.ClassicControl;

/// <summary>
/// Pendulum-v1: swing a pendulum up with a motor too weak to lift it at once, and hold it there. Seed for seed the environment of Gymnasium.
/// </summary>
/// <remarks>
/// <para>A rod of length l = 1 m and mass m = 1 kg, angle θ from upright, torque u; equations and costs are Gymnasium's:</para>
/// <code>
/// reward = −(θ² + 0.1·θ'² + 0.001·u²), θ taken in [−π, π)
/// θ' ← clip(θ' + (3g/(2l)·sin θ + 3u/(m·l²))·0.05, ±8)
/// θ ← θ + θ'·0.05
/// </code>
/// <para>All in double precision, the torque included, as the recorded Gymnasium did. (With NumPy 2 the terms with u are computed in single
/// precision there, which moves a trajectory by about 1e-7 a step.)</para>
/// </remarks>
public sealed partial class Pendulum : ClassicControlEnvironment
{
    private const double MaxSpeed = 8; // rad/s
    private const double MaxTorque = 2; // N·m
    private const double StepSeconds = 0.05; // s
    private const double Mass = 1; // kg
    private const double Length = 1; // m
    private const double UprightAngle = 0.2; // rad

    private static readonly SettingSchema Schema = SchemaWithLimit(
        200,
        new Setting { Key = "gravity", Kind = SettingKind.Real, Default = "10", Minimum = 0, Maximum = 1000, Unit = "m/s²", Description = "Gravity (Gymnasium's g)" },
        new Setting
        {
            Key = "start-angle",
            Kind = SettingKind.Real,
            Default = "3.141592653589793",
            Minimum = 0,
            Maximum = 100,
            Unit = "rad",
            Description = "The angle starts uniformly within plus or minus this (Gymnasium's x_init)",
        },
        new Setting
        {
            Key = "start-speed",
            Kind = SettingKind.Real,
            Default = "1",
            Minimum = 0,
            Maximum = MaxSpeed,
            Unit = "rad/s",
            Description = "The angular speed starts uniformly within plus or minus this (Gymnasium's y_init)",
        });

    private readonly double[] _angle;
    private readonly double[] _speed;
    private readonly double _gravity;
    private readonly double _startAngle;
    private readonly double _startSpeed;

    /// <summary>A batch of pendulums.</summary>
    /// <param name="settings">Settings of <see cref="Registration"/>'s schema.</param>
    /// <param name="count">Copies, at least 1.</param>
    public Pendulum(SettingValues settings, int count)
        : base(
            SpecFor(settings),
            "pendulum",
            new BoxSpace([-1, -1, (float)-MaxSpeed], [1, 1, (float)MaxSpeed]),
            new BoxSpace((float)-MaxTorque, (float)MaxTorque, 1),
            ["angle", "speed", "torque"],
            ["angle", "angular_speed"],
            count)
    {
        (_angle, _speed) = (Variable(0), Variable(1));
        _gravity = settings.Real("gravity");
        _startAngle = settings.Real("start-angle");
        _startSpeed = settings.Real("start-speed");
    }

    /// <summary>How it is found and made.</summary>
    public static EnvironmentRegistration Registration { get; } =
        new("Pendulum-v1", "Swing a pendulum up and hold it there.", Schema, (settings, count) => new Pendulum(settings, count));

    private protected override void Start(int copy, NumpyGenerator random)
    {
        _angle[copy] = random.Uniform(-_startAngle, _startAngle);
        _speed[copy] = random.Uniform(-_startSpeed, _startSpeed);
    }

    private protected override void Advance()
    {
        Span<float> actions = Agent.Actions.As<float>().Lane(0);
        Span<double> angleCost = Agent.RewardPartValues.Lane(0);
        Span<double> speedCost = Agent.RewardPartValues.Lane(1);
        Span<double> torqueCost = Agent.RewardPartValues.Lane(2);
        for (int copy = 0; copy < actions.Length; copy++)
        {
            double torque = Math.Clamp(actions[copy], -MaxTorque, MaxTorque);
            double angle = _angle[copy];
            double speed = _speed[copy];
            double fromUpright = FromUpright(angle);
            angleCost[copy] = -(fromUpright * fromUpright);
            speedCost[copy] = -(0.1 * (speed * speed));
            torqueCost[copy] = -(0.001 * (torque * torque));

            speed += ((3 * _gravity / (2 * Length) * Math.Sin(angle)) + (3 / (Mass * Length * Length) * torque)) * StepSeconds;
            speed = Math.Clamp(speed, -MaxSpeed, MaxSpeed);
            _angle[copy] = angle + (speed * StepSeconds);
            _speed[copy] = speed;
        }
    }

    private protected override void Observe(Batch<float> destination, int first, int count)
    {
        Span<float> cos = destination.Lane(0);
        Span<float> sin = destination.Lane(1);
        Span<float> speed = destination.Lane(2);
        for (int copy = first; copy < first + count; copy++)
        {
            cos[copy] = (float)Math.Cos(_angle[copy]);
            sin[copy] = (float)Math.Sin(_angle[copy]);
            speed[copy] = (float)_speed[copy];
        }
    }

    private protected override void Tally(ReadOnlySpan<int> steps)
    {
        Span<double> upright = Figures.Lane(0);
        for (int copy = 0; copy < steps.Length; copy++)
        {
            double before = steps[copy] == 1 ? 0 : upright[copy];
            upright[copy] = before + (Math.Abs(FromUpright(_angle[copy])) < UprightAngle ? StepSeconds : 0);
        }
    }

    // The angle in [−π, π), by Python's modulo: the remainder has the sign of the divisor.
    private static double FromUpright(double angle)
    {
        double remainder = (angle + Math.PI) % (2 * Math.PI);
        return (remainder < 0 ? remainder + (2 * Math.PI) : remainder) - Math.PI;
    }

    private static EnvironmentSpec SpecFor(SettingValues settings) => new()
    {
        Id = "Pendulum-v1",
        Summary = "Swing a pendulum up and hold it there.",
        StepSeconds = StepSeconds,
        MaxEpisodeSteps = settings.Integer("episode-steps"),
        Figures = [new Figure("uprightSeconds", "s", "Time spent within 0.2 rad of upright")],
        Page = Page,
    };

    private static EnvironmentPage Page => new()
    {
        Description = "A rod of 1 m and 1 kg turns about one end, driven by a motor too weak to lift it at once. The task is to swing it upright and hold it "
            + "there with little effort.",
        Actions = [new("0", "torque", "N·m", "−2 to 2; clipped")],
        Observations =
        [
            new("0", "cosine of the angle, 0 upright: height of the free end", "m", "−1 to 1"),
            new("1", "sine of the angle", "m", "−1 to 1"),
            new("2", "angular speed", "rad/s", "−8 to 8"),
        ],
        Reward = "angle: −θ². speed: −0.1·θ'². torque: −0.001·u². All from the state before the step.",
        Start = "Angle uniform in [−π, π], angular speed uniform in [−1, 1] rad/s (settings 'start-angle', 'start-speed').",
        End = "Never terminated; truncated after 200 steps (setting 'episode-steps').",
        Source = "Equations, constants, order of computation and random draws of Gymnasium 1.4.0.",
        Versions = "v1: as Gymnasium's v1.",
    };
}
