using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>f(x) = x: copies, or adds.</summary>
internal readonly struct Same : IUnaryKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TWide Of<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide> => x;
}
