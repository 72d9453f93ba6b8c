namespace Gymkhana.Core.Randomness;

/// <summary>What the shared distributions draw from.</summary>
internal interface IWordSource
{
    /// <summary>The next 64-bit word.</summary>
    /// <returns>Any value, all equally likely.</returns>
    ulong NextUInt64();

    /// <summary>The next 32-bit word.</summary>
    /// <returns>Any value, all equally likely.</returns>
    uint NextUInt32();

    /// <summary>A double in [0, 1).</summary>
    /// <returns>A multiple of 2^-53.</returns>
    double NextDouble();
}
