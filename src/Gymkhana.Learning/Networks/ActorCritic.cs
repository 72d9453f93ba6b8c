using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.Networks;

/// <summary>
/// A network with two ends: the actor's outputs, of which the head makes a distribution of actions, and the critic's value of an
/// observation. Parameters: "actor.*" and "critic.*"; "body.*" where they share one, "actorBody.*" and "criticBody.*" where each sees
/// pixels through its own; "logstd" [1, A] of a Gaussian head; "normalizer.*".
/// </summary>
/// <remarks>First weights are those usual for PPO: orthogonal, gain √2, 0.01 for the actor's last layer, 1 for the critic's, biases 0; convolutions after He.</remarks>
public sealed class ActorCritic : Module
{
    private const double HiddenGain = 1.4142135623730951;
    private const double ActorGain = 0.01;

    /// <summary>Builds a network.</summary>
    /// <param name="description">What it is.</param>
    /// <param name="random">Where the first weights are drawn from.</param>
    /// <exception cref="Core.GymkhanaException">The description makes no sense.</exception>
    public ActorCritic(NetworkDescription description, KeyedStream random)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(random);
        description.Validate();
        Description = description;
        Parameter? logDeviation = null;
        if (description.Head == HeadKind.Gaussian)
        {
            logDeviation = AddParameter("logstd", new Shape(1, description.ActionSize));
            logDeviation.Values.Fill((float)description.LogDeviation);
        }

        Head = ActionHead.For(description, logDeviation);
        Normalizer = description.Normalized ? AddModule("normalizer", new ObservationNormalizer(description.ObservationSize)) : null;
        Activation activation = description.Activation == "relu" ? Activation.Relu : Activation.Tanh;
        int features = description.ObservationSize;
        int[] hidden = description.Hidden;
        if (description.Pixels)
        {
            ActorBody = AddModule(description.Shared ? "body" : "actorBody", Body(description, random));
            CriticBody = description.Shared ? ActorBody : AddModule("criticBody", Body(description, random));
            features = ActorBody.Features;
        }
        else if (description.Shared)
        {
            Trunk = AddModule("body", new Mlp([features, .. hidden], activation, random, activation).InitializeOrthogonal(random, HiddenGain));
            (features, hidden) = (hidden[^1], []);
        }

        Critic = AddModule("critic", new Mlp([features, .. hidden, 1], activation, random).InitializeOrthogonal(random, 1));
        Actor = AddModule("actor", new Mlp([features, .. hidden, Head.Outputs], activation, random).InitializeOrthogonal(random, ActorGain));
    }

    /// <summary>What it is.</summary>
    public NetworkDescription Description { get; }

    /// <summary>What makes actions of the actor's outputs.</summary>
    public ActionHead Head { get; }

    /// <summary>What normalises observations, or null.</summary>
    public ObservationNormalizer? Normalizer { get; }

    internal PixelBody? ActorBody { get; }

    internal PixelBody? CriticBody { get; }

    /// <summary>The hidden layers that actor and critic share, or null.</summary>
    internal Mlp? Trunk { get; }

    internal Mlp Actor { get; }

    internal Mlp Critic { get; }

    /// <summary>The actor's outputs and the critic's values for observations that are already normalised where the network asks for it.</summary>
    /// <param name="input">N observations.</param>
    /// <returns>Outputs [N, Head.Outputs] and values [N].</returns>
    public (Tensor Outputs, Tensor Values) Forward(NetworkInput input)
    {
        Tensor seen = ActorBody is not null ? ActorBody.Forward(input) : Trunk is not null ? Trunk.Forward(input.Numbers) : input.Numbers;
        Tensor judged = CriticBody is not null && CriticBody != ActorBody ? CriticBody.Forward(input) : seen;
        return (Actor.Forward(seen), Critic.Forward(judged).Reshape(-1));
    }

    /// <summary>The actor's outputs alone.</summary>
    /// <param name="input">N observations, normalised where the network asks for it.</param>
    /// <returns>[N, Head.Outputs].</returns>
    public Tensor Act(NetworkInput input) =>
        Actor.Forward(ActorBody is not null ? ActorBody.Forward(input) : Trunk is not null ? Trunk.Forward(input.Numbers) : input.Numbers);

    private static PixelBody Body(NetworkDescription description, KeyedStream random) => description.Body switch
    {
        BodyKind.Nature => PixelBody.Nature(description.Observation, random),
        BodyKind.Light => PixelBody.Light(description.Observation, random),
        _ => PixelBody.Small(description.Observation, random),
    };
}
