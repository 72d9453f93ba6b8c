using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>f(x) = x × factor.</summary>
internal readonly struct Scaled(float factor) : IUnaryKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TWide Of<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => TWide.Multiply(x, factor);
}
