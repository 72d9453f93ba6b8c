namespace Gymkhana.Environments.CarRacing;

/// <summary>The three colours of the ground, each 0–255 for red, green, blue.</summary>
/// <param name="RoadRed">Road.</param>
/// <param name="RoadGreen">Road.</param>
/// <param name="RoadBlue">Road.</param>
/// <param name="FieldRed">Field around it.</param>
/// <param name="FieldGreen">Field around it.</param>
/// <param name="FieldBlue">Field around it.</param>
/// <param name="GrassRed">Squares on the field.</param>
/// <param name="GrassGreen">Squares on the field.</param>
/// <param name="GrassBlue">Squares on the field.</param>
public readonly record struct CarPalette(
    byte RoadRed,
    byte RoadGreen,
    byte RoadBlue,
    byte FieldRed,
    byte FieldGreen,
    byte FieldBlue,
    byte GrassRed,
    byte GrassGreen,
    byte GrassBlue)
{
    /// <summary>The colours without domain randomisation.</summary>
    public static CarPalette Standard => new(102, 102, 102, 102, 204, 102, 102, 230, 102);
}

/// <summary>A trace that a skidding wheel leaves.</summary>
/// <param name="OnGrass">Whether it was left on grass.</param>
/// <param name="Points">x and y of each point in turn, m.</param>
public sealed record SkidMark(bool OnGrass, List<float> Points);

/// <summary>All that a picture of a car on its track shows: the one thing that passes from the dynamics to the drawing.</summary>
/// <remarks>Buffers are the dynamics' own and change with the next step. Lengths in metres, speeds in m/s, angles in radians.</remarks>
public sealed class CarSnapshot
{
    /// <summary>The track.</summary>
    public CarTrack? Track { get; set; }

    /// <summary>For each tile, whether the car has touched it: its shade is then the plain road colour.</summary>
    public bool[] Touched { get; set; } = [];

    /// <summary>Colours of the ground.</summary>
    public CarPalette Palette { get; set; } = CarPalette.Standard;

    /// <summary>Origin of the hull, first coordinate.</summary>
    public float HullX { get; set; }

    /// <summary>Origin of the hull, second coordinate.</summary>
    public float HullY { get; set; }

    /// <summary>Angle of the hull, never reduced to one turn.</summary>
    public float HullAngle { get; set; }

    /// <summary>Sine of that angle, as the body's transform holds it.</summary>
    public float HullSine { get; set; }

    /// <summary>Cosine of that angle, as the body's transform holds it.</summary>
    public float HullCosine { get; set; }

    /// <summary>Velocity of the hull's centre of mass, first coordinate.</summary>
    public float VelocityX { get; set; }

    /// <summary>Velocity of the hull's centre of mass, second coordinate.</summary>
    public float VelocityY { get; set; }

    /// <summary>Angular velocity of the hull, rad/s.</summary>
    public float AngularVelocity { get; set; }

    /// <summary>Origin of each wheel, first coordinate; front left, front right, rear left, rear right.</summary>
    public float[] WheelX { get; } = new float[4];

    /// <summary>Origin of each wheel, second coordinate.</summary>
    public float[] WheelY { get; } = new float[4];

    /// <summary>Sine of each wheel's angle.</summary>
    public float[] WheelSine { get; } = new float[4];

    /// <summary>Cosine of each wheel's angle.</summary>
    public float[] WheelCosine { get; } = new float[4];

    /// <summary>Spin of each wheel, rad/s.</summary>
    public double[] WheelOmega { get; } = new double[4];

    /// <summary>Angle by which each wheel has turned on its axle, rad.</summary>
    public double[] WheelPhase { get; } = new double[4];

    /// <summary>Angle between hull and front left wheel, rad.</summary>
    public float SteeringAngle { get; set; }

    /// <summary>Time since the reset, s: the camera comes closer during the first second.</summary>
    public double Time { get; set; }

    /// <summary>Reward so far as the score shows it: before the price of the step being shown.</summary>
    public double Score { get; set; }

    /// <summary>The newest traces of skidding wheels, oldest first; drawn in recordings, never in observations.</summary>
    public List<SkidMark> SkidMarks { get; } = [];
}
