using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.ClassicControl;

namespace Gymkhana.Tests.ClassicControl;

public sealed class ClassicControlTests
{
    [Fact]
    public void CartPole_SuttonBartoReward_PaysOnlyTheFall()
    {
        IEnvironment environment = Make(CartPole.Registration, 1, ("sutton-barto-reward", "true"));
        environment.Reset(0);
        double sum = 0;
        int steps = 0;
        do
        {
            environment.Groups[0].Actions.Write(0, 0, 0, 1);
            environment.Step();
            sum += environment.Groups[0].Rewards[0, 0, 0];
            steps++;
        }
        while (!environment.Groups[0].Terminated[0, 0, 0]);

        Assert.Equal(-1, sum);
        Assert.InRange(steps, 8, 12);
        Assert.Equal(steps * 0.02, environment.Figures[0, 0, 0], 1e-12);
    }

    [Fact]
    public void Step_TimeLimitReached_IsTruncatedNotTerminated()
    {
        IEnvironment environment = Make(Pendulum.Registration, 2, ("episode-steps", "3"));
        environment.Reset(0);
        for (int step = 1; step <= 9; step++)
        {
            environment.Step();
            Assert.Equal(step % 3 == 0, environment.Groups[0].Truncated[0, 0, 1]);
            Assert.False(environment.Groups[0].Terminated[0, 0, 1]);
        }

        Assert.Equal(3, environment.Spec.MaxEpisodeSteps);
    }

    [Fact]
    public void Step_FallInTheLastStep_IsTerminatedNotTruncated()
    {
        IEnvironment free = Make(CartPole.Registration, 1);
        int fall = StepsToFall(free);
        IEnvironment limited = Make(CartPole.Registration, 1, ("episode-steps", fall.ToString(System.Globalization.CultureInfo.InvariantCulture)));

        Assert.Equal(fall, StepsToFall(limited));
        Assert.True(limited.Groups[0].Terminated[0, 0, 0]);
        Assert.False(limited.Groups[0].Truncated[0, 0, 0]);
    }

    [Fact]
    public void MountainCar_PumpingWithTheVelocity_ReachesTheGoal()
    {
        IEnvironment environment = Make(MountainCar.Registration, 4);
        environment.Reset(3);
        int goals = 0;
        for (int step = 0; step < 200; step++)
        {
            for (int copy = 0; copy < 4; copy++)
            {
                environment.Groups[0].Actions.Write(0, 0, copy, environment.Groups[0].Observations.Read(0, 1, copy) >= 0 ? 2 : 0);
            }

            environment.Step();
            for (int copy = 0; copy < 4; copy++)
            {
                if (environment.Groups[0].Terminated[0, 0, copy])
                {
                    goals++;
                    Assert.Equal(1, environment.Figures[0, 0, copy]);
                    Assert.InRange(environment.Figures[0, 1, copy], 0.5, 0.6);
                }
            }
        }

        Assert.True(goals >= 4);
    }

    [Fact]
    public void MountainCar_GoalVelocity_IsDemandedAtTheGoal()
    {
        (int Steps, double Velocity) any = PumpToGoal(Make(MountainCar.Registration, 1));
        (int Steps, double Velocity) fast = PumpToGoal(Make(MountainCar.Registration, 1, ("goal-velocity", "0.065")));

        Assert.InRange(any.Velocity, 0, 0.065);
        Assert.InRange(fast.Velocity, 0.065, 0.07000001);
        Assert.True(fast.Steps > any.Steps);
    }

    [Fact]
    public void Acrobot_PumpingWithTheSecondLink_RaisesTheTip()
    {
        IEnvironment environment = Make(Acrobot.Registration, 1);
        environment.Reset(1);
        double reward = -1;
        for (int step = 0; step < 500 && !environment.Groups[0].Terminated[0, 0, 0]; step++)
        {
            environment.Groups[0].Actions.Write(0, 0, 0, environment.Groups[0].Observations.Read(0, 5, 0) >= 0 ? 2 : 0);
            environment.Step();
            reward = environment.Groups[0].Rewards[0, 0, 0];
        }

        Assert.True(environment.Groups[0].Terminated[0, 0, 0]);
        Assert.Equal(0, reward);
        Assert.Equal(1, environment.Figures[0, 0, 0]);
        Assert.InRange(environment.Figures[0, 1, 0], 1, 2);
    }

    [Fact]
    public void Acrobot_WithoutTorqueOrFriction_KeepsItsEnergy()
    {
        // A check of the equations that does not lean on any recording: energy from the positions and speeds alone.
        IEnvironment environment = Make(Acrobot.Registration, 1, ("start", "0.9..1.1"));
        environment.RecordsState = true;
        environment.Reset(4);
        double start = Energy(environment);
        for (int step = 0; step < 50; step++)
        {
            environment.Groups[0].Actions.Write(0, 0, 0, 1);
            environment.Step();
        }

        // One Runge-Kutta step of 0.2 s loses a little energy; over 10 s less than a twentieth of the scale m·g·l = 9.8 J.
        Assert.Equal(start, Energy(environment), 0.5);
    }

    [Theory]
    [InlineData("dynamics", "nips")]
    [InlineData("torque-noise", "0.5")]
    public void Acrobot_Option_ChangesTheMotion(string key, string value)
    {
        IEnvironment plain = Make(Acrobot.Registration, 1);
        IEnvironment changed = Make(Acrobot.Registration, 1, (key, value));
        foreach (IEnvironment environment in (IEnvironment[])[plain, changed])
        {
            environment.Reset(1);
            environment.Step();
            environment.Step();
        }

        Assert.NotEqual(plain.Groups[0].Observations.Read(0, 4, 0), changed.Groups[0].Observations.Read(0, 4, 0));
    }

    [Fact]
    public void Pendulum_WithoutGravityAndTorque_KeepsItsSpeed()
    {
        IEnvironment environment = Make(Pendulum.Registration, 1, ("gravity", "0"), ("start-angle", "0"));
        environment.Reset(2);
        double speed = environment.Groups[0].Observations.Read(0, 2, 0);
        for (int step = 0; step < 20; step++)
        {
            environment.Step();
        }

        Assert.Equal(speed, environment.Groups[0].Observations.Read(0, 2, 0));
        Assert.Equal(Math.Cos(speed), environment.Groups[0].Observations.Read(0, 0, 0), 1e-6);
    }

    [Fact]
    public void Reset_StartSetting_BoundsTheStart()
    {
        IEnvironment environment = Make(CartPole.Registration, 64, ("start", "0.1..0.2"));
        environment.Reset(1);
        for (int copy = 0; copy < 64; copy++)
        {
            Assert.InRange(environment.Groups[0].Observations.Read(0, 2, copy), 0.1, 0.2);
        }
    }

    [Fact]
    public void Step_ActionOutsideTheSpace_IsRefused()
    {
        IEnvironment cart = Make(CartPole.Registration, 3);
        cart.Reset(0);
        cart.Groups[0].Actions.Write(0, 0, 2, 2);
        Assert.Contains("actions from 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(cart.Step).Message, StringComparison.Ordinal);

        IEnvironment pendulum = Make(Pendulum.Registration, 3);
        pendulum.Reset(0);
        pendulum.Groups[0].Actions.Write(0, 0, 2, double.NaN);
        Assert.Throws<ArgumentOutOfRangeException>(pendulum.Step);
    }

    [Fact]
    public void Find_MisspeltSetting_SuggestsTheRightOne()
    {
        UnknownNameException failure = Assert.Throws<UnknownNameException>(() => CartPole.Registration.Schema.Defaults.With("episode-step", "5"));
        Assert.Contains("Did you mean 'episode-steps'?", failure.Message, StringComparison.Ordinal);
    }

    private static IEnvironment Make(EnvironmentRegistration registration, int count, params (string Key, string Value)[] settings)
    {
        SettingValues values = registration.Schema.Defaults.With(settings.Select(s => KeyValuePair.Create(s.Key, s.Value)));
        return registration.Create(values, count);
    }

    private static (int Steps, double Velocity) PumpToGoal(IEnvironment environment)
    {
        environment.Reset(3);
        for (int step = 1; ; step++)
        {
            environment.Groups[0].Actions.Write(0, 0, 0, environment.Groups[0].Observations.Read(0, 1, 0) >= 0 ? 2 : 0);
            environment.Step();
            if (environment.Groups[0].Terminated[0, 0, 0] || environment.Groups[0].Truncated[0, 0, 0])
            {
                return (step, environment.Groups[0].FinalObservations.Read(0, 1, 0));
            }
        }
    }

    private static int StepsToFall(IEnvironment environment)
    {
        environment.Reset(5);
        for (int step = 1; ; step++)
        {
            environment.Groups[0].Actions.Write(0, 0, 0, 1);
            environment.Step();
            if (environment.Groups[0].Terminated[0, 0, 0] || environment.Groups[0].Truncated[0, 0, 0])
            {
                return step;
            }
        }
    }

    // Both links: 1 kg, 1 m, centre at 0.5 m, moment of inertia 1 kg·m² about their own centre; J.
    private static double Energy(IEnvironment environment)
    {
        double a = environment.State[0].Values.Read(0, 0, 0);
        double b = a + environment.State[1].Values.Read(0, 0, 0);
        double da = environment.State[2].Values.Read(0, 0, 0);
        double db = da + environment.State[3].Values.Read(0, 0, 0);
        double vx = (da * Math.Cos(a)) + (0.5 * db * Math.Cos(b));
        double vy = (da * Math.Sin(a)) + (0.5 * db * Math.Sin(b));
        double kinetic = 0.5 * ((0.25 * da * da) + (da * da) + (vx * vx) + (vy * vy) + (db * db));
        double potential = -9.8 * ((0.5 * Math.Cos(a)) + Math.Cos(a) + (0.5 * Math.Cos(b)));
        return kinetic + potential;
    }
}
