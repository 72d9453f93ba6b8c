using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Distributions;

namespace Gymkhana.Tests.Tensors.Distributions;

public sealed class CategoricalTests
{
    [Fact]
    public void Categorical_RecordedCase_GivesItsFiguresAndGradients()
    {
        GoldenCase golden = new("dist_categorical");
        Tape tape = new();
        Tensor logits = golden.Variable(tape, "in.logits"), others = golden.Variable(tape, "in.logits2");
        Categorical p = new(logits), q = new(others);
        Tensor logProbability = p.LogProbability(golden.Indices(tape, "c.a")), entropy = p.Entropy(), divergence = p.KlDivergence(q);
        golden.Check("out.logp", logProbability.Values);
        golden.Check("out.entropy", entropy.Values);
        golden.Check("out.kl", divergence.Values);
        golden.Seed(logProbability, "gout.logp");
        golden.Seed(entropy, "gout.entropy");
        golden.Seed(divergence, "gout.kl");
        tape.Backward();
        golden.Check("g.logits", logits.Gradient);
        golden.Check("g.logits2", others.Gradient);
    }

    [Fact]
    public void Categorical_EachFigure_HasTheGradientOfFiniteDifferences()
    {
        (Shape, float[])[] inputs = [Draw.Normal(new Shape(3, 5), 1), Draw.Normal(new Shape(3, 5), 2)];
        int[] classes = [4, 0, 2];
        Func<Tape, IReadOnlyList<Tensor>, Tensor>[] functions =
        [
            (tape, x) => new Categorical(x[0]).LogProbability(tape.Indices(new Shape(3), classes)),
            (_, x) => new Categorical(x[0]).Entropy(),
            (_, x) => new Categorical(x[0]).KlDivergence(new Categorical(x[1])),
        ];
        foreach (Func<Tape, IReadOnlyList<Tensor>, Tensor> function in functions)
        {
            GradientFindings findings = GradientCheck.Run(function, inputs);
            Assert.True(findings.IsRight, findings.ToString());
        }
    }

    [Fact]
    public void Sample_ManyDraws_ComeAsOftenAsTheirProbability()
    {
        Tape tape = new() { Recording = false };
        float[] row = [MathF.Log(0.5f), MathF.Log(0.2f), float.NegativeInfinity, MathF.Log(0.3f)];
        const int Draws = 40_000;
        Tensor logits = tape.Constant(new Shape(Draws, 4), [.. Enumerable.Repeat(row, Draws).SelectMany(r => r)]);
        int[] classes = new int[Draws];
        new Categorical(logits).Sample(Stream(), classes);
        double[] expected = [0.5, 0.2, 0, 0.3];
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(expected[i], classes.Count(c => c == i) / (double)Draws, 0.01); // four standard errors
        }
    }

    [Fact]
    public void Sample_UniformsAtTheEdges_FallOnClassesThatCanBe()
    {
        Tape tape = new() { Recording = false };
        float no = float.NegativeInfinity;
        Categorical distribution = new(tape.Constant(new Shape(3, 4), [no, 0, 0, no, no, 0, 0, no, 0, 0, 0, 0]));
        int[] classes = new int[3];
        distribution.Sample([0.0, 1 - 1e-16, 0.25], classes);
        Assert.Equal([1, 2, 1], classes);
        distribution.Mode(classes);
        Assert.Equal([1, 1, 0], classes);
    }

    [Fact]
    public void Entropy_ClassThatCannotBe_AddsNothing()
    {
        Tape tape = new();
        Tensor logits = tape.Variable(new Shape(1, 3), [0, 0, float.NegativeInfinity]);
        Tensor entropy = new Categorical(logits).Entropy();
        Assert.Equal(Math.Log(2), entropy.Scalar, 1e-6); // roundings of float
        tape.Backward(entropy);
        Assert.All(logits.Gradient.ToArray(), g => Assert.Equal(0, g, 1e-6)); // the entropy is at its largest
    }

    [Fact]
    public void Sample_RowWithoutAnyClass_IsRefused()
    {
        Tape tape = new() { Recording = false };
        Categorical distribution = new(tape.Filled(new Shape(1, 2), float.NaN));
        Assert.Throws<ArgumentException>(() => distribution.Sample(Stream(), new int[1]));
        Assert.Contains("have 1 rows, got 2", Assert.Throws<ArgumentException>(() => distribution.Sample(Stream(), new int[2])).Message, StringComparison.Ordinal);
    }

    private static KeyedStream Stream() => new(1, 0, StreamPurpose.Acting);
}
