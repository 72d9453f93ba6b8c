namespace Gymkhana.Core.Randomness;

/// <summary>
/// The partition of 64-bit episode seeds: the top two bits say what a seed is for (<see cref="SeedPurpose"/>), so that a seed that
/// scores a policy can never be one it was trained or chosen on. The other 62 bits are mixed.
/// </summary>
public static class EpisodeSeeds
{
    private const int PurposeShift = 62;
    private const ulong Mask = (1UL << PurposeShift) - 1;

    // The root of the test seeds, the same for every run so that scores compare: the letters "gymkhana" in ASCII.
    private const ulong TestRoot = 0x67796d6b68616e61;

    /// <summary>The seed of a training episode.</summary>
    /// <param name="runSeed">The seed of the run.</param>
    /// <param name="generation">The generation, iteration or update; zero or positive.</param>
    /// <param name="index">Which episode of it; zero or positive.</param>
    /// <returns>A seed whose purpose is <see cref="SeedPurpose.Training"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The generation or the index is negative.</exception>
    public static ulong Train(ulong runSeed, long generation, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(generation);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return Make(SeedPurpose.Training, runSeed, (ulong)generation, (ulong)index);
    }

    /// <summary>The seed of a validation episode.</summary>
    /// <param name="runSeed">The seed of the run.</param>
    /// <param name="index">Which episode; zero or positive.</param>
    /// <returns>A seed whose purpose is <see cref="SeedPurpose.Validation"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public static ulong Validation(ulong runSeed, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return Make(SeedPurpose.Validation, runSeed, 0, (ulong)index);
    }

    /// <summary>The seed of a test episode, the same for every run.</summary>
    /// <param name="index">Which episode; zero or positive.</param>
    /// <returns>A seed whose purpose is <see cref="SeedPurpose.Test"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public static ulong Test(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return Make(SeedPurpose.Test, TestRoot, 0, (ulong)index);
    }

    /// <summary>What a seed may be used for.</summary>
    /// <param name="seed">Any seed.</param>
    /// <returns>Its top two bits.</returns>
    public static SeedPurpose PurposeOf(ulong seed) => (SeedPurpose)(seed >> PurposeShift);

    private static ulong Make(SeedPurpose purpose, ulong root, ulong generation, ulong index) =>
        (StreamKey.Mix(root, (ulong)purpose, generation, index) & Mask) | ((ulong)purpose << PurposeShift);
}
