using System.Globalization;
using Gymkhana.Core.Settings;
using Gymkhana.Learning.Datasets;
using static Gymkhana.Core.Settings.Setting;

namespace Gymkhana.Learning.Offline;

/// <summary>The settings of learning from records; each is explained where it is declared for the command line, in <see cref="SchemaOf"/>.</summary>
public sealed record OfflineSettings
{
    private static readonly string[] Bodies = ["light", "nature", "small"];

    /// <summary>Folder of the dataset; empty when it is not given yet.</summary>
    public required string Folder { get; init; }

    /// <summary>How the dataset is read.</summary>
    public required DatasetOptions Reading { get; init; }

    /// <summary>Bytes that the dataset may take in memory.</summary>
    public long MemoryBytes { get; init; } = 1L << 30;

    /// <summary>Rounds of the whole training.</summary>
    public int Rounds { get; init; } = 100;

    /// <summary>Updates of a round.</summary>
    public int Updates { get; init; } = 1000;

    /// <summary>Transitions of an update.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>Adam's learning rate at the beginning.</summary>
    public double LearningRate { get; init; } = 3e-4;

    /// <summary>Adam's ε.</summary>
    public double AdamEpsilon { get; init; } = 1.5e-4;

    /// <summary>Body for pixels: light, nature or small.</summary>
    public string Body { get; init; } = "light";

    /// <summary>Hidden layers of each head, or none for what suits the observations.</summary>
    public int[]? Hidden { get; init; }

    /// <summary>γ.</summary>
    public double Discount { get; init; } = 0.99;

    /// <summary>Pixels by which pictures are moved at random while learning.</summary>
    public int Shift { get; init; }

    /// <summary>n: rewards that are summed before the value of what follows.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>Whether the value head is a dueling one.</summary>
    public bool Dueling { get; init; }

    /// <summary>What rewards are multiplied by before values are learned.</summary>
    public double RewardScale { get; init; } = 1;

    /// <summary>τ of Polyak's average.</summary>
    public double Tau { get; init; } = 0.005;

    /// <summary>Updates after which the target is copied whole; 0 for Polyak's average.</summary>
    public int TargetEvery { get; init; }

    /// <summary>BCQ's threshold.</summary>
    public double Threshold { get; init; } = 0.3;

    /// <summary>λ, BCQ's weight of mean(logits²).</summary>
    public double LogitPenalty { get; init; } = 0.01;

    /// <summary>α, CQL's weight of the conservative loss.</summary>
    public double Alpha { get; init; } = 1;

    /// <summary>Share of the episodes that filtered behaviour cloning learns from.</summary>
    public double Best { get; init; } = 1;

    /// <summary>Share of the episodes that are held out.</summary>
    public double Validation { get; init; } = 0.05;

    /// <summary>Whether the world is never entered.</summary>
    public bool NoWorld { get; init; }

    /// <summary>Rounds between two evaluations in the world.</summary>
    public int EvaluateEvery { get; init; } = 5;

    /// <summary>Episodes of such an evaluation.</summary>
    public int EvaluationEpisodes { get; init; } = 20;

    /// <summary>The settings of one algorithm: those that all have, and its own.</summary>
    /// <param name="own">Its own.</param>
    /// <returns>The schema.</returns>
    public static SettingSchema SchemaOf(params ReadOnlySpan<Setting> own) => new(
    [
        Text("data", "none", "Folder of the dataset (--data)"),
        Whole("memory-mb", 1024, 16, 1 << 20, "MB that observations may take in memory; a larger dataset is read in parts", "MB"),
        Choice("dones", "auto", ["auto", "done", "not-done"], "What 'dones' means in the lecture's form: found out by its mean, or said"),
        Choice("pixels", "auto", ["auto", "float"], "Float pictures of the lecture's form: turned back into bytes where that is exact, or kept"),
        Switch("skip-damaged", false, "Go on without shards that are damaged or missing"),
        Switch("no-world", false, "Never enter the world: no evaluation, no scores (--no-world)"),
        Whole("rounds", 100, 1, 10000000, "Rounds of the whole training"),
        Whole("updates", 1000, 1, 10000000, "Updates of a round"),
        Whole("batch", 128, 1, 65536, "Transitions of an update"),
        Real("learning-rate", 3e-4, 0, 1, "Learning rate of Adam; falls linearly to a tenth over the rounds"),
        Real("adam-epsilon", 1.5e-4, 0, 1, "ε of Adam"),
        Choice("body", "light", Bodies, "Convolutions for pixels: those of Mnih et al. (2013), those of 2015, or six small strided ones"),
        Whole("shift", 0, 0, 32, "Pictures are moved by up to this many pixels in each direction, drawn anew each time, so that they are not learned by heart", "pixels"),
        Text("hidden", "auto", "Hidden layers of each head, joined by +, such as 256+256; auto: 256 after light, 512 after nature, 128 after small, 256+256 for numbers"),
        Real("validation", 0.05, 0, 0.9, "Share of the episodes that are held out and never learned from"),
        Whole("evaluate-every", 5, 1, 10000000, "Rounds between two evaluations in the world, which choose the champion"),
        Whole("evaluation-episodes", 20, 1, 100000, "Episodes of such an evaluation"),
        .. own,
    ]);

    /// <summary>The settings of learning values.</summary>
    /// <returns>γ, the scale of rewards, τ and the period of the target.</returns>
    public static Setting[] ValueSettings() =>
    [
        Real("discount", 0.99, 0, 1, "γ: what a reward one step later is worth"),
        Whole("n-step", 1, 1, 1000, "n: rewards summed before the value of what follows is taken; more learn faster and follow what the data did for longer"),
        Switch("dueling", false, "Q = V + A − mean A, so that what is common to all actions is learned from each of them (Wang et al. 2016)"),
        Real("reward-scale", 1, 1e-9, 1e9, "What rewards are multiplied by before values are learned: values of about 1 to 30 learn fastest"),
        Real("tau", 0.005, 0, 1, "τ: share of the network in its target's average after each update"),
        Whole("target-every", 0, 0, 10000000, "Updates after which the target is copied whole instead; 0 for the average"),
    ];

    /// <summary>Reads the settings of any of the algorithms.</summary>
    /// <param name="values">The values.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="SettingException">A value that makes no sense.</exception>
    public static OfflineSettings From(SettingValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        SettingSchema schema = values.Schema;
        double Or(string key, double otherwise) => schema.Has(key) ? values.Real(key) : otherwise;
        string data = values.Text("data");
        return new OfflineSettings
        {
            Folder = data == schema.Find("data").Default ? string.Empty : data,
            Reading = new DatasetOptions(
                values.Text("dones") switch { "done" => DonesMeaning.Done, "not-done" => DonesMeaning.NotDone, _ => DonesMeaning.Auto },
                values.Text("pixels") == "float",
                values.Switch("skip-damaged")),
            MemoryBytes = (long)values.Integer("memory-mb") << 20,
            Rounds = values.Integer("rounds"),
            Updates = values.Integer("updates"),
            Batch = values.Integer("batch"),
            LearningRate = values.Real("learning-rate"),
            AdamEpsilon = values.Real("adam-epsilon"),
            Body = values.Text("body"),
            Shift = values.Integer("shift"),
            Hidden = HiddenOf(values.Text("hidden")),
            Discount = Or("discount", 0.99),
            Steps = schema.Has("n-step") ? values.Integer("n-step") : 1,
            Dueling = schema.Has("dueling") && values.Switch("dueling"),
            RewardScale = Or("reward-scale", 1),
            Tau = Or("tau", 0.005),
            TargetEvery = schema.Has("target-every") ? values.Integer("target-every") : 0,
            Threshold = Or("threshold", 0.3),
            LogitPenalty = Or("logit-penalty", 0),
            Alpha = Or("alpha", 0),
            Best = Or("best", 1),
            Validation = values.Real("validation"),
            NoWorld = values.Switch("no-world"),
            EvaluateEvery = values.Integer("evaluate-every"),
            EvaluationEpisodes = values.Integer("evaluation-episodes"),
        };
    }

    /// <summary>The network for a dataset.</summary>
    /// <param name="layout">What an observation is made of.</param>
    /// <param name="actions">Actions to choose from.</param>
    /// <param name="heads">The heads the algorithm needs.</param>
    /// <returns>Its description.</returns>
    /// <exception cref="DatasetException">Observations that no network here serves.</exception>
    public ActionNetworkDescription Network(DatasetLayout layout, int actions, ActionHeads heads)
    {
        ArgumentNullException.ThrowIfNull(layout);
        int[] observation = [.. layout.Observation];
        if (observation.Length == 1 && !layout.IsPixels)
        {
            return new ActionNetworkDescription(observation, false, [], Hidden ?? [256, 256], actions, heads) { Dueling = Dueling };
        }

        if (observation.Length is not (2 or 3))
        {
            throw new DatasetException($"The dataset holds observations of {layout}, and networks here see [frames, height, width] or [numbers]. Record it with other settings of the environment.");
        }

        observation = observation.Length == 2 ? [1, .. observation] : observation;
        (ConvolutionStep[] convolutions, int hidden) = Body switch
        {
            "nature" => (ActionNetworkDescription.Nature, 512),
            "small" => (ActionNetworkDescription.Small, 128),
            _ => (ActionNetworkDescription.Light, 256),
        };
        return new ActionNetworkDescription(observation, layout.IsPixels, convolutions, Hidden ?? [hidden], actions, heads) { Dueling = Dueling };
    }

    private static int[]? HiddenOf(string text)
    {
        if (text == "auto")
        {
            return null;
        }

        string[] words = text.Split('+');
        int[] sizes = new int[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (!int.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i]) || sizes[i] is < 1 or > 16384)
            {
                throw new SettingException($"Setting 'hidden' expects sizes from 1 to 16384 joined by +, or auto, got '{text}'. Give it as --set hidden=256+256, or leave it out.");
            }
        }

        return sizes;
    }
}
