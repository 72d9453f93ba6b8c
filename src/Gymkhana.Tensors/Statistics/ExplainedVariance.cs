namespace Gymkhana.Tensors.Statistics;

/// <summary>How much of what came a critic foresaw.</summary>
public static class ExplainedVariance
{
    /// <summary>1 − var(R − V) / var(R): 1 where the critic foresaw everything, 0 where it might have said the same of all or all returns are alike. Sums are in double. Allocates nothing.</summary>
    /// <param name="returns">R.</param>
    /// <param name="values">V, as many.</param>
    /// <returns>The share, at most 1.</returns>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static double Of(ReadOnlySpan<float> returns, ReadOnlySpan<float> values)
    {
        if (returns.Length != values.Length)
        {
            throw new ArgumentException($"There are {returns.Length} returns and {values.Length} values; give one value for each return.", nameof(values));
        }

        double mean = 0, meanError = 0;
        for (int i = 0; i < returns.Length; i++)
        {
            mean += returns[i];
            meanError += returns[i] - (double)values[i];
        }

        (mean, meanError) = (mean / returns.Length, meanError / returns.Length);
        double variance = 0, errors = 0;
        for (int i = 0; i < returns.Length; i++)
        {
            double difference = returns[i] - mean, error = returns[i] - (double)values[i] - meanError;
            variance += difference * difference;
            errors += error * error;
        }

        return variance > 0 ? 1 - (errors / variance) : 0;
    }
}
