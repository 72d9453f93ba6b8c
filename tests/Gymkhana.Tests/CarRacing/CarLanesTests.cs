using Gymkhana.Core.Randomness;
using Gymkhana.Environments.CarRacing;

namespace Gymkhana.Tests.CarRacing;

/// <summary>A car moves the same at every width of bundles, alone and among others.</summary>
public sealed class CarLanesTests
{
    private const int Cars = 37;
    private const int Steps = 120;

    [Theory]
    [Trait("Category", "Determinism")]
    [InlineData(4, Cars)]
    [InlineData(8, Cars)]
    [InlineData(16, Cars)]
    [InlineData(16, 5)]
    [InlineData(16, 1)]
    public void Step_AnyWidthAndCompany_HasTheSameBits(int width, int cars)
    {
        float[][] alone = Drive(1, Cars);
        float[][] together = Drive(width, cars);
        for (int car = 0; car < cars; car++)
        {
            Assert.True(alone[car].AsSpan().SequenceEqual(together[car]), $"car {car} of {cars} at {width} lanes");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Step_WildDriving_IsThePlainSolversToTheBit(int width)
    {
        bool limited = false, slept = false;
        Drive(width, Cars, 250, (before, after) =>
        {
            for (int wheel = 0; wheel < CarBody.Wheels; wheel++)
            {
                foreach (int row in (int[])[CarRows.ForceX, CarRows.ForceY, CarRows.MotorSpeed])
                {
                    before[CarRows.Joint(wheel, row)] = after[CarRows.Joint(wheel, row)];
                }

                limited |= after[CarRows.Joint(wheel, CarRows.Limit)] != 0;
            }

            new PlainIsland(before).Step();
            for (int row = 0; row < CarRows.Unsolved; row++)
            {
                bool kept = row < CarRows.Joints || (row - CarRows.Joints) % CarRows.PerJoint <= CarRows.Limit;
                Assert.True(!kept || before[row] == after[row], $"row {row}: expected {before[row]:R}, got {after[row]:R}");
            }

            slept |= after[CarRows.VelocityY] == 0;
        });

        Assert.True(limited && slept, "The driving never came to a limit, or never to rest.");
    }

    // Wild driving: limits of steering, spins, brakes and sleep all occur.
    private static float[][] Drive(int width, int cars, int steps = Steps, Action<float[], float[]>? look = null)
    {
        var fleet = new CarFleet(cars, width);
        int[] all = [.. Enumerable.Range(0, cars)];
        var orders = new KeyedStream[cars];
        for (int car = 0; car < cars; car++)
        {
            fleet.Begin(car, new NumpyGenerator((ulong)car));
            orders[car] = new KeyedStream(6, (ulong)car, StreamPurpose.Acting);
        }

        for (int step = 0; step < steps; step++)
        {
            for (int car = 0; car < cars; car++)
            {
                double steer = (orders[car].NextDouble() * 2) - 1, gas = orders[car].NextDouble(), brake = orders[car].NextDouble();
                fleet.Life(car).Drive(car == 7 ? 0 : car % 3 == 0 ? 0.2 * steer : steer, car % 5 == 2 ? 0 : gas, car % 2 == 0 ? 0 : brake);
            }

            float[][]? before = look is null ? null : [.. all.Select(car => fleet.Car(car).ToArray())];
            fleet.Step(all);
            for (int car = 0; before is not null && car < cars; car++)
            {
                look?.Invoke(before[car], fleet.Car(car).ToArray());
            }
        }

        return [.. all.Select(car => fleet.Car(car)[..CarRows.Joints].ToArray())];
    }
}
