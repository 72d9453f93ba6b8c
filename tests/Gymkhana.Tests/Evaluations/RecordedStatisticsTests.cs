using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Files;

namespace Gymkhana.Tests.Evaluations;

/// <summary>Statistics of scores as the field reports them, recorded with NumPy (tests/golden/nn, "rl_statistics").</summary>
public sealed class RecordedStatisticsTests
{
    [Theory]
    [InlineData("x")]
    [InlineData("y")]
    public void OfStrata_RecordedScores_GivesTheirMeansAndIntervals(string which)
    {
        using NpzReader arrays = new(Path.Combine(AppContext.BaseDirectory, "golden", "nn", "rl_statistics.npz"));
        NpyArray scores = arrays.Read("in." + which);
        double[] values = scores.ToArray<double>();
        int tasks = (int)scores.Shape[1];
        ScoreSummary summary = ScoreSummary.OfStrata([.. Enumerable.Range(0, tasks).Select(task => values.Where((_, i) => i % tasks == task).ToArray())]);
        Assert.Equal(arrays.Read("out.mean_" + which).ToArray<double>()[0], summary.Mean, 1e-12);
        Assert.Equal(arrays.Read("out.iqm_" + which).ToArray<double>()[0], summary.InterquartileMean, 1e-12);

        // Ours has 2,000 resamples, the recording 200,000: their ends differ by chance, by a few thousandths.
        double[] mean = arrays.Read("out.ci95_mean_" + which).ToArray<double>(), iqm = arrays.Read("out.ci95_iqm_" + which).ToArray<double>();
        Assert.Equal(mean[0], summary.MeanInterval.Low, 0.012);
        Assert.Equal(mean[1], summary.MeanInterval.High, 0.012);
        Assert.Equal(iqm[0], summary.InterquartileMeanInterval.Low, 0.012);
        Assert.Equal(iqm[1], summary.InterquartileMeanInterval.High, 0.012);
    }
}
