using System.Collections.Immutable;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.Particle;

namespace Gymkhana.Tests.Particle;

public sealed class SimpleTagOptionsTests
{
    [Fact]
    public void From_Nothing_IsTheOriginal()
    {
        SimpleTagOptions options = SimpleTagOptions.From(SimpleTagOptions.Schema.Defaults);
        Assert.Equal((1, 3, 2, 25), (options.Prey, options.Hunters, options.Obstacles, options.MaxCycles));
        Assert.True(options.Classes.IsEmpty);
        Assert.Equal(double.PositiveInfinity, options.TalkRange);
    }

    [Fact]
    public void From_Classes_KeepsTheirOrderAndCounts()
    {
        SimpleTagOptions options = Read("classes=A:self+landmarks,B:self+prey", "adversaries=B:1,A:3");
        Assert.Equal(["A", "B"], options.Classes.Select(c => c.Name));
        Assert.Equal([3, 1], options.Classes.Select(c => c.Count));
        Assert.Equal(ImmutableArray.Create(HunterView.Self, HunterView.Prey), options.Classes[1].Views);
        Assert.Equal(4, options.Hunters);
    }

    [Fact]
    public void From_OneClassWithoutCounts_HasAllHunters() => Assert.Equal(5, Read("classes=Scout:everything", "num_adversaries=5").Classes[0].Count);

    [Theory]
    [InlineData("'classes' expects CLASS:VALUE", "classes=self")]
    [InlineData("other than 'adversary' and 'agent', got 'agent:self'", "classes=agent:self")]
    [InlineData("has class 'A' twice", "classes=A:self,A:prey")]
    [InlineData("Class 'B' in setting 'classes' expects views of self, landmarks, landmarks-relative, prey, prey-relative, prey-nearest, others, everything, joined by +, got 'wolves'", "classes=B:self+wolves")]
    [InlineData("'adversaries' counts class 'C', but 'classes' has A, B", "classes=A:self,B:prey", "adversaries=C:2")]
    [InlineData("'adversaries' counts classes, but there are none", "adversaries=A:2")]
    [InlineData("nothing says how many hunters of each. Add --set adversaries=A:2,B:2", "classes=A:self,B:prey")]
    [InlineData("a whole number of hunters of class 'A', got '-1'", "classes=A:self", "adversaries=A:-1")]
    [InlineData("makes 0 hunters, expected 1 to 64", "classes=A:self", "adversaries=A:0")]
    [InlineData("contradict each other", "classes=A:self", "adversaries=A:2", "num_adversaries=4")]
    [InlineData("Class 'A' in setting 'classes' sees landmarks, but num_obstacles is 0", "classes=A:self+landmarks", "num_obstacles=0")]
    [InlineData("'prey' and 'hunters' both name a script", "prey=flee", "hunters=chase")]
    [InlineData("'comm_range' expects a distance of at least 0, or unlimited, got '-1'", "comm_range=-1")]
    [InlineData("'comm_range' expects a distance of at least 0, or unlimited, got 'far'", "comm_range=far")]
    [InlineData("'num_agent_neighbors' expects all or a whole number of at least 1, got '0'", "num_agent_neighbors=0")]
    [InlineData("do not go with 'classes'", "num_agent_neighbors=2", "classes=A:self")]
    [InlineData("'comm_dropout' expects a number from 0 to 1, got '2'", "comm_dropout=2")]
    [InlineData("'prey' expects one of external, random, flee, flee-naive, got 'hide'", "prey=hide")]
    [InlineData("'num_good' expects a whole number from 1 to 64, got '0'", "num_good=0")]
    public void From_ThatMakesNoSense_IsOneClearLine(string expected, params string[] settings)
    {
        SettingException failure = Assert.Throws<SettingException>(() => Read(settings));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    internal static SimpleTagOptions Read(params IEnumerable<string> settings) =>
        SimpleTagOptions.From(SimpleTagOptions.Schema.Defaults.With(settings.Select(s => KeyValuePair.Create(s[..s.IndexOf('=', StringComparison.Ordinal)], s[(s.IndexOf('=', StringComparison.Ordinal) + 1)..]))));
}
