using Gymkhana.Core.Randomness;

namespace Gymkhana.Tests.Randomness;

public sealed class KeyedStreamTests
{
    // The three vectors published with Random123 for philox4x32 with ten rounds: zeros, ones, digits of pi.
    [Theory]
    [InlineData(0UL, 0UL, 0UL, 0xe169c58d6627e8d5, 0x9b00dbd8bc57ac4c)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x41c83b0e408f276d, 0x6d5451fda20bc7c6)]
    [InlineData(0x85a308d3243f6a88, 0x0370734413198a2e, 0x299f31d0a4093822, 0x94fdccebd16cfe09, 0x24126ea15001e420)]
    public void Block_PublishedVectors_Match(ulong counterLow, ulong counterHigh, ulong key, ulong low, ulong high) =>
        Assert.Equal((low, high), Philox.Block(counterLow, counterHigh, key));

    [Fact]
    public void Draws_GoldenAddress_NeverChange()
    {
        KeyedStream stream = new(42, 3, StreamPurpose.Reset);
        string[] drawn =
        [
            stream.NextUInt32().ToString("x8"), stream.NextUInt64().ToString("x16"), NumpyRecord.Bits(stream.NextDouble()),
            NumpyRecord.Bits(stream.NextSingle()), NumpyRecord.Bits(stream.NextNormal()), stream.NextInt(1000).ToString("d"),
            NumpyRecord.Bits(stream.Uniform(-2f, 3f)), stream.Position.ToString("d"),
        ];
        Assert.Equal(Golden, string.Join(' ', drawn));
    }

    private const string Golden = "21709804 c315acd37de9bd42 3faa04994bf98d20 3f1fcc83 3fb72e4124463054 219 402a3d6e 10";

    [Fact]
    public void NextUInt32_InOrder_IsTheBlocksInOrder()
    {
        ulong key = StreamKey.Mix(5, (uint)StreamPurpose.Acting);
        KeyedStream stream = new(5, 9, StreamPurpose.Acting);
        for (ulong block = 0; block < 3; block++)
        {
            (ulong low, ulong high) = Philox.Block(block, 9, key);
            Assert.Equal((uint)low, stream.NextUInt32());
            Assert.Equal((uint)(low >> 32), stream.NextUInt32());
            Assert.Equal((uint)high, stream.NextUInt32());
            Assert.Equal((uint)(high >> 32), stream.NextUInt32());
        }
    }

    [Fact]
    public void Position_SetAnywhere_ContinuesAsIfDrawn()
    {
        KeyedStream walked = new(1, 2, StreamPurpose.Dynamics);
        for (ulong i = 0; i < 40; i++)
        {
            Assert.Equal(i, walked.Position);
            KeyedStream placed = new(1, 2, StreamPurpose.Dynamics) { Position = i };
            uint word = walked.NextUInt32();
            Assert.Equal(word, placed.NextUInt32());
        }
    }

    [Fact]
    public void NextUInt64_AtAnyPosition_IsTheNextTwoWords()
    {
        for (ulong position = 0; position < 9; position++)
        {
            KeyedStream words = new(1, 2, StreamPurpose.Dynamics) { Position = position };
            KeyedStream pairs = new(1, 2, StreamPurpose.Dynamics) { Position = position };
            for (int i = 0; i < 5; i++)
            {
                ulong low = words.NextUInt32();
                Assert.Equal(low | ((ulong)words.NextUInt32() << 32), pairs.NextUInt64());
                Assert.Equal(words.Position, pairs.Position);
            }
        }
    }

    [Fact]
    public void Rekey_AfterUse_IsAsNewAndAllocatesNothing()
    {
        KeyedStream used = new(1, 2, StreamPurpose.Dynamics);
        used.NextUInt32();
        used.Rekey(8, 1, StreamPurpose.Reset);
        KeyedStream fresh = new(8, 1, (uint)StreamPurpose.Reset);
        Assert.Equal(fresh.NextUInt64(), used.NextUInt64());
        double sum = used.NextNormal();
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                used.Rekey((ulong)i, 1, StreamPurpose.Reset);
                sum += used.NextNormal() + used.NextInt(7) + used.NextSingle();
            }
        }));
        Assert.True(double.IsFinite(sum));
    }

    [Fact]
    public void Addresses_DifferingInOnePart_GiveDifferentStreams()
    {
        HashSet<ulong> firsts = [];
        for (ulong i = 0; i < 20; i++)
        {
            for (ulong j = 0; j < 20; j++)
            {
                for (uint k = 0; k < 5; k++)
                {
                    Assert.True(firsts.Add(new KeyedStream(i, j, k).NextUInt64()));
                }
            }
        }
    }

    [Fact]
    public void NextInt_SmallBound_IsEvenlySpread()
    {
        KeyedStream stream = new(77, 0, StreamPurpose.None);
        int[] counts = new int[6];
        for (int i = 0; i < 60_000; i++)
        {
            counts[stream.NextInt(-3, 3) + 3]++;
        }

        // Five standard deviations of a binomial count with n = 60000 and p = 1/6.
        Assert.All(counts, c => Assert.InRange(c, 10_000 - 457, 10_000 + 457));
    }

    [Fact]
    public void NextInt_WholeRange_ReachesBothHalves()
    {
        KeyedStream stream = new(78, 0, StreamPurpose.None);
        int[] values = [.. Enumerable.Range(0, 200).Select(_ => stream.NextInt(int.MinValue, int.MaxValue))];
        Assert.True(values.Min() < int.MinValue / 2);
        Assert.True(values.Max() > int.MaxValue / 2);
        Assert.Equal(0, stream.NextInt(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.NextInt(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.NextInt(4, 4));
    }

    [Fact]
    public void NextNormal_ManyDraws_HasTheMomentsOfTheStandardNormal()
    {
        const int Count = 400_000;
        KeyedStream stream = new(79, 0, StreamPurpose.None);
        double[] sums = new double[5];
        int tail = 0;
        for (int i = 0; i < Count; i++)
        {
            double z = stream.NextNormal();
            tail += Math.Abs(z) > 3.0 ? 1 : 0;
            for (int power = 1; power <= 4; power++)
            {
                sums[power] += Math.Pow(z, power) / Count;
            }
        }

        // Five standard errors: the variances of z, z^2, z^3, z^4 are 1, 2, 15, 96.
        double unit = 5 / Math.Sqrt(Count);
        Assert.Equal(0, sums[1], unit);
        Assert.Equal(1, sums[2], unit * Math.Sqrt(2));
        Assert.Equal(0, sums[3], unit * Math.Sqrt(15));
        Assert.Equal(3, sums[4], unit * Math.Sqrt(96));
        double expected = 0.0026997960632601866 * Count;
        Assert.Equal(expected, tail, 5 * Math.Sqrt(expected));
    }

    [Fact]
    public void NextBool_AtTheEnds_IsCertain()
    {
        KeyedStream stream = new(80, 0, StreamPurpose.None);
        for (int i = 0; i < 100; i++)
        {
            Assert.False(stream.NextBool(0));
            Assert.True(stream.NextBool(1));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => stream.NextBool(double.NaN));
    }

    [Fact]
    public void Shuffle_ManyTimes_PutsEachItemInEachPlaceEquallyOften()
    {
        KeyedStream stream = new(81, 0, StreamPurpose.None);
        int[,] counts = new int[4, 4];
        int[] items = new int[4];
        for (int round = 0; round < 16_000; round++)
        {
            for (int i = 0; i < 4; i++)
            {
                items[i] = i;
            }

            stream.Shuffle<int>(items);
            for (int i = 0; i < 4; i++)
            {
                counts[items[i], i]++;
            }
        }

        foreach (int count in counts)
        {
            Assert.InRange(count, 4000 - 274, 4000 + 274);
        }
    }
}
