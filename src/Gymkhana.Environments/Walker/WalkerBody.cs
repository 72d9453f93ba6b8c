namespace Gymkhana.Environments.Walker;

/// <summary>
/// The creature and its physics in numbers: five point masses, six bones and two muscles. Lengths are world units, y points
/// down, one step is 1/60 s. Source: the program "Walker" by Jean Tampon (2023), described in docs/environments/walker.md.
/// </summary>
public static class WalkerBody
{
    /// <summary>Time of one step, s.</summary>
    public const float StepSeconds = 1f / 60f;

    /// <summary>Point masses: feet 0 to 3 (front left, front right, back right, back left) and the centre joint 4.</summary>
    public const int Points = 5;

    /// <summary>Feet.</summary>
    public const int Feet = 4;

    /// <summary>Muscles: 0 on the left flank, 1 on the right.</summary>
    public const int Muscles = 2;

    /// <summary>Links: two muscles, then six bones.</summary>
    public const int Links = 8;

    /// <summary>Side of the world's square, units.</summary>
    public const float WorldSize = 1000f;

    /// <summary>A target is reached when the head is nearer than this, units.</summary>
    public const float TargetRadius = 20f;

    /// <summary>Mass of a foot.</summary>
    public const float FootMass = 10f;

    /// <summary>Mass of the centre joint.</summary>
    public const float JointMass = 1f;

    /// <summary>How much a fully gripping foot's effective mass grows: mass + 20 × grip.</summary>
    public const float GripMass = 20f;

    /// <summary>A foot never grips less than this once it is commanded.</summary>
    public const float LeastGrip = 0.1f;

    /// <summary>Speed at which a foot's grip follows its command, 1/s.</summary>
    public const float GripSpeed = 30f;

    /// <summary>Speed at which a muscle follows its command, 1/s.</summary>
    public const float MuscleSpeed = 10f;

    /// <summary>Rest length of a muscle, units.</summary>
    public const float MuscleRest = 100f;

    /// <summary>Fraction of its rest length by which a muscle can shorten.</summary>
    public const float Contraction = 0.4f;

    /// <summary>Fraction of its rest length by which a muscle can lengthen.</summary>
    public const float Extension = 0.35f;

    /// <summary>Fraction of its length error that a muscle corrects in a step, before the points' masses share it.</summary>
    public const float MuscleStrength = 0.1f;

    /// <summary>The same for a bone.</summary>
    public const float BoneStrength = 0.5f;

    /// <summary>Points' places relative to the spawn point, x then y.</summary>
    public static ReadOnlySpan<float> Offsets => [-50, -50, 50, -50, 50, 50, -50, 50, 0, 0];

    /// <summary>Ends of the links, in solving order on even steps; odd steps solve from last to first.</summary>
    public static ReadOnlySpan<byte> LinkEnds => [0, 3, 1, 2, 0, 1, 3, 2, 0, 4, 1, 4, 2, 4, 3, 4];

    /// <summary>Rest length of bone <paramref name="link"/>: 100 along the sides, half the diagonal to the centre.</summary>
    /// <param name="link">2 to 7.</param>
    /// <returns>Length, units.</returns>
    public static float BoneRest(int link) => link < 4 ? 100f : 70.710678f;
}
