namespace Gymkhana.Core.Randomness;

/// <summary>
/// A stream of random numbers addressed by (seed, stream, purpose): the same address gives the same draws whatever else was drawn
/// before, so that batch size, thread count and order of work change nothing. Its whole state is the address and
/// <see cref="Position"/>. Every draw is made of exact or correctly rounded operations: the same bits on any machine.
/// </summary>
/// <remarks>
/// The words are <see cref="Philox"/> blocks: the key is <see cref="StreamKey.Mix"/>(seed, purpose), the low counter half counts blocks,
/// the high half is the stream. Streams of one seed and purpose can therefore never overlap. Not safe for several threads at once.
/// </remarks>
public sealed class KeyedStream : IWordSource
{
    private ulong _key;
    private ulong _stream;
    private ulong _position;
    private ulong _blockLow;
    private ulong _blockHigh;

    /// <summary>Makes the stream at its beginning.</summary>
    /// <param name="seed">The seed of the run or episode.</param>
    /// <param name="stream">Which of many: an environment copy, a genome, a worker.</param>
    /// <param name="purpose">What it is for.</param>
    public KeyedStream(ulong seed, ulong stream, StreamPurpose purpose)
    {
        Rekey(seed, stream, purpose);
    }

    /// <summary>Makes the stream at its beginning, for a purpose of the caller's own.</summary>
    /// <param name="seed">The seed of the run or episode.</param>
    /// <param name="stream">Which of many: an environment copy, a genome, a worker.</param>
    /// <param name="purpose">What it is for, as a number; see <see cref="StreamPurpose"/>.</param>
    public KeyedStream(ulong seed, ulong stream, uint purpose)
        : this(seed, stream, (StreamPurpose)purpose)
    {
    }

    /// <summary>
    /// How many 32-bit words have been drawn, in [0, 2^64); set it to continue from there. With the address it is all a checkpoint needs.
    /// </summary>
    public ulong Position
    {
        get => _position;
        set
        {
            _position = value;
            if ((value & 3) != 0)
            {
                LoadBlock();
            }
        }
    }

    /// <summary>Moves to the beginning of another stream without allocating.</summary>
    /// <param name="seed">The seed of the run or episode.</param>
    /// <param name="stream">Which of many.</param>
    /// <param name="purpose">What it is for.</param>
    public void Rekey(ulong seed, ulong stream, StreamPurpose purpose)
    {
        _key = StreamKey.Mix(seed, (uint)purpose);
        _stream = stream;
        _position = 0;
    }

    /// <summary>The next 32-bit word.</summary>
    /// <returns>Any value, all equally likely.</returns>
    public uint NextUInt32()
    {
        int word = (int)(_position & 3);
        if (word == 0)
        {
            LoadBlock();
        }

        _position++;
        ulong half = word < 2 ? _blockLow : _blockHigh;
        return (uint)(half >> (32 * (word & 1)));
    }

    /// <summary>The next 64-bit word: two 32-bit words, the first in the low half.</summary>
    /// <returns>Any value, all equally likely.</returns>
    public ulong NextUInt64()
    {
        if ((_position & 1) == 0)
        {
            // Both words lie in one half of a block.
            bool second = (_position & 2) != 0;
            if (!second)
            {
                LoadBlock();
            }

            _position += 2;
            return second ? _blockHigh : _blockLow;
        }

        ulong low = NextUInt32();
        return low | ((ulong)NextUInt32() << 32);
    }

    /// <summary>A float in [0, 1).</summary>
    /// <returns>A multiple of 2^-24.</returns>
    public float NextSingle() => (NextUInt32() >> 8) * (1.0f / (1 << 24));

    /// <summary>A double in [0, 1).</summary>
    /// <returns>A multiple of 2^-53.</returns>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A float in [low, high).</summary>
    /// <param name="low">The lower end; finite.</param>
    /// <param name="high">The upper end; finite, not below <paramref name="low"/>. Rounding may reach it.</param>
    /// <returns>low + (high - low) u.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is not finite or runs backwards.</exception>
    public float Uniform(float low, float high)
    {
        CheckRange(low, high, high - low);
        return low + ((high - low) * NextSingle());
    }

    /// <summary>A double in [low, high).</summary>
    /// <param name="low">The lower end; finite.</param>
    /// <param name="high">The upper end; finite, not below <paramref name="low"/>. Rounding may reach it.</param>
    /// <returns>low + (high - low) u.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is not finite or runs backwards.</exception>
    public double Uniform(double low, double high)
    {
        CheckRange(low, high, high - low);
        return low + ((high - low) * NextDouble());
    }

    /// <summary>A whole number in [0, bound), all equally likely.</summary>
    /// <param name="bound">One above the highest value; at least 1.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The bound is below 1.</exception>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)Bounded.Next(this, (ulong)(bound - 1));
    }

    /// <summary>A whole number in [low, high), all equally likely.</summary>
    /// <param name="low">The lowest value.</param>
    /// <param name="high">One above the highest value.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty.</exception>
    public int NextInt(int low, int high)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(high, low);
        return (int)(low + (long)Bounded.Next(this, (ulong)((long)high - low - 1)));
    }

    /// <summary>True with a given probability.</summary>
    /// <param name="probability">In [0, 1]; 0 is never, 1 is always. One 64-bit word is drawn in any case.</param>
    /// <returns>Whether it happened.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1].</exception>
    public bool NextBool(double probability)
    {
        if (!(probability >= 0 && probability <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(probability), probability, $"A probability in [0, 1] is expected, got {probability}.");
        }

        return NextDouble() < probability;
    }

    /// <summary>A standard normal draw.</summary>
    /// <returns>A finite value.</returns>
    public double NextNormal() => Ziggurat.Next(this);

    /// <summary>A normal draw.</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="deviation">The standard deviation; zero or positive.</param>
    /// <returns>mean + deviation z.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is negative.</exception>
    public double NextNormal(double mean, double deviation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deviation);
        return mean + (deviation * Ziggurat.Next(this));
    }

    /// <summary>Puts the items in random order (Fisher-Yates from the end).</summary>
    /// <typeparam name="T">The item.</typeparam>
    /// <param name="items">Reordered in place.</param>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = (int)Bounded.Next(this, (ulong)i);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static void CheckRange(double low, double high, double range)
    {
        if (!double.IsFinite(range) || low > high)
        {
            throw new ArgumentOutOfRangeException(
                nameof(high), high, $"Uniform expects finite low <= high with a finite difference, got low {low} and high {high}.");
        }
    }

    private void LoadBlock() => (_blockLow, _blockHigh) = Philox.Block(_position >> 2, _stream, _key);
}
