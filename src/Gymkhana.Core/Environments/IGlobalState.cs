using System.Collections.Immutable;

namespace Gymkhana.Core.Environments;

/// <summary>
/// An environment that can show its whole state as numbers, beside what its agents see: what a critic may look at while actors learn, and
/// nobody when they act.
/// </summary>
public interface IGlobalState
{
    /// <summary>How the state is made up, in order.</summary>
    ImmutableArray<ObservationPart> GlobalParts { get; }

    /// <summary>Whether <see cref="IEnvironment.Reset"/> and <see cref="IEnvironment.Step"/> write the state; off at first. Switch it on before Reset.</summary>
    bool KeepsGlobalState { get; set; }

    /// <summary>The state now: after the reset where an episode has just ended. One agent, the sum of <see cref="GlobalParts"/> as features.</summary>
    Batch<float> GlobalState { get; }

    /// <summary>The last state of an ended episode; valid only for copies whose last step ended one.</summary>
    Batch<float> FinalGlobalState { get; }
}
