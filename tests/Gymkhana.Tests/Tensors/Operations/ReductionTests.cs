using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

public sealed class ReductionTests
{
    private static readonly Dictionary<string, Func<Tensor, int[], bool, Tensor>> Reductions = new()
    {
        ["sum"] = (x, axes, keep) => x.Sum(axes, keep),
        ["mean"] = (x, axes, keep) => x.Mean(axes, keep),
        ["max"] = (x, axes, keep) => x.Max(axes, keep),
        ["min"] = (x, axes, keep) => x.Min(axes, keep),
        ["product"] = (x, axes, keep) => x.Product(axes, keep),
        ["logsumexp"] = (x, axes, keep) => x.LogSumExp(axes, keep),
        ["norm"] = (x, axes, keep) => x.Norm(axes, keep),
        ["variance"] = (x, axes, keep) => x.Variance(axes, keep),
        ["biased variance"] = (x, axes, keep) => x.Variance(axes, keep, unbiased: false),
        ["standard deviation"] = (x, axes, keep) => x.StandardDeviation(axes, keep),
    };

    public static TheoryData<string> Names => [.. Reductions.Keys];

    [Fact]
    public void Reductions_Recorded_GiveTheirResultAndGradients()
    {
        GoldenCase golden = new("reductions");
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        (string Key, Tensor Value)[] results =
        [
            ("sum", x.Sum([0, 2])), ("mean", x.Mean(1, keepDimensions: true)), ("max", x.Max(2)), ("min", x.Min(0)), ("var", x.Variance([1])),
            ("var_biased", x.Variance([1], unbiased: false)), ("std", x.StandardDeviation([2])), ("lse", x.LogSumExp(1)), ("norm", x.Norm()),
            ("cumsum", x.CumulativeSum(1)), ("prod", x.Product([2])),
        ];
        foreach ((string key, Tensor value) in results)
        {
            Assert.Equal(golden.Shape("out." + key), value.Shape);
            golden.Check("out." + key, value.Values);
            golden.Seed(value, "gout." + key);
        }

        Assert.Equal(golden.Integers("out.argmax"), x.ArgMax(2).Values.ToArray());
        tape.Backward();
        golden.Check("g.x", x.Gradient);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Reduction_OverAnyAxes_HasTheGradientOfFiniteDifferences(string name)
    {
        (Shape, float[]) input = Draw.Normal(new Shape(3, 4, 2, 5), 1);
        foreach (int[] axes in (int[][])[[], [0], [1], [3], [-1, -2], [0, 1], [1, 2], [3, 0], [0, 2], [0, 1, 2, 3]])
        {
            foreach (bool keep in (bool[])[false, true])
            {
                GradientFindings findings = GradientCheck.Run((_, x) => Reductions[name](x[0], axes, keep), [input]);
                Assert.True(findings.IsRight, $"over {string.Join(", ", axes)}: {findings}");
            }
        }
    }

    [Theory]
    [InlineData("sum", 1)]
    [InlineData("mean", 1)]
    [InlineData("norm", 1)]
    [InlineData("logsumexp", 0)]
    public void Reduction_OfManyElements_IsTheSameWithThreeThreads(string name, int axis)
    {
        (Shape shape, float[] values) = Draw.Normal(new Shape(70, 1111, 3), 1);
        float[][] results = [.. new[] { 1, 3 }.Select(threads =>
        {
            Tape tape = new(threads);
            Tensor x = tape.Variable(shape, values);
            Tensor y = Reductions[name](x, [axis, 2], false);
            tape.Backward((y * y).Sum());
            return (float[])[.. y.Values, .. x.Gradient];
        })];
        Assert.Equal(results[0], results[1]);
    }

    [Fact]
    public void Extremes_EqualElements_GiveTheGradientToTheFirst()
    {
        Tape tape = new();
        Tensor x = tape.Variable(new Shape(2, 3), [1, 4, 4, 0, 0, 2]);
        tape.Backward(x.Max(1).Sum() + (10 * x.Min(1).Sum()));
        Assert.Equal([10f, 1, 0, 10, 0, 1], x.Gradient.ToArray());
    }

    // Along an axis with others inside it, by lanes and what is left of them.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(37)]
    public void Extremes_AxisWithOthersInside_AreThoseOfTheAxisMovedInnermost(int inner)
    {
        float[] values = [.. Draw.Normal(new Shape(5, 4, inner), 7).Values.Select((v, i) => i % 11 == 0 ? float.NaN : MathF.Round(2 * v))]; // with equals
        float[][] results = [.. new[] { false, true }.Select(moved =>
        {
            Tape tape = new();
            Tensor x = tape.Variable(new Shape(5, 4, inner), values);
            Tensor walked = moved ? x.Permute(0, 2, 1) : x;
            Tensor largest = walked.Max(moved ? 2 : 1), smallest = walked.Min(moved ? 2 : 1);
            float[] weights = [.. Enumerable.Range(1, 5 * inner).Select(i => (float)i)];
            tape.SeedGradient(largest, weights);
            tape.SeedGradient(smallest, weights);
            tape.Backward();
            return (float[])[.. largest.Values, .. smallest.Values, .. x.Gradient];
        })];
        Assert.Equal(results[0], results[1]);
    }

    [Fact]
    public void Extremes_OfNaN_AreNaN()
    {
        Tape tape = new();
        Tensor x = tape.Constant(new Shape(4), [1, float.NaN, 3, float.NaN]);
        Assert.True(float.IsNaN(x.Max().Scalar));
        Assert.True(float.IsNaN(x.Min().Scalar));
        Assert.Equal(1, x.ArgMax().Values[0]);
    }

    [Fact]
    public void LogSumExp_OfHugeAndInfiniteElements_IsTheirMaximum()
    {
        Tape tape = new();
        float infinity = float.PositiveInfinity;
        Tensor x = tape.Constant(new Shape(4, 3), [1e30f, 0, -1e30f, -infinity, -infinity, -infinity, 2, infinity, 0, -500, -500, -900]);
        Assert.Equal([1e30f, -infinity, infinity, -500 + MathF.Log(2)], x.LogSumExp(1).Values.ToArray());
    }

    [Fact]
    public void Product_WithZeros_HasTheGradientOfTheOthers()
    {
        Tape tape = new();
        Tensor x = tape.Variable(new Shape(2, 3), [2, 0, 3, 0, 0, 5]);
        tape.Backward(x.Product([1]).Sum());
        Assert.Equal([0f, 6, 0, 0, 0, 0], x.Gradient.ToArray());
    }

    [Fact]
    public void Norm_OfZeros_HasNoGradient()
    {
        Tape tape = new();
        Tensor x = tape.Variable(new Shape(3), [0, 0, 0]);
        tape.Backward(x.Norm());
        Assert.Equal([0f, 0, 0], x.Gradient.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void CumulativeSum_AlongAnyAxis_HasTheGradientOfFiniteDifferences(int axis)
    {
        GradientFindings findings = GradientCheck.Run((_, x) => x[0].CumulativeSum(axis) * x[0], [Draw.Normal(new Shape(3, 4, 5), 1)]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Fact]
    public void Sum_OfAnAxisTwiceOrMissing_SaysSo()
    {
        Tape tape = new();
        Tensor x = tape.Filled(new Shape(2, 3), 1);
        Assert.Contains("named twice", Assert.Throws<ArgumentException>(() => x.Sum([1, -1])).Message, StringComparison.Ordinal);
        Assert.Contains("axes -2 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => x.Sum(2)).Message, StringComparison.Ordinal);
        Assert.Contains("no elements", Assert.Throws<ArgumentException>(() => tape.Filled(new Shape(2, 0), 1).Max(1)).Message, StringComparison.Ordinal);
    }
}
