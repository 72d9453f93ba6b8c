using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>f(x) = x ÷ number.</summary>
internal readonly struct DividedBy(float number) : IUnaryKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TWide Of<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => x / TWide.Broadcast(number);
}
