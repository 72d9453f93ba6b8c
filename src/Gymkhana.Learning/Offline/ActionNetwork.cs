using System.Text.Json;
using System.Text.Json.Serialization;
using Gymkhana.Core;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.Offline;

/// <summary>The ends of an <see cref="ActionNetwork"/>; each gives one number for each action.</summary>
[Flags]
public enum ActionHeads
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Q: the discounted return to be had from an action.</summary>
    Values = 1,

    /// <summary>Logits of how likely the data takes an action.</summary>
    Imitation = 2,

    /// <summary>Both.</summary>
    Both = Values | Imitation,
}

/// <summary>A convolution of a body.</summary>
/// <param name="Channels">Channels that come out.</param>
/// <param name="Kernel">Side of the window.</param>
/// <param name="Stride">Places from a window to the next.</param>
public sealed record ConvolutionStep(int Channels, int Kernel, int Stride);

/// <summary>All that is needed to build an <see cref="ActionNetwork"/> anew, but its weights. Kept as JSON beside them.</summary>
/// <param name="Observation">Sizes of one observation: [numbers], or [frames, height, width].</param>
/// <param name="IsPixels">Whether observations are bytes, read as x/128 − 1.</param>
/// <param name="Convolutions">The body that all heads share; empty for observations of numbers.</param>
/// <param name="Hidden">Sizes of the hidden layers of each head.</param>
/// <param name="Actions">Actions to choose from.</param>
/// <param name="Heads">The heads there are.</param>
public sealed record ActionNetworkDescription(int[] Observation, bool IsPixels, ConvolutionStep[] Convolutions, int[] Hidden, int Actions, ActionHeads Heads)
{
    /// <summary>The convolutions of Mnih et al., "Human-level control through deep reinforcement learning", 2015.</summary>
    public static ConvolutionStep[] Nature => [new(32, 8, 4), new(64, 4, 2), new(64, 3, 1)];

    /// <summary>The convolutions of Mnih et al., "Playing Atari with deep reinforcement learning", 2013: a third of the work of <see cref="Nature"/>.</summary>
    public static ConvolutionStep[] Light => [new(16, 8, 4), new(32, 4, 2)];

    /// <summary>Six strided convolutions that leave 256 numbers of 96 × 96 pixels: a sixth of the work of <see cref="Nature"/>.</summary>
    public static ConvolutionStep[] Small => [new(8, 4, 2), new(16, 3, 2), new(32, 3, 2), new(64, 3, 2), new(128, 3, 1), new(256, 3, 1)];

    /// <summary>Numbers of one observation.</summary>
    [JsonIgnore]
    public int ObservationSize => Observation.Aggregate(1, (product, axis) => product * axis);

    /// <summary>As JSON.</summary>
    /// <returns>One line.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, ActionNetworkJson.Default.ActionNetworkDescription);

    /// <summary>From JSON.</summary>
    /// <param name="json">What <see cref="ToJson"/> wrote.</param>
    /// <param name="origin">Where it comes from, for messages.</param>
    /// <returns>The description.</returns>
    /// <exception cref="GymkhanaException">Damaged.</exception>
    public static ActionNetworkDescription FromJson(string json, string origin)
    {
        try
        {
            ActionNetworkDescription description = JsonSerializer.Deserialize(json, ActionNetworkJson.Default.ActionNetworkDescription) ?? throw new JsonException("it is null");
            bool sound = description.Actions >= 1 && description.Heads is > ActionHeads.None and <= ActionHeads.Both
                && description.Observation.Length is 1 or 3 && description.Observation.All(a => a is >= 1 and <= 1 << 16)
                && description.Hidden.All(h => h is >= 1 and <= 1 << 16)
                && description.Convolutions.All(c => c is { Channels: >= 1 and <= 1 << 14, Kernel: >= 1 and <= 64, Stride: >= 1 and <= 64 });
            return sound ? description : throw new JsonException("sizes that make no network");
        }
        catch (JsonException cause)
        {
            throw new GymkhanaException($"{origin} has a damaged description of its network: {cause.Message.ReplaceLineEndings(" ")} Use a champion that 'gymkhana train' wrote.", cause);
        }
    }
}

/// <summary>
/// A network with up to two heads over the actions: Q values and logits that imitate the data. For pixels both see through the same
/// convolutions; for numbers each is a perceptron of its own. Hidden layers end in a ReLU.
/// </summary>
/// <remarks>
/// Parameters are named as in Fujimoto's reference code: "c1", "c2", ... the convolutions, "q1", "q2", ... the layers of the value head,
/// "i1", "i2", ... those of the imitation head. First weights are PyTorch's defaults.
/// </remarks>
public sealed class ActionNetwork : Module
{
    private readonly Conv2d[] _convolutions;
    private readonly Linear[] _values;
    private readonly Linear[] _imitation;
    private readonly int _features;

    /// <summary>Builds a network.</summary>
    /// <param name="description">What it is.</param>
    /// <param name="random">Where the first weights are drawn from.</param>
    /// <exception cref="GymkhanaException">The pictures are too small for the convolutions.</exception>
    public ActionNetwork(ActionNetworkDescription description, KeyedStream random)
    {
        ArgumentNullException.ThrowIfNull(description);
        Description = description;
        _features = description.ObservationSize;
        _convolutions = new Conv2d[description.Convolutions.Length];
        int[] size = [.. description.Observation];
        for (int i = 0; i < _convolutions.Length; i++)
        {
            ConvolutionStep step = description.Convolutions[i];
            if (size.Length != 3 || size[1] < step.Kernel || size[2] < step.Kernel)
            {
                throw new GymkhanaException($"Observations of [{string.Join(", ", description.Observation)}] do not go through these convolutions: at the {i + 1}. there is [{string.Join(", ", size)}] for a window of {step.Kernel}×{step.Kernel}. Choose another body, or larger pictures.");
            }

            _convolutions[i] = AddModule($"c{i + 1}", new Conv2d(size[0], step.Channels, step.Kernel, random, ConvolutionOptions.Square(step.Stride)));
            size = [step.Channels, ((size[1] - step.Kernel) / step.Stride) + 1, ((size[2] - step.Kernel) / step.Stride) + 1];
            _features = size[0] * size[1] * size[2];
        }

        _values = (description.Heads & ActionHeads.Values) != 0 ? Head("q", random) : [];
        _imitation = (description.Heads & ActionHeads.Imitation) != 0 ? Head("i", random) : [];
    }

    /// <summary>What it is.</summary>
    public ActionNetworkDescription Description { get; }

    /// <summary>What the heads say to observations.</summary>
    /// <param name="input">N observations.</param>
    /// <param name="heads">The heads that are asked.</param>
    /// <returns>Values and logits, [N, actions] each; only those that were asked for may be used.</returns>
    public (Tensor Values, Tensor Logits) Forward(NetworkInput input, ActionHeads heads)
    {
        Tensor x = _convolutions.Length == 0 ? input.Numbers
            : input.IsPixels ? _convolutions[0].Forward(input.Tape, input.Pixels, Activation.Relu)
            : _convolutions[0].Forward(input.Numbers, Activation.Relu);
        for (int i = 1; i < _convolutions.Length; i++)
        {
            x = _convolutions[i].Forward(x, Activation.Relu);
        }

        x = x.Reshape(x.Shape[0], _features);
        Tensor values = (heads & ActionHeads.Values) != 0 ? Run(_values, x) : default;
        Tensor logits = (heads & ActionHeads.Imitation) != 0 ? Run(_imitation, x) : default;
        return (values, logits);
    }

    private static Tensor Run(Linear[] layers, Tensor x)
    {
        for (int i = 0; i < layers.Length; i++)
        {
            x = layers[i].Forward(x, i + 1 < layers.Length ? Activation.Relu : Activation.None);
        }

        return x;
    }

    private Linear[] Head(string letter, KeyedStream random)
    {
        int[] sizes = [_features, .. Description.Hidden, Description.Actions];
        var layers = new Linear[sizes.Length - 1];
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i] = AddModule($"{letter}{i + 1}", new Linear(sizes[i], sizes[i + 1], random));
        }

        return layers;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ActionNetworkDescription))]
internal sealed partial class ActionNetworkJson : JsonSerializerContext;
