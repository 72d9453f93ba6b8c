using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

public sealed class LinearTests
{
    [Theory]
    [InlineData("linear")]
    [InlineData("linear_nobias_3d")]
    public void Linear_RecordedCase_GivesItsResultAndGradients(string name)
    {
        GoldenCase golden = new(name);
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        Tensor weight = golden.Variable(tape, "p.weight");
        Tensor? bias = golden.Has("p.bias") ? golden.Variable(tape, "p.bias") : null;
        Tensor y = x.Linear(weight, bias);
        golden.Check("out.y", y.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
        golden.Check("g.weight", weight.Gradient);
        if (bias is { } b)
        {
            golden.Check("g.bias", b.Gradient);
        }
    }

    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Sigmoid)]
    public void Linear_WithActivation_HasTheGradientOfFiniteDifferences(Activation activation)
    {
        GradientFindings findings = GradientCheck.Run(
            (_, inputs) => inputs[0].Linear(inputs[1], inputs[2], activation),
            [Draw.Normal(new Shape(2, 5, 7), 1), Draw.Normal(new Shape(6, 7), 2), Draw.Normal(new Shape(6), 3)]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Fact]
    public void Linear_WeightOfAnotherWidth_SaysWhatItNeeds()
    {
        Tape tape = new();
        Tensor x = tape.Filled(new Shape(2, 3), 1);
        ArgumentException refused = Assert.Throws<ArgumentException>(() => x.Linear(tape.Filled(new Shape(4, 5), 1)));
        Assert.Contains("[out, 3]", refused.Message, StringComparison.Ordinal);
    }
}
