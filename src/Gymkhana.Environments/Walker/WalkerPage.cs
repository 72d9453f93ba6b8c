using System.Globalization;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Environments.Walker;

/// <summary>Spaces and documentation of Walker-v0.</summary>
public static class WalkerPage
{
    /// <summary>Id of the environment.</summary>
    public const string Id = "Walker-v0";

    /// <summary>One sentence.</summary>
    public const string Summary = "A creature with four gripping feet and two muscles, seen from above, walks to targets again and again";

    /// <summary>What the walker sees: 9 floats.</summary>
    public static BoxSpace ObservationSpace { get; } = new(
        [0, -1, -1, 0, 0, 0, 0, float.NegativeInfinity, float.NegativeInfinity],
        [float.PositiveInfinity, 1, 1, 1, 1, 1, 1, float.PositiveInfinity, float.PositiveInfinity]);

    /// <summary>What the walker does: 6 floats in [−1, 1]; what lies outside is clamped.</summary>
    public static BoxSpace ActionSpace { get; } = new(-1, 1, 6);

    internal static EnvironmentSpec Spec(WalkerOptions options) => new()
    {
        Id = Id,
        Summary = Summary,
        StepSeconds = WalkerBody.StepSeconds,
        MaxEpisodeSteps = options.EpisodeSteps,
        Headline = "targets",
        Figures =
        [
            new Figure("targets", "targets", "Targets reached in the episode"),
            new Figure("energy", "energy units", "Muscle work (strain × change of strain) plus changes of grip"),
        ],
        Page = Page(options),
    };

    private static EnvironmentPage Page(WalkerOptions options) => new()
    {
        Description =
            "Five point masses (four feet and a centre joint) are held together by six bones and two muscles on the flanks. A foot that "
            + "grips is heavy and does not slide; a muscle shortens to 60 or lengthens to 135 units. Walking is gripping with the right feet "
            + "at the right time. When the head comes within 20 units of the target, the body is moved so that its head is at the centre, "
            + "all motion kept, and the next target appears.",
        Actions =
        [
            new FeatureRow("0–3", "grip of foot 0–3", "command o: max(0.1, 0.5 (1 + o))", "[−1, 1]"),
            new FeatureRow("4–5", "muscle 0 (left flank), 1 (right flank)", "command", "[−1, 1]"),
        ],
        Observations =
        [
            new FeatureRow("0", "distance from head to target", "units / 1000", "[0, ∞)"),
            new FeatureRow("1", "cosine of the bearing: direction to the target · head direction", "", "[−1, 1]"),
            new FeatureRow("2", "sine of the bearing: direction to the target · head normal", "", "[−1, 1]"),
            new FeatureRow("3–6", "friction of foot 0–3, delayed", "", "[0, 1]"),
            new FeatureRow("7–8", "stretch of muscle 0–1, delayed: (length − 100)/40 when shorter, /35 when longer", "", "about [−1.5, 1.5]"),
        ],
        Reward =
            "target: 100 for each target reached; approach: (1/60)/(1 + distance) in every step; "
            + "progress: the progress reward × the units the head came nearer; energy: minus the energy price × (muscle work + "
            + "changes of grip). The reward is their sum.",
        Start = "Head at (500, 450) looking up, at rest, feet without friction, muscles at rest, remembered senses cleared. The first target of the disc rule lies 250 units above the centre's height.",
        End = string.Create(
            CultureInfo.InvariantCulture,
            $"Never terminated. Truncated after {options.EpisodeSteps} steps ({options.EpisodeSteps / 60.0:0.##} s), or when the stall limit is set and no target was reached for that long."),
        Source = "Physics and task of the program Walker by Jean Tampon (2023, MIT), described in docs/environments/walker.md; evaluation order and delayed senses as repaired there.",
        Versions = "v0: first version.",
    };
}
