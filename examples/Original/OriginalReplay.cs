using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Environments.Walker;

namespace Gymkhana.Examples.Original;

/// <summary>Replays a genome of the original program under the rules of its two modes.</summary>
internal static class OriginalReplay
{
    /// <summary>Training's rules: targets in the disc, the body moved back to the centre, senses delayed by a step.</summary>
    public static WalkerOptions Training { get; } = new();

    /// <summary>The playing mode's rules: targets in the square, walked to one after the other, senses at once.</summary>
    public static WalkerOptions Playing { get; } = new() { Targets = TargetRule.Square, Recenter = false, Delay = (0, 0) };

    /// <summary>Targets reached in one episode of 100 s on each of several lists of targets.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="options">The rules.</param>
    /// <param name="lists">Number of lists.</param>
    /// <param name="seed">Seed of the first list; the others follow.</param>
    /// <returns>Targets reached on each list.</returns>
    public static double[] CountTargets(IPolicy policy, WalkerOptions options, int lists, ulong seed)
    {
        WalkerEnvironment environment = new(options, lists);
        IActor actor = policy.CreateActor(environment);
        environment.Reset(seed);
        actor.Reset(new ulong[lists]);
        for (int step = 0; step < options.EpisodeSteps; step++)
        {
            actor.Act();
            environment.Step();
        }

        return environment.Figures.Lane(0).ToArray();
    }
}
