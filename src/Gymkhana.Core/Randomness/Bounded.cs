using System.Numerics;

namespace Gymkhana.Core.Randomness;

/// <summary>
/// Whole numbers below a bound, all equally likely, by multiplication with rejection: D. Lemire, "Fast Random Integer Generation in an
/// Interval" (2019), or by masking, in NumPy's order of draws.
/// </summary>
internal static class Bounded
{
    /// <summary>A value in [0, last]; ranges that fit 32 bits draw 32-bit words, wider ones 64-bit words.</summary>
    /// <typeparam name="TSource">The generator.</typeparam>
    /// <param name="source">Where the words come from.</param>
    /// <param name="last">The largest value wanted; for zero nothing is drawn.</param>
    /// <returns>The value.</returns>
    public static ulong Next<TSource>(TSource source, ulong last)
        where TSource : class, IWordSource
    {
        return last switch
        {
            0 => 0,
            < uint.MaxValue => Next32(source, (uint)last),
            uint.MaxValue => source.NextUInt32(),
            < ulong.MaxValue => Next64(source, last),
            _ => source.NextUInt64(),
        };
    }

    /// <summary>
    /// A value in [0, last] by masking to the next power of two and drawing again while above: what NumPy's <c>shuffle</c> draws.
    /// </summary>
    /// <typeparam name="TSource">The generator.</typeparam>
    /// <param name="source">Where the words come from; 32-bit ones.</param>
    /// <param name="last">The largest value wanted; for zero nothing is drawn.</param>
    /// <returns>The value.</returns>
    public static uint NextMasked<TSource>(TSource source, uint last)
        where TSource : class, IWordSource
    {
        if (last == 0)
        {
            return 0;
        }

        uint mask = uint.MaxValue >> BitOperations.LeadingZeroCount(last);
        uint value;
        do
        {
            value = source.NextUInt32() & mask;
        }
        while (value > last);
        return value;
    }

    private static uint Next32<TSource>(TSource source, uint last)
        where TSource : class, IWordSource
    {
        uint count = last + 1;
        ulong product = (ulong)source.NextUInt32() * count;
        if ((uint)product < count)
        {
            // The first (2^32 mod count) low halves of each bucket are too many; draw again for them.
            uint threshold = (uint.MaxValue - last) % count;
            while ((uint)product < threshold)
            {
                product = (ulong)source.NextUInt32() * count;
            }
        }

        return (uint)(product >> 32);
    }

    private static ulong Next64<TSource>(TSource source, ulong last)
        where TSource : class, IWordSource
    {
        ulong count = last + 1;
        ulong high = Math.BigMul(source.NextUInt64(), count, out ulong low);
        if (low < count)
        {
            ulong threshold = (ulong.MaxValue - last) % count;
            while (low < threshold)
            {
                high = Math.BigMul(source.NextUInt64(), count, out low);
            }
        }

        return high;
    }
}
