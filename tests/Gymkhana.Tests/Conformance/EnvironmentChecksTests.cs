using Gymkhana.Core.Conformance;
using Gymkhana.Core.Environments;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Environments.Walker;
using Gymkhana.Tests.Environments;

namespace Gymkhana.Tests.Conformance;

public sealed class EnvironmentChecksTests
{
    private static readonly EnvironmentRegistration[] Registered =
    [
        CartPole.Registration,
        MountainCar.Registration,
        Acrobot.Registration,
        Pendulum.Registration,
        WalkerEnvironment.Registration,
    ];

    public static TheoryData<string> Ids() => [.. Registered.Select(r => r.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Run_RegisteredEnvironment_FindsNothing(string id) =>
        Assert.Empty(EnvironmentChecks.Run(Array.Find(Registered, r => r.Id == id)!));

    [Fact]
    public void Run_CorrectToy_FindsNothing() => Assert.Empty(EnvironmentChecks.Run(ToyEnvironment.Registration()));

    [Fact]
    public void Run_CorrectToyWithTwoGroups_FindsNothing() =>
        Assert.Empty(EnvironmentChecks.Run(ToyEnvironment.Registration() with { Create = (_, count) => new ToyEnvironment(count, twoGroups: true) }));

    [Theory]
    [InlineData(Fault.StepsBeforeReset, EnvironmentChecks.Usage)]
    [InlineData(Fault.AcceptsAnySeeds, EnvironmentChecks.Usage)]
    [InlineData(Fault.ObservationOutOfBounds, EnvironmentChecks.Bounds)]
    [InlineData(Fault.InfiniteReward, EnvironmentChecks.Bounds)]
    [InlineData(Fault.RewardNotSumOfParts, EnvironmentChecks.Reward)]
    [InlineData(Fault.NotDeterministic, EnvironmentChecks.Determinism)]
    [InlineData(Fault.ResetKeepsStream, EnvironmentChecks.Determinism)]
    [InlineData(Fault.EpisodeRestartsItsStream, EnvironmentChecks.Autoreset)]
    [InlineData(Fault.NoAutoreset, EnvironmentChecks.Autoreset)]
    [InlineData(Fault.FinalObservationNotWritten, EnvironmentChecks.Autoreset)]
    [InlineData(Fault.FinalObservationIsStart, EnvironmentChecks.Autoreset)]
    [InlineData(Fault.OddRestart, EnvironmentChecks.Autoreset)]
    [InlineData(Fault.FiguresGoOn, EnvironmentChecks.Figures)]
    [InlineData(Fault.Allocates, EnvironmentChecks.Allocation)]
    [InlineData(Fault.CopiesShareStream, EnvironmentChecks.Independence)]
    [InlineData(Fault.LaneDependent, EnvironmentChecks.Independence)]
    [InlineData(Fault.EmptyHeading, EnvironmentChecks.Spec)]
    [InlineData(Fault.FigureWithoutName, EnvironmentChecks.Spec)]
    [InlineData(Fault.WrongId, EnvironmentChecks.Spec)]
    [InlineData(Fault.UnparsableDefault, EnvironmentChecks.Spec)]
    [InlineData(Fault.StateAlwaysRefreshed, EnvironmentChecks.State)]
    [InlineData(Fault.StateNeverRefreshed, EnvironmentChecks.State)]
    [InlineData(Fault.StateShapeWrong, EnvironmentChecks.State)]
    [InlineData(Fault.RecordingChangesWorld, EnvironmentChecks.State)]
    [InlineData(Fault.TerminatesAndTruncates, EnvironmentChecks.Ends)]
    [InlineData(Fault.OutlastsLimit, EnvironmentChecks.Ends)]
    public void Run_BrokenToy_IsCaughtByTheRightCheck(Fault fault, string check)
    {
        IReadOnlyList<ConformanceFinding> findings = EnvironmentChecks.Run(ToyEnvironment.Registration(fault));

        Assert.Contains(findings, f => f.Check == check);

        // A few faults break another rule as well.
        string[] alsoBroken = fault switch
        {
            Fault.NotDeterministic or Fault.ResetKeepsStream => [EnvironmentChecks.Independence, EnvironmentChecks.State],
            Fault.NoAutoreset or Fault.OddRestart => [EnvironmentChecks.Figures],
            Fault.EpisodeRestartsItsStream => [EnvironmentChecks.Allocation],
            Fault.InfiniteReward => [EnvironmentChecks.Reward],
            _ => [],
        };
        Assert.All(findings, f => Assert.True(f.Check == check || alsoBroken.Contains(f.Check), f.ToString()));
    }

    [Fact]
    public void Run_MaxSteps_AreNotExceeded()
    {
        int steps = 0;
        EnvironmentRegistration counted = ToyEnvironment.Registration() with { Create = (_, count) => new ToyEnvironment(count, stepped: () => steps++) };

        Assert.Empty(EnvironmentChecks.Run(counted, new ConformanceOptions { MinSteps = 10, MaxSteps = 60 }));

        // A play, three of determinism, the allocation, one turned, three alone, one of many; three of the state; and one step of samples.
        Assert.InRange(steps, 10, 14 * 60);
    }
}
