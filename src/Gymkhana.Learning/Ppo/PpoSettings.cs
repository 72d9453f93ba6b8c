using System.Globalization;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Settings;
using Gymkhana.Learning.Networks;
using static Gymkhana.Core.Settings.Setting;

namespace Gymkhana.Learning.Ppo;

/// <summary>The settings of PPO; each is explained where it is declared for the command line, in <see cref="Schema"/>.</summary>
public sealed record PpoSettings
{
    private const string Auto = "auto";

    /// <summary>The settings, as they are named on the command line.</summary>
    public static SettingSchema Schema { get; } = new(
        Whole("updates", 100, 1, 100_000_000, "Rollouts with the learning that follows each, of the whole training"),
        Whole("copies", 16, 1, 65536, "Copies of the environment that are acted in together"),
        Whole("steps", 128, 1, 1_000_000, "Steps of each copy in a rollout"),
        Whole("epochs", 4, 1, 1000, "Times that each rollout is learned from"),
        Whole("minibatch", 512, 2, 100_000_000, "Transitions of one gradient step, about: a rollout is divided evenly"),
        Real("learning-rate", 3e-4, 0, 1, "Size of Adam's steps at first"),
        Real("final-rate", 1, 0, 1, "Share of the learning rate that is left at the last update, falling straight; 1 keeps it"),
        Real("discount", 0.99, 0, 1, "γ: what a reward one step later is worth"),
        Real("lambda", 0.95, 0, 1, "λ of generalised advantage estimation"),
        Real("clip", 0.2, 0.001, 10, "ε: how far a probability may move, as a ratio, before it is no longer rewarded"),
        Switch("clip-values", false, "Clip the change of values by ε too, as the first implementation did"),
        Real("value-weight", 0.5, 0, 1000, "Weight of the critic's loss"),
        Real("entropy-weight", 0, 0, 1000, "Weight of the entropy, which keeps the actor exploring"),
        Real("max-gradient", 0.5, 0, 1e9, "Largest Euclidean norm of the gradients; 0 does not limit it"),
        Real("target-kl", 0, 0, 1000, "Learning from a rollout ends when the policy has moved by 1.5 times this, nats; 0 never ends it"),
        Switch("normalize-advantages", true, "Bring the advantages of each minibatch to mean 0 and deviation 1"),
        Switch("normalize-observations", false, "Bring observations of numbers to mean 0 and deviation 1 by running figures"),
        Switch("normalize-rewards", false, "Divide rewards by the running deviation of the discounted return, for learning only"),
        Real("reward-scale", 1, 1e-9, 1e9, "Factor of rewards, for learning only"),
        Choice("body", Auto, [Auto, "mlp", "nature", "small", "light"], "What sees: linear layers; or the convolutions of Mnih et al. (2015), six small ones, or two by Mnih et al. (2013); auto: mlp for numbers, light for pixels"),
        Text("hidden", Auto, "Units of the hidden linear layers joined by +, or none; auto: 64+64 for mlp, 100 for small, none for the others"),
        Choice("activation", Auto, [Auto, "tanh", "relu"], "The function after each of them; auto: tanh for mlp, relu for the others"),
        Choice("shared", Auto, [Auto, "true", "false"], "Whether actor and critic share what sees; auto: for pixels"),
        Choice("head", "gaussian", ["gaussian", "beta"], "The distribution of actions that are numbers"),
        Real("log-deviation", -0.5, -20, 5, "First ln σ of a Gaussian head, in units of half the box"),
        Real("adam-epsilon", 1e-5, 0, 1, "ε of Adam"),
        Whole("restart-steps", 0, 0, 100_000_000, "Steps of a copy after which all copies are restarted with new seeds, rounded up to whole rollouts; 0: eight episodes, 8192 at most but two episodes at least"),
        Whole("evaluate-every", 10, 1, 100_000_000, "Updates after which the policy plays the validation episodes"),
        Whole("validation-episodes", 32, 1, 100_000, "Episodes by which the champion is chosen"),
        Whole("snapshot-every", 0, 0, 100_000_000, "Updates after which the policy as it is then is kept in snapshots/, such as to collect a dataset from; 0 never"));

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
    public required double Lambda { get; init; }

    /// <summary>ε.</summary>
    public required float Clip { get; init; }

    /// <summary>Whether the change of values is clipped too.</summary>
    public required bool ClipsValues { get; init; }

    /// <summary>Weight of the critic's loss.</summary>
    public required float ValueWeight { get; init; }

    /// <summary>Weight of the entropy.</summary>
    public required float EntropyWeight { get; init; }

    /// <summary>Largest norm of the gradients, or 0.</summary>
    public required double MaxGradient { get; init; }

    /// <summary>KL divergence at which learning from a rollout ends, or 0.</summary>
    public required double TargetKl { get; init; }

    /// <summary>Whether advantages are normalised.</summary>
    public required bool NormalizesAdvantages { get; init; }

    /// <summary>Whether rewards are normalised.</summary>
    public required bool NormalizesRewards { get; init; }

    /// <summary>Factor of rewards.</summary>
    public required double RewardScale { get; init; }

    /// <summary>ε of Adam.</summary>
    public required double AdamEpsilon { get; init; }

    /// <summary>Steps of a copy between two restarts of all.</summary>
    public required int RestartSteps { get; init; }

    /// <summary>Updates between two evaluations.</summary>
    public required int EvaluateEvery { get; init; }

    /// <summary>Updates after which a snapshot is kept; 0 for never.</summary>
    public required int SnapshotEvery { get; init; }

    /// <summary>Episodes of an evaluation.</summary>
    public required int ValidationEpisodes { get; init; }

    /// <summary>The network.</summary>
    public required NetworkDescription Network { get; init; }

    /// <summary>The settings as values say, for an environment.</summary>
    /// <param name="values">Values of <see cref="Schema"/>.</param>
    /// <param name="environment">A batch of it.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="GymkhanaException">Values that make no sense together, or an environment that PPO cannot learn in.</exception>
    public static PpoSettings From(SettingValues values, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(environment);
        if (environment.Groups.Length != 1 || environment.Groups[0].Agents.Length != 1)
        {
            throw new GymkhanaException($"ppo trains one agent, and {environment.Spec.Id} has {environment.Groups.Sum(g => g.Agents.Length)}. Choose another environment.");
        }

        int copies = values.Integer("copies"), steps = values.Integer("steps"), episode = environment.Spec.MaxEpisodeSteps;
        if ((long)copies * steps is < 2 or > 100_000_000)
        {
            throw new SettingException($"A rollout has copies × steps transitions, from 2 to 100000000, got {copies} × {steps}. Change --set ppo.copies or --set ppo.steps.");
        }

        int restart = values.Integer("restart-steps");
        return new PpoSettings
        {
            Updates = values.Integer("updates"),
            Copies = copies,
            Steps = steps,
            Epochs = values.Integer("epochs"),
            Minibatches = Math.Max(1, copies * steps / values.Integer("minibatch")),
            LearningRate = values.Real("learning-rate"),
            FinalRate = values.Real("final-rate"),
            Discount = values.Real("discount"),
            Lambda = values.Real("lambda"),
            Clip = (float)values.Real("clip"),
            ClipsValues = values.Switch("clip-values"),
            ValueWeight = (float)values.Real("value-weight"),
            EntropyWeight = (float)values.Real("entropy-weight"),
            MaxGradient = values.Real("max-gradient"),
            TargetKl = values.Real("target-kl"),
            NormalizesAdvantages = values.Switch("normalize-advantages"),
            NormalizesRewards = values.Switch("normalize-rewards"),
            RewardScale = values.Real("reward-scale"),
            AdamEpsilon = values.Real("adam-epsilon"),
            RestartSteps = restart > 0 ? restart : (int)Math.Max(2L * episode, Math.Min(8L * episode, 8192)),
            EvaluateEvery = values.Integer("evaluate-every"),
            SnapshotEvery = values.Integer("snapshot-every"),
            ValidationEpisodes = values.Integer("validation-episodes"),
            Network = DescribeNetwork(values, environment.Groups[0]),
        };
    }

    private static NetworkDescription DescribeNetwork(SettingValues values, AgentGroup group)
    {
        HeadKind head = values.Text("head") == "beta" ? HeadKind.Beta : HeadKind.Gaussian;
        var description = NetworkDescription.For(group.ObservationSpace, group.ActionSpace, head);
        BodyKind body = values.Text("body") switch
        {
            "mlp" => BodyKind.Mlp,
            "nature" => BodyKind.Nature,
            "small" => BodyKind.Small,
            "light" => BodyKind.Light,
            _ => description.Body,
        };
        string activation = values.Text("activation"), shared = values.Text("shared");
        description = description with
        {
            Body = body,
            Hidden = Sizes(values.Text("hidden"), body),
            Activation = activation != Auto ? activation : body == BodyKind.Mlp ? "tanh" : "relu",
            Shared = shared == Auto ? description.Pixels : shared == "true",
            Normalized = values.Switch("normalize-observations"),
            LogDeviation = values.Real("log-deviation"),
        };
        description.Validate();
        return description;
    }

    private static int[] Sizes(string text, BodyKind body) => text switch
    {
        Auto => body switch { BodyKind.Mlp => [64, 64], BodyKind.Small => [100], _ => [] },
        "none" => [],
        _ => [.. text.Split('+').Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size is > 0 and <= 65536
            ? size
            : throw new SettingException($"Setting 'hidden' expects whole numbers from 1 to 65536 joined by +, or none, got '{text}'. Give it as --set ppo.hidden=64+64."))],
    };
}
