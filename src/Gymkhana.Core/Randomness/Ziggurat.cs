namespace Gymkhana.Core.Randomness;

/// <summary>
/// Standard normal draws by the ziggurat method (Marsaglia and Tsang, 2000), in the order of draws and with the tables of NumPy's
/// <c>Generator.standard_normal</c>.
/// </summary>
/// <remarks>
/// NumPy takes exp and log1p from the C library, whose last bit differs between systems; here both come from
/// <see cref="PortableMath"/>, so that a draw has the same bits on every machine. exp only decides whether a point in a wedge is kept.
/// log1p places the one draw in 3,900 that falls into the tail: there about one in 200, so one draw in 800,000, differs from NumPy
/// over glibc 2.36 by one unit in the last place (measured). All others have NumPy's bits.
/// </remarks>
internal static class Ziggurat
{
    private const ulong MagnitudeMask = 0x000fffffffffffff;

    /// <summary>One standard normal draw.</summary>
    /// <typeparam name="TSource">The generator.</typeparam>
    /// <param name="source">Where the words come from; usually one word is drawn.</param>
    /// <returns>A finite value.</returns>
    public static double Next<TSource>(TSource source)
        where TSource : class, IWordSource
    {
        while (true)
        {
            // Eight bits choose the layer, one the sign, 52 the place in the layer.
            ulong word = source.NextUInt64();
            int layer = (int)(word & 0xff);
            ulong magnitude = (word >> 9) & MagnitudeMask;
            double x = magnitude * BitConverter.UInt64BitsToDouble(ZigguratTables.Widths[layer]);
            if ((word & 0x100) != 0)
            {
                x = -x;
            }

            if (magnitude < ZigguratTables.Inside[layer])
            {
                return x;
            }

            if (layer == 0)
            {
                return Tail(source, magnitude);
            }

            double below = BitConverter.UInt64BitsToDouble(ZigguratTables.Heights[layer]);
            double above = BitConverter.UInt64BitsToDouble(ZigguratTables.Heights[layer - 1]);
            if (((above - below) * source.NextDouble()) + below < PortableMath.Exp(-0.5 * x * x))
            {
                return x;
            }
        }
    }

    // Beyond r: Marsaglia's tail method. 1 - u is exact for a multiple u of 2^-53, so its logarithm is log1p(-u).
    private static double Tail<TSource>(TSource source, ulong magnitude)
        where TSource : class, IWordSource
    {
        while (true)
        {
            double x = -ZigguratTables.InverseTailStart * PortableMath.Log(1.0 - source.NextDouble());
            double y = -PortableMath.Log(1.0 - source.NextDouble());
            if (y + y > x * x)
            {
                double value = ZigguratTables.TailStart + x;
                return ((magnitude >> 8) & 1) != 0 ? -value : value;
            }
        }
    }
}
