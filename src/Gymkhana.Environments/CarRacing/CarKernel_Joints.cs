using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.CarRacing;

/// <content>The rounds over the joints.</content>
internal sealed unsafe partial class CarKernel<TWide>
{
    private static void SolveVelocities(float* rows, int stride)
    {
        int limits = 0;
        for (int wheel = 0; wheel < CarBody.Wheels; wheel++)
        {
            TWide limit = Get(rows, stride, CarRows.Joint(wheel, CarRows.Limit));
            limits |= TWide.SignBits(NotZero(limit)) != 0 ? 1 << wheel : 0;
        }

        TWide vx = Get(rows, stride, CarRows.VelocityX), vy = Get(rows, stride, CarRows.VelocityY), w = Get(rows, stride, CarRows.Spin);
        for (int round = 0; round < VelocityRounds; round++)
        {
            for (int wheel = CarBody.Wheels - 1; wheel >= 0; wheel--)
            {
                float* body = rows + (CarRows.Body(1 + wheel, 0) * stride);
                float* joint = rows + (CarRows.Joint(wheel, 0) * stride);
                if ((limits & (1 << wheel)) == 0)
                {
                    SolveFree(body, joint, stride, ref vx, ref vy, ref w);
                }
                else
                {
                    SolveLimited(body, joint, stride, ref vx, ref vy, ref w);
                }
            }
        }

        Set(rows, stride, CarRows.VelocityX, vx);
        Set(rows, stride, CarRows.VelocityY, vy);
        Set(rows, stride, CarRows.Spin, w);
    }

    /// <summary>The motor turns the wheel towards its speed; the joint keeps it in its place. No lane is at a limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SolveFree(float* body, float* joint, int stride, ref TWide vx, ref TWide vy, ref TWide w)
    {
        SolveMotor(body, joint, stride, ref w);
        TWide ux = Get(body, stride, CarRows.VelocityX), uy = Get(body, stride, CarRows.VelocityY);
        TWide rx = Get(joint, stride, CarRows.ArmX), ry = Get(joint, stride, CarRows.ArmY);
        TWide cx = ux - vx + (w * ry), cy = uy - vy - (w * rx);

        // p is minus the impulse: the mirrored signs round alike.
        TWide determinant = Get(joint, stride, CarRows.InverseDeterminant2), k12 = Get(joint, stride, CarRows.K12);
        TWide px = determinant * ((Get(joint, stride, CarRows.K22) * cx) - (k12 * cy));
        TWide py = determinant * ((Get(joint, stride, CarRows.K11) * cy) - (k12 * cx));
        Set(joint, stride, CarRows.ImpulseX, Get(joint, stride, CarRows.ImpulseX) - px);
        Set(joint, stride, CarRows.ImpulseY, Get(joint, stride, CarRows.ImpulseY) - py);
        vx += TWide.Multiply(px, HullM);
        vy += TWide.Multiply(py, HullM);
        w += TWide.Multiply((rx * py) - (ry * px), HullI);
        Set(body, stride, CarRows.VelocityX, ux - TWide.Multiply(px, WheelM));
        Set(body, stride, CarRows.VelocityY, uy - TWide.Multiply(py, WheelM));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SolveMotor(float* body, float* joint, int stride, ref TWide w)
    {
        TWide u = Get(body, stride, CarRows.Spin), old = Get(joint, stride, CarRows.ImpulseMotor);
        TWide wanted = TWide.Multiply(u - w - Get(joint, stride, CarRows.MotorSpeed), -MotorMass);
        TWide motor = TWide.Clamp(old + wanted, -MaxMotorImpulse, MaxMotorImpulse);
        TWide turn = motor - old;
        Set(joint, stride, CarRows.ImpulseMotor, motor);
        w -= TWide.Multiply(turn, HullI);
        Set(body, stride, CarRows.Spin, u + TWide.Multiply(turn, WheelI));
    }

    /// <summary>The same where some lanes are at a limit: they solve place and angle together.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SolveLimited(float* body, float* joint, int stride, ref TWide vx, ref TWide vy, ref TWide w)
    {
        SolveMotor(body, joint, stride, ref w);
        TWide ux = Get(body, stride, CarRows.VelocityX), uy = Get(body, stride, CarRows.VelocityY), u = Get(body, stride, CarRows.Spin);
        TWide rx = Get(joint, stride, CarRows.ArmX), ry = Get(joint, stride, CarRows.ArmY);
        TWide cx = ux - vx + (w * ry), cy = uy - vy - (w * rx), cz = u - w;
        TWide zero = default;
        TWide limit = Get(joint, stride, CarRows.Limit);
        TWide limited = NotZero(limit);
        TWide z = Get(joint, stride, CarRows.ImpulseLimit);
        SolveThree(joint, stride, cx, cy, cz, out TWide qx, out TWide qy, out TWide qz);

        // Where the limit would pull, it lets go, and the place alone is solved.
        TWide sum = z + qz;
        TWide lets = limited & TWide.Select(TWide.LessThan(zero, limit), TWide.LessThan(zero, sum), TWide.LessThan(sum, zero));
        TWide alone = lets | (limited ^ TWide.Equal(zero, zero));
        TWide bx = (z * Get(joint, stride, CarRows.K13)) - cx, by = (z * Get(joint, stride, CarRows.K23)) - cy;
        bx = TWide.Select(limited, bx, -cx);
        by = TWide.Select(limited, by, -cy);
        TWide determinant = Get(joint, stride, CarRows.InverseDeterminant2), k12 = Get(joint, stride, CarRows.K12);
        TWide px = TWide.Select(alone, determinant * ((Get(joint, stride, CarRows.K22) * bx) - (k12 * by)), qx);
        TWide py = TWide.Select(alone, determinant * ((Get(joint, stride, CarRows.K11) * by) - (k12 * bx)), qy);
        TWide pz = TWide.Select(lets, -z, qz) & limited;
        Set(joint, stride, CarRows.ImpulseX, Get(joint, stride, CarRows.ImpulseX) + px);
        Set(joint, stride, CarRows.ImpulseY, Get(joint, stride, CarRows.ImpulseY) + py);
        Set(joint, stride, CarRows.ImpulseLimit, TWide.Select(alone, zero, sum));
        vx -= TWide.Multiply(px, HullM);
        vy -= TWide.Multiply(py, HullM);
        w -= TWide.Multiply((rx * py) - (ry * px) + pz, HullI);
        Set(body, stride, CarRows.VelocityX, ux + TWide.Multiply(px, WheelM));
        Set(body, stride, CarRows.VelocityY, uy + TWide.Multiply(py, WheelM));
        Set(body, stride, CarRows.Spin, u + TWide.Multiply(pz, WheelI));
    }

    /// <summary>Cramer's rule for the 3×3 system; the result is negated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SolveThree(float* joint, int stride, TWide cx, TWide cy, TWide cz, out TWide qx, out TWide qy, out TWide qz)
    {
        TWide k11 = Get(joint, stride, CarRows.K11), k12 = Get(joint, stride, CarRows.K12), k22 = Get(joint, stride, CarRows.K22);
        TWide k13 = Get(joint, stride, CarRows.K13), k23 = Get(joint, stride, CarRows.K23), k33 = TWide.Broadcast(K33);
        TWide determinant = Get(joint, stride, CarRows.InverseDeterminant3);
        TWide x = (cx * Get(joint, stride, CarRows.CrossX)) + (cy * Get(joint, stride, CarRows.CrossY)) + (cz * Get(joint, stride, CarRows.CrossZ));
        TWide y = (k11 * ((cy * k33) - (cz * k23))) + (k12 * ((cz * k13) - (cx * k33))) + (k13 * ((cx * k23) - (cy * k13)));
        TWide t = (k11 * ((k22 * cz) - (k23 * cy))) + (k12 * ((k23 * cx) - (k12 * cz))) + (k13 * ((k12 * cy) - (k22 * cx)));
        qx = -(determinant * x);
        qy = -(determinant * y);
        qz = -(determinant * t);
    }

    /// <summary>Pulls the wheels to their places and within their limits, in rounds until every joint is good enough.</summary>
    /// <returns>A mask of the lanes that came to be good enough.</returns>
    private static TWide SolvePositions(float* rows, int stride)
    {
        TWide zero = default;
        TWide all = TWide.Equal(zero, zero);
        TWide running = all;
        for (int round = 0; round < PositionRounds && TWide.SignBits(running) != 0; round++)
        {
            TWide good = all;
            for (int wheel = CarBody.Wheels - 1; wheel >= 0; wheel--)
            {
                float* body = rows + (CarRows.Body(1 + wheel, 0) * stride);
                TWide limit = Get(rows, stride, CarRows.Joint(wheel, CarRows.Limit));
                TWide limited = NotZero(limit);
                if (TWide.SignBits(limited) != 0)
                {
                    good &= CorrectAngle(rows, body, stride, limit, limited & running);
                }

                good &= CorrectPlace(rows, body, stride, wheel, running);
            }

            running &= good ^ all;
        }

        return running ^ all;
    }

    private static TWide CorrectAngle(float* rows, float* body, int stride, TWide limit, TWide running)
    {
        TWide hull = Get(rows, stride, CarRows.Angle), own = Get(body, stride, CarRows.Angle);
        TWide angle = own - hull;
        TWide above = angle - TWide.Broadcast(LimitAngle), below = angle + TWide.Broadcast(LimitAngle);
        TWide isUpper = TWide.LessThan(default, limit);
        TWide error = TWide.Select(isUpper, above, -below);
        TWide correction = TWide.Select(
            isUpper,
            TWide.Clamp(above - TWide.Broadcast(AngularSlop), 0, MaxAngularCorrection),
            TWide.Clamp(below + TWide.Broadcast(AngularSlop), -MaxAngularCorrection, 0));
        TWide impulse = TWide.Multiply(correction, -MotorMass) & running;
        Set(rows, stride, CarRows.Angle, hull - TWide.Multiply(impulse, HullI));
        Set(body, stride, CarRows.Angle, own + TWide.Multiply(impulse, WheelI));
        TWide bad = TWide.LessThan(TWide.Broadcast(AngularSlop), error) & running;
        return bad ^ TWide.Equal(default, default);
    }

    private static TWide CorrectPlace(float* rows, float* body, int stride, int wheel, TWide running)
    {
        float ax = CarBody.AnchorX[wheel] - CarBody.CentreX, ay = CarBody.AnchorY[wheel] - CarBody.CentreY;
        TWide angle = Get(rows, stride, CarRows.Angle);
        SinCos(angle, out TWide sine, out TWide cosine);
        TWide rx = TWide.Multiply(cosine, ax) - TWide.Multiply(sine, ay);
        TWide ry = TWide.Multiply(sine, ax) + TWide.Multiply(cosine, ay);
        TWide hullX = Get(rows, stride, CarRows.X), hullY = Get(rows, stride, CarRows.Y);
        TWide ownX = Get(body, stride, CarRows.X), ownY = Get(body, stride, CarRows.Y);
        TWide cx = ownX - hullX - rx, cy = ownY - hullY - ry;
        TWide error = TWide.Sqrt((cx * cx) + (cy * cy));
        TWide masses = TWide.Broadcast(HullM + WheelM);
        TWide ix = TWide.Multiply(rx, HullI), iy = TWide.Multiply(ry, HullI);
        TWide k11 = masses + (iy * ry), k12 = -(ix * ry), k22 = masses + (ix * rx);
        TWide determinant = TWide.Broadcast(1) / ((k11 * k22) - (k12 * k12));
        TWide px = (determinant * ((k22 * cx) - (k12 * cy))) & running;
        TWide py = (determinant * ((k11 * cy) - (k12 * cx))) & running;
        Set(rows, stride, CarRows.X, hullX + TWide.Multiply(px, HullM));
        Set(rows, stride, CarRows.Y, hullY + TWide.Multiply(py, HullM));
        Set(rows, stride, CarRows.Angle, angle + TWide.Multiply((rx * py) - (ry * px), HullI));
        Set(body, stride, CarRows.X, ownX - TWide.Multiply(px, WheelM));
        Set(body, stride, CarRows.Y, ownY - TWide.Multiply(py, WheelM));
        return TWide.LessThan(TWide.Broadcast(LinearSlop), error) ^ TWide.Equal(default, default);
    }
}
