using System.Text.Json;
using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

public sealed class ConvolutionTests
{
    public static TheoryData<string> Recorded =>
    [
        "conv2d_k3s1p0", "conv2d_k3s1p1", "conv2d_k3s2p1", "conv2d_k8s4p0", "conv2d_k4s2p0", "conv2d_k1s1p0", "conv2d_k5s2p2", "conv2d_k3x2s2x1p1x0", "conv2d_k3d2p2",
        "conv2d_groups2", "conv2d_depthwise", "conv2d_depthwise_mult2", "conv2d_nobias", "conv2d_s3_leftover",
    ];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Conv2d_RecordedCase_GivesItsResultAndGradients(string name)
    {
        GoldenCase golden = new(name);
        JsonElement stride = golden.Attributes.GetProperty("stride"), padding = golden.Attributes.GetProperty("padding");
        int dilation = golden.Attributes.GetProperty("dilation").GetInt32();
        ConvolutionOptions options = new(stride[0].GetInt32(), stride[1].GetInt32(), padding[0].GetInt32(), padding[1].GetInt32(), dilation, dilation, golden.Attributes.GetProperty("groups").GetInt32());
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x"), weight = golden.Variable(tape, "p.weight");
        Tensor? bias = golden.Has("p.bias") ? golden.Variable(tape, "p.bias") : null;
        Check(golden, x.Conv2d(weight, bias, options), x, weight, bias);
    }

    [Fact]
    public void ConvTranspose2d_RecordedCase_GivesItsResultAndGradients()
    {
        GoldenCase golden = new("conv_transpose2d");
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x"), weight = golden.Variable(tape, "p.weight"), bias = golden.Variable(tape, "p.bias");
        Check(golden, x.ConvTranspose2d(weight, bias, ConvolutionOptions.Square(stride: 2, padding: 1)), x, weight, bias);
    }

    [Theory]
    [InlineData(1, 0, 1, 1, Activation.None)]
    [InlineData(2, 1, 1, 1, Activation.Relu)]
    [InlineData(2, 2, 2, 2, Activation.Tanh)]
    [InlineData(1, 1, 1, 4, Activation.Sigmoid)]
    public void Conv2d_Options_HaveTheGradientsOfFiniteDifferences(int stride, int padding, int dilation, int groups, Activation activation)
    {
        ConvolutionOptions options = ConvolutionOptions.Square(stride, padding, dilation, groups);
        GradientFindings findings = GradientCheck.Run(
            (_, i) => i[0].Conv2d(i[1], i[2], options, activation),
            [Draw.Normal(new Shape(2, 4, 7, 6), 1), Draw.Normal(new Shape(8, 4 / groups, 3, 2), 2), Draw.Normal(new Shape(8), 3)]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Theory]
    [InlineData(1, 0, 1, 1, 0)]
    [InlineData(2, 1, 1, 2, 1)]
    [InlineData(3, 1, 2, 1, 2)]
    public void ConvTranspose2d_Options_HaveTheGradientsOfFiniteDifferences(int stride, int padding, int dilation, int groups, int outputPadding)
    {
        ConvolutionOptions options = ConvolutionOptions.Square(stride, padding, dilation, groups);
        GradientFindings findings = GradientCheck.Run(
            (_, i) => i[0].ConvTranspose2d(i[1], i[2], options, outputPadding, outputPadding) + i[0].ConvTranspose2d(i[1], null, options, outputPadding, outputPadding),
            [Draw.Normal(new Shape(2, 4, 3, 4), 1), Draw.Normal(new Shape(4, 6 / groups, 3, 2), 2), Draw.Normal(new Shape(6), 3)]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Fact]
    public void Conv2d_OfPixels_EqualsThatOfTheirFloatsBitForBit()
    {
        (Shape shape, float[] random) = Draw.Uniform(new Shape(2, 3, 12, 12), 0, 256, 5);
        byte[] bytes = [.. random.Select(v => (byte)v)];
        Tape tape = new();
        Tensor weight = tape.Variable(new Shape(5, 3, 4, 4), Draw.Normal(new Shape(5, 3, 4, 4), 6).Values);
        Tensor bias = tape.Variable(new Shape(5), Draw.Normal(new Shape(5), 7).Values);
        Tensor ofBytes = new PixelTensor(bytes, shape, 128, 1 / 128f).Conv2d(weight, bias, ConvolutionOptions.Square(2, 1), Activation.Relu);
        Tensor ofFloats = tape.Constant(shape, [.. bytes.Select(b => (b - 128) / 128f)]).Conv2d(weight, bias, ConvolutionOptions.Square(2, 1), Activation.Relu);
        Assert.Equal(ofFloats.Values.ToArray(), ofBytes.Values.ToArray());
        float[] upstream = Draw.Normal(ofBytes.Shape, 8).Values;
        tape.SeedGradient(ofBytes, upstream);
        tape.Backward();
        float[] gradient = weight.Gradient.ToArray();

        tape.Reset();
        weight = tape.Variable(new Shape(5, 3, 4, 4), Draw.Normal(new Shape(5, 3, 4, 4), 6).Values);
        bias = tape.Variable(new Shape(5), Draw.Normal(new Shape(5), 7).Values);
        ofFloats = tape.Constant(shape, [.. bytes.Select(b => (b - 128) / 128f)]).Conv2d(weight, bias, ConvolutionOptions.Square(2, 1), Activation.Relu);
        tape.SeedGradient(ofFloats, upstream);
        tape.Backward();
        Assert.Equal(weight.Gradient.ToArray(), gradient);
    }

    [Fact]
    public void Conv2d_WindowLargerThanTheImage_SaysSo()
    {
        Tape tape = new();
        ArgumentException refused = Assert.Throws<ArgumentException>(() => tape.Filled(new Shape(1, 1, 3, 3), 1).Conv2d(tape.Filled(new Shape(1, 1, 4, 4), 1), null, default(ConvolutionOptions) with { StrideX = 1, StrideY = 1, DilationX = 1, DilationY = 1, Groups = 1 }));
        Assert.Contains("does not fit", refused.Message, StringComparison.Ordinal);
    }

    private static void Check(GoldenCase golden, Tensor y, Tensor x, Tensor weight, Tensor? bias)
    {
        golden.Check("out.y", y.Values);
        golden.Seed(y, "gout.y");
        y.Tape.Backward();
        golden.Check("g.x", x.Gradient);
        golden.Check("g.weight", weight.Gradient);
        if (bias is { } b)
        {
            golden.Check("g.bias", b.Gradient);
        }
    }
}
