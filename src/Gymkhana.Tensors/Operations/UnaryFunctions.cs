using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;
using Gymkhana.Tensors.Operations;

namespace Gymkhana.Tensors;

/// <content>Functions of one number, element by element. NaN stays NaN.</content>
public readonly unsafe partial struct Tensor
{
    /// <summary>−x.</summary>
    /// <param name="x">x.</param>
    public static Tensor operator -(Tensor x) => Unary<NegateFunction>.Of(x);

    /// <summary>eˣ; relative error at most 2e-7. 0 below −87, +∞ above 88.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Exp() => Unary<ExpFunction>.Of(this);

    /// <summary>ln x; relative error at most 3e-7. −∞ for 0, NaN below.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Log() => Unary<LogFunction>.Of(this);

    /// <summary>ln(1 + x), precise for small x too. −∞ for −1, NaN below.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor LogOnePlus() => Unary<LogOnePlusFunction>.Of(this);

    /// <summary>√x, correctly rounded; NaN below 0.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Sqrt() => Unary<SqrtFunction>.Of(this);

    /// <summary>1/√x; +∞ for 0, NaN below.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor ReciprocalSqrt() => Unary<ReciprocalSqrtFunction>.Of(this);

    /// <summary>1/x.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Reciprocal() => Unary<ReciprocalFunction>.Of(this);

    /// <summary>x².</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Square() => Unary<SquareFunction>.Of(this);

    /// <summary>|x|; its gradient at 0 is 0.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Abs() => Unary<AbsFunction>.Of(this);

    /// <summary>sin x, x in radians; absolute error at most 2e-7 for |x| ≤ 8192.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Sin() => Unary<SinFunction>.Of(this);

    /// <summary>cos x, x in radians; absolute error at most 2e-7 for |x| ≤ 8192.</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Cos() => Unary<CosFunction>.Of(this);

    /// <summary>x between two bounds; the gradient passes where low ≤ x ≤ high.</summary>
    /// <param name="low">Lower bound.</param>
    /// <param name="high">Upper bound.</param>
    /// <returns>The clamped elements.</returns>
    /// <exception cref="ArgumentException">low is above high, or one is NaN.</exception>
    public Tensor Clamp(float low, float high) => low <= high ? Unary<ClampFunction>.Of(this, new ClampFunction(low, high)) : throw new ArgumentException($"Clamp needs low ≤ high, got {low} and {high}.", nameof(low));

    private readonly struct NegateFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => -x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Broadcast(-1);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Neg", [x]);

        public double Exact(double x) => -x;
    }

    private readonly struct ExpFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Exp(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => y;

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Exp", [x]);

        public double Exact(double x) => Math.Exp(x);
    }

    private readonly struct LogFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Log(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Broadcast(1) / x;

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Log", [x]);

        public double Exact(double x) => Math.Log(x);
    }

    private readonly struct LogOnePlusFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TensorMath.LogOnePlus(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Broadcast(1) / (TWide.Broadcast(1) + x);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Log", [emitter.Add("Add", [x, emitter.Scalar(1)])]);

        public double Exact(double x) => Math.Log(1 + x);
    }

    private readonly struct SqrtFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TWide.Sqrt(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Broadcast(0.5f) / y;

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Sqrt", [x]);

        public double Exact(double x) => Math.Sqrt(x);
    }

    private readonly struct ReciprocalSqrtFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TWide.Broadcast(1) / TWide.Sqrt(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Multiply(y, -0.5f) / x;

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Reciprocal", [emitter.Add("Sqrt", [x])]);

        public double Exact(double x) => 1 / Math.Sqrt(x);
    }

    private readonly struct ReciprocalFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TWide.Broadcast(1) / x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => -(y * y);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Reciprocal", [x]);

        public double Exact(double x) => 1 / x;
    }

    private readonly struct SquareFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => x * x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Multiply(x, 2);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Mul", [x, x]);

        public double Exact(double x) => x * x;
    }

    private readonly struct AbsFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TWide.Abs(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Sign(x);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Abs", [x]);

        public double Exact(double x) => Math.Abs(x);
    }

    private readonly struct SinFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide>
        {
            TensorMath.SinCos(x, out TWide sin, out _);
            return sin;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide>
        {
            TensorMath.SinCos(x, out _, out TWide cos);
            return cos;
        }

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Sin", [x]);

        public double Exact(double x) => Math.Sin(x);
    }

    private readonly struct CosFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide>
        {
            TensorMath.SinCos(x, out _, out TWide cos);
            return cos;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide>
        {
            TensorMath.SinCos(x, out TWide sin, out _);
            return -sin;
        }

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Cos", [x]);

        public double Exact(double x) => Math.Cos(x);
    }

    private readonly struct ClampFunction(float low, float high) : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Clamp(x, low, high);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Equal(x, y) & TWide.Broadcast(1);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Clip", [x, emitter.Scalar(low), emitter.Scalar(high)]);

        public double Exact(double x) => Math.Clamp(x, low, high);
    }
}
