using System.Numerics;
using System.Text.Json;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Tests.Randomness;

public sealed class SeedSequenceTests
{
    [Fact]
    public void GenerateState_RecordedSeeds_MatchesNumpy()
    {
        foreach (JsonElement record in NumpyRecord.Seeds)
        {
            Assert.Equal(record.GetProperty("words").Words(), new SeedSequence(NumpyRecord.Seed(record)).GenerateState(10));
        }
    }

    [Fact]
    public void GenerateState_EntropyAndSpawnKeyWords_MatchesNumpy()
    {
        foreach (JsonElement record in NumpyRecord.Root.GetProperty("wordSeeds").EnumerateArray())
        {
            SeedSequence seeds = new(record.GetProperty("entropy").Words(), record.GetProperty("key").Words());
            Assert.Equal(record.GetProperty("words").Words(), seeds.GenerateState(6));
        }
    }

    [Fact]
    public void Spawn_ChildrenAndGrandchildren_MatchNumpy()
    {
        foreach (JsonElement record in NumpyRecord.Seeds)
        {
            SeedSequence[] children = new SeedSequence(NumpyRecord.Seed(record)).Spawn(3);
            uint[][] expected = [.. record.GetProperty("children").EnumerateArray().Select(c => c.Words())];
            Assert.Equal(expected, children.Select(c => c.GenerateState(4)));
            SeedSequence grandchild = children[1].Spawn(2)[1];
            Assert.Equal(record.GetProperty("grandchild").Words(), grandchild.GenerateState(4));
            Assert.Equal([1u, 1u], grandchild.SpawnKey.ToArray());
            Assert.Equal(record.GetProperty("grandchildRandom").GetString(), NumpyRecord.Bits(new NumpyGenerator(grandchild).NextDouble()));
        }
    }

    [Fact]
    public void Spawn_InTwoCalls_ContinuesWhereTheFirstStopped()
    {
        SeedSequence twice = new(5UL);
        SeedSequence[] parts = [.. twice.Spawn(2), .. twice.Spawn(1)];
        Assert.Equal(new SeedSequence(5UL).Spawn(3).Select(s => s.GenerateState(2)), parts.Select(s => s.GenerateState(2)));
        Assert.Equal(3u, twice.ChildrenSpawned);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(0xffffffffUL)]
    [InlineData(0x100000000UL)]
    [InlineData(ulong.MaxValue)]
    public void Constructor_SameNumberThreeWays_GivesTheSameWords(ulong seed)
    {
        uint[] words = seed > uint.MaxValue ? [(uint)seed, (uint)(seed >> 32)] : [(uint)seed];
        uint[] state = new SeedSequence(seed).GenerateState(4);
        Assert.Equal(state, new SeedSequence(new BigInteger(seed)).GenerateState(4));
        Assert.Equal(state, new SeedSequence(words, []).GenerateState(4));
    }

    [Fact]
    public void Constructor_NegativeSeed_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SeedSequence(BigInteger.MinusOne));
}
