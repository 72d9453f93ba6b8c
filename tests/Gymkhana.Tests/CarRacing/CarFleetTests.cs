using Gymkhana.Core.Files;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.CarRacing;

namespace Gymkhana.Tests.CarRacing;

/// <summary>Dynamics against the recorded drives, in every field to the last bit.</summary>
public sealed class CarFleetTests
{
    public static TheoryData<string, int> RecordedAtEveryWidth()
    {
        var cases = new TheoryData<string, int>();
        foreach (string name in CarRecordings.Named("cont_").Concat(CarRecordings.Named("disc_")).Concat(CarRecordings.Named("lap_")))
        {
            foreach (int width in (int[])[1, 4, 8, 16])
            {
                cases.Add(name, width);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(RecordedAtEveryWidth))]
    public void Step_RecordedActions_FollowsTheOriginalToTheBit(string name, int width)
    {
        using var truth = new CarRecordings(name);
        NpyArray actions = truth.Array("action");
        double[] rewards = truth.Read<double>("reward");
        bool[] terminated = truth.Read<bool>("terminated");
        bool[] laps = truth.Read<bool>("lap_finished");
        var state = new RecordedState(truth);
        var fleet = new CarFleet(3, width);
        fleet.Begin(0, new NumpyGenerator(77UL));
        fleet.Begin(1, new NumpyGenerator(CarRecordings.SeedOf(name)));
        fleet.Begin(2, new NumpyGenerator(78UL));
        state.Compare(fleet, 1, 0);
        for (int step = 0; step < rewards.Length; step++)
        {
            (double steer, double gas, double brake) = ActionOf(actions, step);
            fleet.Life(1).Drive(steer, gas, brake);
            fleet.Step([0, 1, 2]);
            double reward = fleet.Life(1).Reward(fleet.Car(1), out bool ended, out _, out _);
            state.Compare(fleet, 1, step + 1);
            Assert.True(rewards[step].Equals(reward), $"step {step}: expected reward {rewards[step]:R}, got {reward:R}");
            Assert.Equal(terminated[step], ended);
            Assert.Equal(laps[step], fleet.Life(1).LapFinished);
        }
    }

    private static (double Steer, double Gas, double Brake) ActionOf(NpyArray actions, int step)
    {
        if (actions.Shape.Length == 2)
        {
            ReadOnlySpan<float> row = actions.AsSpan<float>().Slice(3 * step, 3);
            return (row[0], row[1], row[2]);
        }

        return actions.AsSpan<long>()[step] switch
        {
            1 => (0.6, 0, 0),
            2 => (-0.6, 0, 0),
            3 => (0, 0.2, 0),
            4 => (0, 0, 0.8),
            _ => (0, 0, 0),
        };
    }

    private sealed class RecordedState(CarRecordings truth)
    {
        private static readonly string[] HullFields = ["hull_x", "hull_y", "hull_angle", "hull_cx", "hull_cy", "hull_vx", "hull_vy", "hull_w"];

        private static readonly string[] WheelFields =
            ["wheel_x", "wheel_y", "wheel_angle", "wheel_vx", "wheel_vy", "wheel_w", "joint_angle", "joint_speed", "joint_motor_speed"];

        private static readonly string[] EngineFields = ["wheel_omega", "wheel_phase", "wheel_gas"];
        private readonly float[][] _hull = [.. HullFields.Select(truth.Read<float>)];
        private readonly float[][] _wheels = [.. WheelFields.Select(truth.Read<float>)];
        private readonly double[][] _engine = [.. EngineFields.Select(truth.Read<double>)];
        private readonly int[] _tiles = truth.Read<int>("wheel_ntiles");
        private readonly int[] _visited = truth.Read<int>("tile_visited_count");
        private readonly double[] _score = truth.Read<double>("reward_total");
        private readonly double[] _time = truth.Read<double>("t");

        public void Compare(CarFleet fleet, int copy, int row)
        {
            ReadOnlySpan<float> car = fleet.Car(copy);
            CarLife life = fleet.Life(copy);
            Span<float> hull =
            [
                CarLife.OriginX(car), CarLife.OriginY(car), car[CarRows.Angle], car[CarRows.X], car[CarRows.Y], car[CarRows.VelocityX], car[CarRows.VelocityY], car[CarRows.Spin],
            ];
            for (int i = 0; i < hull.Length; i++)
            {
                Same(_hull[i][row], hull[i], HullFields[i], row);
            }

            for (int wheel = 0; wheel < 4; wheel++)
            {
                ReadOnlySpan<float> body = car.Slice(CarRows.Body(1 + wheel, 0), CarRows.PerBody);
                Span<float> values =
                [
                    body[CarRows.X], body[CarRows.Y], body[CarRows.Angle], body[CarRows.VelocityX], body[CarRows.VelocityY], body[CarRows.Spin],
                    body[CarRows.Angle] - car[CarRows.Angle], body[CarRows.Spin] - car[CarRows.Spin], car[CarRows.Joint(wheel, CarRows.MotorSpeed)],
                ];
                int at = (4 * row) + wheel;
                for (int i = 0; i < values.Length; i++)
                {
                    Same(_wheels[i][at], values[i], WheelFields[i], row);
                }

                Same(_engine[0][at], life.Omega[wheel], EngineFields[0], row);
                Same(_engine[1][at], life.Phase[wheel], EngineFields[1], row);
                Same(_engine[2][at], life.Gas[wheel], EngineFields[2], row);
                Same(_tiles[at], life.TilesUnder[wheel], "wheel_ntiles", row);
            }

            Same(_visited[row], life.Visited, "tile_visited_count", row);
            Same(_score[row], life.Score, "reward_total", row);
            Same(_time[row], life.Time, "t", row);
        }

        // Zeros of either sign are the same place.
        private static void Same(double expected, double actual, string field, int row) =>
            Assert.True(expected == actual, $"row {row}, {field}: expected {expected:R}, got {actual:R}");
    }
}
