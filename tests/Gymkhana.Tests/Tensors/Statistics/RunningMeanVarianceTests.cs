using Gymkhana.Core;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Statistics;

namespace Gymkhana.Tests.Tensors.Statistics;

public sealed class RunningMeanVarianceTests
{
    [Fact]
    public void Update_BatchesOfAnySize_GiveTheFiguresOfAllRows()
    {
        float[] rows = [.. Draw.Normal(new Shape(200, 3), 1).Values.Select((v, i) => (v * (1 + (i % 3))) + 1000)];
        RunningMeanVariance statistics = new(3);
        foreach ((int from, int to) in new[] { (0, 1), (1, 50), (50, 50), (50, 200) })
        {
            statistics.Update(rows.AsSpan(from * 3, (to - from) * 3));
        }

        // As if 10⁻⁴ rows of mean 0 and variance 1 had come first.
        const double Total = 200 + 1e-4;
        for (int f = 0; f < 3; f++)
        {
            double[] column = [.. Enumerable.Range(0, 200).Select(r => (double)rows[(r * 3) + f])];
            double mean = column.Sum() / Total;
            double square = (column.Sum(v => v * v) + 1e-4) / Total;
            Assert.Equal(mean, statistics.Means[f], 1e-9);
            Assert.Equal(square - (mean * mean), statistics.Variances[f], 1e-6); // of squares of 10⁶
        }

        Assert.Equal(Total, statistics.Count, 1e-9);
    }

    [Fact]
    public void Normalize_RowsSeen_HaveMeanZeroAndVarianceOneWithinTheLimit()
    {
        float[] rows = [.. Draw.Normal(new Shape(1000, 2), 2).Values.Select(v => (v * 5) + 3)];
        RunningMeanVariance statistics = new(2);
        statistics.Update(rows);
        float[] normal = new float[rows.Length];
        statistics.Normalize(rows, normal);
        Assert.Equal(0, normal.Average(), 1e-5);
        Assert.Equal(1, normal.Average(v => v * (double)v), 1e-5);
        statistics.Normalize(rows, rows, limit: 0.5);
        Assert.Equal(0.5f, rows.Max());
        Assert.Equal(-0.5f, rows.Min());
    }

    [Fact]
    public void UpdateAndNormalize_AfterTheFirst_AllocateNothing()
    {
        float[] rows = Draw.Normal(new Shape(32, 4), 1).Values;
        RunningMeanVariance statistics = new(4);
        Assert.Equal(0, Allocations.Least(() =>
        {
            statistics.Update(rows);
            statistics.Normalize(rows, rows);
        }));
    }

    [Fact]
    public void SaveAndLoad_InTheMiddle_GoesOnWithTheSameBits()
    {
        float[] rows = Draw.Normal(new Shape(20, 2), 1).Values;
        RunningMeanVariance first = new(2), second = new(2);
        first.Update(rows);
        MemoryStream saved = new();
        using (BinaryWriter writer = new(saved, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            first.Save(writer);
        }

        saved.Position = 0;
        using BinaryReader reader = new(saved);
        second.Load(reader);
        first.Update(rows);
        second.Update(rows);
        Assert.Equal(first.Means.ToArray(), second.Means.ToArray());
        Assert.Equal(first.Variances.ToArray(), second.Variances.ToArray());
        saved.Position = 0;
        Assert.Throws<GymkhanaException>(() => new RunningMeanVariance(3).Load(reader));
    }

    [Fact]
    public void Update_NoWholeRows_IsRefused() =>
        Assert.Contains("not whole rows", Assert.Throws<ArgumentException>(() => new RunningMeanVariance(3).Update(new float[4])).Message, StringComparison.Ordinal);
}
