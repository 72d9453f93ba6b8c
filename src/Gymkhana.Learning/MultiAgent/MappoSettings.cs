using System.Globalization;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Settings;
using Gymkhana.Learning.MultiAgent.Messages;
using static Gymkhana.Core.Settings.Setting;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>Which of the three related ways a team learns.</summary>
public enum TeamMethod
{
    /// <summary>Critics on the whole state, messages between actors.</summary>
    Mappo,

    /// <summary>Each agent by itself: critics see what their agents see, and nobody talks.</summary>
    Ippo,

    /// <summary>No critic: normalised returns (Williams 1992), one gradient step for each rollout.</summary>
    Reinforce,
}

/// <summary>The settings of MAPPO and its kin; each is explained where it is declared for the command line, in <see cref="SchemaOf"/>.</summary>
public sealed record MappoSettings
{
    private static readonly SettingSchema Mappo = new([.. Common(4, 0.0007), .. Critics(), Messages("gatv2"), .. MessageSizes(), Choice("critic", "class", ["class", "shared"], "Whether each class has a critic, or one serves all")]);
    private static readonly SettingSchema Ippo = new([.. Common(4, 0.0007), .. Critics()]);
    private static readonly SettingSchema Reinforce = new([.. Common(1, 0.001), Messages("gat"), .. MessageSizes()]);

    /// <summary>The method.</summary>
    public required TeamMethod Method { get; init; }

    /// <summary>Rollouts of the whole training.</summary>
    public required int Updates { get; init; }

    /// <summary>Copies of the environment.</summary>
    public required int Copies { get; init; }

    /// <summary>Steps of each copy in a rollout.</summary>
    public required int Steps { get; init; }

    /// <summary>Times that each rollout is learned from.</summary>
    public required int Epochs { get; init; }

    /// <summary>Gradient steps of an epoch.</summary>
    public required int Minibatches { get; init; }

    /// <summary>Adam's first learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Share of it at the last update.</summary>
    public required double FinalRate { get; init; }

    /// <summary>γ.</summary>
    public required double Discount { get; init; }

    /// <summary>λ.</summary>
    public double Lambda { get; init; } = 1;

    /// <summary>ε.</summary>
    public float Clip { get; init; } = 0.2f;

    /// <summary>Where Huber's loss of normalised values becomes straight.</summary>
    public float HuberDelta { get; init; } = 10;

    /// <summary>Weight of the critics' loss.</summary>
    public float ValueWeight { get; init; }

    /// <summary>Weight of the entropy at first.</summary>
    public required float EntropyWeight { get; init; }

    /// <summary>Share of it at the last update.</summary>
    public required double FinalEntropy { get; init; }

    /// <summary>Largest norm of the gradients, or 0.</summary>
    public required double MaxGradient { get; init; }

    /// <summary>ε of Adam.</summary>
    public required double AdamEpsilon { get; init; }

    /// <summary>Steps of a copy between two restarts of all.</summary>
    public required int RestartSteps { get; init; }

    /// <summary>Updates between two evaluations.</summary>
    public required int EvaluateEvery { get; init; }

    /// <summary>Episodes of an evaluation.</summary>
    public required int ValidationEpisodes { get; init; }

    /// <summary>The networks.</summary>
    public required TeamDescription Team { get; init; }

    /// <summary>The settings of a method, as they are named on the command line.</summary>
    /// <param name="method">Which.</param>
    /// <returns>The schema.</returns>
    public static SettingSchema SchemaOf(TeamMethod method) => method switch
    {
        TeamMethod.Mappo => Mappo,
        TeamMethod.Ippo => Ippo,
        _ => Reinforce,
    };

    /// <summary>The settings for an environment.</summary>
    /// <param name="method">The method.</param>
    /// <param name="values">Values of <see cref="SchemaOf"/>.</param>
    /// <param name="environment">The environment.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="GymkhanaException">They do not go together or not with the environment.</exception>
    public static MappoSettings From(TeamMethod method, SettingValues values, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(environment);
        int restart = values.Integer("restart-steps"), copies = values.Integer("copies"), steps = values.Integer("steps");
        bool judged = method != TeamMethod.Reinforce;
        if (judged && copies * (long)steps < 2)
        {
            throw new SettingException("Settings 'copies' and 'steps' make a rollout of one transition, from which nothing is learned. Give copies × steps of at least 2.");
        }

        return new MappoSettings
        {
            Method = method,
            Updates = values.Integer("updates"),
            Copies = copies,
            Steps = steps,
            Epochs = values.Integer("epochs"),
            Minibatches = judged ? Math.Max(1, (int)(copies * (long)steps / values.Integer("minibatch"))) : 1,
            LearningRate = values.Real("learning-rate"),
            FinalRate = values.Real("final-rate"),
            Discount = values.Real("discount"),
            Lambda = judged ? values.Real("lambda") : 1,
            Clip = judged ? (float)values.Real("clip") : 0.2f,
            HuberDelta = judged ? (float)values.Real("huber-delta") : 10,
            ValueWeight = judged ? (float)values.Real("value-weight") : 0,
            EntropyWeight = (float)values.Real("entropy-weight"),
            FinalEntropy = values.Real("final-entropy"),
            MaxGradient = values.Real("max-gradient"),
            AdamEpsilon = values.Real("adam-epsilon"),
            RestartSteps = restart > 0 ? restart : (int)Math.Max(2L * environment.Spec.MaxEpisodeSteps, Math.Min(8L * environment.Spec.MaxEpisodeSteps, 8192)),
            EvaluateEvery = values.Integer("evaluate-every"),
            ValidationEpisodes = values.Integer("validation-episodes"),
            Team = Describe(method, values, environment),
        };
    }

    private static TeamDescription Describe(TeamMethod method, SettingValues values, IEnvironment environment)
    {
        MessageKind kind = method == TeamMethod.Ippo ? MessageKind.None : values.Text("messages") switch
        {
            "mean" => MessageKind.Mean,
            "gcn" => MessageKind.Gcn,
            "gat" => MessageKind.Gat,
            "gatv2" => MessageKind.GatV2,
            "tarmac" => MessageKind.Tarmac,
            "transformer" => MessageKind.Transformer,
            _ => MessageKind.None,
        };
        TeamDescription team = TeamDescription.For(environment, values.Integer("width"), kind, seesState: method == TeamMethod.Mappo) with
        {
            Heads = kind == MessageKind.None ? 1 : values.Integer("heads"),
            Frames = kind == MessageKind.Transformer ? values.Integer("frames") : 1,
            HasCritic = method != TeamMethod.Reinforce,
            SharesCritic = method == TeamMethod.Mappo && values.Text("critic") == "shared",
        };
        team.Validate();
        return team;
    }

    private static Setting[] Common(int epochs, double rate) =>
    [
        Whole("updates", 300, 1, 100_000_000, "Rollouts with the learning that follows each, of the whole training"),
        Whole("copies", 64, 1, 65536, "Copies of the environment that are acted in together"),
        Whole("steps", 100, 1, 1_000_000, "Steps of each copy in a rollout"),
        Whole("epochs", epochs, 1, 1000, "Times that each rollout is learned from"),
        Real("learning-rate", rate, 0, 1, "Size of Adam's steps at first"),
        Real("final-rate", 0.1, 0, 1, "Share of the learning rate that is left at the last update, falling straight"),
        Real("discount", 0.95, 0, 1, "γ: what a reward one step later is worth"),
        Real("entropy-weight", 0.01, 0, 1000, "Weight of the entropy at first, which keeps the actors exploring"),
        Real("final-entropy", 0.1, 0, 1, "Share of it that is left at the last update, falling straight"),
        Real("max-gradient", 10, 0, 1e9, "Largest Euclidean norm of the gradients; 0 does not limit it"),
        Real("adam-epsilon", 1e-5, 0, 1, "ε of Adam"),
        Whole("width", 64, 1, 4096, "Features of everything between the layers"),
        Whole("restart-steps", 0, 0, 100_000_000, "Steps of a copy after which all copies are restarted with new seeds, rounded up to whole rollouts; 0: eight episodes, 8192 at most but two episodes at least"),
        Whole("evaluate-every", 20, 1, 100_000_000, "Updates after which the team plays the validation episodes"),
        Whole("validation-episodes", 64, 1, 100_000, "Episodes by which the champion is chosen, the same number in each composition"),
        Text("mixture", "", "Settings of the environment that make other compositions to train in beside the task's own, parted by /, joined by +, such as adversaries=A:3,B:1/num_good=3+num_obstacles=6; the copies are divided among all"),
    ];

    private static Setting[] Critics() =>
    [
        Whole("minibatch", 1600, 1, 100_000_000, "Moments (of all agents of a copy) of one gradient step, about: a rollout is divided evenly"),
        Real("lambda", 0.95, 0, 1, "λ of generalised advantage estimation"),
        Real("clip", 0.2, 0.001, 10, "ε: how far a probability may move, as a ratio, before it is no longer rewarded; and a normalised value"),
        Real("huber-delta", 10, 1e-6, 1e9, "Error of a normalised value from which its loss grows straight"),
        Real("value-weight", 1, 0, 1000, "Weight of the critics' loss"),
    ];

    private static Setting[] MessageSizes() =>
    [
        Whole("heads", 4, 1, 64, "Heads of attention among neighbours; they divide the width"),
        Whole("frames", 4, 1, 64, "Frames of each neighbour that messages of kind transformer remember"),
    ];

    private static Setting Messages(string kind) =>
        Choice("messages", kind, ["none", "mean", "gcn", "gat", "gatv2", "tarmac", "transformer"], "How what neighbours say becomes a message: their mean, a graph convolution, graph attention (with the links' numbers: gatv2), signatures and queries, or a transformer over the last frames");
}
