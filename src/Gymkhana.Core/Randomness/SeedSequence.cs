using System.Numerics;

namespace Gymkhana.Core.Randomness;

/// <summary>
/// Turns a seed of any length into well-mixed state words, with the same words as NumPy's <c>SeedSequence</c> (pool of four words),
/// after M. E. O'Neill, "Developing a seed_seq Alternative" (2015).
/// </summary>
public sealed class SeedSequence
{
    private const int PoolSize = 4;
    private const uint InitA = 0x43b0d7e5;
    private const uint MultA = 0x931e8875;
    private const uint InitB = 0x8b51f9dd;
    private const uint MultB = 0x58f38ded;
    private const uint MixLeft = 0xca01f9dd;
    private const uint MixRight = 0x4973f715;
    private const int Shift = 16;

    private readonly uint[] _entropy;
    private readonly uint[] _spawnKey;
    private readonly uint[] _pool;

    /// <summary>Makes a sequence from a 64-bit seed, as <c>SeedSequence(seed)</c>.</summary>
    /// <param name="entropy">The seed; any value.</param>
    public SeedSequence(ulong entropy)
        : this(Words(entropy), [])
    {
    }

    /// <summary>Makes a sequence from a whole number of any length, as <c>SeedSequence(seed)</c>.</summary>
    /// <param name="entropy">The seed; zero or positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The seed is negative.</exception>
    public SeedSequence(BigInteger entropy)
        : this(Words(entropy), [])
    {
    }

    /// <summary>
    /// Makes a sequence from 32-bit words, as <c>SeedSequence([w0, w1, ...], spawn_key=(k0, k1, ...))</c>.
    /// A whole number is its words, least significant first, without leading zero words (zero is one zero word).
    /// </summary>
    /// <param name="entropy">The seed's words; copied. Empty means no entropy, as an empty list in NumPy.</param>
    /// <param name="spawnKey">The place in the family tree; copied. Empty for a root.</param>
    public SeedSequence(ReadOnlySpan<uint> entropy, ReadOnlySpan<uint> spawnKey)
    {
        _entropy = entropy.ToArray();
        _spawnKey = spawnKey.ToArray();
        _pool = Mix(Assemble(_entropy, _spawnKey));
    }

    /// <summary>The place in the family tree: one word per generation, empty for a root.</summary>
    public ReadOnlySpan<uint> SpawnKey => _spawnKey;

    /// <summary>The seed's words.</summary>
    public ReadOnlySpan<uint> Entropy => _entropy;

    /// <summary>How many children have been spawned; the next child's last key word.</summary>
    public uint ChildrenSpawned { get; private set; }

    /// <summary>The first words of state, as <c>generate_state(words)</c>. The same answer each time.</summary>
    /// <param name="words">How many 32-bit words.</param>
    /// <returns>A new array of that length.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is above the longest array.</exception>
    public uint[] GenerateState(uint words)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(words, (uint)Array.MaxLength);
        uint[] state = new uint[words];
        uint hash = InitB;
        for (int i = 0; i < state.Length; i++)
        {
            uint value = _pool[i % PoolSize] ^ hash;
            hash *= MultB;
            value *= hash;
            state[i] = value ^ (value >> Shift);
        }

        return state;
    }

    /// <summary>The first 64-bit words of state, as <c>generate_state(words, numpy.uint64)</c>.</summary>
    /// <param name="words">How many 64-bit words.</param>
    /// <returns>A new array of that length.</returns>
    public ulong[] GenerateState64(uint words)
    {
        uint[] halves = GenerateState(checked(2 * words));
        ulong[] state = new ulong[words];
        for (int i = 0; i < state.Length; i++)
        {
            state[i] = halves[2 * i] | ((ulong)halves[(2 * i) + 1] << 32);
        }

        return state;
    }

    /// <summary>Makes the next children: sequences independent of this one and of each other, as <c>spawn(count)</c>.</summary>
    /// <param name="count">How many; zero or positive.</param>
    /// <returns>The children in order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public SeedSequence[] Spawn(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        SeedSequence[] children = new SeedSequence[count];
        uint[] key = [.. _spawnKey, 0];
        for (int i = 0; i < count; i++)
        {
            key[^1] = checked(ChildrenSpawned + (uint)i);
            children[i] = new SeedSequence(_entropy, key);
        }

        ChildrenSpawned = checked(ChildrenSpawned + (uint)count);
        return children;
    }

    private static uint[] Words(ulong value) =>
        value <= uint.MaxValue ? [(uint)value] : [(uint)value, (uint)(value >> 32)];

    private static uint[] Words(BigInteger value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, "entropy");
        byte[] bytes = value.ToByteArray(isUnsigned: true);
        uint[] words = new uint[(bytes.Length + 3) / 4];
        for (int i = 0; i < bytes.Length; i++)
        {
            words[i / 4] |= (uint)bytes[i] << (8 * (i % 4));
        }

        return words;
    }

    // A child pads its seed to the whole pool first, so that seed words and key words cannot be mistaken for each other.
    private static uint[] Assemble(uint[] entropy, uint[] spawnKey)
    {
        if (spawnKey.Length == 0)
        {
            return entropy;
        }

        uint[] all = new uint[Math.Max(entropy.Length, PoolSize) + spawnKey.Length];
        entropy.CopyTo(all, 0);
        spawnKey.CopyTo(all, all.Length - spawnKey.Length);
        return all;
    }

    private static uint[] Mix(uint[] entropy)
    {
        uint[] pool = new uint[PoolSize];
        uint hash = InitA;
        for (int i = 0; i < PoolSize; i++)
        {
            pool[i] = HashWord(i < entropy.Length ? entropy[i] : 0, ref hash);
        }

        for (int source = 0; source < PoolSize; source++)
        {
            for (int target = 0; target < PoolSize; target++)
            {
                if (source != target)
                {
                    pool[target] = Combine(pool[target], HashWord(pool[source], ref hash));
                }
            }
        }

        for (int source = PoolSize; source < entropy.Length; source++)
        {
            for (int target = 0; target < PoolSize; target++)
            {
                pool[target] = Combine(pool[target], HashWord(entropy[source], ref hash));
            }
        }

        return pool;
    }

    private static uint HashWord(uint value, ref uint hash)
    {
        value ^= hash;
        hash *= MultA;
        value *= hash;
        return value ^ (value >> Shift);
    }

    private static uint Combine(uint x, uint y)
    {
        uint mixed = (MixLeft * x) - (MixRight * y);
        return mixed ^ (mixed >> Shift);
    }
}
