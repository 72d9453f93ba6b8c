using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;
using Gymkhana.Tensors.Operations;

namespace Gymkhana.Tensors;

/// <content>Smooth activations. NaN stays NaN.</content>
public readonly unsafe partial struct Tensor
{
    /// <summary>x Φ(x), with Φ the normal distribution function, by the error function (Hendrycks and Gimpel, 2016).</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Gelu() => Unary<GeluFunction>.Of(this);

    /// <summary>The approximation of <see cref="Gelu"/> by a hyperbolic tangent, x/2 · (1 + tanh(√(2/π)(x + 0.044715 x³))).</summary>
    /// <returns>The function of each element.</returns>
    public Tensor GeluTanh() => Unary<GeluTanhFunction>.Of(this);

    /// <summary>ln(1 + eˣ), for x of any size.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Softplus() => Unary<SoftplusFunction>.Of(this);

    /// <summary>ln σ(x) = −ln(1 + e⁻ˣ), for x of any size.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor LogSigmoid() => Unary<LogSigmoidFunction>.Of(this);

    /// <summary>x σ(x), also called swish.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Silu() => Unary<SiluFunction>.Of(this);

    /// <summary>x tanh(ln(1 + eˣ)) (Misra, 2019).</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Mish() => Unary<MishFunction>.Of(this);

    private readonly struct GeluFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TWide.Multiply(x, 0.5f) * (TWide.Broadcast(1) + WideMath.Erf(TWide.Multiply(x, 0.70710678f)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide>
        {
            // Φ(x) + x φ(x), φ(x) = e^(−x²/2)/√(2π).
            TWide below = TWide.MultiplyAdd(TWide.Broadcast(0.5f), WideMath.Erf(TWide.Multiply(x, 0.70710678f)), 0.5f);
            TWide density = TWide.Multiply(TensorMath.ExpOfNegative(TWide.Multiply(x * x, -0.5f)), 0.39894228f);
            return TWide.MultiplyAdd(x, density, below);
        }

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Gelu(x);

        public double Exact(double x) => 0.5 * x * (1 + ErrorFunction.Of(x / Math.Sqrt(2)));
    }

    // (1 + tanh u)/2 = σ(2u), and 1 − σ = e^(−2u) σ: neither loses precision where it is small.
    private readonly struct GeluTanhFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => x / (TWide.Broadcast(1) + Power(x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide>
        {
            TWide one = TWide.Broadcast(1);
            TWide power = Power(x);
            TWide share = one / (one + power);
            TWide steep = TWide.FusedMultiplyAdd(x * x, TWide.Broadcast(0.21406445f), TWide.Broadcast(1.5957691f));
            return share * TWide.FusedMultiplyAdd(x * (power * share), steep, one);
        }

        public string? Emit(OnnxEmitter emitter, string x) => emitter.GeluTanh(x);

        public double Exact(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

        // e^(−2u); from 2u = ±80 on nothing changes any more.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TWide Power<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide>
        {
            TWide twice = x * TWide.FusedMultiplyAdd(x * x, TWide.Broadcast(0.071354816f), TWide.Broadcast(1.5957691f));
            return TensorMath.Exp(-TensorMath.Clamp(twice, -80, 80));
        }
    }

    private readonly struct SoftplusFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Softplus(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Sigmoid(x);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Softplus", [x]);

        public double Exact(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
    }

    private readonly struct LogSigmoidFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => -TensorMath.Softplus(-x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Sigmoid(-x);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Neg", [emitter.Add("Softplus", [emitter.Add("Neg", [x])])]);

        public double Exact(double x) => Math.Min(x, 0) - Math.Log(1 + Math.Exp(-Math.Abs(x)));
    }

    private readonly struct SiluFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => x * TensorMath.Sigmoid(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide>
        {
            TWide one = TWide.Broadcast(1);
            TWide s = TensorMath.Sigmoid(x);
            return s * (one + (x * (one - s)));
        }

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Mul", [x, emitter.Add("Sigmoid", [x])]);

        public double Exact(double x) => x / (1 + Math.Exp(-x));
    }

    private readonly struct MishFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => x * Bend(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide>
        {
            TWide t = Bend(x);
            return t + (x * TensorMath.Sigmoid(x) * (TWide.Broadcast(1) - (t * t)));
        }

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Mish(x);

        public double Exact(double x) => x * Math.Tanh(Math.Log(1 + Math.Exp(x)));

        // tanh(ln(1 + e)) = n/(n + 2) with n = e (e + 2), e = eˣ; from x = 20 on it is 1.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TWide Bend<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide>
        {
            TWide e = TensorMath.Exp(TWide.Min(x, TWide.Broadcast(20)));
            TWide n = e * (e + TWide.Broadcast(2));
            return n / (n + TWide.Broadcast(2));
        }
    }
}
