using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

public sealed class ArithmeticTests
{
    [Fact]
    public void Arithmetic_RecordedBroadcasts_GiveTheirResultAndGradients()
    {
        GoldenCase golden = new("broadcast_ops");
        Tape tape = new();
        Tensor a = golden.Variable(tape, "in.a"), b = golden.Variable(tape, "in.b"), c = golden.Variable(tape, "in.c");
        Tensor y = ((a * b) + a - b) / c;
        golden.Check("out.y", y.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.a", a.Gradient);
        golden.Check("g.b", b.Gradient);
        golden.Check("g.c", c.Gradient);
    }

    [Theory]
    [InlineData("4,5", "4,5")]
    [InlineData("3,4,37", "37")]
    [InlineData("3,4,37", "4,1")]
    [InlineData("3,1,5", "2,1")]
    [InlineData("2,3,4", "2,1,4")]
    [InlineData("1", "3,3")]
    [InlineData("", "2,3")]
    public void Arithmetic_ShapesThatGoTogether_HaveTheGradientsOfFiniteDifferences(string left, string right)
    {
        (Shape, float[])[] inputs = [Draw.Normal(Parse(left), 1), Draw.Uniform(Parse(right), 0.5, 2, 2)];
        Func<IReadOnlyList<Tensor>, Tensor>[] functions = [x => x[0] + x[1], x => x[0] - x[1], x => x[0] * x[1], x => x[0] / x[1], x => x[0].Maximum(x[1]), x => x[0].Minimum(x[1])];
        foreach (Func<IReadOnlyList<Tensor>, Tensor> function in functions)
        {
            GradientFindings findings = GradientCheck.Run((_, x) => function(x), inputs);
            Assert.True(findings.IsRight, findings.ToString());
        }
    }

    [Fact]
    public void Add_ATensorToItself_CountsBothWays()
    {
        Tape tape = new();
        Tensor x = tape.Variable(new Shape(2), [1, 2]);
        tape.SeedGradient(x + x, [1, 3]);
        tape.Backward();
        Assert.Equal([2f, 6f], x.Gradient.ToArray());
    }

    [Fact]
    public void Add_ShapesThatDoNotGoTogether_SaysWhere()
    {
        Tape tape = new();
        ArgumentException refused = Assert.Throws<ArgumentException>(() => tape.Filled(new Shape(2, 3), 1) + tape.Filled(new Shape(2, 4), 1));
        Assert.Contains("axis -1 is 3 in one and 4 in the other", refused.Message, StringComparison.Ordinal);
    }

    private static Shape Parse(string sizes) => new([.. sizes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)]);
}
