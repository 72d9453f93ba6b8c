using System.Numerics;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Tests.Randomness;

public sealed class EpisodeSeedsTests
{
    [Fact]
    public void Seeds_Golden_NeverChange()
    {
        string[] seeds =
        [
            EpisodeSeeds.Train(1, 0, 0).ToString("x16"), EpisodeSeeds.Train(1, 2, 3).ToString("x16"),
            EpisodeSeeds.Validation(1, 0).ToString("x16"), EpisodeSeeds.Test(0).ToString("x16"), EpisodeSeeds.Test(7).ToString("x16"),
            StreamKey.Mix(1, 2, 3, 4).ToString("x16"),
        ];
        Assert.Equal(Golden, string.Join(' ', seeds));
    }

    private const string Golden = "4965d6348c188782 6b360221edd5a20a b5693551cf81461c dad953b27d00a745 eaa77fe9ecd21f64 d55ccd4aeb3ccafb";

    // The first outputs of SplitMix64 from state 0 are the finaliser at multiples of the golden gamma (published values).
    [Fact]
    public void Finalize_SplitMixSequence_MatchesPublishedValues()
    {
        const ulong Gamma = 0x9e3779b97f4a7c15;
        Assert.Equal(0xe220a8397b1dcdafUL, StreamKey.Finalize(Gamma));
        Assert.Equal(0x6e789e6aa1b965f4UL, StreamKey.Finalize(unchecked(2 * Gamma)));
        Assert.Equal(0x06c45d188009454fUL, StreamKey.Finalize(unchecked(3 * Gamma)));
    }

    [Fact]
    public void PurposeOf_EachKind_IsItsOwn()
    {
        for (int i = 0; i < 1000; i++)
        {
            ulong run = StreamKey.Finalize((ulong)i);
            Assert.Equal(SeedPurpose.Training, EpisodeSeeds.PurposeOf(EpisodeSeeds.Train(run, i, i)));
            Assert.Equal(SeedPurpose.Validation, EpisodeSeeds.PurposeOf(EpisodeSeeds.Validation(run, i)));
            Assert.Equal(SeedPurpose.Test, EpisodeSeeds.PurposeOf(EpisodeSeeds.Test(i)));
            Assert.Equal(SeedPurpose.User, EpisodeSeeds.PurposeOf((ulong)i));
        }
    }

    [Fact]
    public void Seeds_ManyOfAllKinds_AreAllDifferent()
    {
        HashSet<ulong> seen = [];
        for (int i = 0; i < 10_000; i++)
        {
            Assert.True(seen.Add(EpisodeSeeds.Test(i)));
            Assert.True(seen.Add(EpisodeSeeds.Validation(5, i)));
            Assert.True(seen.Add(EpisodeSeeds.Validation(6, i)));
            Assert.True(seen.Add(EpisodeSeeds.Train(5, i / 100, i % 100)));
            Assert.True(seen.Add(EpisodeSeeds.Train(6, i / 100, i % 100)));
        }
    }

    [Fact]
    public void Mix_OneBitChanged_ChangesAboutHalfTheBits()
    {
        double flipped = 0;
        int trials = 0;
        for (int bit = 0; bit < 64; bit++)
        {
            for (ulong i = 0; i < 50; i++)
            {
                flipped += BitOperations.PopCount(StreamKey.Mix(i, 1, 2, 3) ^ StreamKey.Mix(i ^ (1UL << bit), 1, 2, 3));
                flipped += BitOperations.PopCount(StreamKey.Mix(i, 1, 2, 3) ^ StreamKey.Mix(i, 1, 2, 3 ^ (1UL << bit)));
                trials += 2;
            }
        }

        // Six standard errors of the mean of a binomial with n = 64 and p = 1/2.
        Assert.Equal(32, flipped / trials, 6 * 4 / Math.Sqrt(trials));
    }

    [Fact]
    public void Arguments_Negative_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => EpisodeSeeds.Test(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => EpisodeSeeds.Validation(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => EpisodeSeeds.Train(0, -1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => EpisodeSeeds.Train(0, 0, -1));
    }
}
