using System.Numerics;

namespace Gymkhana.Core.Randomness;

/// <summary>
/// The draws of NumPy's <c>Generator(PCG64(seed))</c> (<c>numpy.random.default_rng(seed)</c>), value for value and in the same order,
/// for worlds that must start as their Python originals do. Not safe for several threads at once.
/// </summary>
public sealed class NumpyGenerator
{
    /// <summary>Makes the generator, as <c>default_rng(seed)</c>.</summary>
    /// <param name="seed">The seed; any value.</param>
    public NumpyGenerator(ulong seed)
        : this(new Pcg64(seed))
    {
    }

    /// <summary>Makes the generator from a seed of any length, as <c>default_rng(seed)</c>.</summary>
    /// <param name="seed">The seed; zero or positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The seed is negative.</exception>
    public NumpyGenerator(BigInteger seed)
        : this(new Pcg64(new SeedSequence(seed)))
    {
    }

    /// <summary>Makes the generator from a seed sequence, as <c>default_rng(SeedSequence(...))</c>.</summary>
    /// <param name="seeds">The sequence; it is read, not changed.</param>
    public NumpyGenerator(SeedSequence seeds)
        : this(new Pcg64(seeds))
    {
    }

    /// <summary>Makes the generator over existing bits, as <c>Generator(bits)</c>.</summary>
    /// <param name="bits">The words; shared, not copied.</param>
    public NumpyGenerator(Pcg64 bits)
    {
        ArgumentNullException.ThrowIfNull(bits);
        Bits = bits;
    }

    /// <summary>The words below (NumPy: <c>bit_generator</c>); read or set its state for checkpoints.</summary>
    public Pcg64 Bits { get; }

    /// <summary>A double in [0, 1), as <c>random()</c>.</summary>
    /// <returns>A multiple of 2^-53.</returns>
    public double NextDouble() => Bits.NextDouble();

    /// <summary>Fills with doubles in [0, 1), as <c>random(n)</c>.</summary>
    /// <param name="destination">Written in order.</param>
    public void NextDouble(Span<double> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = Bits.NextDouble();
        }
    }

    /// <summary>A float in [0, 1), as <c>random(dtype=numpy.float32)</c>.</summary>
    /// <returns>A multiple of 2^-24.</returns>
    public float NextSingle() => (Bits.NextUInt32() >> 8) * (1.0f / (1 << 24));

    /// <summary>Fills with floats in [0, 1), as <c>random(n, dtype=numpy.float32)</c>.</summary>
    /// <param name="destination">Written in order.</param>
    public void NextSingle(Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = NextSingle();
        }
    }

    /// <summary>A double in [low, high), as <c>uniform(low, high)</c>.</summary>
    /// <param name="low">The lower end; finite.</param>
    /// <param name="high">The upper end; finite, not below <paramref name="low"/>. Rounding may reach it.</param>
    /// <returns>low + (high - low) u.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is not finite or runs backwards.</exception>
    public double Uniform(double low, double high)
    {
        CheckRange(low, high);
        return low + ((high - low) * Bits.NextDouble());
    }

    /// <summary>Fills with doubles in [low, high), as <c>uniform(low, high, n)</c>.</summary>
    /// <param name="low">The lower end; finite.</param>
    /// <param name="high">The upper end; finite, not below <paramref name="low"/>.</param>
    /// <param name="destination">Written in order.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not finite or runs backwards.</exception>
    public void Uniform(double low, double high, Span<double> destination)
    {
        CheckRange(low, high);
        double range = high - low;
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = low + (range * Bits.NextDouble());
        }
    }

    /// <summary>A whole number in [low, high), all equally likely, as <c>integers(low, high)</c> (dtype int64, endpoint False).</summary>
    /// <param name="low">The lowest value.</param>
    /// <param name="high">One above the highest value.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty.</exception>
    public long Integers(long low, long high)
    {
        return unchecked(low + (long)Bounded.Next(Bits, Last(low, high)));
    }

    /// <summary>Fills with whole numbers in [low, high), as <c>integers(low, high, n)</c>.</summary>
    /// <param name="low">The lowest value.</param>
    /// <param name="high">One above the highest value.</param>
    /// <param name="destination">Written in order.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty.</exception>
    public void Integers(long low, long high, Span<long> destination)
    {
        ulong last = Last(low, high);
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = unchecked(low + (long)Bounded.Next(Bits, last));
        }
    }

    /// <summary>One index of a collection, as <c>choice(n)</c> without weights: the same draw as <c>integers(0, n)</c>.</summary>
    /// <param name="count">The size of the collection; at least 1.</param>
    /// <returns>An index in [0, count).</returns>
    /// <exception cref="ArgumentOutOfRangeException">The collection is empty.</exception>
    public int Choice(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return (int)Integers(0, count);
    }

    /// <summary>A standard normal draw, as <c>standard_normal()</c>.</summary>
    /// <returns>A finite value.</returns>
    public double Normal() => Ziggurat.Next(Bits);

    /// <summary>A normal draw, as <c>normal(mean, deviation)</c>.</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="deviation">The standard deviation; zero or positive.</param>
    /// <returns>mean + deviation z.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is negative.</exception>
    public double Normal(double mean, double deviation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deviation);
        return mean + (deviation * Ziggurat.Next(Bits));
    }

    /// <summary>Fills with normal draws, as <c>normal(mean, deviation, n)</c>.</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="deviation">The standard deviation; zero or positive.</param>
    /// <param name="destination">Written in order.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is negative.</exception>
    public void Normal(double mean, double deviation, Span<double> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deviation);
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = mean + (deviation * Ziggurat.Next(Bits));
        }
    }

    /// <summary>The numbers 0 to count - 1 in random order, as <c>permutation(count)</c>.</summary>
    /// <param name="count">How many; zero or positive.</param>
    /// <returns>A new array.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public int[] Permutation(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        Shuffle(order.AsSpan());
        return order;
    }

    /// <summary>Puts the items in random order (Fisher-Yates from the end), as <c>shuffle(items)</c> along the first axis.</summary>
    /// <typeparam name="T">The item.</typeparam>
    /// <param name="items">Reordered in place.</param>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = (int)Bounded.NextMasked(Bits, (uint)i);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Last(long low, long high)
    {
        if (low >= high)
        {
            throw new ArgumentOutOfRangeException(
                nameof(high),
                high,
                $"Integers expects low < high, got low {low} and high {high}. The upper end is not drawn; add one to it.");
        }

        return unchecked((ulong)high - (ulong)low - 1);
    }

    private static void CheckRange(double low, double high)
    {
        if (!double.IsFinite(high - low) || low > high)
        {
            throw new ArgumentOutOfRangeException(
                nameof(high), high, $"Uniform expects finite low <= high with a finite difference, got low {low} and high {high}.");
        }
    }
}
