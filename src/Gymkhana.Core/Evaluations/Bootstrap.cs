using Gymkhana.Core.Randomness;

namespace Gymkhana.Core.Evaluations;

/// <summary>The percentile bootstrap of the mean and the interquartile mean.</summary>
internal static class Bootstrap
{
    private const double TailProbability = 0.025;
    private const int MostKept = 512;

    // A training summarises as many scores again and again, and the draws depend on how many there are alone.
    private static volatile Draws? _kept;

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
        double[] means = new double[ScoreSummary.Resamples];
        double[] iqms = new double[ScoreSummary.Resamples];
        if (strata.Count == 1 && sorted.Length <= MostKept)
        {
            int count = sorted.Length;
            Draws draws = _kept is { } kept && kept.Count == count ? kept : _kept = Draws.Of(count);
            for (int resample = 0; resample < ScoreSummary.Resamples; resample++)
            {
                (means[resample], iqms[resample]) = MeansOf(sorted, draws.Counts.AsSpan(resample * count, count));
            }
        }
        else
        {
            int[][] members = [.. strata.Select(stratum => RanksOf(stratum, sorted))];
            var random = new KeyedStream(ScoreSummary.BootstrapSeed, 0, StreamPurpose.Resampling);
            int[] drawn = new int[sorted.Length];
            for (int resample = 0; resample < ScoreSummary.Resamples; resample++)
            {
                Draw(random, members, drawn);
                (means[resample], iqms[resample]) = MeansOf(sorted, drawn);
            }
        }

        return (Percentiles(means), Percentiles(iqms));
    }

    // A resample is kept as how often each score was drawn. As the scores are sorted, one walk over the counts gives
    // both means without sorting anew.
    private static void Draw(KeyedStream random, int[][] members, Span<int> drawn)
    {
        drawn.Clear();
        foreach (int[] ranks in members)
        {
            for (int i = 0; i < ranks.Length; i++)
            {
                drawn[ranks[random.NextInt(ranks.Length)]]++;
            }
        }
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

    private static (double Mean, double InterquartileMean) MeansOf(double[] sorted, ReadOnlySpan<int> drawn)
    {
        int dropped = sorted.Length / 4;
        int last = sorted.Length - dropped;
        double sum = 0;
        double middle = 0;
        int seen = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            int next = seen + drawn[i];
            double share = drawn[i] * sorted[i];
            sum += share;
            if (seen >= dropped && next <= last)
            {
                middle += share;
            }
            else if (next > dropped && seen < last)
            {
                middle += (Math.Min(next, last) - Math.Max(seen, dropped)) * sorted[i];
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

    /// <summary>The resamples of one run's scores.</summary>
    /// <param name="Count">How many scores.</param>
    /// <param name="Counts">How often each is drawn, resample after resample.</param>
    private sealed record Draws(int Count, int[] Counts)
    {
        public static Draws Of(int count)
        {
            int[][] members = [[.. Enumerable.Range(0, count)]];
            var random = new KeyedStream(ScoreSummary.BootstrapSeed, 0, StreamPurpose.Resampling);
            int[] counts = new int[ScoreSummary.Resamples * count];
            for (int resample = 0; resample < ScoreSummary.Resamples; resample++)
            {
                Draw(random, members, counts.AsSpan(resample * count, count));
            }

            return new Draws(count, counts);
        }
    }
}
