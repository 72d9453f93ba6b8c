using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tests.Tensors.Layers;

public sealed class RecurrenceTests
{
    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(2, 4, 5)]
    [InlineData(3, 2, 17)]
    public void LstmSequence_AnySize_HasTheGradientOfFiniteDifferences(int batch, int steps, int hidden)
    {
        GradientFindings findings = GradientCheck.Run(
            (_, x) => LstmSequence.Of(x[0], x[1], x[2], x[3], x[4]),
            [
                Draw.Normal(new Shape(batch, steps, 4 * hidden), 1),
                Draw.Uniform(new Shape(4 * hidden, hidden), -0.4, 0.4, 2),
                Draw.Normal(new Shape(4 * hidden), 3),
                Draw.Normal(new Shape(batch, hidden), 4),
                Draw.Normal(new Shape(batch, hidden), 5),
            ]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(2, 4, 5)]
    [InlineData(3, 2, 17)]
    public void GruSequence_AnySize_HasTheGradientOfFiniteDifferences(int batch, int steps, int hidden)
    {
        GradientFindings findings = GradientCheck.Run(
            (_, x) => GruSequence.Of(x[0], x[1], x[2], x[3]),
            [
                Draw.Normal(new Shape(batch, steps, 3 * hidden), 1),
                Draw.Uniform(new Shape(3 * hidden, hidden), -0.4, 0.4, 2),
                Draw.Normal(new Shape(3 * hidden), 3),
                Draw.Normal(new Shape(batch, hidden), 4),
            ]);
        Assert.True(findings.IsRight, findings.ToString());
    }
}
