using System.Collections.Immutable;
using System.Globalization;
using Gymkhana.Core.Settings;

namespace Gymkhana.Environments.Particle;

/// <summary>The options of simple_tag_v3.</summary>
public sealed record SimpleTagOptions
{
    /// <summary>Most hunters, most prey and most obstacles.</summary>
    internal const int MostAgents = 64;

    private const string Unlimited = "unlimited";
    private const string Shared = "shared";
    private const string Own = "own";

    // Of the prey, by stage of the curriculum.
    private static readonly double[] Vigours = [0.5, 0.75, 1];

    /// <summary>The settings, as they are named on the command line.</summary>
    public static SettingSchema Schema { get; } = new(
        Number("num_good", 1, 1, "How many prey"),
        Number("num_adversaries", 3, 1, "How many hunters"),
        Number("num_obstacles", 2, 0, "How many obstacles"),
        ParticleSettings.MaxCycles,
        ParticleSettings.ContinuousActions,
        ParticleSettings.TerminateOnSuccess("every prey is touched in the same step"),
        ParticleSettings.AgentNeighbors,
        ParticleSettings.LandmarkNeighbors,
        ParticleSettings.Curriculum("stages 0, 1 and 2 multiply the prey's largest speed and acceleration by 0.5, 0.75 and 1"),
        ParticleSettings.Stage(2),
        new Setting { Key = "distance_shaping", Kind = SettingKind.Switch, Default = "false", Description = "Whether rewards also tell of distances: 0.1 times the sum of each prey's distances to the hunters, and -0.1 times that of each hunter's to the nearest prey" },
        new Setting { Key = "hunter_rewards", Kind = SettingKind.Choice, Default = Shared, Choices = [Shared, Own], Description = "Whose touches (and distances) a hunter is rewarded for: shared, those of all, as in MPE2; own, its own alone" },
        new Setting { Key = "classes", Kind = SettingKind.Text, Default = "", Description = "Classes of hunters and what each sees, such as A:self+landmarks,B:self+prey; views are self, landmarks, landmarks-relative, prey, prey-relative, prey-nearest, others, everything; empty: one plain class that sees everything" },
        new Setting { Key = "adversaries", Kind = SettingKind.Text, Default = "", Description = "How many hunters of each class, such as A:3,B:1; empty: num_adversaries of the only class" },
        new Setting { Key = "prey", Kind = SettingKind.Choice, Default = "external", Choices = ["external", "random", "flee", "flee-naive"], Description = "Who acts for the prey: external makes it a group like any other" },
        new Setting { Key = "hunters", Kind = SettingKind.Choice, Default = "external", Choices = ["external", "random", "chase", "lookahead"], Description = "Who acts for the hunters: external makes each class a group" },
        new Setting { Key = "comm_range", Kind = SettingKind.Text, Default = Unlimited, Description = "Distance up to which a hunter hears another: 0 for none, a number, or unlimited" },
        Number("comm_neighbors", 0, 0, "How many of the nearest hunters within range a hunter hears; 0: all"),
        new Setting { Key = "comm_dropout", Kind = SettingKind.Real, Default = "0", Minimum = 0, Maximum = 1, Description = "Probability that a link is missing in a step, each link for itself" },
        new Setting { Key = "comm_delay", Kind = SettingKind.Integer, Default = "0", Minimum = 0, Maximum = 1, Unit = "steps", Description = "Steps between saying and hearing" });

    /// <summary>Prey, at least 1.</summary>
    public int Prey { get; init; } = 1;

    /// <summary>Hunters of MPE2's plain class; used where <see cref="Classes"/> is empty.</summary>
    public int PlainHunters { get; init; } = 3;

    /// <summary>Obstacles.</summary>
    public int Obstacles { get; init; } = 2;

    /// <summary>Time limit, steps.</summary>
    public int MaxCycles { get; init; } = 25;

    /// <summary>Whether an action is five numbers.</summary>
    public bool ContinuousActions { get; init; }

    /// <summary>Whether an episode terminates when every prey is touched at once.</summary>
    public bool TerminateOnSuccess { get; init; }

    /// <summary>Nearest agents that are seen, or −1 for all.</summary>
    public int AgentNeighbours { get; init; } = -1;

    /// <summary>Nearest landmarks that are seen, or −1 for all.</summary>
    public int LandmarkNeighbours { get; init; } = -1;

    /// <summary>What the prey's largest speed and acceleration are multiplied by.</summary>
    public double PreyVigour { get; init; } = 1;

    /// <summary>Whether rewards also tell of distances.</summary>
    public bool DistanceShaping { get; init; }

    /// <summary>Whether a hunter is rewarded for its own touches alone, instead of those of all.</summary>
    public bool OwnRewards { get; init; }

    /// <summary>Classes of hunters; empty for MPE2's plain one.</summary>
    public ImmutableArray<HunterClass> Classes { get; init; } = [];

    /// <summary>Who acts for the prey.</summary>
    public TagScript PreyScript { get; init; }

    /// <summary>Who acts for the hunters.</summary>
    public TagScript HunterScript { get; init; }

    /// <summary>Distance up to which a hunter is heard; infinite for unlimited.</summary>
    public double TalkRange { get; init; } = double.PositiveInfinity;

    /// <summary>Nearest hunters that are heard, or 0 for all.</summary>
    public int TalkNeighbours { get; init; }

    /// <summary>Probability that a link is missing.</summary>
    public double TalkDropout { get; init; }

    /// <summary>Steps between saying and hearing, 0 or 1.</summary>
    public int TalkDelay { get; init; }

    /// <summary>All hunters.</summary>
    public int Hunters => Classes.IsEmpty ? PlainHunters : Classes.Sum(c => c.Count);

    /// <summary>The options as settings say.</summary>
    /// <param name="values">Values of <see cref="Schema"/>.</param>
    /// <returns>The options.</returns>
    /// <exception cref="SettingException">Values that do not go together.</exception>
    public static SimpleTagOptions From(SettingValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var options = new SimpleTagOptions
        {
            Prey = values.Integer("num_good"),
            PlainHunters = values.Integer("num_adversaries"),
            Obstacles = values.Integer("num_obstacles"),
            MaxCycles = values.Integer("max_cycles"),
            ContinuousActions = values.Switch("continuous_actions"),
            TerminateOnSuccess = values.Switch("terminate_on_success"),
            AgentNeighbours = ParticleSettings.NeighboursOf(values, "num_agent_neighbors"),
            LandmarkNeighbours = ParticleSettings.NeighboursOf(values, "num_landmark_neighbors"),
            PreyVigour = values.Switch("curriculum") ? Vigours[values.Integer("stage")] : 1,
            DistanceShaping = values.Switch("distance_shaping"),
            OwnRewards = values.Text("hunter_rewards") == Own,
            Classes = HunterClass.Read(values),
            PreyScript = ScriptOf(values.Text("prey")),
            HunterScript = ScriptOf(values.Text("hunters")),
            TalkRange = RangeOf(values.Text("comm_range")),
            TalkNeighbours = values.Integer("comm_neighbors"),
            TalkDropout = values.Real("comm_dropout"),
            TalkDelay = values.Integer("comm_delay"),
        };
        options.Validate();
        return options;
    }

    /// <summary>Refuses values that do not go together.</summary>
    /// <exception cref="SettingException">The line says which.</exception>
    public void Validate()
    {
        if (PreyScript != TagScript.External && HunterScript != TagScript.External)
        {
            throw new SettingException("Settings 'prey' and 'hunters' both name a script, so that nobody is left to act. Leave one of them external, its default.");
        }

        if (Obstacles == 0 && Classes.FirstOrDefault(c => c.Views.Contains(HunterView.Landmarks) || c.Views.Contains(HunterView.LandmarksRelative)) is HunterClass blind)
        {
            throw new SettingException($"Class '{blind.Name}' in setting 'classes' sees landmarks, but num_obstacles is 0. Set num_obstacles to at least 1, or change its view.");
        }

        if ((AgentNeighbours >= 0 || LandmarkNeighbours >= 0) && !Classes.IsEmpty)
        {
            throw new SettingException("Settings 'num_agent_neighbors' and 'num_landmark_neighbors' change what MPE2's plain hunters see and do not go with 'classes'. Leave either out.");
        }
    }

    private static TagScript ScriptOf(string word) => word switch
    {
        "random" => TagScript.Random,
        "chase" => TagScript.Chase,
        "lookahead" => TagScript.Lookahead,
        "flee" => TagScript.Flee,
        "flee-naive" => TagScript.FleeNaive,
        _ => TagScript.External,
    };

    private static double RangeOf(string text) =>
        text == Unlimited ? double.PositiveInfinity
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double range) && double.IsFinite(range) && range >= 0 ? range
        : throw new SettingException($"Setting 'comm_range' expects a distance of at least 0, or {Unlimited}, got '{text}'. Give it as --set comm_range=1, or leave it out.");

    private static Setting Number(string key, int value, int least, string description) => new() { Key = key, Kind = SettingKind.Integer, Default = value.ToString(CultureInfo.InvariantCulture), Minimum = least, Maximum = MostAgents, Description = description };
}
