using System.Collections.Immutable;
using Gymkhana.Core.Environments;

namespace Gymkhana.Environments.CarRacing;

/// <summary>The inner state as it is recorded: named fields, copied from the cars after a step.</summary>
internal sealed class CarRecord
{
    private static readonly string[] HullNames = ["hull_x", "hull_y", "hull_angle", "hull_cx", "hull_cy", "hull_vx", "hull_vy", "hull_w"];

    private static readonly string[] WheelNames =
        ["wheel_x", "wheel_y", "wheel_angle", "wheel_vx", "wheel_vy", "wheel_w", "joint_angle", "joint_speed", "joint_motor_speed"];

    private static readonly string[] EngineNames = ["wheel_omega", "wheel_phase", "wheel_gas"];

    private readonly Batch<float>[] _hull;
    private readonly Batch<float>[] _wheels;
    private readonly Batch<double>[] _engine;
    private readonly Batch<int> _tilesUnder;
    private readonly Batch<int> _visited;
    private readonly Batch<int> _tiles;
    private readonly Batch<double> _score;
    private readonly Batch<double> _time;
    private readonly Batch<bool> _lap;

    public CarRecord(int count)
    {
        _hull = [.. HullNames.Select(_ => new Batch<float>(1, 1, count))];
        _wheels = [.. WheelNames.Select(_ => new Batch<float>(1, CarBody.Wheels, count))];
        _engine = [.. EngineNames.Select(_ => new Batch<double>(1, CarBody.Wheels, count))];
        _tilesUnder = new Batch<int>(1, CarBody.Wheels, count);
        _visited = new Batch<int>(1, 1, count);
        _tiles = new Batch<int>(1, 1, count);
        _score = new Batch<double>(1, 1, count);
        _time = new Batch<double>(1, 1, count);
        _lap = new Batch<bool>(1, 1, count);
        Fields =
        [
            .. HullNames.Select((name, i) => new StateField(name, [], _hull[i])),
            .. WheelNames.Select((name, i) => new StateField(name, [CarBody.Wheels], _wheels[i])),
            .. EngineNames.Select((name, i) => new StateField(name, [CarBody.Wheels], _engine[i])),
            new StateField("wheel_ntiles", [CarBody.Wheels], _tilesUnder),
            new StateField("tile_visited_count", [], _visited),
            new StateField("track_n", [], _tiles),
            new StateField("reward_total", [], _score),
            new StateField("t", [], _time),
            new StateField("lap_finished", [], _lap),
        ];
    }

    /// <summary>
    /// Hull: origin, angle, centre of mass, velocities. Wheels, [4] each: centre, angle, velocities, joint, engine, tiles under them. Then the
    /// tiles visited and in all, the sum of rewards with what was touched in the reset, the time in s, and whether the lap is finished.
    /// </summary>
    public ImmutableArray<StateField> Fields { get; }

    /// <summary>Copies the present state of a car.</summary>
    public void Capture(int copy, ReadOnlySpan<float> car, CarLife life)
    {
        ReadOnlySpan<float> hull =
        [
            CarLife.OriginX(car), CarLife.OriginY(car), car[CarRows.Angle], car[CarRows.X], car[CarRows.Y],
            car[CarRows.VelocityX], car[CarRows.VelocityY], car[CarRows.Spin],
        ];
        for (int i = 0; i < hull.Length; i++)
        {
            _hull[i][0, 0, copy] = hull[i];
        }

        for (int wheel = 0; wheel < CarBody.Wheels; wheel++)
        {
            CaptureWheel(copy, wheel, car, life);
        }

        _visited[0, 0, copy] = life.Visited;
        _tiles[0, 0, copy] = life.Track?.Count ?? 0;
        _score[0, 0, copy] = life.Score;
        _time[0, 0, copy] = life.Time;
        _lap[0, 0, copy] = life.LapFinished;
    }

    private void CaptureWheel(int copy, int wheel, ReadOnlySpan<float> car, CarLife life)
    {
        ReadOnlySpan<float> body = car.Slice(CarRows.Body(1 + wheel, 0), CarRows.PerBody);
        ReadOnlySpan<float> values =
        [
            body[CarRows.X], body[CarRows.Y], body[CarRows.Angle], body[CarRows.VelocityX], body[CarRows.VelocityY], body[CarRows.Spin],
            body[CarRows.Angle] - car[CarRows.Angle], body[CarRows.Spin] - car[CarRows.Spin], car[CarRows.Joint(wheel, CarRows.MotorSpeed)],
        ];
        for (int i = 0; i < values.Length; i++)
        {
            _wheels[i][0, wheel, copy] = values[i];
        }

        _engine[0][0, wheel, copy] = life.Omega[wheel];
        _engine[1][0, wheel, copy] = life.Phase[wheel];
        _engine[2][0, wheel, copy] = life.Gas[wheel];
        _tilesUnder[0, wheel, copy] = life.TilesUnder[wheel];
    }
}
