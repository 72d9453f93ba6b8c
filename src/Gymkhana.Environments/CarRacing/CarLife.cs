using System.Runtime.Intrinsics;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Environments.CarRacing;

/// <summary>One car's episode, beside its bodies: engine and wheels, its track and the tiles it has touched, its reward.</summary>
/// <remarks>Double precision throughout, in the order of Gymnasium 1.4.0's operations.</remarks>
internal sealed class CarLife
{
    /// <summary>Half the side of the field, m.</summary>
    public const double Playfield = 2000.0 / 6;

    /// <summary>Price of a step, reward.</summary>
    public const double TimePrice = 0.1;

    private const double Seconds = 1.0 / 50;
    private const double EnginePower = 40000;
    private const double WheelInertia = 1.6;
    private const double WheelRadius = 0.54;
    private const double Stiffness = 82;
    private const double RoadFriction = 400;
    private const double GrassFriction = RoadFriction * 0.6;
    private const double BrakeSpeed = 15; // rad/s lost in a step of full braking

    private readonly CarTrackBuilder _builder;
    private readonly CarTiles _tiles = new();
    private readonly SkidTraces _skids;
    private readonly double _lapPercent;
    private bool[] _visited = [];
    private byte[] _wheelsOn = [];
    private int[] _held = new int[32];
    private int _heldCount;
    private double _lastScore;
    private bool _newLap;

    /// <summary>A car that has not started.</summary>
    /// <param name="builder">Lays its tracks; shared by cars of one batch.</param>
    /// <param name="lapPercent">Fraction of the tiles that makes a lap if the first tile is visited after them.</param>
    public CarLife(CarTrackBuilder builder, double lapPercent)
    {
        _builder = builder;
        _lapPercent = lapPercent;
        _skids = new SkidTraces(Snapshot.SkidMarks);
    }

    /// <summary>What a picture of it shows; its track and the tiles it has touched are always up to date.</summary>
    public CarSnapshot Snapshot { get; } = new();

    /// <summary>The track.</summary>
    public CarTrack? Track => Snapshot.Track;

    /// <summary>Spin of each wheel, rad/s.</summary>
    public double[] Omega { get; } = new double[CarBody.Wheels];

    /// <summary>Angle each wheel has turned by, rad.</summary>
    public double[] Phase { get; } = new double[CarBody.Wheels];

    /// <summary>Gas that has reached each wheel, 0 to 1.</summary>
    public double[] Gas { get; } = new double[CarBody.Wheels];

    /// <summary>Tiles that each wheel touches.</summary>
    public int[] TilesUnder { get; } = new int[CarBody.Wheels];

    /// <summary>Tiles visited by a wheel.</summary>
    public int Visited { get; private set; }

    /// <summary>Sum of the rewards, the tiles touched during the reset included.</summary>
    public double Score { get; private set; }

    /// <summary>Score as the picture shows it: before the price of the present step.</summary>
    public double ShownScore { get; private set; }

    /// <summary>Time since the reset, s; 0.02 right after it.</summary>
    public double Time { get; private set; }

    /// <summary>Whether the last step finished a lap.</summary>
    public bool LapFinished { get; private set; }

    /// <summary>Angle the front wheels are steered to, rad.</summary>
    public double Steer { get; private set; }

    /// <summary>The brake, 0 to 1 by intention.</summary>
    public double Brake { get; private set; }

    /// <summary>Lays a track and puts the car on its first row.</summary>
    /// <param name="random">Where the draws come from.</param>
    /// <param name="randomColours">Whether the colours of the ground are drawn, before the track.</param>
    /// <param name="car">Receives the car's numbers; see <see cref="CarRows"/>.</param>
    public void Begin(NumpyGenerator random, bool randomColours, Span<float> car)
    {
        Snapshot.Palette = randomColours ? DrawPalette(random) : CarPalette.Standard;
        CarTrack track = _builder.Build(random, Snapshot.Track);
        Snapshot.Track = track;
        _tiles.Load(track);
        if (_visited.Length < track.X.Length)
        {
            _visited = new bool[track.X.Length];
            _wheelsOn = new byte[track.X.Length];
            Snapshot.Touched = new bool[track.X.Length];
        }

        Array.Clear(_visited);
        Array.Clear(_wheelsOn);
        Array.Clear(Snapshot.Touched);
        Array.Clear(Omega);
        Array.Clear(Phase);
        Array.Clear(Gas);
        Array.Clear(TilesUnder);
        _skids.Clear();
        (_heldCount, Visited, Score, ShownScore, _lastScore, Time) = (0, 0, 0, 0, 0, 0);
        (LapFinished, _newLap, Steer, Brake) = (false, false, 0, 0);
        Place(track, car);
    }

    /// <summary>Takes the driver's orders.</summary>
    /// <param name="steer">Angle for the front wheels, rad; positive to the right.</param>
    /// <param name="gas">0 to 1; what lies outside is clipped. It rises by 0.1 in a step at most, and falls at once.</param>
    /// <param name="brake">From 0.9 on the wheels lock; not clipped.</param>
    public void Drive(double steer, double gas, double brake)
    {
        Steer = -steer;
        Brake = brake;
        gas = Math.Clamp(gas, 0, 1);
        for (int wheel = 2; wheel < CarBody.Wheels; wheel++)
        {
            Gas[wheel] += Math.Min(gas - Gas[wheel], 0.1);
        }
    }

    /// <summary>Engine, brakes and tyres: sets the motors' speeds and the forces on the wheels.</summary>
    /// <param name="car">The car's numbers.</param>
    /// <returns>Bit w where wheel w is at a limit of its steering.</returns>
    public int Push(Span<float> car)
    {
        int limits = 0;
        for (int wheel = 0; wheel < CarBody.Wheels; wheel++)
        {
            Span<float> body = car.Slice(CarRows.Body(1 + wheel, 0), CarRows.PerBody);
            Span<float> joint = car.Slice(CarRows.Joint(wheel, 0), CarRows.PerJoint);
            float jointAngle = body[CarRows.Angle] - car[CarRows.Angle];
            limits |= Math.Abs(jointAngle) >= 0.4f ? 1 << wheel : 0;
            double toTurn = (wheel < 2 ? Steer : 0) - jointAngle;
            joint[CarRows.MotorSpeed] = (float)(Math.Sign(toTurn) * Math.Min(50 * Math.Abs(toTurn), 3.0));
            PushWheel(wheel, body, joint);
        }

        return limits;
    }

    /// <summary>Takes note of the tiles that the car now touches, and of the rewards for new ones.</summary>
    /// <param name="car">The car's numbers.</param>
    public void Feel(ReadOnlySpan<float> car)
    {
        (double hullX, double hullY) = (OriginX(car), OriginY(car));
        Vector256<double> x = Vector256.Create(car[CarRows.PerBody], car[2 * CarRows.PerBody], car[3 * CarRows.PerBody], (double)car[4 * CarRows.PerBody]);
        Vector256<double> y = Vector256.Create(car[CarRows.PerBody + 1], car[(2 * CarRows.PerBody) + 1], car[(3 * CarRows.PerBody) + 1], (double)car[(4 * CarRows.PerBody) + 1]);
        (Vector256<double> dx, Vector256<double> dy) = (x - Vector256.Create(hullX), y - Vector256.Create(hullY));
        Vector256<double> square = (dx * dx) + (dy * dy);
        double farthest = Math.Sqrt(Math.Max(Math.Max(square[0], square[1]), Math.Max(square[2], square[3])));
        for (int i = _heldCount - 1; i >= 0; i--)
        {
            int tile = _held[i];
            Change(tile, _tiles.WheelsOn(tile, x, y, car));
            if (_wheelsOn[tile] == 0)
            {
                _held[i] = _held[--_heldCount];
            }
        }

        bool[] touched = Snapshot.Touched;
        foreach (int tile in _tiles.Near(hullX, hullY, farthest))
        {
            if (_wheelsOn[tile] == 0 && _tiles.WheelsOn(tile, x, y, car) is var wheels and not 0)
            {
                Change(tile, wheels);
                Hold(tile);
            }

            if (!touched[tile])
            {
                touched[tile] = _tiles.HullOn(tile, hullX, hullY, car);
            }
        }
    }

    /// <summary>Time passes; the picture's score is what it is before the price of the step.</summary>
    public void Tick()
    {
        Time += Seconds;
        ShownScore = Score;
    }

    /// <summary>The reward of a step, and whether it ended the episode.</summary>
    /// <param name="car">The car's numbers after the step.</param>
    /// <param name="terminated">Whether every tile has been visited or the car has left the field.</param>
    /// <param name="left">Whether it has left the field.</param>
    /// <param name="tiles">The reward for tiles, as near as a double comes to it.</param>
    /// <returns>The reward.</returns>
    public double Reward(ReadOnlySpan<float> car, out bool terminated, out bool left, out double tiles)
    {
        tiles = Score - _lastScore;
        Score -= TimePrice;
        double reward = Score - _lastScore;
        _lastScore = Score;
        LapFinished = Visited == Track!.Count || _newLap; // A track has been laid: Begin came before.
        terminated = LapFinished;
        left = Math.Abs(OriginX(car)) > Playfield || Math.Abs(OriginY(car)) > Playfield;
        if (left)
        {
            (terminated, LapFinished, reward) = (true, false, -100);
        }

        return reward;
    }

    /// <summary>Writes what else a picture shows.</summary>
    /// <param name="car">The car's numbers.</param>
    public void Capture(ReadOnlySpan<float> car)
    {
        CarSnapshot shot = Snapshot;
        (shot.HullX, shot.HullY) = (OriginX(car), OriginY(car));
        (shot.HullAngle, shot.HullSine, shot.HullCosine) = (car[CarRows.Angle], car[CarRows.Sine], car[CarRows.Cosine]);
        (shot.VelocityX, shot.VelocityY, shot.AngularVelocity) = (car[CarRows.VelocityX], car[CarRows.VelocityY], car[CarRows.Spin]);
        for (int wheel = 0; wheel < CarBody.Wheels; wheel++)
        {
            ReadOnlySpan<float> body = car.Slice(CarRows.Body(1 + wheel, 0), CarRows.PerBody);
            (shot.WheelX[wheel], shot.WheelY[wheel]) = (body[CarRows.X], body[CarRows.Y]);
            (shot.WheelSine[wheel], shot.WheelCosine[wheel]) = (body[CarRows.Sine], body[CarRows.Cosine]);
            (shot.WheelOmega[wheel], shot.WheelPhase[wheel]) = (Omega[wheel], Phase[wheel]);
        }

        shot.SteeringAngle = car[CarRows.Body(1, CarRows.Angle)] - car[CarRows.Angle];
        (shot.Time, shot.Score) = (Time, ShownScore);
    }

    /// <summary>First coordinate of the hull's origin.</summary>
    /// <param name="car">The car's numbers.</param>
    /// <returns>m.</returns>
    public static float OriginX(ReadOnlySpan<float> car) =>
        car[CarRows.X] - ((car[CarRows.Cosine] * CarBody.CentreX) - (car[CarRows.Sine] * CarBody.CentreY));

    /// <summary>Second coordinate of the hull's origin.</summary>
    /// <param name="car">The car's numbers.</param>
    /// <returns>m.</returns>
    public static float OriginY(ReadOnlySpan<float> car) =>
        car[CarRows.Y] - ((car[CarRows.Sine] * CarBody.CentreX) + (car[CarRows.Cosine] * CarBody.CentreY));

    private static CarPalette DrawPalette(NumpyGenerator random)
    {
        Span<double> road = stackalloc double[3];
        Span<double> field = stackalloc double[3];
        random.Uniform(0, 210, road);
        random.Uniform(0, 210, field);
        Span<double> grass = stackalloc double[3];
        field.CopyTo(grass);
        grass[(int)random.Integers(0, 3)] += 20;
        return new CarPalette(
            (byte)road[0], (byte)road[1], (byte)road[2], (byte)field[0], (byte)field[1], (byte)field[2], (byte)grass[0], (byte)grass[1], (byte)grass[2]);
    }

    // The wheels' offsets are not turned with the car, although their angles are: the joints are violated at first, and the first
    // step pulls everything together. The original does so, and every start depends on it.
    private static void Place(CarTrack track, Span<float> car)
    {
        car.Clear();
        (double x, double y, float angle) = (track.X[0], track.Y[0], (float)track.Beta[0]);
        CarAngle.SinCos(angle, out float sine, out float cosine);
        for (int b = 0; b < CarBody.Bodies; b++)
        {
            Span<float> body = car.Slice(CarRows.Body(b, 0), CarRows.PerBody);
            (body[CarRows.Angle], body[CarRows.Sine], body[CarRows.Cosine]) = (angle, sine, cosine);
            if (b == 0)
            {
                body[CarRows.X] = (cosine * CarBody.CentreX) - (sine * CarBody.CentreY) + (float)x;
                body[CarRows.Y] = (sine * CarBody.CentreX) + (cosine * CarBody.CentreY) + (float)y;
            }
            else
            {
                (double offsetX, double offsetY) = CarBody.WheelOffset(b - 1);
                (body[CarRows.X], body[CarRows.Y]) = ((float)(x + offsetX), (float)(y + offsetY));
            }
        }
    }

    private void PushWheel(int wheel, ReadOnlySpan<float> body, Span<float> joint)
    {
        bool grass = TilesUnder[wheel] == 0;
        double friction = grass ? GrassFriction : RoadFriction;
        (double sine, double cosine) = (body[CarRows.Sine], body[CarRows.Cosine]);
        (double vx, double vy) = (body[CarRows.VelocityX], body[CarRows.VelocityY]);
        double forward = (-sine * vx) + (cosine * vy);
        double sideways = (cosine * vx) + (sine * vy);
        double omega = Omega[wheel];
        omega += Seconds * EnginePower * Gas[wheel] / WheelInertia / (Math.Abs(omega) + 5.0);
        if (Brake >= 0.9)
        {
            omega = 0;
        }
        else if (Brake > 0)
        {
            omega += -Math.Sign(omega) * Math.Min(BrakeSpeed * Brake, Math.Abs(omega));
        }

        Phase[wheel] += omega * Seconds;
        double along = (-forward + (omega * WheelRadius)) * Stiffness;
        double across = -sideways * Stiffness;
        double force = Math.Sqrt((along * along) + (across * across));
        _skids.Observe(wheel, force > 2.0 * friction, grass, body[CarRows.X], body[CarRows.Y]);
        if (force > friction)
        {
            along = along / force * friction;
            across = across / force * friction;
        }

        omega -= Seconds * along * WheelRadius / WheelInertia;
        Omega[wheel] = omega;
        joint[CarRows.ForceX] = (float)((across * cosine) + (along * -sine));
        joint[CarRows.ForceY] = (float)((across * sine) + (along * cosine));
    }

    private void Change(int tile, int wheels)
    {
        int before = _wheelsOn[tile];
        int changed = before ^ wheels;
        if (changed == 0)
        {
            return;
        }

        _wheelsOn[tile] = (byte)wheels;
        Snapshot.Touched[tile] = true;
        for (int wheel = 0; wheel < CarBody.Wheels; wheel++)
        {
            TilesUnder[wheel] += ((wheels >> wheel) & 1) - ((before >> wheel) & 1);
        }

        if ((wheels & ~before) != 0 && !_visited[tile])
        {
            _visited[tile] = true;
            Score += 1000.0 / Track!.Count; // A track has been laid: Begin came before.
            Visited++;
            _newLap |= tile == 0 && (double)Visited / Track.Count > _lapPercent;
        }
    }

    private void Hold(int tile)
    {
        if (_heldCount == _held.Length)
        {
            Array.Resize(ref _held, 2 * _held.Length);
        }

        _held[_heldCount++] = tile;
    }
}
