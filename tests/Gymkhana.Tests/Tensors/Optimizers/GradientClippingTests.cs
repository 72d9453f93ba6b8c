using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tensors.Optimizers;

namespace Gymkhana.Tests.Tensors.Optimizers;

public sealed class GradientClippingTests
{
    [Theory]
    [InlineData("clip_grad_norm_active")]
    [InlineData("clip_grad_norm_inactive")]
    public void ByGlobalNorm_RecordedGradients_GivesTheRecordedOnes(string name)
    {
        GoldenCase golden = new(name);
        List<NamedParameter> parameters = [];
        foreach (string key in (string[])["g0", "g1", "g2"])
        {
            Parameter parameter = new(golden.Shape("c." + key));
            golden.Floats("c." + key).CopyTo(parameter.Gradient);
            parameters.Add(new NamedParameter(key, parameter));
        }

        double norm = GradientClipping.ByGlobalNorm(parameters, golden.Attributes.GetProperty("max_norm").GetDouble());
        golden.Check("out.total_norm", [(float)norm]);
        foreach (NamedParameter parameter in parameters)
        {
            golden.Check("out." + parameter.Name, parameter.Parameter.Gradient);
        }
    }

    [Fact]
    public void ByGlobalNorm_GradientThatIsNotFinite_IsToldAndLeft()
    {
        Parameter parameter = new(new Shape(2));
        parameter.Gradient[0] = float.PositiveInfinity;
        parameter.Gradient[1] = 3;
        Assert.Equal(double.PositiveInfinity, GradientClipping.ByGlobalNorm([new NamedParameter("w", parameter)], 1));
        Assert.Equal(3, parameter.Gradient[1]);
    }

    [Fact]
    public void ByGlobalNorm_LimitThatIsNone_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ByGlobalNorm([], double.NaN));
}
