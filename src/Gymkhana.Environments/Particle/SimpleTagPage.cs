using System.Collections.Immutable;
using System.Globalization;
using Gymkhana.Core.Environments;

namespace Gymkhana.Environments.Particle;

/// <summary>Documentation of simple_tag_v3.</summary>
public static class SimpleTagPage
{
    /// <summary>Id of the environment.</summary>
    public const string Id = "simple_tag_v3";

    /// <summary>One sentence.</summary>
    public const string Summary = "Slow hunters chase fast prey among obstacles; classes of hunters may see different things and talk.";

    internal static EnvironmentSpec Spec(SimpleTagOptions options) => new()
    {
        Id = Id,
        Summary = Summary,
        StepSeconds = ParticleBodies.StepSeconds,
        MaxEpisodeSteps = options.MaxCycles,
        Figures =
        [
            new Figure("touches", "touches", "Pairs of a hunter and a prey that touch, counted anew in every step: a tenth of a hunter's return"),
            new Figure("touched", "", "1 where any hunter has touched any prey, else 0"),
            new Figure("touchesPerPrey", "touches", "Touches divided by the number of prey"),
            new Figure("preyTouched", "", "Fraction of the prey that have been touched"),
            new Figure("hunterReturn", "", "Return of one hunter, the mean over them"),
            new Figure("preyReturn", "", "Return of the prey, the mean over them"),
            .. options.Classes.Select(c => new Figure("touches" + char.ToUpperInvariant(c.Name[0]) + c.Name[1..], "touches", $"Touches by hunters of class {c.Name}")),
        ],
        Page = Page(options),
    };

    private static EnvironmentPage Page(SimpleTagOptions options) => new()
    {
        Description =
            "Discs in the plane, without walls. Hunters (radius 0.075, at most 1 unit/s) are slower than prey (0.05, 1.3 units/s); obstacles (0.2) stand in the way of both. "
            + "Discs push each other apart. A step lasts 0.1 s; velocities lose a quarter in each.",
        Actions = options.ContinuousActions
            ?
            [
                new FeatureRow("0", "nothing", "", "0 to 1, without effect"),
                new FeatureRow("1, 2", "push left, right", "difference × 3 (hunters) or 4 (prey) units/s²", "0 to 1"),
                new FeatureRow("3, 4", "push down, up", "difference × 3 (hunters) or 4 (prey) units/s²", "0 to 1"),
            ]
            : [new FeatureRow("0", "choice", "", "0 nothing, 1 left, 2 right, 3 down, 4 up")],
        Observations = ObservationRows(options),
        Reward =
            "touch: 10 to every hunter for each touching pair of hunter and prey, −10 to a prey for each hunter that touches it, in every step that it lasts. bounds: what it costs a "
            + "prey to stray, for x and for y: 0 below 0.9, 10 (z − 0.9) up to 1, then e^(2z − 2), at most 10. shaping (with 'distance_shaping'): 0.1 of the sum of a prey's distances to the hunters, −0.1 of "
            + "the sum of the hunters' distances to their nearest prey.",
        Start = "Agents uniform in [−1, 1]², then obstacles in [−0.9, 0.9]², at rest. Overlaps are allowed.",
        End = string.Create(CultureInfo.InvariantCulture, $"Truncated after {options.MaxCycles} steps ('max_cycles'). With 'terminate_on_success', terminated before that when every prey is touched in the same step."),
        Source = "MPE2 1.1.0's simple_tag_v3 (after Lowe et al., Multi-Agent Actor-Critic for Mixed Cooperative-Competitive Environments, 2017; MIT): the same states for the same seed and actions.",
        Versions = "v3: as MPE2's v3: places move before velocities change.",
    };

    private static ImmutableArray<FeatureRow> ObservationRows(SimpleTagOptions options)
    {
        if (options.Classes.IsEmpty)
        {
            return
            [
                new FeatureRow("0–3", "own velocity, own place", "units/s, units", "any"),
                new FeatureRow("then", "places of obstacles, then of other agents, relative to one's own, two numbers each", "units", "any"),
                new FeatureRow("last", "velocities of the (other) prey, two numbers each", "units/s", "any"),
            ];
        }

        return
        [
            .. options.Classes.Select(c => new FeatureRow(c.Name, HunterClass.Describe(c.Views) + ", class id", "units, units/s", "any")),
            new FeatureRow("agent", "own velocity and place, relative places of obstacles and other agents, velocities of other prey", "units, units/s", "any"),
        ];
    }
}
