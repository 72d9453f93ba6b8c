using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Tests.Evaluations;

public sealed class ProbabilityOfImprovementTests
{
    [Fact]
    public void Of_AnyScores_IsTheShareOfPairsThatWinAndHalfOfThoseThatTie()
    {
        var random = new KeyedStream(3, 0, StreamPurpose.Scenario);
        for (int trial = 0; trial < 50; trial++)
        {
            double[] x = [.. Enumerable.Range(0, 1 + random.NextInt(20)).Select(_ => (double)random.NextInt(6))];
            double[] y = [.. Enumerable.Range(0, 1 + random.NextInt(20)).Select(_ => (double)random.NextInt(6))];
            double expected = x.Average(a => y.Average(b => a > b ? 1 : a == b ? 0.5 : 0));

            ProbabilityOfImprovement found = ProbabilityOfImprovement.Of(x, y);
            Assert.Equal(expected, found.Probability, 1e-12);
            Assert.Equal(1 - expected, ProbabilityOfImprovement.Of(y, x).Probability, 1e-12);
            Assert.InRange(found.Interval.Low, 0, found.Probability);
            Assert.InRange(found.Interval.High, found.Probability, 1);
        }
    }

    [Fact]
    public void Of_SameDistribution_HasAnIntervalThatCoversOneHalfAsOftenAsItSays()
    {
        var random = new KeyedStream(5, 0, StreamPurpose.Scenario);
        int covered = 0;
        for (int trial = 0; trial < 200; trial++)
        {
            double[] Draw() => [.. Enumerable.Range(0, 60).Select(_ => (double)random.NextSingle())];
            covered += ProbabilityOfImprovement.Of(Draw(), Draw()).Interval.Contains(0.5) ? 1 : 0;
        }

        Assert.InRange(covered, 178, 199); // 95 % of 200 within three standard deviations, and a percentile bootstrap is a little narrow
    }

    [Fact]
    public void Of_OneAlwaysBetter_IsCertain() =>
        Assert.Equal(new ProbabilityOfImprovement(1, new Interval(1, 1)), ProbabilityOfImprovement.Of([2, 3, 4], [0, 1]));

    [Fact]
    public void Of_NoScoresOrNoNumbers_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => ProbabilityOfImprovement.Of([], [1]));
        Assert.Throws<ArgumentException>(() => ProbabilityOfImprovement.Of([1], [double.NaN]));
    }
}
