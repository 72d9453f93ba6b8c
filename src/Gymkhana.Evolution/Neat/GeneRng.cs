using System.Numerics;
using System.Runtime.CompilerServices;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Evolution.Neat;

/// <summary>
/// The random draws that make one genome: xoroshiro128++ (Blackman and Vigna, "Scrambled Linear Pseudorandom Number
/// Generators", 2021), its state set from (seed, genome, purpose). Breeding a small genome takes a fraction of a microsecond, in
/// which a counter-based stream would be the largest part; results still depend on the address alone, and only exact
/// operations are used, so that every machine draws the same bits.
/// </summary>
public sealed class GeneRng
{
    // Standard deviation of a popcount of 64 fair bits plus a uniform draw of width 1: sqrt(64/4 + 1/12).
    private const double OverDeviation = 1 / 4.010403136842686;
    private ulong _a;
    private ulong _b;

    /// <summary>A generator at the beginning of a genome's draws.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="stream">Number of the genome in the run.</param>
    /// <param name="purpose">What the draws are for.</param>
    public GeneRng(ulong seed, ulong stream, StreamPurpose purpose)
    {
        Rekey(seed, stream, purpose);
    }

    /// <summary>Moves to the beginning of another genome's draws.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="stream">Number of the genome in the run.</param>
    /// <param name="purpose">What the draws are for.</param>
    public void Rekey(ulong seed, ulong stream, StreamPurpose purpose)
    {
        _a = StreamKey.Mix(seed, (uint)purpose, stream);
        _b = StreamKey.Finalize(_a + 0x9e3779b97f4a7c15) | 1; // The state may not be all zeros.
    }

    /// <summary>The next 64 bits.</summary>
    /// <returns>Any value, all equally likely.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NextUInt64()
    {
        ulong a = _a, b = _b;
        ulong result = BitOperations.RotateLeft(a + b, 17) + a;
        b ^= a;
        _a = BitOperations.RotateLeft(a, 49) ^ b ^ (b << 21);
        _b = BitOperations.RotateLeft(b, 28);
        return result;
    }

    /// <summary>Sixty-four bits, each set with probability 2^−halvings.</summary>
    /// <param name="halvings">0 sets all.</param>
    /// <returns>The bits.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NextBits(int halvings)
    {
        ulong bits = ulong.MaxValue;
        for (; halvings > 0; halvings--)
        {
            bits &= NextUInt64();
        }

        return bits;
    }

    /// <summary>A double in [0, 1), a multiple of 2^−53.</summary>
    /// <returns>The draw.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double NextDouble() => (long)(NextUInt64() >> 11) * (1.0 / (1L << 53));

    /// <summary>A whole number in [0, bound); the most and least likely differ by less than bound·2^−64.</summary>
    /// <param name="bound">One above the highest value, at least 1.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int NextInt(int bound) => (int)Math.BigMul(NextUInt64(), (ulong)bound, out _);

    /// <summary>True with a given probability; one draw in any case.</summary>
    /// <param name="probability">In [0, 1].</param>
    /// <returns>Whether it happened.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool NextBool(double probability) => NextDouble() < probability;

    /// <summary>
    /// A bell-shaped draw of mean 0 and standard deviation 1: the number of bits set in one word, smoothed by a uniform draw.
    /// Its density is within 0.002 of the normal one's, and it ends at ±8.1.
    /// </summary>
    /// <returns>The draw.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double NextNormal() => (BitOperations.PopCount(NextUInt64()) - 32.5 + NextDouble()) * OverDeviation;
}
