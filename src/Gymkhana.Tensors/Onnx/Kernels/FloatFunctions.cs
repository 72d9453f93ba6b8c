using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Tensors.Onnx.Kernels;

/// <summary>A function of one number, written once for every SIMD width: each lane has the same bits at every width.</summary>
internal interface IFloatFunction
{
    TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>;
}

/// <summary>Functions that several activations are made of.</summary>
internal static class WideFunctions
{
    /// <summary>The exponential without the clamp of <see cref="WideMath.Exp{TWide}"/>: 0 and infinity far out, NaN for NaN.</summary>
    public static TWide Exp<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide half = WideMath.Exp(TWide.Multiply(x, 0.5f));
        TWide far = TWide.LessThan(TWide.Broadcast(87f), TWide.Abs(x));
        return KeepNaN(x, TWide.Select(far, half * half, WideMath.Exp(x)));
    }

    public static TWide Sigmoid<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => TensorMath.Sigmoid(x);

    public static TWide Tanh<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => KeepNaN(x, WideMath.Tanh(x));

    public static TWide Erf<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => KeepNaN(x, WideMath.Erf(x));

    public static TWide Relu<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => TWide.Max(default, x);

    public static TWide KeepNaN<TWide>(TWide x, TWide value)
        where TWide : unmanaged, IWide<TWide> => TWide.Select(TWide.Equal(x, x), value, x);
}

internal readonly struct ReluFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => WideFunctions.Relu(x);
}

internal readonly struct LeakyReluFunction(float alpha) : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => TWide.Select(TWide.LessThan(x, TWide.Broadcast(0f)), TWide.Multiply(x, alpha), x);
}

internal readonly struct ThresholdedReluFunction(float alpha) : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => TWide.Select(TWide.LessThan(TWide.Broadcast(alpha), x), x, TWide.Broadcast(0f));
}

internal readonly struct TanhFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => WideFunctions.Tanh(x);
}

internal readonly struct SigmoidFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => WideFunctions.Sigmoid(x);
}

internal readonly struct HardSigmoidFunction(float alpha, float beta) : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => TWide.Clamp(TWide.Multiply(x, alpha) + TWide.Broadcast(beta), 0f, 1f);
}

internal readonly struct HardSwishFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => x * TWide.Clamp(TWide.Multiply(x, 1f / 6f) + TWide.Broadcast(0.5f), 0f, 1f);
}

/// <summary>γ(α eˣ⁄ᵏ − α) below 0 and γ x above: Elu (γ = k = 1), Selu (k = 1), Celu (α = k, γ = 1).</summary>
internal readonly struct EluFunction(float alpha, float gamma, float scale) : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide low = TWide.Multiply(TensorMath.ExpMinusOne(TWide.Min(x, default) / TWide.Broadcast(scale)), alpha);
        return TWide.Multiply(TWide.Select(TWide.LessThan(x, TWide.Broadcast(0f)), low, x), gamma);
    }
}

internal readonly struct ExpFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => WideFunctions.Exp(x);
}

internal readonly struct LogFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => TensorMath.Log(x);
}

/// <summary>ln(1 + eˣ).</summary>
internal readonly struct SoftplusFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => TensorMath.Softplus(x);
}

internal readonly struct ErfFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => WideFunctions.Erf(x);
}

/// <summary>x ⁄ (1 + |x|).</summary>
internal readonly struct SoftsignFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => x / (TWide.Broadcast(1f) + TWide.Abs(x));
}

internal readonly struct SqrtFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => TWide.Sqrt(x);
}

internal readonly struct ReciprocalFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => TWide.Broadcast(1f) / x;
}

internal readonly struct AbsFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => TWide.Abs(x);
}

internal readonly struct NegFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => -x;
}

internal readonly struct SinFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => WideMath.Sin(x);
}

internal readonly struct CosFunction : IFloatFunction
{
    public TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => WideMath.Cos(x);
}

/// <summary>
/// A function that has no wide form here, one number at a time in double precision. Its last bit may differ between platforms, as the
/// C library's does; on one machine it is the same at any width.
/// </summary>
internal readonly struct ScalarFunction(Func<double, double> function) : IFloatFunction
{
    public unsafe TWide Apply<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>
    {
        float* lanes = stackalloc float[16];
        TWide.Store(x, lanes);
        for (int i = 0; i < TWide.Lanes; i++)
        {
            lanes[i] = (float)function(lanes[i]);
        }

        return TWide.Load(lanes);
    }
}
