using System.Diagnostics;

namespace Gymkhana.Cli.Benches;

/// <summary>How often something can be done in a second.</summary>
internal static class StepRate
{
    private const int StepsBetweenLooks = 8;

    /// <summary>Does it again and again for a while.</summary>
    /// <param name="seconds">How long, s.</param>
    /// <param name="step">What is done.</param>
    /// <param name="stop">Ends it early.</param>
    /// <returns>Times a second.</returns>
    public static double Measure(double seconds, Action step, CancellationToken stop)
    {
        long begin = Stopwatch.GetTimestamp();
        long steps = 0;
        TimeSpan length = TimeSpan.FromSeconds(seconds);
        while (Stopwatch.GetElapsedTime(begin) < length)
        {
            stop.ThrowIfCancellationRequested();
            for (int i = 0; i < StepsBetweenLooks; i++)
            {
                step();
            }

            steps += StepsBetweenLooks;
        }

        return steps / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
