using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Tests.Evaluations;

public sealed class ScoreSummaryTests
{
    [Fact]
    public void Of_EightScores_HasHandComputedStatistics()
    {
        var summary = ScoreSummary.Of([8, 1, 7, 2, 6, 3, 5, 100]);

        Assert.Equal(8, summary.Count);
        Assert.Equal(132 / 8.0, summary.Mean);
        Assert.Equal((3 + 5 + 6 + 7) / 4.0, summary.InterquartileMean);
        Assert.Equal(1, summary.Minimum);
        Assert.Equal(100, summary.Maximum);

        // Squares: 64+1+49+4+36+9+25+10000 = 10188; less 8·16.5² = 2178; over 7.
        Assert.Equal(Math.Sqrt(8010 / 7.0), summary.StandardDeviation, 1e-12);
    }

    [Fact]
    public void Of_FiveScores_DropsOneAtEitherEnd() =>
        Assert.Equal((2 + 3 + 4) / 3.0, ScoreSummary.Of([1, 2, 3, 4, 50]).InterquartileMean);

    [Fact]
    public void Of_OneScore_HasNoWidth()
    {
        var summary = ScoreSummary.Of([4.5]);

        Assert.Equal(new Interval(4.5, 4.5), summary.MeanInterval);
        Assert.Equal(0, summary.StandardDeviation);
        Assert.Equal(4.5, summary.InterquartileMean);
    }

    [Fact]
    public void Of_TwoScores_IntervalSpansBoth()
    {
        // A resample's mean is 0, 0.5 or 1 with probabilities 1/4, 1/2, 1/4: both tails beyond 2.5 % are at the ends.
        var summary = ScoreSummary.Of([0, 1]);

        Assert.Equal(new Interval(0, 1), summary.MeanInterval);
        Assert.Equal(new Interval(0, 1), summary.InterquartileMeanInterval);
    }

    [Fact]
    public void Of_ManyScores_IntervalMatchesTheNormalApproximation()
    {
        double[] scores = Normal(1, 400);
        var summary = ScoreSummary.Of(scores);
        double half = 1.96 * summary.StandardDeviation / Math.Sqrt(scores.Length);

        // The bootstrap's own noise with 2000 resamples is about 3 % of the half width at the 2.5 % point.
        Assert.Equal(summary.Mean - half, summary.MeanInterval.Low, 0.15 * half);
        Assert.Equal(summary.Mean + half, summary.MeanInterval.High, 0.15 * half);
    }

    [Fact]
    public void Intervals_OverManySamples_CoverTheTruthAboutAsOftenAsTheyClaim()
    {
        const int Samples = 200;
        int mean = 0;
        int iqm = 0;
        for (ulong seed = 0; seed < Samples; seed++)
        {
            var summary = ScoreSummary.Of(Normal(seed, 40));
            mean += summary.MeanInterval.Contains(0) ? 1 : 0;
            iqm += summary.InterquartileMeanInterval.Contains(0) ? 1 : 0;
        }

        // 95 % claimed; the percentile bootstrap of 40 scores gives about 93.5 %. Four standard errors of 200 draws are 7 %.
        Assert.InRange(mean, 0.87 * Samples, 0.99 * Samples);
        Assert.InRange(iqm, 0.87 * Samples, 0.995 * Samples);
    }

    [Fact]
    public void Of_SameScoresInAnotherOrder_GivesTheSameBits()
    {
        double[] scores = Normal(3, 50);
        double[] reversed = [.. scores.Reverse()];

        Assert.Equal(ScoreSummary.Of(scores), ScoreSummary.Of(reversed));
    }

    [Fact]
    public void Of_ScoresOfOtherCountsBetween_GivesTheSameBits()
    {
        // The draws are kept for the count that was asked for last.
        var first = ScoreSummary.Of(Normal(3, 50));
        ScoreSummary.Of(Normal(4, 51));
        Assert.Equal(first, ScoreSummary.Of(Normal(3, 50)));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(513)]
    public void Of_CountAtTheLimitOfWhatIsKept_MatchesThePlainResample(int count)
    {
        double[] scores = [.. Normal(5, count).Order()];
        var random = new KeyedStream(ScoreSummary.BootstrapSeed, 0, StreamPurpose.Resampling);
        double[] means = [.. Enumerable.Range(0, ScoreSummary.Resamples).Select(_ => Enumerable.Range(0, count).Average(_ => scores[random.NextInt(count)])).Order()];
        Interval interval = ScoreSummary.Of(scores).MeanInterval;
        Assert.Equal(Bootstrap.Quantile(means, 0.025), interval.Low, 1e-12);
        Assert.Equal(Bootstrap.Quantile(means, 0.975), interval.High, 1e-12);
    }

    [Fact]
    public void OfStrata_RunsThatDifferAmongButNotWithin_HasNoWidth()
    {
        // Resampling within runs cannot change how many scores come from each: all resamples are the sample itself.
        var stratified = ScoreSummary.OfStrata([[1, 1, 1, 1], [9, 9, 9, 9]]);
        var pooled = ScoreSummary.Of([1, 1, 1, 1, 9, 9, 9, 9]);

        Assert.Equal(5, stratified.Mean);
        Assert.Equal(new Interval(5, 5), stratified.MeanInterval);
        Assert.True(pooled.MeanInterval.High - pooled.MeanInterval.Low > 2);
    }

    [Fact]
    public void Bootstrap_ResampleByCounts_MatchesSortingTheResample()
    {
        // The same stream, resampled the plain way.
        double[] scores = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
        double[] sorted = [.. scores.Order()];
        var random = new KeyedStream(ScoreSummary.BootstrapSeed, 0, StreamPurpose.Resampling);
        double[] means = new double[ScoreSummary.Resamples];
        double[] iqms = new double[ScoreSummary.Resamples];
        for (int r = 0; r < means.Length; r++)
        {
            double[] resample = [.. Enumerable.Range(0, 10).Select(_ => sorted[random.NextInt(10)]).Order()];
            means[r] = resample.Average();
            iqms[r] = resample[2..8].Average();
        }

        Array.Sort(means);
        Array.Sort(iqms);
        var summary = ScoreSummary.Of(scores);
        Assert.Equal(Bootstrap.Quantile(means, 0.025), summary.MeanInterval.Low, 1e-12);
        Assert.Equal(Bootstrap.Quantile(means, 0.975), summary.MeanInterval.High, 1e-12);
        Assert.Equal(Bootstrap.Quantile(iqms, 0.025), summary.InterquartileMeanInterval.Low, 1e-12);
        Assert.Equal(Bootstrap.Quantile(iqms, 0.975), summary.InterquartileMeanInterval.High, 1e-12);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(0.5, 20)]
    [InlineData(0.25, 15)]
    [InlineData(1, 30)]
    public void Quantile_BetweenScores_IsInterpolated(double share, double expected) =>
        Assert.Equal(expected, Bootstrap.Quantile([10, 20, 30], share));

    [Fact]
    public void Of_NoScores_IsRefused() => Assert.Throws<ArgumentException>(() => ScoreSummary.Of([]));

    [Fact]
    public void OfStrata_EmptyRun_IsRefused() => Assert.Throws<ArgumentException>(() => ScoreSummary.OfStrata([[1], []]));

    [Fact]
    public void Of_NotANumber_IsRefused() => Assert.Throws<ArgumentException>(() => ScoreSummary.Of([1, double.NaN]));

    private static double[] Normal(ulong seed, int count)
    {
        var random = new KeyedStream(seed, 0, StreamPurpose.Scenario);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];
    }
}
