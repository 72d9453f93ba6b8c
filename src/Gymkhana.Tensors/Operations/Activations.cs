using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;
using Gymkhana.Tensors.Operations;

namespace Gymkhana.Tensors;

/// <content>Activations made of straight pieces and exponentials. NaN stays NaN.</content>
public readonly unsafe partial struct Tensor
{
    /// <summary>Hyperbolic tangent; relative error at most 4e-7.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Tanh() => Unary<TanhFunction>.Of(this);

    /// <summary>Logistic function σ(x) = 1/(1 + e⁻ˣ); absolute error at most 2e-7.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Sigmoid() => Unary<SigmoidFunction>.Of(this);

    /// <summary>max(0, x); its gradient at 0 is 0.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Relu() => Unary<ReluFunction>.Of(this);

    /// <summary>x above 0, slope · x below.</summary>
    /// <param name="slope">Slope below 0.</param>
    /// <returns>The function of each element.</returns>
    public Tensor LeakyRelu(float slope = 0.01f) => Unary<LeakyReluFunction>.Of(this, new LeakyReluFunction(slope));

    /// <summary>x above 0, scale · (eˣ − 1) below (Clevert et al., 2016).</summary>
    /// <param name="scale">Minus the limit at −∞.</param>
    /// <returns>The function of each element.</returns>
    public Tensor Elu(float scale = 1) => Unary<EluFunction>.Of(this, new EluFunction(scale, 1));

    /// <summary>Elu with the two constants that keep mean 0 and variance 1 from layer to layer (Klambauer et al., 2017).</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Selu() => Unary<EluFunction>.Of(this, new EluFunction(1.6732632423543772f, 1.0507009873554805f));

    /// <summary>min(max(0, x), 6); its gradient at 0 and 6 is 0.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Relu6() => Unary<Relu6Function>.Of(this);

    /// <summary>min(max(−1, x), 1); its gradient at ±1 is 0.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor HardTanh() => Unary<HardTanhFunction>.Of(this);

    /// <summary>min(max(0, x/6 + ½), 1); its gradient at ±3 is 0.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor HardSigmoid() => Unary<HardSigmoidFunction>.Of(this);

    /// <summary>x · min(max(0, x/6 + ½), 1) (Howard et al., 2019).</summary>
    /// <returns>The function of each element.</returns>
    public Tensor HardSwish() => Unary<HardSwishFunction>.Of(this);

    private readonly struct TanhFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Tanh(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide>
        {
            // 1 − y² = 4e/(1 + e)² with e = e^(−2|x|), which keeps its relative precision where y is almost 1.
            TWide e = TensorMath.ExpOfNegative(TWide.Multiply(TWide.Abs(x), -2));
            TWide sum = TWide.Broadcast(1) + e;
            return TWide.Multiply(e, 4) / (sum * sum);
        }

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Tanh", [x]);

        public double Exact(double x) => Math.Tanh(x);
    }

    private readonly struct SigmoidFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Sigmoid(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => (TWide.Broadcast(1) - y) * y;

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Sigmoid", [x]);

        public double Exact(double x) => 1 / (1 + Math.Exp(-x));
    }

    private readonly struct ReluFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TWide.Max(default, x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.LessThan(default, y) & TWide.Broadcast(1);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Relu", [x]);

        public double Exact(double x) => Math.Max(0, x);
    }

    private readonly struct LeakyReluFunction(float slope) : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TWide.Select(TWide.LessThan(default, x), x, TWide.Multiply(x, slope));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Select(TWide.LessThan(default, x), TWide.Broadcast(1), TWide.Broadcast(slope));

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("LeakyRelu", [x], ("alpha", slope));

        public double Exact(double x) => x > 0 ? x : slope * x;
    }

    private readonly struct EluFunction(float scale, float factor) : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide>
        {
            TWide below = TWide.Multiply(TensorMath.ExpMinusOne(TWide.Min(x, default)), scale);
            return TWide.Multiply(TWide.Select(TWide.LessThan(default, x), x, TensorMath.KeepNaN(x, below)), factor);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Select(TWide.LessThan(default, x), TWide.Broadcast(factor), y + TWide.Broadcast(factor * scale));

        public string? Emit(OnnxEmitter emitter, string x) => factor == 1 ? emitter.Add("Elu", [x], ("alpha", scale)) : emitter.Add("Selu", [x], ("alpha", scale), ("gamma", factor));

        public double Exact(double x) => factor * (x > 0 ? x : scale * (Math.Exp(x) - 1));
    }

    private readonly struct Relu6Function : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Clamp(x, 0, 6);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Between(x, 0, 6) & TWide.Broadcast(1);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Clip", [x, emitter.Scalar(0), emitter.Scalar(6)]);

        public double Exact(double x) => Math.Clamp(x, 0, 6);
    }

    private readonly struct HardTanhFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Clamp(x, -1, 1);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Between(x, -1, 1) & TWide.Broadcast(1);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Clip", [x, emitter.Scalar(-1), emitter.Scalar(1)]);

        public double Exact(double x) => Math.Clamp(x, -1, 1);
    }

    private readonly struct HardSigmoidFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Clamp(x + TWide.Broadcast(3), 0, 6) / TWide.Broadcast(6);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Between(x, -3, 3) & TWide.Broadcast(1f / 6);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.HardSigmoid(x);

        public double Exact(double x) => Math.Clamp(x + 3, 0, 6) / 6;
    }

    private readonly struct HardSwishFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => x * TensorMath.Clamp(x + TWide.Broadcast(3), 0, 6) / TWide.Broadcast(6);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Select(TensorMath.Between(x, -3, 3), (x / TWide.Broadcast(3)) + TWide.Broadcast(0.5f), TWide.LessThan(default, x) & TWide.Broadcast(1));

        public string? Emit(OnnxEmitter emitter, string x) => emitter.HardSwish(x);

        public double Exact(double x) => x * Math.Clamp(x + 3, 0, 6) / 6;
    }
}
