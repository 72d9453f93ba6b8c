namespace Gymkhana.Core.Evaluations;

/// <summary>
/// What a set of scores says: how many, their mean and interquartile mean with 95 % confidence intervals, spread and range.
/// The same scores in any order give the same bits.
/// </summary>
/// <remarks>
/// The intervals are percentile bootstrap intervals (Efron, "Bootstrap Methods", 1979) over <see cref="Resamples"/> resamples, drawn
/// from a stream whose seed is fixed (<see cref="BootstrapSeed"/>), and stratified for several runs. The interquartile mean with a stratified
/// bootstrap is what Agarwal et al., "Deep Reinforcement Learning at the Edge of the Statistical Precipice" (2021), recommend.
/// </remarks>
public sealed record ScoreSummary
{
    /// <summary>Resamples behind each interval.</summary>
    public const int Resamples = 2000;

    /// <summary>Seed of the resampling stream, the same for every summary: the letters "boot" in ASCII.</summary>
    public const ulong BootstrapSeed = 0x626f6f74;

    private ScoreSummary()
    {
    }

    /// <summary>How many scores.</summary>
    public required int Count { get; init; }

    /// <summary>Their mean.</summary>
    public required double Mean { get; init; }

    /// <summary>Their interquartile mean: the mean of what is left when ⌊n/4⌋ scores are dropped at either end.</summary>
    public required double InterquartileMean { get; init; }

    /// <summary>95 % confidence interval of the mean; one score gives an interval of no width, which is no evidence of anything.</summary>
    public required Interval MeanInterval { get; init; }

    /// <summary>95 % confidence interval of the interquartile mean.</summary>
    public required Interval InterquartileMeanInterval { get; init; }

    /// <summary>Standard deviation of the sample (divisor n − 1); 0 for one score.</summary>
    public required double StandardDeviation { get; init; }

    /// <summary>Smallest score.</summary>
    public required double Minimum { get; init; }

    /// <summary>Largest score.</summary>
    public required double Maximum { get; init; }

    /// <summary>Summarises scores that are alike, such as the episodes of one policy.</summary>
    /// <param name="scores">The scores, at least one, all finite.</param>
    /// <returns>Their summary.</returns>
    /// <exception cref="ArgumentException">No scores, or one that is not finite.</exception>
    public static ScoreSummary Of(ReadOnlySpan<double> scores) => OfStrata([scores.ToArray()]);

    /// <summary>
    /// Summarises the scores of several runs (strata): all scores count alike, and each resample draws as many scores from each run
    /// as it has, from that run alone.
    /// </summary>
    /// <param name="strata">The scores of each run, at least one each, all finite.</param>
    /// <returns>Their summary.</returns>
    /// <exception cref="ArgumentException">No scores, an empty run, or a score that is not finite.</exception>
    public static ScoreSummary OfStrata(IReadOnlyList<double[]> strata)
    {
        ArgumentNullException.ThrowIfNull(strata);
        double[] sorted = [.. strata.SelectMany(s => s).Order()];
        if (sorted.Length == 0 || strata.Any(s => s.Length == 0))
        {
            throw new ArgumentException("A summary needs at least one score in every run, got none.", nameof(strata));
        }

        if (!sorted.All(double.IsFinite))
        {
            throw new ArgumentException("A summary needs finite scores, got NaN or infinity; look for the episode whose reward is not a finite number.", nameof(strata));
        }

        double mean = sorted.Sum() / sorted.Length;
        double squares = sorted.Sum(score => (score - mean) * (score - mean));
        (Interval meanInterval, Interval iqmInterval) = Bootstrap.Intervals(sorted, strata);
        return new ScoreSummary
        {
            Count = sorted.Length,
            Mean = mean,
            InterquartileMean = Bootstrap.InterquartileMean(sorted),
            MeanInterval = meanInterval,
            InterquartileMeanInterval = iqmInterval,
            StandardDeviation = sorted.Length > 1 ? Math.Sqrt(squares / (sorted.Length - 1)) : 0,
            Minimum = sorted[0],
            Maximum = sorted[^1],
        };
    }
}
