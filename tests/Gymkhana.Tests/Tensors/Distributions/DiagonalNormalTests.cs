using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Distributions;

namespace Gymkhana.Tests.Tensors.Distributions;

public sealed class DiagonalNormalTests
{
    [Fact]
    public void DiagonalNormal_RecordedCase_GivesItsFiguresAndGradients()
    {
        GoldenCase golden = new("dist_normal");
        Tape tape = new();
        Tensor mean = golden.Variable(tape, "in.mean"), logDeviation = golden.Variable(tape, "in.logstd");
        DiagonalNormal distribution = new(mean, logDeviation);
        Tensor logProbability = distribution.LogProbability(golden.Constant(tape, "c.a")), entropy = distribution.Entropy();
        golden.Check("out.logp", logProbability.Values);
        golden.Check("out.entropy", entropy.Values);
        golden.Seed(logProbability, "gout.logp");
        golden.Seed(entropy, "gout.entropy");
        tape.Backward();
        golden.Check("g.mean", mean.Gradient);
        golden.Check("g.logstd", logDeviation.Gradient);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DiagonalNormal_EachFigure_HasTheGradientOfFiniteDifferences(bool ownDeviations)
    {
        Shape deviations = ownDeviations ? new Shape(3, 2) : new Shape(1, 2);
        (Shape, float[])[] inputs = [Draw.Normal(new Shape(3, 2), 1), Draw.Uniform(deviations, -0.5, 0.5, 2), Draw.Normal(new Shape(3, 2), 3), Draw.Uniform(deviations, -0.5, 0.5, 4)];
        Func<Tape, IReadOnlyList<Tensor>, Tensor>[] functions =
        [
            (_, x) => new DiagonalNormal(x[0], x[1]).LogProbability(x[2]),
            (_, x) => new DiagonalNormal(x[0], x[1]).Entropy(),
            (_, x) => new DiagonalNormal(x[0], x[1]).KlDivergence(new DiagonalNormal(x[2], x[3])),
        ];
        foreach (Func<Tape, IReadOnlyList<Tensor>, Tensor> function in functions)
        {
            GradientFindings findings = GradientCheck.Run(function, inputs);
            Assert.True(findings.IsRight, findings.ToString());
        }
    }

    [Fact]
    public void KlDivergence_OfItself_IsNothing()
    {
        Tape tape = new();
        DiagonalNormal distribution = new(tape.Filled(new Shape(2, 3), 1), tape.Filled(new Shape(3), -0.3f));
        Assert.All(distribution.KlDivergence(distribution).Values.ToArray(), v => Assert.Equal(0, v, 1e-6)); // roundings of float
    }

    [Fact]
    public void Sample_ManyDraws_HaveMeanAndDeviation()
    {
        const int Rows = 20_000;
        Tape tape = new() { Recording = false };
        Tensor mean = tape.Constant(new Shape(Rows, 2), [.. Enumerable.Repeat(new[] { 1f, -2f }, Rows).SelectMany(r => r)]);
        DiagonalNormal distribution = new(mean, tape.Constant(new Shape(2), [0, MathF.Log(0.1f)]));
        float[] actions = new float[2 * Rows];
        distribution.Sample(new KeyedStream(1, 0, StreamPurpose.Acting), actions);
        Assert.Equal(1, actions.Where((_, i) => i % 2 == 0).Average(), 0.03); // four standard errors
        Assert.Equal(-2, actions.Where((_, i) => i % 2 == 1).Average(), 0.003);
        Assert.Equal(0.01, actions.Where((_, i) => i % 2 == 1).Average(a => (a + 2) * (a + 2)), 0.0005);
        distribution.Sample(new float[2 * Rows], actions);
        Assert.Equal([1f, -2f], actions[..2]);
        distribution.Mode(actions);
        Assert.Equal([1f, -2f], actions[..2]);
    }

    [Fact]
    public void Constructor_ShapesThatDoNotGoTogether_AreNamed()
    {
        Tape tape = new();
        Assert.Contains("got [2, 3] and [2]", Assert.Throws<ArgumentException>(() => new DiagonalNormal(tape.Filled(new Shape(2, 3), 0), tape.Filled(new Shape(2), 0))).Message, StringComparison.Ordinal);
    }
}
