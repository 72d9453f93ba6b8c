using Gymkhana.Cli;
using Gymkhana.Core;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.Particle;
using Gymkhana.Environments.Walker;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Cli;

public sealed class SettingAssignmentsTests
{
    private static readonly SettingValues Walker = WalkerEnvironment.Registration.Schema.Defaults;
    private static readonly SettingValues Search = new LinearSearch().Schema.Defaults;

    [Fact]
    public void Apply_KeysOfEither_GoToTheirOwner()
    {
        (SettingValues environment, SettingValues algorithm) = Apply("delay=0", "step=0.25", "env.grip=0.7..1.3", "linear-search.episodes=9");
        Assert.Equal("0", environment.Text("delay"));
        Assert.Equal("0.7..1.3", environment.Text("grip"));
        Assert.Equal("0.25", algorithm.Text("step"));
        Assert.Equal(9, algorithm.Integer("episodes"));
    }

    [Fact]
    public void Apply_KeyOfBoth_NeedsThePrefix()
    {
        UsageException failure = Assert.Throws<UsageException>(() => Apply("episode-seconds=5"));
        Assert.Contains("--set env.episode-seconds=5 or --set linear-search.episode-seconds=5", failure.Message, StringComparison.Ordinal);

        (SettingValues environment, SettingValues algorithm) = Apply("env.episode-seconds=5", "linear-search.episode-seconds=7");
        Assert.Equal(("5", "7"), (environment.Text("episode-seconds"), algorithm.Text("episode-seconds")));
    }

    [Theory]
    [InlineData("generatons=5", "Did you mean 'generations'?")]
    [InlineData("env.step=1", "There is no setting named 'step'")]
    [InlineData("neat.step=1", "There is no prefix of settings named 'neat'")]
    public void Apply_UnknownName_NamesTheNearest(string assignment, string expected) =>
        Assert.Contains(expected, Assert.Throws<UnknownNameException>(() => Apply(assignment)).Message, StringComparison.Ordinal);

    [Fact]
    public void Apply_PairsJoinedByCommas_AreReadOneByOne()
    {
        SettingValues tag = SettingAssignments.Apply(
            ["num_good=2,num_obstacles=3", "env.classes=A:self+landmarks,B:self+prey,adversaries=A:3,B:1,max_cycles=60"], SimpleTagEnvironment.Registration.Schema.Defaults);
        Assert.Equal("2", tag.Text("num_good"));
        Assert.Equal("3", tag.Text("num_obstacles"));
        Assert.Equal("A:self+landmarks,B:self+prey", tag.Text("classes"));
        Assert.Equal("A:3,B:1", tag.Text("adversaries"));
        Assert.Equal(60, tag.Integer("max_cycles"));

        (SettingValues environment, SettingValues algorithm) = Apply("delay=0,step=0.25,linear-search.episodes=9");
        Assert.Equal(("0", "0.25", 9), (environment.Text("delay"), algorithm.Text("step"), algorithm.Integer("episodes")));
    }

    [Theory]
    [InlineData("delay", "--set expects KEY=VALUE, got 'delay'")]
    [InlineData(",delay=0", "--set expects KEY=VALUE, got ''")]
    public void Apply_NoPair_IsRefused(string assignment, string expected) =>
        Assert.Contains(expected, Assert.Throws<UsageException>(() => Apply(assignment)).Message, StringComparison.Ordinal);

    private static (SettingValues Environment, SettingValues Algorithm) Apply(params string[] assignments) =>
        SettingAssignments.Apply(assignments, Walker, Search, "linear-search");
}
