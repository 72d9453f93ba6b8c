using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tests.Tensors.Layers;

public sealed class LayerNormTests
{
    [Fact]
    public void Forward_RecordedCase_GivesItsResultAndGradients()
    {
        GoldenCase golden = new("layernorm");
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        LayerNorm norm = new(x.Shape[-1]);
        golden.Fill(norm["weight"], "p.weight");
        golden.Fill(norm["bias"], "p.bias");
        Tensor y = norm.Forward(x);
        golden.Check("out.y", y.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
        golden.Check("g.weight", norm["weight"].Gradient);
        golden.Check("g.bias", norm["bias"].Gradient);
    }
}
