using Gymkhana.Environments.CarRacing;

namespace Gymkhana.Tests.CarRacing;

/// <summary>The solver of one car written plainly, term by term as Box2D 2.3.0 has it: what the wide kernel is held against.</summary>
internal sealed class PlainIsland
{
    private const float H = 0.02f;
    private const float MA = 0.14164306f;
    private const float IA = 0.054908019f;
    private const float MB = 16.534389f;
    private const float IB = 134.062622f;
    private const float Pi = 3.14159265359f;
    private const float Lower = -0.4f;
    private const float Upper = 0.4f;
    private const float Slop = 2.0f / 180.0f * Pi;
    private const float MotorMass = 1 / (IA + IB);

    private readonly float[] _car;
    private readonly (float X, float Y)[] _arm = new (float X, float Y)[4];
    private bool _solved;

    public PlainIsland(float[] car) => _car = car;

    /// <summary>One step of a car whose forces and motor speeds are set.</summary>
    public void Step()
    {
        for (int wheel = 0; wheel < 4; wheel++)
        {
            Body(wheel + 1, CarRows.VelocityX) += H * (MB * Joint(wheel, CarRows.ForceX));
            Body(wheel + 1, CarRows.VelocityY) += H * (MB * Joint(wheel, CarRows.ForceY));
        }

        ForEachJoint(Prepare);
        for (int round = 0; round < 180; round++)
        {
            ForEachJoint(SolveVelocity);
        }

        for (int body = 0; body < 5; body++)
        {
            Move(body);
        }

        _solved = false;
        for (int round = 0; round < 60 && !_solved; round++)
        {
            _solved = true;
            ForEachJoint(wheel => _solved &= SolvePosition(wheel));
        }

        for (int body = 0; body < 5; body++)
        {
            CarAngle.SinCos(Body(body, CarRows.Angle), out Body(body, CarRows.Sine), out Body(body, CarRows.Cosine));
        }

        Sleep();
    }

    private static void ForEachJoint(Action<int> solve)
    {
        for (int wheel = 3; wheel >= 0; wheel--)
        {
            solve(wheel);
        }
    }

    private static float Cross((float X, float Y) a, (float X, float Y) b) => (a.X * b.Y) - (a.Y * b.X);

    private static (float X, float Y) Solve2(float k11, float k12, float k22, (float X, float Y) b)
    {
        float det = (k11 * k22) - (k12 * k12);
        det = 1 / det;
        return (det * ((k22 * b.X) - (k12 * b.Y)), det * ((k11 * b.Y) - (k12 * b.X)));
    }

    private ref float Body(int body, int number) => ref _car[CarRows.Body(body, number)];

    private ref float Joint(int wheel, int number) => ref _car[CarRows.Joint(wheel, number)];

    private (float X, float Y) Arm(int wheel, float angle)
    {
        CarAngle.SinCos(angle, out float s, out float c);
        (float x, float y) = (CarBody.AnchorX[wheel] - CarBody.CentreX, CarBody.AnchorY[wheel] - CarBody.CentreY);
        return ((c * x) - (s * y), (s * x) + (c * y));
    }

    private void Apply(int wheel, (float X, float Y) p, float turn)
    {
        (float X, float Y) none = (0, 0);
        Body(0, CarRows.VelocityX) -= MA * p.X;
        Body(0, CarRows.VelocityY) -= MA * p.Y;
        Body(0, CarRows.Spin) -= IA * (Cross(_arm[wheel], p) + turn);
        Body(wheel + 1, CarRows.VelocityX) += MB * p.X;
        Body(wheel + 1, CarRows.VelocityY) += MB * p.Y;
        Body(wheel + 1, CarRows.Spin) += IB * (Cross(none, p) + turn);
    }

    private void Prepare(int wheel)
    {
        _arm[wheel] = Arm(wheel, Body(0, CarRows.Angle));
        float angle = Body(wheel + 1, CarRows.Angle) - Body(0, CarRows.Angle);
        float limit = angle <= Lower ? -1 : angle >= Upper ? 1 : 0;
        if (limit == 0 || limit != Joint(wheel, CarRows.Limit))
        {
            Joint(wheel, CarRows.ImpulseLimit) = 0;
        }

        Joint(wheel, CarRows.Limit) = limit;
        (float X, float Y) p = (Joint(wheel, CarRows.ImpulseX), Joint(wheel, CarRows.ImpulseY));
        float motor = Joint(wheel, CarRows.ImpulseMotor), z = Joint(wheel, CarRows.ImpulseLimit);
        Body(0, CarRows.VelocityX) -= MA * p.X;
        Body(0, CarRows.VelocityY) -= MA * p.Y;
        Body(0, CarRows.Spin) -= IA * (Cross(_arm[wheel], p) + motor + z);
        Body(wheel + 1, CarRows.VelocityX) += MB * p.X;
        Body(wheel + 1, CarRows.VelocityY) += MB * p.Y;
        Body(wheel + 1, CarRows.Spin) += IB * (motor + z);
    }

    private void SolveVelocity(int wheel)
    {
        float most = H * 64.8f;
        float wanted = -MotorMass * (Body(wheel + 1, CarRows.Spin) - Body(0, CarRows.Spin) - Joint(wheel, CarRows.MotorSpeed));
        float before = Joint(wheel, CarRows.ImpulseMotor);
        float motor = Math.Max(-most, Math.Min(before + wanted, most));
        Joint(wheel, CarRows.ImpulseMotor) = motor;
        Body(0, CarRows.Spin) -= IA * (motor - before);
        Body(wheel + 1, CarRows.Spin) += IB * (motor - before);

        (float rx, float ry) = _arm[wheel];
        float w = Body(0, CarRows.Spin);
        float cx = Body(wheel + 1, CarRows.VelocityX) - Body(0, CarRows.VelocityX) - (-w * ry);
        float cy = Body(wheel + 1, CarRows.VelocityY) - Body(0, CarRows.VelocityY) - (w * rx);
        float k11 = MA + MB + (ry * ry * IA), k12 = -ry * rx * IA, k22 = MA + MB + (rx * rx * IA);
        (float X, float Y) p;
        if (Joint(wheel, CarRows.Limit) == 0)
        {
            p = Solve2(k11, k12, k22, (-cx, -cy));
            Joint(wheel, CarRows.ImpulseX) += p.X;
            Joint(wheel, CarRows.ImpulseY) += p.Y;
            Apply(wheel, p, 0);
            return;
        }

        float k13 = -ry * IA, k23 = rx * IA, k33 = IA + IB, cz = Body(wheel + 1, CarRows.Spin) - w;
        (float x, float y, float z) = Solve3((k11, k12, k13), (k12, k22, k23), (k13, k23, k33), (cx, cy, cz));
        (float qx, float qy, float qz) = (-x, -y, -z);
        float sum = Joint(wheel, CarRows.ImpulseLimit) + qz;
        if (Joint(wheel, CarRows.Limit) < 0 ? sum < 0 : sum > 0)
        {
            float held = Joint(wheel, CarRows.ImpulseLimit);
            (qx, qy) = Solve2(k11, k12, k22, (-cx + (held * k13), -cy + (held * k23)));
            qz = -held;
            sum = 0;
        }

        Joint(wheel, CarRows.ImpulseX) += qx;
        Joint(wheel, CarRows.ImpulseY) += qy;
        Joint(wheel, CarRows.ImpulseLimit) = sum;
        Apply(wheel, (qx, qy), qz);
    }

    private static (float X, float Y, float Z) Solve3((float X, float Y, float Z) a, (float X, float Y, float Z) b, (float X, float Y, float Z) c, (float X, float Y, float Z) v)
    {
        float det = Dot(a, Cross3(b, c));
        det = 1 / det;
        return (det * Dot(v, Cross3(b, c)), det * Dot(a, Cross3(v, c)), det * Dot(a, Cross3(b, v)));
    }

    private static float Dot((float X, float Y, float Z) a, (float X, float Y, float Z) b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z);

    private static (float X, float Y, float Z) Cross3((float X, float Y, float Z) a, (float X, float Y, float Z) b) =>
        ((a.Y * b.Z) - (a.Z * b.Y), (a.Z * b.X) - (a.X * b.Z), (a.X * b.Y) - (a.Y * b.X));

    private void Move(int body)
    {
        ref float vx = ref Body(body, CarRows.VelocityX);
        ref float vy = ref Body(body, CarRows.VelocityY);
        ref float w = ref Body(body, CarRows.Spin);
        (float x, float y) = (H * vx, H * vy);
        if ((x * x) + (y * y) > 4)
        {
            float ratio = 2 / MathF.Sqrt((x * x) + (y * y));
            vx *= ratio;
            vy *= ratio;
        }

        float turn = H * w;
        if (turn * turn > 0.5f * Pi * (0.5f * Pi))
        {
            w *= 0.5f * Pi / Math.Abs(turn);
        }

        Body(body, CarRows.X) += H * vx;
        Body(body, CarRows.Y) += H * vy;
        Body(body, CarRows.Angle) += H * w;
    }

    private bool SolvePosition(int wheel)
    {
        float error = 0;
        float limit = Joint(wheel, CarRows.Limit);
        if (limit != 0)
        {
            float angle = Body(wheel + 1, CarRows.Angle) - Body(0, CarRows.Angle);
            float c = angle - (limit < 0 ? Lower : Upper);
            error = limit < 0 ? -c : c;
            float most = 8.0f / 180.0f * Pi;
            c = limit < 0 ? Math.Max(-most, Math.Min(c + Slop, 0)) : Math.Max(0, Math.Min(c - Slop, most));
            float impulse = -MotorMass * c;
            Body(0, CarRows.Angle) -= IA * impulse;
            Body(wheel + 1, CarRows.Angle) += IB * impulse;
        }

        (float rx, float ry) = Arm(wheel, Body(0, CarRows.Angle));
        float cx = Body(wheel + 1, CarRows.X) - Body(0, CarRows.X) - rx;
        float cy = Body(wheel + 1, CarRows.Y) - Body(0, CarRows.Y) - ry;
        float length = MathF.Sqrt((cx * cx) + (cy * cy));
        (float X, float Y) p = Solve2(MA + MB + (IA * ry * ry), -IA * rx * ry, MA + MB + (IA * rx * rx), (cx, cy));
        p = (-p.X, -p.Y);
        Body(0, CarRows.X) -= MA * p.X;
        Body(0, CarRows.Y) -= MA * p.Y;
        Body(0, CarRows.Angle) -= IA * Cross((rx, ry), p);
        Body(wheel + 1, CarRows.X) += MB * p.X;
        Body(wheel + 1, CarRows.Y) += MB * p.Y;
        return length <= 0.005f && error <= Slop;
    }

    private void Sleep()
    {
        float least = float.MaxValue;
        for (int body = 0; body < 5; body++)
        {
            (float vx, float vy, float w) = (Body(body, CarRows.VelocityX), Body(body, CarRows.VelocityY), Body(body, CarRows.Spin));
            bool moves = w * w > Slop * Slop || (vx * vx) + (vy * vy) > 0.01f * 0.01f;
            Body(body, CarRows.Rest) = moves ? 0 : Body(body, CarRows.Rest) + H;
            least = Math.Min(least, Body(body, CarRows.Rest));
        }

        for (int body = 0; _solved && least >= 0.5f && body < 5; body++)
        {
            Body(body, CarRows.VelocityX) = Body(body, CarRows.VelocityY) = Body(body, CarRows.Spin) = Body(body, CarRows.Rest) = 0;
        }
    }
}
