using Gymkhana.Core.Randomness;

namespace Gymkhana.Core.Evaluations;

/// <summary>The percentile bootstrap of the mean and the interquartile mean.</summary>
internal static class Bootstrap
{
    private const double TailProbability = 0.025;

    /// <summary>Mean of the middle half: ⌊n/4⌋ scores are dropped at either end.</summary>
    /// <param name="sorted">The scores, ascending, at least one.</param>
    /// <returns>The mean of the rest.</returns>
    public static double InterquartileMean(ReadOnlySpan<double> sorted)
    {
        int dropped = sorted.Length / 4;
        double sum = 0;
        foreach (double score in sorted[dropped..^dropped])
        {
            sum += score;
        }

        return sum / (sorted.Length - (2 * dropped));
    }

    /// <summary>95 % intervals of the mean and of the interquartile mean.</summary>
    /// <param name="sorted">All scores, ascending.</param>
    /// <param name="strata">The same scores by run.</param>
    /// <returns>The interval of the mean and that of the interquartile mean.</returns>
    public static (Interval Mean, Interval InterquartileMean) Intervals(double[] sorted, IReadOnlyList<double[]> strata)
    {
        int[][] members = [.. strata.Select(stratum => RanksOf(stratum, sorted))];
        var random = new KeyedStream(ScoreSummary.BootstrapSeed, 0, StreamPurpose.Resampling);
        double[] means = new double[ScoreSummary.Resamples];
        double[] iqms = new double[ScoreSummary.Resamples];

        // A resample is kept as how often each score was drawn. As the scores are sorted, one walk over the counts gives
        // both means without sorting anew.
        int[] drawn = new int[sorted.Length];
        for (int resample = 0; resample < ScoreSummary.Resamples; resample++)
        {
            Array.Clear(drawn);
            foreach (int[] ranks in members)
            {
                for (int i = 0; i < ranks.Length; i++)
                {
                    drawn[ranks[random.NextInt(ranks.Length)]]++;
                }
            }

            (means[resample], iqms[resample]) = MeansOf(sorted, drawn);
        }

        return (Percentiles(means), Percentiles(iqms));
    }

    /// <summary>The value below which a share of the values lies, interpolated linearly between neighbours.</summary>
    /// <param name="sorted">The values, ascending, at least one.</param>
    /// <param name="share">0 to 1.</param>
    /// <returns>The quantile.</returns>
    public static double Quantile(ReadOnlySpan<double> sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }

    // Where the scores of one run lie among all. Equal scores may share a rank: only their value matters.
    private static int[] RanksOf(double[] stratum, double[] sorted) =>
        [.. stratum.Order().Select(score => Array.BinarySearch(sorted, score))];

    private static (double Mean, double InterquartileMean) MeansOf(double[] sorted, int[] drawn)
    {
        int dropped = sorted.Length / 4;
        int last = sorted.Length - dropped;
        double sum = 0;
        double middle = 0;
        int seen = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            int next = seen + drawn[i];
            sum += drawn[i] * sorted[i];
            int kept = Math.Min(next, last) - Math.Max(seen, dropped);
            if (kept > 0)
            {
                middle += kept * sorted[i];
            }

            seen = next;
        }

        return (sum / sorted.Length, middle / (last - dropped));
    }

    private static Interval Percentiles(double[] values)
    {
        Array.Sort(values);
        return new Interval(Quantile(values, TailProbability), Quantile(values, 1 - TailProbability));
    }
}
