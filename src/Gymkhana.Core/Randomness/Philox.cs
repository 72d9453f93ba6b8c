namespace Gymkhana.Core.Randomness;

/// <summary>
/// Philox4x32-10: a keyed bijection from counters to random blocks, without any state of its own. Source: J. K. Salmon, M. A. Moraes,
/// R. O. Dror and D. E. Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (2011).
/// </summary>
public static class Philox
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xd2511f53;
    private const uint Multiplier1 = 0xcd9e8d57;
    private const uint Weyl0 = 0x9e3779b9;
    private const uint Weyl1 = 0xbb67ae85;

    /// <summary>The block of four 32-bit words at a counter.</summary>
    /// <param name="counterLow">Counter words 0 (low half) and 1 (high half).</param>
    /// <param name="counterHigh">Counter words 2 (low half) and 3 (high half).</param>
    /// <param name="key">Key words 0 (low half) and 1 (high half).</param>
    /// <returns>Block words 0 and 1 in <c>Low</c>, 2 and 3 in <c>High</c>, the lower-numbered in the low half.</returns>
    public static (ulong Low, ulong High) Block(ulong counterLow, ulong counterHigh, ulong key)
    {
        uint c0 = (uint)counterLow;
        uint c1 = (uint)(counterLow >> 32);
        uint c2 = (uint)counterHigh;
        uint c3 = (uint)(counterHigh >> 32);
        uint k0 = (uint)key;
        uint k1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0;
            ulong product1 = (ulong)Multiplier1 * c2;
            c0 = (uint)(product1 >> 32) ^ c1 ^ k0;
            c1 = (uint)product1;
            c2 = (uint)(product0 >> 32) ^ c3 ^ k1;
            c3 = (uint)product0;
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c0 | ((ulong)c1 << 32), c2 | ((ulong)c3 << 32));
    }
}
