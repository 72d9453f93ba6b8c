using System.Runtime.CompilerServices;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Settings;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Environments.ClassicControl;

/// <summary>
/// Acrobot-v1: swing a double pendulum, driven at its middle joint only, until its tip is above the line. Seed for seed the environment of Gymnasium.
/// </summary>
/// <remarks>
/// <para>Sutton, "Generalization in reinforcement learning: successful examples using sparse coarse coding", NIPS 1996; Sutton and Barto,
/// "Reinforcement learning: an introduction", 1998, whose equations are the default: the paper's lack one term. θ₁ is the first link's angle from hanging down,
/// θ₂ the second link's angle to the first, τ the torque at the joint between them; both links have length 1 m, mass 1 kg, centre at
/// half their length and moment of inertia 1 kg·m²:</para>
/// <code>
/// d₁ = m₁·c₁² + m₂·(l₁² + c₂² + 2·l₁·c₂·cos θ₂) + I₁ + I₂
/// d₂ = m₂·(c₂² + l₁·c₂·cos θ₂) + I₂
/// φ₂ = m₂·c₂·g·cos(θ₁ + θ₂ − π/2)
/// φ₁ = −m₂·l₁·c₂·θ₂'²·sin θ₂ − 2·m₂·l₁·c₂·θ₂'·θ₁'·sin θ₂ + (m₁·c₁ + m₂·l₁)·g·cos(θ₁ − π/2) + φ₂
/// θ₂'' = (τ + d₂/d₁·φ₁ − m₂·l₁·c₂·θ₁'²·sin θ₂ − φ₂) / (m₂·c₂² + I₂ − d₂²/d₁)
/// θ₁'' = −(d₂·θ₂'' + φ₁) / d₁
/// </code>
/// <para>integrated over 0.2 s by one Runge-Kutta step of the fourth order.</para>
/// </remarks>
public sealed partial class Acrobot : ClassicControlEnvironment
{
    private const double StepSeconds = 0.2; // s
    private const double Gravity = 9.8; // m/s²
    private const double Link1Length = 1; // l₁, m
    private const double Link1Mass = 1; // m₁, kg
    private const double Link2Mass = 1; // m₂, kg
    private const double Center1 = 0.5; // c₁, m
    private const double Center2 = 0.5; // c₂, m
    private const double Inertia = 1; // I₁ = I₂, kg·m²
    private const double MaxSpeed1 = 4 * Math.PI; // rad/s
    private const double MaxSpeed2 = 9 * Math.PI; // rad/s

    private static readonly SettingSchema Schema = SchemaWithLimit(
        500,
        new Setting
        {
            Key = "dynamics",
            Kind = SettingKind.Choice,
            Default = "book",
            Choices = ["book", "nips"],
            Description = "Equations of Sutton and Barto's book, or of the NIPS 1996 paper, which lack the centrifugal term",
        },
        new Setting
        {
            Key = "torque-noise",
            Kind = SettingKind.Real,
            Default = "0",
            Minimum = 0,
            Maximum = 100,
            Unit = "N·m",
            Description = "A torque drawn uniformly from plus or minus this is added in every step",
        },
        new Setting
        {
            Key = "start",
            Kind = SettingKind.Range,
            Default = "-0.1..0.1",
            Minimum = -3,
            Maximum = 3,
            Description = "Each of the four state variables starts uniformly within (rad, rad, rad/s, rad/s)",
        });

    private readonly double[] _angle1;
    private readonly double[] _angle2;
    private readonly double[] _speed1;
    private readonly double[] _speed2;
    private readonly bool _book;
    private readonly double _torqueNoise;
    private readonly (double Low, double High) _start;

    /// <summary>A batch of acrobots.</summary>
    /// <param name="settings">Settings of <see cref="Registration"/>'s schema.</param>
    /// <param name="count">Copies, at least 1.</param>
    public Acrobot(SettingValues settings, int count)
        : base(
            SpecFor(settings),
            "acrobot",
            new BoxSpace(
                [-1, -1, -1, -1, (float)-MaxSpeed1, (float)-MaxSpeed2],
                [1, 1, 1, 1, (float)MaxSpeed1, (float)MaxSpeed2]),
            new DiscreteSpace(3),
            ["time"],
            ["angle_1", "angle_2", "angular_speed_1", "angular_speed_2"],
            count)
    {
        (_angle1, _angle2, _speed1, _speed2) = (Variable(0), Variable(1), Variable(2), Variable(3));
        _book = settings.Text("dynamics") == "book";
        _torqueNoise = settings.Real("torque-noise");
        _start = settings.Range("start");
    }

    /// <summary>How it is found and made.</summary>
    public static EnvironmentRegistration Registration { get; } =
        new("Acrobot-v1", "Swing a double pendulum up by the joint at its middle.", Schema, (settings, count) => new Acrobot(settings, count));

    // Gymnasium keeps the start state in single precision.
    private protected override void Start(int copy, NumpyGenerator random)
    {
        _angle1[copy] = (float)random.Uniform(_start.Low, _start.High);
        _angle2[copy] = (float)random.Uniform(_start.Low, _start.High);
        _speed1[copy] = (float)random.Uniform(_start.Low, _start.High);
        _speed2[copy] = (float)random.Uniform(_start.Low, _start.High);
    }

    private protected override void Advance()
    {
        Span<int> actions = Agent.Actions.As<int>().Lane(0);
        Span<double> time = Agent.RewardPartValues.Lane(0);
        Span<bool> terminated = Agent.Terminated.Lane(0);
        for (int copy = 0; copy < actions.Length; copy++)
        {
            double torque = actions[copy] - 1;
            if (_torqueNoise > 0)
            {
                torque += RandomOf(copy).Uniform(-_torqueNoise, _torqueNoise);
            }

            Motion motion = RungeKutta(new Motion(_angle1[copy], _angle2[copy], _speed1[copy], _speed2[copy]), torque);
            double angle1 = Wrap(motion.Angle1);
            double angle2 = Wrap(motion.Angle2);
            _angle1[copy] = angle1;
            _angle2[copy] = angle2;
            _speed1[copy] = Math.Clamp(motion.Speed1, -MaxSpeed1, MaxSpeed1);
            _speed2[copy] = Math.Clamp(motion.Speed2, -MaxSpeed2, MaxSpeed2);
            terminated[copy] = TipHeight(angle1, angle2) > 1;
            time[copy] = terminated[copy] ? 0 : -1;
        }
    }

    private protected override void Observe(Batch<float> destination, int first, int count)
    {
        for (int copy = first; copy < first + count; copy++)
        {
            destination.Lane(0)[copy] = (float)Math.Cos(_angle1[copy]);
            destination.Lane(1)[copy] = (float)Math.Sin(_angle1[copy]);
            destination.Lane(2)[copy] = (float)Math.Cos(_angle2[copy]);
            destination.Lane(3)[copy] = (float)Math.Sin(_angle2[copy]);
            destination.Lane(4)[copy] = (float)_speed1[copy];
            destination.Lane(5)[copy] = (float)_speed2[copy];
        }
    }

    private protected override void Tally(ReadOnlySpan<int> steps)
    {
        Span<bool> terminated = Agent.Terminated.Lane(0);
        Span<double> reached = Figures.Lane(0);
        Span<double> highest = Figures.Lane(1);
        for (int copy = 0; copy < steps.Length; copy++)
        {
            double height = TipHeight(_angle1[copy], _angle2[copy]);
            reached[copy] = terminated[copy] ? 1 : 0;
            highest[copy] = steps[copy] == 1 ? height : Math.Max(highest[copy], height);
        }
    }

    // Height of the tip above the fixed joint, m.
    private static double TipHeight(double angle1, double angle2) => -Math.Cos(angle1) - Math.Cos(angle2 + angle1);

    private static double Wrap(double angle)
    {
        while (angle > Math.PI)
        {
            angle -= 2 * Math.PI;
        }

        while (angle < -Math.PI)
        {
            angle += 2 * Math.PI;
        }

        return angle;
    }

    private Motion RungeKutta(Motion start, double torque)
    {
        Motion k1 = Derivative(start, torque);
        Motion k2 = Derivative(start.Plus(StepSeconds / 2, k1), torque);
        Motion k3 = Derivative(start.Plus(StepSeconds / 2, k2), torque);
        Motion k4 = Derivative(start.Plus(StepSeconds, k3), torque);
        return new Motion(
            start.Angle1 + (StepSeconds / 6 * (k1.Angle1 + (2 * k2.Angle1) + (2 * k3.Angle1) + k4.Angle1)),
            start.Angle2 + (StepSeconds / 6 * (k1.Angle2 + (2 * k2.Angle2) + (2 * k3.Angle2) + k4.Angle2)),
            start.Speed1 + (StepSeconds / 6 * (k1.Speed1 + (2 * k2.Speed1) + (2 * k3.Speed1) + k4.Speed1)),
            start.Speed2 + (StepSeconds / 6 * (k1.Speed2 + (2 * k2.Speed2) + (2 * k3.Speed2) + k4.Speed2)));
    }

    private Motion Derivative(in Motion s, double torque)
    {
        double cos2 = Math.Cos(s.Angle2);
        double sin2 = Math.Sin(s.Angle2);
        double d1 = (Link1Mass * (Center1 * Center1)) + (Link2Mass * ((Link1Length * Link1Length) + (Center2 * Center2) + (2 * Link1Length * Center2 * cos2))) + Inertia + Inertia;
        double d2 = (Link2Mass * ((Center2 * Center2) + (Link1Length * Center2 * cos2))) + Inertia;
        double phi2 = Link2Mass * Center2 * Gravity * Math.Cos(s.Angle1 + s.Angle2 - (Math.PI / 2));
        double phi1 = (-Link2Mass * Link1Length * Center2 * (s.Speed2 * s.Speed2) * sin2)
            - (2 * Link2Mass * Link1Length * Center2 * s.Speed2 * s.Speed1 * sin2)
            + (((Link1Mass * Center1) + (Link2Mass * Link1Length)) * Gravity * Math.Cos(s.Angle1 - (Math.PI / 2)))
            + phi2;
        double drive = torque + (d2 / d1 * phi1);
        if (_book)
        {
            drive -= Link2Mass * Link1Length * Center2 * (s.Speed1 * s.Speed1) * sin2;
        }

        double acceleration2 = (drive - phi2) / ((Link2Mass * (Center2 * Center2)) + Inertia - (d2 * d2 / d1));
        double acceleration1 = -((d2 * acceleration2) + phi1) / d1;
        return new Motion(s.Speed1, s.Speed2, acceleration1, acceleration2);
    }

    private static EnvironmentSpec SpecFor(SettingValues settings) => new()
    {
        Id = "Acrobot-v1",
        Summary = "Swing a double pendulum up by the joint at its middle.",
        StepSeconds = StepSeconds,
        MaxEpisodeSteps = settings.Integer("episode-steps"),
        Figures =
        [
            new Figure("goals", "goals", "1 when the tip rose above the line, else 0"),
            new Figure("highestTip", "m", "Largest height of the tip above the fixed joint"),
        ],
        Page = Page,
    };

    private static EnvironmentPage Page => new()
    {
        Description = "Two links of 1 m and 1 kg hang from a fixed joint. A torque acts at the joint between them only; the task is to swing the tip "
            + "1 m above the fixed joint.",
        Actions = [new("0", "torque at the middle joint", "choice", "0: −1 N·m, 1: none, 2: +1 N·m")],
        Observations =
        [
            new("0–1", "cosine and sine of the first link's angle, 0 hanging down", "none", "−1 to 1"),
            new("2–3", "cosine and sine of the second link's angle to the first", "none", "−1 to 1"),
            new("4", "angular speed of the first link", "rad/s", "−4π to 4π"),
            new("5", "angular speed of the second link against the first", "rad/s", "−9π to 9π"),
        ],
        Reward = "time: −1 for every step, 0 for the step that terminates.",
        Start = "Both angles and both speeds uniform in [−0.1, 0.1] (setting 'start').",
        End = "Terminated when the tip is more than 1 m above the fixed joint; truncated after 500 steps (setting 'episode-steps').",
        Source = "Sutton, Generalization in reinforcement learning: successful examples using sparse coarse coding, NIPS 1996; Sutton and Barto, "
            + "Reinforcement learning: an introduction, 1998; constants, order of computation and random draws of Gymnasium 1.4.0.",
        Versions = "v1: angles are seen as cosine and sine, as Gymnasium's v1.",
    };

    /// <summary>The state of one acrobot, or its derivative: angles in rad, speeds in rad/s.</summary>
    private readonly record struct Motion(double Angle1, double Angle2, double Speed1, double Speed2)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Motion Plus(double time, in Motion rate) => new(
            Angle1 + (time * rate.Angle1), Angle2 + (time * rate.Angle2), Speed1 + (time * rate.Speed1), Speed2 + (time * rate.Speed2));
    }
}
