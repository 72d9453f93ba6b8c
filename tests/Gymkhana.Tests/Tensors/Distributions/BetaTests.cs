using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Distributions;

namespace Gymkhana.Tests.Tensors.Distributions;

public sealed class BetaTests
{
    [Fact]
    public void Beta_RecordedCase_GivesItsFiguresAndGradients()
    {
        GoldenCase golden = new("dist_beta");
        Tape tape = new();
        Tensor alpha = golden.Variable(tape, "in.alpha"), beta = golden.Variable(tape, "in.beta");
        Beta distribution = new(alpha, beta);
        Tensor logProbability = distribution.LogProbability(golden.Constant(tape, "c.a")), entropy = distribution.Entropy();
        golden.Check("out.logp", logProbability.Values);
        golden.Check("out.entropy", entropy.Values);
        golden.Seed(logProbability, "gout.logp");
        golden.Seed(entropy, "gout.entropy");
        tape.Backward();
        golden.Check("g.alpha", alpha.Gradient);
        golden.Check("g.beta", beta.Gradient);
    }

    [Fact]
    public void Beta_EachFigure_HasTheGradientOfFiniteDifferences()
    {
        (Shape, float[])[] inputs = [Draw.Uniform(new Shape(3, 2), 1, 4, 1), Draw.Uniform(new Shape(3, 2), 1, 4, 2), Draw.Uniform(new Shape(3, 2), 0.1, 0.9, 3)];
        GradientFindings findings = GradientCheck.Run((_, x) => new Beta(x[0], x[1]).LogProbability(x[2]), inputs);
        Assert.True(findings.IsRight, findings.ToString());
        findings = GradientCheck.Run((_, x) => new Beta(x[0], x[1]).Entropy(), inputs);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(0.4, 0.3)]
    [InlineData(1, 1)]
    [InlineData(60, 30)]
    public void Sample_ManyDraws_HaveMeanAndVarianceWithinTheBounds(double alpha, double beta)
    {
        const int Draws = 20_000;
        Tape tape = new() { Recording = false };
        Beta distribution = new(tape.Filled(new Shape(Draws, 1), (float)alpha), tape.Filled(new Shape(Draws, 1), (float)beta));
        float[] actions = new float[Draws];
        distribution.Sample(new KeyedStream(1, 0, StreamPurpose.Acting), actions);
        double mean = alpha / (alpha + beta), variance = mean * (1 - mean) / (alpha + beta + 1);
        Assert.Equal(mean, actions.Average(), 4 * Math.Sqrt(variance / Draws)); // four standard errors
        Assert.Equal(variance, actions.Average(a => (a - mean) * (a - mean)), 0.05 * variance); // at least four standard errors
        Assert.All(actions, a => Assert.InRange(a, 1e-7f, 1 - 1e-7f));
        distribution.Mean(actions);
        Assert.Equal(mean, actions[0], 1e-6); // roundings of float
    }
}
