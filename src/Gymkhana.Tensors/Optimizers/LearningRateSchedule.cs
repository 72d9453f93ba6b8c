using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Optimizers;

/// <summary>
/// Learning rates as functions of the progress of a run: pure, so that a resumed run needs no state for them. Set
/// <see cref="Optimizer.LearningRate"/> to the result before each step; multiply one with <see cref="WarmUp"/> to begin gently.
/// </summary>
public static class LearningRateSchedule
{
    /// <summary>From <paramref name="start"/> straight to <paramref name="end"/>, where it stays.</summary>
    /// <param name="start">Rate at step 0.</param>
    /// <param name="end">Rate from step <paramref name="steps"/> on.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">Steps that it takes, at least 1.</param>
    /// <returns>The rate.</returns>
    public static double Linear(double start, double end, long step, long steps)
    {
        double x = Progress(step, steps);
        return x >= 1 ? end : start + ((end - start) * x);
    }

    /// <summary>From <paramref name="start"/> to <paramref name="end"/> along half a cosine: end + (start − end)(1 + cos πx)/2 (Loshchilov and Hutter 2017).</summary>
    /// <param name="start">Rate at step 0.</param>
    /// <param name="end">Rate from step <paramref name="steps"/> on.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">Steps that it takes, at least 1.</param>
    /// <returns>The rate; right to 2·10⁻⁷ of the range, with the same bits everywhere.</returns>
    public static double Cosine(double start, double end, long step, long steps)
    {
        double x = Progress(step, steps);
        return x >= 1 ? end : end + ((start - end) * 0.5 * (1 + WideMath.Cos(new Wide1((float)(Math.PI * x))).Value));
    }

    /// <summary>Multiplied by a factor every so many steps.</summary>
    /// <param name="start">Rate at step 0.</param>
    /// <param name="factor">What it is multiplied by, in (0, 1].</param>
    /// <param name="every">After how many steps, at least 1.</param>
    /// <param name="step">The step, from 0.</param>
    /// <returns>start · factor^⌊step / every⌋.</returns>
    public static double Steps(double start, double factor, long every, long step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return start * Optimizer.Power(factor, step / every);
    }

    /// <summary>A factor that rises from 1/steps at step 0 to 1 at step <paramref name="steps"/> − 1, where it stays.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">Steps that it takes; 0 for no warm-up.</param>
    /// <returns>In (0, 1].</returns>
    public static double WarmUp(long step, long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        return step + 1 >= steps ? 1 : (step + 1) / (double)steps;
    }

    private static double Progress(long step, long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return step / (double)steps;
    }
}
