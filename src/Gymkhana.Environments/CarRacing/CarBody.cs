namespace Gymkhana.Environments.CarRacing;

/// <summary>Constants of the car, as the recorded physics had them after rounding to single precision.</summary>
internal static class CarBody
{
    /// <summary>Wheels: front left, front right, rear left, rear right.</summary>
    public const int Wheels = 4;

    /// <summary>Bodies: the hull, then the wheels.</summary>
    public const int Bodies = Wheels + 1;

    /// <summary>Mass in the solver's form, 1/kg.</summary>
    public const float HullInverseMass = 0.14164306f;

    /// <summary>About the centre of mass, 1/(kg·m²).</summary>
    public const float HullInverseInertia = 0.054908019f;

    /// <summary>Mass in the solver's form, 1/kg.</summary>
    public const float WheelInverseMass = 16.534389f;

    /// <summary>About the centre of mass, 1/(kg·m²).</summary>
    public const float WheelInverseInertia = 134.062622f;

    /// <summary>The hull's centre of mass as seen from its origin, m.</summary>
    public const float CentreX = 1.4774524e-9f;

    /// <summary>The hull's centre of mass as seen from its origin, m.</summary>
    public const float CentreY = -0.082530886f;

    /// <summary>Duration of a step, s.</summary>
    public const float StepSeconds = 0.02f;

    /// <summary>Unit of the car's drawing, m.</summary>
    private const double Size = 0.02;

    /// <summary>Where each wheel is fastened, from the hull's origin, m.</summary>
    public static ReadOnlySpan<float> AnchorX => [(float)(-55 * Size), (float)(55 * Size), (float)(-55 * Size), (float)(55 * Size)];

    /// <summary>Where each wheel is fastened, from the hull's origin, m.</summary>
    public static ReadOnlySpan<float> AnchorY => [(float)(80 * Size), (float)(80 * Size), (float)(-82 * Size), (float)(-82 * Size)];

    /// <summary>Corners of the hull's four convex parts, x and y in turn, m; part i is from corner <c>HullStarts[i]</c> to before the next start.</summary>
    public static ReadOnlySpan<float> HullCorners =>
    [
        (float)(-60 * Size), (float)(130 * Size), (float)(60 * Size), (float)(130 * Size), (float)(60 * Size), (float)(110 * Size), (float)(-60 * Size), (float)(110 * Size),
        (float)(-15 * Size), (float)(120 * Size), (float)(15 * Size), (float)(120 * Size), (float)(20 * Size), (float)(20 * Size), (float)(-20 * Size), (float)(20 * Size),
        (float)(25 * Size), (float)(20 * Size), (float)(50 * Size), (float)(-10 * Size), (float)(50 * Size), (float)(-40 * Size), (float)(20 * Size), (float)(-90 * Size),
        (float)(-20 * Size), (float)(-90 * Size), (float)(-50 * Size), (float)(-40 * Size), (float)(-50 * Size), (float)(-10 * Size), (float)(-25 * Size), (float)(20 * Size),
        (float)(-50 * Size), (float)(-120 * Size), (float)(50 * Size), (float)(-120 * Size), (float)(50 * Size), (float)(-90 * Size), (float)(-50 * Size), (float)(-90 * Size),
    ];

    /// <summary>First corner of each part of the hull, and the number of corners.</summary>
    public static ReadOnlySpan<int> HullStarts => [0, 4, 8, 16, 20];

    /// <summary>Where a wheel is made, from the hull's origin, m.</summary>
    /// <param name="wheel">The wheel.</param>
    /// <returns>The offset in double precision.</returns>
    public static (double X, double Y) WheelOffset(int wheel) => ((wheel % 2 == 0 ? -55 : 55) * Size, (wheel < 2 ? 80 : -82) * Size);

    /// <summary>Half the width of a wheel, m.</summary>
    public const float WheelHalfWidth = (float)(14 * Size);

    /// <summary>Half the length of a wheel, which is its radius, m.</summary>
    public const float WheelHalfLength = (float)(27 * Size);
}
