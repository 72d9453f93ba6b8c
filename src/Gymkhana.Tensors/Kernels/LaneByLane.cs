using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>A function of one number, in double.</summary>
internal interface INumberFunction
{
    double Of(double x);
}

/// <summary>For functions that are rare or too long for bundles: each lane by itself, in double.</summary>
internal static unsafe class LaneByLane
{
    /// <summary>f(x) of every lane, rounded to float.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TWide Map<TWide, TFunction>(TFunction function, TWide x)
        where TWide : unmanaged, IWide<TWide>
        where TFunction : struct, INumberFunction
    {
        float* lanes = stackalloc float[16];
        TWide.Store(x, lanes);
        for (int lane = 0; lane < TWide.Lanes; lane++)
        {
            lanes[lane] = (float)function.Of(lanes[lane]);
        }

        return TWide.Load(lanes);
    }
}
