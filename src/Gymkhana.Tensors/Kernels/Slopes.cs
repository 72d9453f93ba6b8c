using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>Derivatives of the activations that products apply to their results, from the results.</summary>
internal static unsafe class Slopes
{
    /// <summary>upstream ×= f′, where y = f(·).</summary>
    public static void Apply(Workers workers, Activation activation, float* y, float* upstream, int count)
    {
        switch (activation)
        {
            case Activation.None:
                break;
            case Activation.Relu:
                Elementwise.Map(workers, default(Relu), y, upstream, upstream, count);
                break;
            case Activation.Tanh:
                Elementwise.Map(workers, default(Tanh), y, upstream, upstream, count);
                break;
            case Activation.Sigmoid:
                Elementwise.Map(workers, default(Sigmoid), y, upstream, upstream, count);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "no activation of this number.");
        }
    }

    /// <summary>f(x), plainly in double.</summary>
    public static double Exact(Activation activation, double x) => activation switch
    {
        Activation.None => x,
        Activation.Relu => Math.Max(0, x),
        Activation.Tanh => Math.Tanh(x),
        Activation.Sigmoid => 1 / (1 + Math.Exp(-x)),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "no activation of this number."),
    };

    private readonly struct Relu : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide y, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => TWide.LessThan(default, y) & upstream;
    }

    private readonly struct Tanh : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide y, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => (TWide.Broadcast(1) - (y * y)) * upstream;
    }

    private readonly struct Sigmoid : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide y, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => (TWide.Broadcast(1) - y) * y * upstream;
    }
}
