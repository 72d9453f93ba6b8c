using Gymkhana.Core.Randomness;

namespace Gymkhana.Core.Evaluations;

/// <summary>
/// How probably an episode of one policy scores higher than one of another, equal scores by half: P(X &gt; Y) of Agarwal et al. (NeurIPS
/// 2021, "Deep reinforcement learning at the edge of the statistical precipice"), the Mann–Whitney statistic as a share. It knows no scale,
/// so that a few very good episodes do not outweigh many.
/// </summary>
/// <param name="Probability">The probability, 0 to 1; 0.5 where neither is better.</param>
/// <param name="Interval">Its 95 % interval, a percentile bootstrap over the episodes of both.</param>
public sealed record ProbabilityOfImprovement(double Probability, Interval Interval)
{
    private const int Resamples = 2000;
    private const double Tail = 0.025;

    /// <summary>Compares scores.</summary>
    /// <param name="x">Scores of the one, at least one.</param>
    /// <param name="y">Scores of the other, at least one.</param>
    /// <returns>How probably one of <paramref name="x"/> is higher than one of <paramref name="y"/>.</returns>
    /// <exception cref="ArgumentException">No scores, or one that is not finite.</exception>
    public static ProbabilityOfImprovement Of(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Count == 0 || y.Count == 0) throw new ArgumentException("A comparison expects at least one score on either side.", nameof(x));
        if (!x.Concat(y).All(double.IsFinite)) throw new ArgumentException("A comparison expects finite scores.", nameof(x));

        // Only the order of the scores matters: each is replaced by its rank among all that occur.
        double[] values = [.. x.Concat(y).Distinct().Order()];
        int[] ofX = [.. x.Select(score => Array.BinarySearch(values, score))], ofY = [.. y.Select(score => Array.BinarySearch(values, score))];
        int[] countX = new int[values.Length], countY = new int[values.Length];
        foreach (int rank in ofX) countX[rank]++;
        foreach (int rank in ofY) countY[rank]++;
        double whole = Share(countX, countY, ofX.Length, ofY.Length);
        var random = new KeyedStream(ScoreSummary.BootstrapSeed, 1, StreamPurpose.Resampling);
        double[] resampled = new double[Resamples];
        for (int i = 0; i < Resamples; i++)
        {
            Draw(random, ofX, countX);
            Draw(random, ofY, countY);
            resampled[i] = Share(countX, countY, ofX.Length, ofY.Length);
        }

        Array.Sort(resampled);
        return new ProbabilityOfImprovement(whole, new Interval(Bootstrap.Quantile(resampled, Tail), Bootstrap.Quantile(resampled, 1 - Tail)));
    }

    private static void Draw(KeyedStream random, int[] ranks, int[] counts)
    {
        Array.Clear(counts);
        for (int i = 0; i < ranks.Length; i++) counts[ranks[random.NextInt(ranks.Length)]]++;
    }

    private static double Share(int[] countX, int[] countY, int ofX, int ofY)
    {
        double higher = 0;
        int below = 0;
        for (int rank = 0; rank < countX.Length; rank++)
        {
            higher += countX[rank] * (below + (countY[rank] / 2.0));
            below += countY[rank];
        }

        return higher / ((double)ofX * ofY);
    }
}
