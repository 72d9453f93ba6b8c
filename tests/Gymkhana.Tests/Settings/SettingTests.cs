using Gymkhana.Core;
using Gymkhana.Core.Settings;

namespace Gymkhana.Tests.Settings;

public sealed class SettingTests
{
    private static readonly Setting Whole = new() { Key = "population", Kind = SettingKind.Integer, Default = "100", Description = "Size.", Minimum = 2, Maximum = 1000 };
    private static readonly Setting Real = new() { Key = "rate", Kind = SettingKind.Real, Default = "0.5", Description = "Rate.", Minimum = 0, Unit = "1/s" };
    private static readonly Setting Switch = new() { Key = "noise", Kind = SettingKind.Switch, Default = "false", Description = "Noise." };
    private static readonly Setting Choice = new() { Key = "shape", Kind = SettingKind.Choice, Default = "round", Description = "Shape.", Choices = ["round", "square"] };
    private static readonly Setting Range = new() { Key = "mass", Kind = SettingKind.Range, Default = "1", Description = "Mass.", Minimum = -5, Maximum = 5 };
    private static readonly Setting Words = new() { Key = "file", Kind = SettingKind.Text, Default = "none", Description = "File." };
    private static readonly SettingSchema Schema = new(Whole, Real, Switch, Choice, Range, Words);

    public static TheoryData<string, string, string> Good() => new()
    {
        { "population", "2", "2" },
        { "population", "1000", "1000" },
        { "population", "007", "7" },
        { "rate", "1e-3", "0.001" },
        { "rate", "0.50", "0.5" },
        { "noise", "true", "true" },
        { "shape", "square", "square" },
        { "mass", "2", "2" },
        { "mass", "0.50..1.0", "0.5..1" },
        { "mass", "-1..-0.5", "-1..-0.5" },
        { "mass", "2..2.0", "2" },
        { "file", "a b.npz", "a b.npz" },
    };

    public static TheoryData<string, string> Bad() => new()
    {
        { "population", "1" },
        { "population", "1001" },
        { "population", "2.5" },
        { "population", "many" },
        { "population", "" },
        { "population", "1,000" },
        { "rate", "-0.1" },
        { "rate", "NaN" },
        { "rate", "∞" },
        { "rate", "1e999" },
        { "noise", "yes" },
        { "noise", "True" },
        { "shape", "oval" },
        { "mass", "2..1" },
        { "mass", "1..2..3" },
        { "mass", "..2" },
        { "mass", "1.." },
        { "mass", "1..9" },
        { "file", "" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void Parse_GoodValue_GivesTheCanonicalSpelling(string key, string text, string canonical) =>
        Assert.Equal(canonical, Schema.Find(key).Parse(text));

    [Theory]
    [MemberData(nameof(Bad))]
    public void Parse_BadValue_SaysWhatIsExpected(string key, string text)
    {
        SettingException failure = Assert.Throws<SettingException>(() => Schema.Find(key).Parse(text));
        Assert.Contains($"'{key}'", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"got '{text}'", failure.Message, StringComparison.Ordinal);
        Assert.Contains(Schema.Find(key).Expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Expected_EveryKind_IsInWords()
    {
        Assert.Equal("a whole number from 2 to 1000", Whole.Expected);
        Assert.Equal("a number of at least 0 (1/s)", Real.Expected);
        Assert.Equal("true or false", Switch.Expected);
        Assert.Equal("one of round, square", Choice.Expected);
        Assert.Equal("a word", Words.Expected);
        Assert.Equal("a number from -5 to 5, or two as low..high", Range.Expected);
        Assert.Equal("a number of at most 3", new Setting { Key = "x", Kind = SettingKind.Real, Default = "0", Description = "x", Maximum = 3 }.Expected);
    }

    [Fact]
    public void Values_NotGiven_AreDefaults()
    {
        SettingValues values = Schema.Defaults;

        Assert.Equal(100, values.Integer("population"));
        Assert.Equal(0.5, values.Real("rate"));
        Assert.False(values.Switch("noise"));
        Assert.Equal("round", values.Text("shape"));
        Assert.Equal((1, 1), values.Range("mass"));
        Assert.Empty(values.Given);
    }

    [Fact]
    public void With_GivenValues_ReplaceDefaultsAndAreRecorded()
    {
        SettingValues values = Schema.Defaults.With([KeyValuePair.Create("mass", "-1..2.50"), KeyValuePair.Create("population", "20"), KeyValuePair.Create("population", "30")]);

        Assert.Equal((-1, 2.5), values.Range("mass"));
        Assert.Equal(30, values.Integer("population"));
        Assert.Equal(["mass", "population"], values.Given.Keys);
        Assert.Equal("-1..2.5", values.Given["mass"]);
        Assert.Empty(Schema.Defaults.Given);
    }

    [Fact]
    public void With_MisspeltKey_SuggestsTheNearest()
    {
        UnknownNameException failure = Assert.Throws<UnknownNameException>(() => Schema.Defaults.With("populaton", "3"));

        Assert.Equal("There is no setting named 'populaton'. Did you mean 'population'? The settings are population, rate, noise, shape, mass, file.", failure.Message);
        Assert.True(Schema.Has("rate"));
        Assert.False(Schema.Has("Rate"));
    }

    [Fact]
    public void Find_NothingLikeIt_SuggestsNothing()
    {
        UnknownNameException failure = Assert.Throws<UnknownNameException>(() => Schema.Find("zzzzzzzzzzzz"));

        Assert.DoesNotContain("Did you mean", failure.Message, StringComparison.Ordinal);
    }
}
