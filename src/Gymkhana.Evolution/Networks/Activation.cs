using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Evolution.Networks;

/// <summary>What a node does with the sum of its inputs. The numbers are written to files: append, never renumber.</summary>
public enum Activation : byte
{
    /// <summary>x.</summary>
    Identity = 0,

    /// <summary>tanh x.</summary>
    Tanh = 1,

    /// <summary>max(x, 0).</summary>
    Relu = 2,

    /// <summary>1/(1 + e^−4.9x), the steepened logistic function of the NEAT paper.</summary>
    SteepSigmoid = 3,

    /// <summary>sin x.</summary>
    Sine = 4,

    /// <summary>e^(−x²).</summary>
    Gauss = 5,

    /// <summary>|x|.</summary>
    Absolute = 6,

    /// <summary>x where x &gt; 0, else 0.001 x.</summary>
    LeakyRelu = 7,

    /// <summary>max(−1, min(1, x)).</summary>
    Clamp = 8,
}

/// <summary>The activation functions, applied in place to a few bundles of lanes.</summary>
internal static unsafe class Activations
{
    /// <summary>Applies an activation to consecutive bundles. Each function has a method of its own, small enough for the JIT to inline its arithmetic.</summary>
    public static void Apply<TWide>(Activation activation, float* row, int bundles)
        where TWide : unmanaged, IWide<TWide>
    {
        switch (activation)
        {
            case Activation.Identity:
                break;
            case Activation.Tanh:
                Tanh<TWide>(row, bundles);
                break;
            case Activation.Relu:
                Relu<TWide>(row, bundles);
                break;
            case Activation.SteepSigmoid:
                SteepSigmoid<TWide>(row, bundles);
                break;
            case Activation.Sine:
                Sine<TWide>(row, bundles);
                break;
            case Activation.Gauss:
                Gauss<TWide>(row, bundles);
                break;
            case Activation.LeakyRelu:
                LeakyRelu<TWide>(row, bundles);
                break;
            default:
                Piecewise<TWide>(activation, row, bundles);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tanh<TWide>(float* row, int bundles)
        where TWide : unmanaged, IWide<TWide>
    {
        for (float* end = row + (bundles * TWide.Lanes); row < end; row += TWide.Lanes)
        {
            TWide.Store(WideMath.Tanh(TWide.Load(row)), row);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Relu<TWide>(float* row, int bundles)
        where TWide : unmanaged, IWide<TWide>
    {
        for (float* end = row + (bundles * TWide.Lanes); row < end; row += TWide.Lanes)
        {
            TWide.Store(TWide.Max(TWide.Load(row), TWide.Broadcast(0f)), row);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeakyRelu<TWide>(float* row, int bundles)
        where TWide : unmanaged, IWide<TWide>
    {
        for (float* end = row + (bundles * TWide.Lanes); row < end; row += TWide.Lanes)
        {
            TWide x = TWide.Load(row);
            TWide.Store(TWide.Max(x, x * TWide.Broadcast(0.001f)), row);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SteepSigmoid<TWide>(float* row, int bundles)
        where TWide : unmanaged, IWide<TWide>
    {
        for (float* end = row + (bundles * TWide.Lanes); row < end; row += TWide.Lanes)
        {
            TWide.Store(WideMath.Sigmoid(TWide.Load(row) * TWide.Broadcast(4.9f)), row);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Sine<TWide>(float* row, int bundles)
        where TWide : unmanaged, IWide<TWide>
    {
        for (float* end = row + (bundles * TWide.Lanes); row < end; row += TWide.Lanes)
        {
            TWide.Store(WideMath.Sin(TWide.Load(row)), row);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Gauss<TWide>(float* row, int bundles)
        where TWide : unmanaged, IWide<TWide>
    {
        for (float* end = row + (bundles * TWide.Lanes); row < end; row += TWide.Lanes)
        {
            TWide x = TWide.Load(row);
            TWide.Store(WideMath.Exp(-(x * x)), row);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Piecewise<TWide>(Activation activation, float* row, int bundles)
        where TWide : unmanaged, IWide<TWide>
    {
        for (float* end = row + (bundles * TWide.Lanes); row < end; row += TWide.Lanes)
        {
            TWide x = TWide.Load(row);
            TWide y = activation switch
            {
                Activation.Absolute => TWide.Abs(x),
                _ => TWide.Max(TWide.Min(x, TWide.Broadcast(1f)), TWide.Broadcast(-1f)),
            };
            TWide.Store(y, row);
        }
    }
}
