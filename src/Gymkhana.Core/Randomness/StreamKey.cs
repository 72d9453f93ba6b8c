namespace Gymkhana.Core.Randomness;

/// <summary>
/// Stable mixing of whole numbers into one 64-bit seed: the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast Splittable
/// Pseudorandom Number Generators", 2014) after each part. The result is the same on every machine and in every version.
/// </summary>
public static class StreamKey
{
    private const ulong Golden = 0x9e3779b97f4a7c15;

    /// <summary>
    /// Mixes a seed with up to three numbers; with the others fixed, different values of one part never give the same result.
    /// </summary>
    /// <param name="seed">The seed.</param>
    /// <param name="a">First part, such as a purpose.</param>
    /// <param name="b">Second part, such as a generation.</param>
    /// <param name="c">Third part, such as an index.</param>
    /// <returns>The mixed seed.</returns>
    public static ulong Mix(ulong seed, ulong a = 0, ulong b = 0, ulong c = 0)
    {
        ulong h = Finalize(seed + Golden);
        h = Finalize((h ^ a) + Golden);
        h = Finalize((h ^ b) + Golden);
        return Finalize((h ^ c) + Golden);
    }

    /// <summary>The finaliser of SplitMix64: every bit of the result depends on every bit of the value, one to one.</summary>
    /// <param name="value">Any value.</param>
    /// <returns>The mixed value.</returns>
    public static ulong Finalize(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
