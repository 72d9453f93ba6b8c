namespace Gymkhana.Environments.CarRacing;

/// <summary>Where the numbers of a car lie among the rows of lanes that the solver works on: first the bodies', then the joints'.</summary>
internal static class CarRows
{
    /// <summary>Centre of mass, m. Row of body b: b × <see cref="PerBody"/> + this.</summary>
    public const int X = 0;

    /// <summary>Centre of mass, m.</summary>
    public const int Y = 1;

    /// <summary>Angle, rad, never reduced to one turn.</summary>
    public const int Angle = 2;

    /// <summary>Velocity of the centre of mass, m/s.</summary>
    public const int VelocityX = 3;

    /// <summary>Velocity of the centre of mass, m/s.</summary>
    public const int VelocityY = 4;

    /// <summary>Angular velocity, rad/s.</summary>
    public const int Spin = 5;

    /// <summary>Sine of the angle.</summary>
    public const int Sine = 6;

    /// <summary>Cosine of the angle.</summary>
    public const int Cosine = 7;

    /// <summary>How long the body has been as good as at rest, s.</summary>
    public const int Rest = 8;

    /// <summary>Rows of one body.</summary>
    public const int PerBody = 9;

    /// <summary>First row of the joints. Row of joint j, which holds wheel j: this + j × <see cref="PerJoint"/> + one of the following.</summary>
    public const int Joints = CarBody.Bodies * PerBody;

    /// <summary>Impulse of the last step that holds the wheel in its place, N·s.</summary>
    public const int ImpulseX = 0;

    /// <summary>The same.</summary>
    public const int ImpulseY = 1;

    /// <summary>Impulse of the last step that keeps the wheel's angle within its limits, N·m·s.</summary>
    public const int ImpulseLimit = 2;

    /// <summary>Impulse of the last step of the steering motor, N·m·s.</summary>
    public const int ImpulseMotor = 3;

    /// <summary>Speed that the steering motor aims at, rad/s.</summary>
    public const int MotorSpeed = 4;

    /// <summary>−1 where the angle is at its lower limit, 1 at its upper, else 0.</summary>
    public const int Limit = 5;

    /// <summary>Force on the wheel in this step, N.</summary>
    public const int ForceX = 6;

    /// <summary>Force on the wheel in this step, N.</summary>
    public const int ForceY = 7;

    /// <summary>From the hull's centre to the wheel, m.</summary>
    public const int ArmX = 8;

    /// <summary>From the hull's centre to the wheel, m.</summary>
    public const int ArmY = 9;

    /// <summary>Effective inverse mass of the joint, a symmetric 3×3 matrix: its elements.</summary>
    public const int K11 = 10;

    /// <summary>Row 1, column 2.</summary>
    public const int K12 = 11;

    /// <summary>Row 2, column 2.</summary>
    public const int K22 = 12;

    /// <summary>Row 1, column 3.</summary>
    public const int K13 = 13;

    /// <summary>Row 2, column 3.</summary>
    public const int K23 = 14;

    /// <summary>One over the determinant of its upper left 2×2.</summary>
    public const int InverseDeterminant2 = 15;

    /// <summary>One over its determinant.</summary>
    public const int InverseDeterminant3 = 16;

    /// <summary>Cross product of its second and third columns.</summary>
    public const int CrossX = 17;

    /// <summary>The same.</summary>
    public const int CrossY = 18;

    /// <summary>The same.</summary>
    public const int CrossZ = 19;

    /// <summary>Rows of one joint.</summary>
    public const int PerJoint = 20;

    /// <summary>All rows.</summary>
    public const int Count = Joints + (CarBody.Wheels * PerJoint);

    /// <summary>A row of a body.</summary>
    /// <param name="body">0 for the hull, 1 + w for wheel w.</param>
    /// <param name="number">Which number.</param>
    /// <returns>The row.</returns>
    public static int Body(int body, int number) => (body * PerBody) + number;

    /// <summary>A row of a joint.</summary>
    /// <param name="wheel">The wheel it holds.</param>
    /// <param name="number">Which number.</param>
    /// <returns>The row.</returns>
    public static int Joint(int wheel, int number) => Joints + (wheel * PerJoint) + number;
}
