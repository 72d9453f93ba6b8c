using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

public sealed class PoolingTests
{
    [Theory]
    [InlineData("maxpool2d_k2s2")]
    [InlineData("maxpool2d_k3s2p1")]
    [InlineData("maxpool2d_k3s1p1")]
    [InlineData("maxpool2d_k2s2ceil")]
    public void MaxPool_Recorded_GivesItsResultIndicesAndGradient(string name)
    {
        GoldenCase golden = new(name);
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        int kernel = golden.Attributes.GetProperty("kernel").GetInt32(), stride = golden.Attributes.GetProperty("stride").GetInt32();
        int padding = golden.Attributes.GetProperty("padding").GetInt32();
        Tensor y = x.MaxPool2d(kernel, stride, padding, golden.Attributes.GetProperty("ceil_mode").GetBoolean(), out IndexTensor indices);
        Assert.Equal(golden.Shape("out.y"), y.Shape);
        golden.Check("out.y", y.Values);
        Assert.Equal(golden.Integers("out.argmax"), indices.Values.ToArray());
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
    }

    [Fact]
    public void AveragePool_Recorded_GivesItsResultAndGradient()
    {
        Check(new GoldenCase("avgpool2d_k3s2p1"), x => x.AveragePool2d(3, 2, 1));
        Check(new GoldenCase("global_avgpool"), x => x.GlobalAveragePool());
    }

    [Theory]
    [InlineData(2, 2, 0)]
    [InlineData(3, 2, 1)]
    [InlineData(3, 1, 1)]
    [InlineData(2, 3, 1)]
    public void Pooling_AnyWindow_HasTheGradientOfFiniteDifferences(int kernel, int stride, int padding)
    {
        Func<Tensor, Tensor>[] functions =
        [
            x => x.MaxPool2d(kernel, stride, padding), x => x.MaxPool2d(kernel, stride, padding, ceilMode: true) * 2, x => x.AveragePool2d(kernel, stride, padding),
            x => x.AveragePool2d(kernel, stride, padding, countPadding: false), x => x.GlobalAveragePool() * x,
        ];
        foreach (Func<Tensor, Tensor> function in functions)
        {
            GradientFindings findings = GradientCheck.Run((_, x) => function(x[0]), [Draw.Normal(new Shape(2, 3, 7, 6), 1)]);
            Assert.True(findings.IsRight, findings.ToString());
        }
    }

    [Fact]
    public void MaxPool_OfNaN_IsNaNWhereItIsSeen()
    {
        Tape tape = new();
        Tensor x = tape.Constant(new Shape(1, 1, 2, 4), [1, 2, 3, 4, 5, float.NaN, 7, 8]);
        Assert.Equal([float.NaN, 8], x.MaxPool2d(2, 2).Values.ToArray());
    }

    [Fact]
    public void Pooling_WindowThatDoesNotFit_SaysSo()
    {
        Tape tape = new();
        Tensor x = tape.Filled(new Shape(1, 1, 2, 4), 1);
        Assert.Contains("a window of 3 fits", Assert.Throws<ArgumentException>(() => x.MaxPool2d(3, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => x.AveragePool2d(2, 1, 2));
        Assert.Contains("[N, C, H, W]", Assert.Throws<ArgumentException>(() => x.Reshape(8).GlobalAveragePool()).Message, StringComparison.Ordinal);
    }

    private static void Check(GoldenCase golden, Func<Tensor, Tensor> function)
    {
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        Tensor y = function(x);
        Assert.Equal(golden.Shape("out.y"), y.Shape);
        golden.Check("out.y", y.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
    }
}
