using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tests.Tensors.Layers;

public sealed class BatchNorm2dTests
{
    [Theory]
    [InlineData("batchnorm2d_train", true)]
    [InlineData("batchnorm2d_eval", false)]
    public void Forward_RecordedImages_GivesTheirResultGradientsAndRunningFigures(string name, bool training)
    {
        GoldenCase golden = new(name);
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        Sequential net = new(new BatchNorm2d(x.Shape[1])) { IsTraining = training };
        golden.Fill(net["0.weight"], "p.weight");
        golden.Fill(net["0.bias"], "p.bias");
        golden.Fill(net["0.running_mean"], "c.running_mean");
        golden.Fill(net["0.running_var"], "c.running_var");
        Tensor y = net.Forward(x);
        golden.Check("out.y", y.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
        golden.Check("g.weight", net["0.weight"].Gradient);
        golden.Check("g.bias", net["0.bias"].Gradient);
        golden.Check(training ? "new.running_mean" : "c.running_mean", net["0.running_mean"].Values);
        golden.Check(training ? "new.running_var" : "c.running_var", net["0.running_var"].Values);
        Assert.Equal(2L * x.Shape[1], net.ParameterCount);
    }
}
