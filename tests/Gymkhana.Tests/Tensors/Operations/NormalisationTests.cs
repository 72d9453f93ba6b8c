using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

public sealed class NormalisationTests
{
    [Theory]
    [InlineData("layernorm", 1)]
    [InlineData("layernorm_2axes_noaffine", 2)]
    public void LayerNorm_Recorded_GivesItsResultAndGradients(string name, int axes)
    {
        GoldenCase golden = new(name);
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        Tensor? weight = golden.Has("p.weight") ? golden.Variable(tape, "p.weight") : null, bias = golden.Has("p.bias") ? golden.Variable(tape, "p.bias") : null;
        Tensor y = x.LayerNorm(weight, bias, axes);
        golden.Check("out.y", y.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
        if (weight is { } w && bias is { } b)
        {
            golden.Check("g.weight", w.Gradient);
            golden.Check("g.bias", b.Gradient);
        }
    }

    [Theory]
    [InlineData("batchnorm2d_train", true)]
    [InlineData("batchnorm2d_eval", false)]
    public void BatchNorm_Recorded_GivesItsResultAndGradients(string name, bool training)
    {
        GoldenCase golden = new(name);
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x"), weight = golden.Variable(tape, "p.weight"), bias = golden.Variable(tape, "p.bias");
        Parameter mean = new(golden.Shape("c.running_mean")), variance = new(golden.Shape("c.running_var"));
        golden.Fill(mean, "c.running_mean");
        golden.Fill(variance, "c.running_var");
        Tensor y = x.BatchNorm(weight, bias, mean, variance, training);
        golden.Check("out.y", y.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
        golden.Check("g.weight", weight.Gradient);
        golden.Check("g.bias", bias.Gradient);
        golden.Check(training ? "new.running_mean" : "c.running_mean", mean.Values);
        golden.Check(training ? "new.running_var" : "c.running_var", variance.Values);
    }

    [Theory]
    [InlineData("5,7", 1)]
    [InlineData("3,2,40", 1)]
    [InlineData("4,3,6", 2)]
    [InlineData("2,16", 1)]
    public void LayerNorm_AnyRows_HasTheGradientOfFiniteDifferences(string sizes, int axes)
    {
        Shape shape = Parse(sizes), row = new([.. sizes.Split(',').Select(int.Parse).TakeLast(axes)]);
        (Shape, float[])[] inputs = [Draw.Normal(shape, 1), Draw.Normal(row, 2), Draw.Normal(row, 3)];
        Func<IReadOnlyList<Tensor>, Tensor>[] functions =
        [
            x => x[0].LayerNorm(x[1], x[2], axes), x => x[0].LayerNorm(null, null, axes), x => x[0].LayerNorm(x[1], null, axes),
            x => x[0].LayerNorm(null, x[2], axes) + x[0] + x[1] + x[2],
        ];
        foreach (Func<IReadOnlyList<Tensor>, Tensor> function in functions)
        {
            GradientFindings findings = GradientCheck.Run((_, x) => function(x), inputs);
            Assert.True(findings.IsRight, findings.ToString());
        }
    }

    [Theory]
    [InlineData("6,5")]
    [InlineData("20,3")]
    [InlineData("3,4,5,2")]
    [InlineData("1,3,17")]
    public void BatchNorm_AnyBatch_HasTheGradientOfFiniteDifferences(string sizes)
    {
        Shape shape = Parse(sizes), channels = new(shape[1]);
        (Shape, float[])[] inputs = [Draw.Normal(shape, 1), Draw.Normal(channels, 2), Draw.Normal(channels, 3)];
        Parameter mean = new(channels), variance = new(channels);
        variance.Values.Fill(2);
        foreach (bool training in (bool[])[false, true])
        {
            Func<IReadOnlyList<Tensor>, Tensor>[] functions =
            [
                x => x[0].BatchNorm(x[1], x[2], mean, variance, training), x => x[0].BatchNorm(null, null, mean, variance, training),
                x => x[0].BatchNorm(x[1], null, mean, variance, training) + x[0], x => x[0].BatchNorm(null, x[2], mean, variance, training),
            ];
            foreach (Func<IReadOnlyList<Tensor>, Tensor> function in functions)
            {
                GradientFindings findings = GradientCheck.Run((_, x) => function(x), inputs);
                Assert.True(findings.IsRight, findings.ToString());
            }
        }
    }

    [Fact]
    public void Normalisation_LargeBatches_AreTheSameWithThreeThreads()
    {
        (Shape shape, float[] values) = Draw.Normal(new Shape(1500, 70), 1);
        float[][] results = [.. new[] { 1, 3 }.Select(threads =>
        {
            Tape tape = new(threads);
            Tensor x = tape.Variable(shape, values), weight = tape.Variable(new Shape(70), values.AsSpan(0, 70));
            Parameter mean = new(new Shape(70)), variance = new(new Shape(70));
            Tensor y = x.LayerNorm(weight).BatchNorm(weight, weight, mean, variance, training: true);
            tape.Backward((y * y * y).Sum());
            return (float[])[.. y.Values, .. x.Gradient, .. weight.Gradient, .. mean.Values, .. variance.Values];
        })];
        Assert.Equal(results[0], results[1]);
    }

    [Fact]
    public void Normalisation_ShapesThatDoNotFit_SaysWhatIsExpected()
    {
        Tape tape = new();
        Tensor x = tape.Filled(new Shape(1, 3), 1);
        Parameter statistics = new(new Shape(3));
        Assert.Contains("over [3]", Assert.Throws<ArgumentException>(() => x.LayerNorm(tape.Filled(new Shape(4), 1))).Message, StringComparison.Ordinal);
        Assert.Contains("1 to 2", Assert.Throws<ArgumentOutOfRangeException>(() => x.LayerNorm(axes: 3)).Message, StringComparison.Ordinal);
        Assert.Contains("[N, channels, ...]", Assert.Throws<ArgumentException>(() => x.BatchNorm(null, null, new Parameter(new Shape(2)), statistics, training: false)).Message, StringComparison.Ordinal);
        Assert.Contains("larger batch", Assert.Throws<ArgumentException>(() => x.BatchNorm(null, null, statistics, statistics, training: true)).Message, StringComparison.Ordinal);
    }

    private static Shape Parse(string sizes) => new([.. sizes.Split(',').Select(int.Parse)]);
}
