using System.Runtime.Intrinsics;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>Something written once for any bundle type, with its arguments inside.</summary>
internal interface IWideAction
{
    /// <summary>Does it.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    void Run<TWide>()
        where TWide : unmanaged, IWide<TWide>;
}

/// <summary>The choice of the widest bundle that this processor accelerates; the JIT knows it and compiles one branch.</summary>
internal static class Width
{
    /// <summary>Does something at the widest width.</summary>
    /// <typeparam name="TAction">What it is.</typeparam>
    /// <param name="action">What.</param>
    public static void Run<TAction>(TAction action)
        where TAction : struct, IWideAction
    {
        if (Vector512.IsHardwareAccelerated)
        {
            action.Run<Wide16>();
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            action.Run<Wide8>();
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            action.Run<Wide4>();
        }
        else
        {
            action.Run<Wide1>();
        }
    }
}
