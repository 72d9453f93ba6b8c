using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.CarRacing;

/// <summary>A step of the bodies of many cars, for one width of SIMD lanes; chosen once when the cars are made.</summary>
internal interface ICarKernel
{
    /// <summary>Lanes of one bundle.</summary>
    int Lanes { get; }

    /// <summary>Solves the joints and moves the bodies of one bundle of cars.</summary>
    /// <param name="rows">The rows of <see cref="CarRows"/>, each of them <paramref name="stride"/> numbers after the one before.</param>
    /// <param name="stride">Distance between rows.</param>
    void Step(Bundle rows, int stride);
}

/// <summary>Where a bundle's rows start.</summary>
/// <param name="Rows">The first lane of row 0.</param>
internal readonly unsafe record struct Bundle(nint Rows)
{
    /// <summary>The same as a pointer.</summary>
    public float* Pointer => (float*)Rows;
}

/// <inheritdoc/>
/// <remarks>
/// The solver is Box2D 2.3.0's (E. Catto; sequential impulses with warm starting) for one island of a hull and four wheels, in its order of
/// operations. Terms that are zero whatever the state (the wheels' own arms, torques, damping) are left out: they change no bit.
/// Joints are solved from the last to the first, as Box2D keeps its newest joint first.
/// </remarks>
/// <typeparam name="TWide">The bundle of lanes.</typeparam>
internal sealed unsafe partial class CarKernel<TWide> : ICarKernel
    where TWide : unmanaged, IWide<TWide>
{
    private const int VelocityRounds = 180;
    private const int PositionRounds = 60;
    private const float Step1 = CarBody.StepSeconds;
    private const float Pi = 3.14159265359f;
    private const float LimitAngle = 0.4f;
    private const float MaxMotorImpulse = Step1 * 64.8f;
    private const float LinearSlop = 0.005f;
    private const float AngularSlop = 2.0f / 180.0f * Pi;
    private const float MaxAngularCorrection = 8.0f / 180.0f * Pi;
    private const float MaxTranslation = 2;
    private const float MaxRotation = 0.5f * Pi;
    private const float SleepSpin = 2.0f / 180.0f * Pi;
    private const float SleepSpeed = 0.01f;
    private const float TimeToSleep = 0.5f;
    private const float HullM = CarBody.HullInverseMass;
    private const float HullI = CarBody.HullInverseInertia;
    private const float WheelM = CarBody.WheelInverseMass;
    private const float WheelI = CarBody.WheelInverseInertia;
    private const float K33 = HullI + WheelI;
    private const float MotorMass = 1 / K33;

    /// <inheritdoc/>
    public int Lanes => TWide.Lanes;

    /// <inheritdoc/>
    public void Step(Bundle bundle, int stride)
    {
        float* rows = bundle.Pointer;
        Prepare(rows, stride);
        SolveVelocities(rows, stride);
        Move(rows, stride);
        TWide solved = SolvePositions(rows, stride);
        Conclude(rows, stride, solved);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide Get(float* rows, int stride, int row) => TWide.Load(rows + (row * stride));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Set(float* rows, int stride, int row, TWide value) => TWide.Store(value, rows + (row * stride));

    /// <summary>Forces act on the wheels; then each joint's masses, and the impulses of the last step once more.</summary>
    private static void Prepare(float* rows, int stride)
    {
        for (int wheel = 0; wheel < CarBody.Wheels; wheel++)
        {
            float* body = rows + (CarRows.Body(1 + wheel, 0) * stride);
            float* joint = rows + (CarRows.Joint(wheel, 0) * stride);
            TWide fx = TWide.Multiply(Get(joint, stride, CarRows.ForceX), WheelM);
            TWide fy = TWide.Multiply(Get(joint, stride, CarRows.ForceY), WheelM);
            Set(body, stride, CarRows.VelocityX, Get(body, stride, CarRows.VelocityX) + TWide.Multiply(fx, Step1));
            Set(body, stride, CarRows.VelocityY, Get(body, stride, CarRows.VelocityY) + TWide.Multiply(fy, Step1));
        }

        for (int wheel = CarBody.Wheels - 1; wheel >= 0; wheel--)
        {
            PrepareMasses(rows, stride, wheel);
            PrepareLimit(rows, stride, wheel);
            WarmStart(rows, stride, wheel);
        }
    }

    private static void PrepareMasses(float* rows, int stride, int wheel)
    {
        float* joint = rows + (CarRows.Joint(wheel, 0) * stride);
        float ax = CarBody.AnchorX[wheel] - CarBody.CentreX, ay = CarBody.AnchorY[wheel] - CarBody.CentreY;
        TWide sine = Get(rows, stride, CarRows.Sine), cosine = Get(rows, stride, CarRows.Cosine);
        TWide rx = TWide.Multiply(cosine, ax) - TWide.Multiply(sine, ay);
        TWide ry = TWide.Multiply(sine, ax) + TWide.Multiply(cosine, ay);
        TWide masses = TWide.Broadcast(HullM + WheelM);
        TWide k11 = masses + TWide.Multiply(ry * ry, HullI);
        TWide k12 = -TWide.Multiply(ry * rx, HullI);
        TWide k22 = masses + TWide.Multiply(rx * rx, HullI);
        TWide k13 = -TWide.Multiply(ry, HullI), k23 = TWide.Multiply(rx, HullI);
        TWide one = TWide.Broadcast(1), k33 = TWide.Broadcast(K33);
        TWide cx = (k22 * k33) - (k23 * k23), cy = (k23 * k13) - (k12 * k33), cz = (k12 * k23) - (k22 * k13);
        Set(joint, stride, CarRows.ArmX, rx);
        Set(joint, stride, CarRows.ArmY, ry);
        Set(joint, stride, CarRows.K11, k11);
        Set(joint, stride, CarRows.K12, k12);
        Set(joint, stride, CarRows.K22, k22);
        Set(joint, stride, CarRows.K13, k13);
        Set(joint, stride, CarRows.K23, k23);
        Set(joint, stride, CarRows.InverseDeterminant2, one / ((k11 * k22) - (k12 * k12)));
        Set(joint, stride, CarRows.InverseDeterminant3, one / (((k11 * cx) + (k12 * cy)) + (k13 * cz)));
        Set(joint, stride, CarRows.CrossX, cx);
        Set(joint, stride, CarRows.CrossY, cy);
        Set(joint, stride, CarRows.CrossZ, cz);
    }

    private static void PrepareLimit(float* rows, int stride, int wheel)
    {
        float* joint = rows + (CarRows.Joint(wheel, 0) * stride);
        TWide angle = Get(rows, stride, CarRows.Body(1 + wheel, CarRows.Angle)) - Get(rows, stride, CarRows.Angle);
        TWide zero = default;
        TWide limit = TWide.Select(
            TWide.LessThan(TWide.Broadcast(-LimitAngle), angle),
            TWide.Select(TWide.LessThan(angle, TWide.Broadcast(LimitAngle)), zero, TWide.Broadcast(1)),
            TWide.Broadcast(-1));
        TWide kept = TWide.Equal(limit, Get(joint, stride, CarRows.Limit)) & NotZero(limit);
        Set(joint, stride, CarRows.ImpulseLimit, Get(joint, stride, CarRows.ImpulseLimit) & kept);
        Set(joint, stride, CarRows.Limit, limit);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide NotZero(TWide value) => TWide.LessThan(default, TWide.Abs(value));

    private static void WarmStart(float* rows, int stride, int wheel)
    {
        float* body = rows + (CarRows.Body(1 + wheel, 0) * stride);
        float* joint = rows + (CarRows.Joint(wheel, 0) * stride);
        TWide px = Get(joint, stride, CarRows.ImpulseX), py = Get(joint, stride, CarRows.ImpulseY);
        TWide motor = Get(joint, stride, CarRows.ImpulseMotor), limit = Get(joint, stride, CarRows.ImpulseLimit);
        TWide turn = (Get(joint, stride, CarRows.ArmX) * py) - (Get(joint, stride, CarRows.ArmY) * px);
        Set(rows, stride, CarRows.VelocityX, Get(rows, stride, CarRows.VelocityX) - TWide.Multiply(px, HullM));
        Set(rows, stride, CarRows.VelocityY, Get(rows, stride, CarRows.VelocityY) - TWide.Multiply(py, HullM));
        Set(rows, stride, CarRows.Spin, Get(rows, stride, CarRows.Spin) - TWide.Multiply(turn + motor + limit, HullI));
        Set(body, stride, CarRows.VelocityX, Get(body, stride, CarRows.VelocityX) + TWide.Multiply(px, WheelM));
        Set(body, stride, CarRows.VelocityY, Get(body, stride, CarRows.VelocityY) + TWide.Multiply(py, WheelM));
        Set(body, stride, CarRows.Spin, Get(body, stride, CarRows.Spin) + TWide.Multiply(motor + limit, WheelI));
    }

    /// <summary>Positions follow velocities, which are capped where they would carry a body too far in one step.</summary>
    private static void Move(float* rows, int stride)
    {
        for (int b = 0; b < CarBody.Bodies; b++)
        {
            float* body = rows + (CarRows.Body(b, 0) * stride);
            TWide vx = Get(body, stride, CarRows.VelocityX), vy = Get(body, stride, CarRows.VelocityY), w = Get(body, stride, CarRows.Spin);
            TWide tx = TWide.Multiply(vx, Step1), ty = TWide.Multiply(vy, Step1), turn = TWide.Multiply(w, Step1);
            TWide square = (tx * tx) + (ty * ty);
            TWide far = TWide.LessThan(TWide.Broadcast(MaxTranslation * MaxTranslation), square);
            TWide wild = TWide.LessThan(TWide.Broadcast(MaxRotation * MaxRotation), turn * turn);
            if (TWide.SignBits(far | wild) != 0)
            {
                TWide shorter = TWide.Select(far, TWide.Broadcast(MaxTranslation) / TWide.Sqrt(square), TWide.Broadcast(1));
                TWide slower = TWide.Select(wild, TWide.Broadcast(MaxRotation) / TWide.Abs(turn), TWide.Broadcast(1));
                vx *= shorter;
                vy *= shorter;
                w *= slower;
                Set(body, stride, CarRows.VelocityX, vx);
                Set(body, stride, CarRows.VelocityY, vy);
                Set(body, stride, CarRows.Spin, w);
            }

            Set(body, stride, CarRows.X, Get(body, stride, CarRows.X) + TWide.Multiply(vx, Step1));
            Set(body, stride, CarRows.Y, Get(body, stride, CarRows.Y) + TWide.Multiply(vy, Step1));
            Set(body, stride, CarRows.Angle, Get(body, stride, CarRows.Angle) + TWide.Multiply(w, Step1));
        }
    }

    /// <summary>Directions follow angles; a car that has been at rest for long enough is put to sleep.</summary>
    private static void Conclude(float* rows, int stride, TWide solved)
    {
        TWide awake = default;
        TWide zero = default;
        for (int b = 0; b < CarBody.Bodies; b++)
        {
            float* body = rows + (CarRows.Body(b, 0) * stride);
            SinCos(Get(body, stride, CarRows.Angle), out TWide sine, out TWide cosine);
            Set(body, stride, CarRows.Sine, sine);
            Set(body, stride, CarRows.Cosine, cosine);
            TWide vx = Get(body, stride, CarRows.VelocityX), vy = Get(body, stride, CarRows.VelocityY), w = Get(body, stride, CarRows.Spin);
            TWide moving = TWide.LessThan(TWide.Broadcast(SleepSpin * SleepSpin), w * w)
                | TWide.LessThan(TWide.Broadcast(SleepSpeed * SleepSpeed), (vx * vx) + (vy * vy));
            TWide rest = TWide.Select(moving, zero, Get(body, stride, CarRows.Rest) + TWide.Broadcast(Step1));
            Set(body, stride, CarRows.Rest, rest);
            awake |= TWide.LessThan(rest, TWide.Broadcast(TimeToSleep));
        }

        TWide asleep = TWide.Select(awake, zero, solved);
        if (TWide.SignBits(asleep) == 0)
        {
            return;
        }

        for (int b = 0; b < CarBody.Bodies; b++)
        {
            float* body = rows + (CarRows.Body(b, 0) * stride);
            foreach (int row in (ReadOnlySpan<int>)[CarRows.VelocityX, CarRows.VelocityY, CarRows.Spin, CarRows.Rest])
            {
                Set(body, stride, row, TWide.Select(asleep, zero, Get(body, stride, row)));
            }
        }
    }

    private static void SinCos(TWide angle, out TWide sine, out TWide cosine)
    {
        float* lanes = stackalloc float[3 * 16];
        TWide.Store(angle, lanes);
        for (int lane = 0; lane < TWide.Lanes; lane++)
        {
            CarAngle.SinCos(lanes[lane], out lanes[16 + lane], out lanes[32 + lane]);
        }

        sine = TWide.Load(lanes + 16);
        cosine = TWide.Load(lanes + 32);
    }
}
