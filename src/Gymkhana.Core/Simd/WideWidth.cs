using System.Runtime.Intrinsics;

namespace Gymkhana.Core.Simd;

/// <summary>How many lanes the kernels of this process use. Results do not depend on it; speed does.</summary>
public static class WideWidth
{
    /// <summary>Every lane buffer is padded to a multiple of this many elements, the widest bundle there is.</summary>
    public const int Padding = 16;

    /// <summary>The widest bundle that this processor accelerates: 16, 8, 4 or 1 lanes.</summary>
    public static int Best =>
        Vector512.IsHardwareAccelerated ? 16
        : Vector256.IsHardwareAccelerated ? 8
        : Vector128.IsHardwareAccelerated ? 4
        : 1;

    /// <summary>The smallest multiple of <see cref="Padding"/> that holds <paramref name="count"/> elements.</summary>
    /// <param name="count">Number of elements, at least 0.</param>
    /// <returns>The padded number.</returns>
    public static int Pad(int count) => (count + Padding - 1) / Padding * Padding;

    /// <summary>Calls <paramref name="user"/> with the bundle type of the given width.</summary>
    /// <typeparam name="TResult">What the user makes.</typeparam>
    /// <param name="width">1, 4, 8 or 16 lanes; see <see cref="Best"/>.</param>
    /// <param name="user">A factory written once for any bundle type.</param>
    /// <returns>What the factory made.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Another width.</exception>
    public static TResult Dispatch<TResult>(int width, IWideFactory<TResult> user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return width switch
        {
            1 => user.Create<Wide1>(),
            4 => user.Create<Wide4>(),
            8 => user.Create<Wide8>(),
            16 => user.Create<Wide16>(),
            _ => throw new ArgumentOutOfRangeException(nameof(width), width, "A bundle has 1, 4, 8 or 16 lanes."),
        };
    }

    /// <summary>Calls <paramref name="user"/> with the bundle of doubles that fills the same registers as that many floats.</summary>
    /// <typeparam name="TResult">What the user makes.</typeparam>
    /// <param name="width">1, 4, 8 or 16 lanes of floats; see <see cref="Best"/>. The bundles of doubles have 1, 2, 4 or 8.</param>
    /// <param name="user">A factory written once for any bundle type.</param>
    /// <returns>What the factory made.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Another width.</exception>
    public static TResult DispatchDouble<TResult>(int width, IWideDoubleFactory<TResult> user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return width switch
        {
            1 => user.Create<WideDouble1>(),
            4 => user.Create<WideDouble2>(),
            8 => user.Create<WideDouble4>(),
            16 => user.Create<WideDouble8>(),
            _ => throw new ArgumentOutOfRangeException(nameof(width), width, "A bundle has 1, 4, 8 or 16 lanes of floats."),
        };
    }
}

/// <summary>Makes something for a bundle type of doubles chosen at run time (see <see cref="WideWidth.DispatchDouble"/>).</summary>
/// <typeparam name="TResult">What is made.</typeparam>
public interface IWideDoubleFactory<out TResult>
{
    /// <summary>Makes it for one bundle type.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <returns>What is made.</returns>
    TResult Create<TWide>()
        where TWide : unmanaged, IWideDouble<TWide>;
}

/// <summary>Makes something for a bundle type chosen at run time (see <see cref="WideWidth.Dispatch"/>).</summary>
/// <typeparam name="TResult">What is made.</typeparam>
public interface IWideFactory<out TResult>
{
    /// <summary>Makes it for one bundle type.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <returns>What is made.</returns>
    TResult Create<TWide>()
        where TWide : unmanaged, IWide<TWide>;
}
