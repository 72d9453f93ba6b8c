using Gymkhana.Core.Simd;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Tests.Evolution.Networks;

/// <summary>The activations, one number at a time, as their definitions read.</summary>
internal static class ScalarActivation
{
    public static float Of(Activation activation, float x) => activation switch
    {
        Activation.Identity => x,
        Activation.Tanh => WideMath.Tanh(x),
        Activation.Relu => x > 0 ? x : 0,
        Activation.SteepSigmoid => 1 / (1 + WideMath.Exp(-(x * 4.9f))),
        Activation.Sine => WideMath.Sin(x),
        Activation.Gauss => WideMath.Exp(-(x * x)),
        Activation.Absolute => Math.Abs(x),
        Activation.LeakyRelu => x > 0 ? x : x * 0.001f,
        Activation.Clamp => x > 1 ? 1 : x < -1 ? -1 : x,
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };
}
