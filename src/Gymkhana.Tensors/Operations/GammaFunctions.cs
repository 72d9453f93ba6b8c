using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;
using Gymkhana.Tensors.Operations;

namespace Gymkhana.Tensors;

/// <content>The logarithm of the gamma function and its derivative, for distributions.</content>
public readonly unsafe partial struct Tensor
{
    /// <summary>ln |Γ(x)|, computed in double; +∞ for 0, −1, −2, …</summary>
    /// <returns>The function of each element.</returns>
    public Tensor LogGamma() => Unary<LogGammaFunction>.Of(this);

    /// <summary>ψ(x) = d ln Γ(x) / dx, computed in double; NaN for 0, −1, −2, …</summary>
    /// <returns>The function of each element.</returns>
    public Tensor Digamma() => Unary<DigammaFunction>.Of(this);

    private readonly struct LogGammaFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => LaneByLane.Map(default(LogGammaOf), x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => LaneByLane.Map(default(DigammaOf), x);

        public string? Emit(OnnxEmitter emitter, string x) => null;

        public double Exact(double x) => GammaMath.LogGamma(x);
    }

    private readonly struct DigammaFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => LaneByLane.Map(default(DigammaOf), x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => LaneByLane.Map(default(TrigammaOf), x);

        public string? Emit(OnnxEmitter emitter, string x) => null;

        public double Exact(double x) => GammaMath.Digamma(x);
    }

    private readonly struct LogGammaOf : INumberFunction
    {
        public double Of(double x) => GammaMath.LogGamma(x);
    }

    private readonly struct DigammaOf : INumberFunction
    {
        public double Of(double x) => GammaMath.Digamma(x);
    }

    private readonly struct TrigammaOf : INumberFunction
    {
        public double Of(double x) => GammaMath.Trigamma(x);
    }
}
