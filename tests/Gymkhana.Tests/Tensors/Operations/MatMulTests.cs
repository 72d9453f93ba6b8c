using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

public sealed class MatMulTests
{
    [Fact]
    public void MatMul_RecordedBatches_GiveTheirResultAndGradients()
    {
        GoldenCase golden = new("matmul_batched");
        Tape tape = new();
        Tensor a = golden.Variable(tape, "in.a"), b = golden.Variable(tape, "in.b");
        Tensor y = a.MatMul(b);
        golden.Check("out.y", y.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.a", a.Gradient);
        golden.Check("g.b", b.Gradient);
    }

    [Theory]
    [InlineData("3,4,5", "3,5,6", false)]
    [InlineData("3,4,5", "3,6,5", true)]
    [InlineData("4,5", "2,3,6,5", true)]
    [InlineData("2,1,4,5", "3,5,2", false)]
    [InlineData("1,7", "7,1", false)]
    [InlineData("2,3,4,5", "5,6", false)]
    [InlineData("2,3,4,5", "1,6,5", true)]
    public void MatMul_Shapes_HaveTheGradientsOfFiniteDifferences(string left, string right, bool transposed)
    {
        GradientFindings findings = GradientCheck.Run((_, i) => i[0].MatMul(i[1], transposed), [Draw.Normal(Parse(left), 1), Draw.Normal(Parse(right), 2)]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Fact]
    public void MatMul_OfATensorWithItself_HasTheGradientOfFiniteDifferences()
    {
        GradientFindings findings = GradientCheck.Run((_, i) => i[0].MatMul(i[0], transposeRight: true), [Draw.Normal(new Shape(3, 4, 5), 1)]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Fact]
    public void MatMul_DepthsThatDiffer_SaysWhatItNeeds()
    {
        Tape tape = new();
        ArgumentException refused = Assert.Throws<ArgumentException>(() => tape.Filled(new Shape(2, 3), 1).MatMul(tape.Filled(new Shape(2, 3), 1)));
        Assert.Contains("[..., K, N], got [2, 3] and [2, 3]", refused.Message, StringComparison.Ordinal);
    }

    private static Shape Parse(string sizes) => new([.. sizes.Split(',').Select(int.Parse)]);
}
