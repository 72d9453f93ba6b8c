using Gymkhana.Core.Spaces;

namespace Gymkhana.Environments.CarRacing;

/// <summary>The actions of CarRacing-v3 and what they mean to the car.</summary>
public static class CarActions
{
    /// <summary>Numbers of a continuous action: steering in [−1, 1], positive to the right; gas and brake in [0, 1].</summary>
    private const int Numbers = 3;

    // Steering, gas, brake of Gymnasium's five: nothing, right, left, gas, brake.
    private static readonly double[] Five = [0, 0, 0, 0.6, 0, 0, -0.6, 0, 0, 0, 0.2, 0, 0, 0, 0.8];

    // Five straight ahead, ten to the left, the same ten to the right.
    private static readonly double[] TwentyFive =
    [
        0, 0, 0, 0, 0.5, 0, 0, 1, 0, 0, 0, 0.5, 0, 0, 1,
        -0.5, 0, 0, -1, 0, 0, -0.5, 0.5, 0, -1, 0.5, 0, -0.5, 1, 0, -1, 1, 0, -0.5, 0, 0.5, -1, 0, 0.5, -0.5, 0, 1, -1, 0, 1,
        0.5, 0, 0, 1, 0, 0, 0.5, 0.5, 0, 1, 0.5, 0, 0.5, 1, 0, 1, 1, 0, 0.5, 0, 0.5, 1, 0, 0.5, 0.5, 0, 1, 1, 0, 1,
    ];

    /// <summary>The space of actions.</summary>
    /// <param name="controls">What a driver may do.</param>
    /// <returns>A box of three numbers, or a choice.</returns>
    public static Space SpaceOf(CarControls controls) => controls switch
    {
        CarControls.Continuous => new BoxSpace([-1, 0, 0], [1, 1, 1]),
        CarControls.Five => new DiscreteSpace(Five.Length / Numbers),
        _ => new DiscreteSpace(TwentyFive.Length / Numbers),
    };

    /// <summary>What a choice means.</summary>
    /// <param name="controls">Five or twenty-five choices.</param>
    /// <param name="choice">The choice.</param>
    /// <returns>Steering, positive to the right, gas and brake.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such choice, or actions are continuous.</exception>
    public static (double Steer, double Gas, double Brake) Meaning(CarControls controls, int choice)
    {
        ReadOnlySpan<double> table = controls switch
        {
            CarControls.Five => Five,
            CarControls.TwentyFive => TwentyFive,
            _ => throw new ArgumentOutOfRangeException(nameof(controls), controls, "Continuous actions are no choices; ask for five or twenty-five."),
        };
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)choice, (uint)(table.Length / Numbers), nameof(choice));
        return (table[Numbers * choice], table[(Numbers * choice) + 1], table[(Numbers * choice) + 2]);
    }
}
