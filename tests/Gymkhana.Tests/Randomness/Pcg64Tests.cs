using System.Globalization;
using System.Text.Json;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Tests.Randomness;

public sealed class Pcg64Tests
{
    [Fact]
    public void Constructor_RecordedSeeds_StartsAtNumpysState()
    {
        foreach (JsonElement record in NumpyRecord.Seeds)
        {
            Assert.Equal(record.GetProperty("start").State(), NumpyRecord.Generator(record).Bits.State);
        }
    }

    [Fact]
    public void NextUInt64_RecordedSeeds_MatchesNumpy()
    {
        foreach (JsonElement record in NumpyRecord.Seeds)
        {
            Pcg64 bits = NumpyRecord.Generator(record).Bits;
            foreach (string expected in record.GetProperty("raw").Strings())
            {
                Assert.Equal(expected, bits.NextUInt64().ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    [Fact]
    public void AdvanceAndJumped_RecordedSeeds_MatchNumpy()
    {
        UInt128 far = UInt128.Parse("1000000000000000000000000000007", CultureInfo.InvariantCulture);
        foreach (JsonElement record in NumpyRecord.Seeds)
        {
            Pcg64 bits = NumpyRecord.Generator(record).Bits;
            Assert.Equal(record.GetProperty("jumped").GetString(), bits.Jumped(3).NextUInt64().ToString(CultureInfo.InvariantCulture));
            bits.Advance(far);
            Assert.Equal(record.GetProperty("advanced").GetString(), bits.NextUInt64().ToString(CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Advance_AsManyAsDrawn_ReachesTheSamePlace()
    {
        Pcg64 walked = new(9UL);
        for (int i = 0; i < 1000; i++)
        {
            walked.NextUInt64();
        }

        Pcg64 jumped = new(9UL);
        jumped.Advance(1000);
        Assert.Equal(walked.State, jumped.State);
    }

    [Fact]
    public void State_ThroughJsonWithHalfAWordKept_ContinuesExactly()
    {
        Pcg64 bits = new(7UL);
        bits.NextUInt32();
        string json = JsonSerializer.Serialize(bits.State);
        Pcg64 again = new(JsonSerializer.Deserialize<Pcg64State>(json)!);
        for (int i = 0; i < 9; i++)
        {
            Assert.Equal(bits.NextUInt32(), again.NextUInt32());
        }

        Assert.Equal(bits.NextUInt64(), again.NextUInt64());
    }

    [Fact]
    public void State_EvenIncrement_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new Pcg64(new Pcg64State(1, 2, false, 0)));
}
