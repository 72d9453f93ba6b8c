using System.Globalization;
using Gymkhana.Core.Environments;

namespace Gymkhana.Environments.Particle;

/// <summary>Documentation of simple_spread_v3.</summary>
public static class SimpleSpreadPage
{
    /// <summary>Id of the environment.</summary>
    public const string Id = "simple_spread_v3";

    /// <summary>One sentence.</summary>
    public const string Summary = "Agents cover as many landmarks without running into each other.";

    internal static EnvironmentSpec Spec(SimpleSpreadOptions options) => new()
    {
        Id = Id,
        Summary = Summary,
        StepSeconds = ParticleBodies.StepSeconds,
        MaxEpisodeSteps = options.MaxCycles,
        Figures =
        [
            new Figure("covered", "landmarks", "Landmarks that have an agent nearer than 0.1 now"),
            new Figure("distance", "units", "Sum over the landmarks of the distance to the nearest agent now"),
            new Figure("collisions", "", "Agents that are in touch with another, counted for each of the two and anew in every step"),
        ],
        Page = new EnvironmentPage
        {
            Description =
                "Agents (discs of radius 0.15, without a largest speed) and as many landmarks in the plane, without walls. Agents push each other apart and pass over landmarks. A step lasts "
                + "0.1 s; velocities lose a quarter in each.",
            Actions = options.ContinuousActions
                ?
                [
                    new FeatureRow("0", "nothing", "", "0 to 1, without effect"),
                    new FeatureRow("1, 2", "push left, right", "difference × 5 units/s²", "0 to 1"),
                    new FeatureRow("3, 4", "push down, up", "difference × 5 units/s²", "0 to 1"),
                ]
                : [new FeatureRow("0", "choice", "", "0 nothing, 1 left, 2 right, 3 down, 4 up")],
            Observations =
            [
                new FeatureRow("0–3", "own velocity, own place", "units/s, units", "any"),
                new FeatureRow("then", "places of landmarks, then of other agents, relative to one's own, two numbers each", "units", "any"),
                new FeatureRow("last", "two zeros for each other agent, which says nothing", "", "0"),
            ],
            Reward = string.Create(
                CultureInfo.InvariantCulture,
                $"coverage: −{1 - options.LocalRatio} × the sum over landmarks of the distance to the nearest agent. collision: −{options.LocalRatio} for each other agent nearer than 0.3 ('local_ratio'; nothing in stage 0 of 'curriculum')."),
            Start = "Agents, then landmarks uniform in [−1, 1]², at rest. Overlaps are allowed.",
            End = string.Create(CultureInfo.InvariantCulture, $"Truncated after {options.MaxCycles} steps ('max_cycles'). With 'terminate_on_success', terminated before that when every landmark has an agent nearer than 0.1."),
            Source = "MPE2 1.1.0's simple_spread_v3 (after Lowe et al., Multi-Agent Actor-Critic for Mixed Cooperative-Competitive Environments, 2017; MIT): the same states for the same seed and actions.",
            Versions = "v3: as MPE2's v3: places move before velocities change.",
        },
    };
}
