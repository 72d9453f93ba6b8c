using Gymkhana.Core.Environments;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Tests.Environments;

public sealed class AgentGroupTests
{
    [Fact]
    public void Parts_LeftOut_AreTheWholeObservation() =>
        Assert.Equal([new ObservationPart("observation", 1, 6)], new AgentGroup("g", ["a"], new BoxSpace(-1, 1, 6), new DiscreteSpace(2), [], 1).Parts);

    [Fact]
    public void Parts_OtherSize_AreRefused()
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(
            () => new AgentGroup("g", ["a"], new BoxSpace(-1, 1, 6), new DiscreteSpace(2), [], 1, [new("self", 1, 2), new("others", 3, 2)]));
        Assert.Contains("'g' have 8 numbers, but it has 6", failure.Message, StringComparison.Ordinal);
    }
}
