using System.Text.Json;
using System.Text.Json.Serialization;
using Gymkhana.Core;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Learning.Networks;

/// <summary>What turns an observation into features.</summary>
public enum BodyKind
{
    /// <summary>Linear layers, for observations of numbers.</summary>
    [JsonStringEnumMemberName("mlp")]
    Mlp,

    /// <summary>The three convolutions and the layer of 512 of Mnih et al. (2015), for pixels.</summary>
    [JsonStringEnumMemberName("nature")]
    Nature,

    /// <summary>Six strided convolutions of 8 to 256 channels, for pixels of 96×96: a third of the multiplications of <see cref="Nature"/>.</summary>
    [JsonStringEnumMemberName("small")]
    Small,

    /// <summary>The two convolutions and the layer of 256 of Mnih et al. (2013), for pixels: as many multiplications as <see cref="Small"/> in less than half the time.</summary>
    [JsonStringEnumMemberName("light")]
    Light,
}

/// <summary>The distribution that actions are drawn from.</summary>
public enum HeadKind
{
    /// <summary>One probability for each choice; several choices at once are independent.</summary>
    [JsonStringEnumMemberName("categorical")]
    Categorical,

    /// <summary>A normal distribution for each number, whose deviation does not depend on the observation; clipped to the box.</summary>
    [JsonStringEnumMemberName("gaussian")]
    Gaussian,

    /// <summary>A beta distribution with one peak for each number, scaled to the box.</summary>
    [JsonStringEnumMemberName("beta")]
    Beta,
}

/// <summary>All that is needed to build a network of an actor and a critic anew, but its weights. Kept as JSON beside them.</summary>
public sealed record NetworkDescription
{
    /// <summary>Sizes of the axes of one observation, such as [4] or [4, 96, 96].</summary>
    public required int[] Observation { get; init; }

    /// <summary>Whether observations are bytes (pixels, [channels, height, width]) rather than floats.</summary>
    public bool Pixels { get; init; }

    /// <summary>What turns observations into features.</summary>
    public required BodyKind Body { get; init; }

    /// <summary>Sizes of the hidden linear layers: of the whole perceptron, or between convolutions and head.</summary>
    public required int[] Hidden { get; init; }

    /// <summary>The function after each hidden linear layer, "tanh" or "relu".</summary>
    public required string Activation { get; init; }

    /// <summary>Whether actor and critic see through the same body; else each has its own.</summary>
    public bool Shared { get; init; }

    /// <summary>Whether observations are brought to mean 0 and deviation 1 first, by figures kept with the weights. Floats only.</summary>
    public bool Normalized { get; init; }

    /// <summary>The distribution of actions.</summary>
    public required HeadKind Head { get; init; }

    /// <summary>For choices: how many there are, one number for each part of an action. Else empty.</summary>
    public int[] Choices { get; init; } = [];

    /// <summary>For numbers: lower bounds, one for each number; null where there is none. Else empty.</summary>
    public float?[] Low { get; init; } = [];

    /// <summary>For numbers: upper bounds, one for each number; null where there is none. Else empty.</summary>
    public float?[] High { get; init; } = [];

    /// <summary>First ln σ of a Gaussian head.</summary>
    public double LogDeviation { get; init; }

    /// <summary>Numbers of one observation.</summary>
    [JsonIgnore]
    public int ObservationSize => Observation.Aggregate(1, (product, axis) => product * axis);

    /// <summary>Numbers of one action.</summary>
    [JsonIgnore]
    public int ActionSize => Choices.Length + Low.Length;

    /// <summary>The part of a description that two spaces give; the rest is the learner's choice.</summary>
    /// <param name="observation">What one agent sees: a box of floats or bytes.</param>
    /// <param name="action">What it does.</param>
    /// <param name="head">The distribution for a box of actions; a choice always has a categorical one.</param>
    /// <returns>A perceptron of two layers of 64.</returns>
    /// <exception cref="GymkhanaException">Spaces that networks do not serve.</exception>
    public static NetworkDescription For(Space observation, Space action, HeadKind head)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ArgumentNullException.ThrowIfNull(action);
        if (observation is not BoxSpace { ElementType: ElementType.Float32 or ElementType.UInt8 } seen)
        {
            throw new GymkhanaException($"A network sees a box of floats or bytes, but the observations are {observation}. Choose another environment, or other settings of it.");
        }

        var description = new NetworkDescription
        {
            Observation = [.. seen.Shape],
            Pixels = seen.ElementType == ElementType.UInt8,
            Body = seen.ElementType == ElementType.UInt8 ? BodyKind.Light : BodyKind.Mlp,
            Hidden = [64, 64],
            Activation = "tanh",
            Head = HeadKind.Categorical,
        };
        return action switch
        {
            DiscreteSpace choice => description with { Choices = [choice.Count] },
            MultiDiscreteSpace choices => description with { Choices = [.. choices.Counts] },
            BoxSpace { ElementType: ElementType.Float32 } box when head != HeadKind.Categorical => description with { Head = head, Low = Bounds(box.Low), High = Bounds(box.High) },
            BoxSpace { ElementType: ElementType.Float32 } => throw new GymkhanaException($"A categorical head chooses, but the actions are {action}. Use a gaussian or beta head."),
            _ => throw new GymkhanaException($"A network acts by choices or by a box of floats, but the actions are {action}. Choose another environment, or other settings of it."),
        };
    }

    /// <summary>Checks that a network can be built.</summary>
    /// <exception cref="GymkhanaException">It cannot; the line says why.</exception>
    public void Validate()
    {
        Demand(Observation.Length > 0 && Observation.All(axis => axis > 0), "an observation has axes of at least 1");
        Demand(Hidden.All(size => size is > 0 and <= 65536), "hidden layers have 1 to 65536 units");
        Demand(Activation is "tanh" or "relu", $"the activation is tanh or relu, got '{Activation}'");
        Demand(Low.Length == High.Length && (Choices.Length > 0) != (Low.Length > 0), "actions are choices, or numbers with a lower and an upper bound each");
        Demand((Head == HeadKind.Categorical) == (Choices.Length > 0), $"a {Head} head does not fit these actions");
        Demand(Choices.All(c => c > 0), "every choice has at least one way");
        Demand(Low.Zip(High).All(b => b.First is null || b.Second is null || b.First < b.Second), "lower bounds lie below upper bounds");
        Demand(Head != HeadKind.Beta || (Low.All(b => b is not null) && High.All(b => b is not null)), "a beta head needs finite bounds; use a gaussian one");
        Demand(Pixels != (Body == BodyKind.Mlp), Pixels ? "pixels need a body of convolutions: nature, small or light" : "numbers need the body mlp");
        Demand(!Pixels || Observation.Length == 3, "pixels are [channels, height, width]");
        Demand(!Pixels || !Normalized, "pixels are not normalised by running figures");
        Demand(!Shared || Body != BodyKind.Mlp || Hidden.Length > 0, "a shared perceptron needs at least one hidden layer");
        Demand(double.IsFinite(LogDeviation), "the first ln σ is a finite number");
    }

    /// <summary>Whether a network of this description sees and does what two spaces say.</summary>
    /// <param name="observation">What an agent sees.</param>
    /// <param name="action">What it does.</param>
    /// <returns>True when it fits.</returns>
    public bool Fits(Space observation, Space action) =>
        observation is BoxSpace seen
        && seen.Shape.AsSpan().SequenceEqual(Observation)
        && seen.ElementType == (Pixels ? ElementType.UInt8 : ElementType.Float32)
        && action switch
        {
            DiscreteSpace choice => Choices.AsSpan().SequenceEqual([choice.Count]),
            MultiDiscreteSpace choices => Choices.AsSpan().SequenceEqual(choices.Counts.AsSpan()),
            BoxSpace { ElementType: ElementType.Float32 } box => Low.AsSpan().SequenceEqual(Bounds(box.Low)) && High.AsSpan().SequenceEqual(Bounds(box.High)),
            _ => false,
        };

    /// <summary>The description as JSON.</summary>
    /// <returns>One line.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, NetworkJson.Default.NetworkDescription);

    /// <summary>Reads a description.</summary>
    /// <param name="json">What <see cref="ToJson"/> wrote.</param>
    /// <param name="origin">What to call it in messages.</param>
    /// <returns>The description, validated.</returns>
    /// <exception cref="GymkhanaException">It is damaged or describes nothing that can be built.</exception>
    public static NetworkDescription FromJson(string json, string origin)
    {
        try
        {
            NetworkDescription description = JsonSerializer.Deserialize(json, NetworkJson.Default.NetworkDescription)
                ?? throw new GymkhanaException($"{origin} describes no network. Use a champion that 'gymkhana train' wrote.");
            description.Validate();
            return description;
        }
        catch (JsonException failure)
        {
            throw new GymkhanaException($"{origin} has a damaged description of its network ({failure.Message.ReplaceLineEndings(" ")}). Use a champion that 'gymkhana train' wrote.", failure);
        }
    }

    // JSON has no infinity: what has no bound has null.
    private static float?[] Bounds(IEnumerable<float> bounds) => [.. bounds.Select(b => float.IsFinite(b) ? b : (float?)null)];

    private static void Demand(bool condition, string expected)
    {
        if (!condition)
        {
            throw new GymkhanaException($"This network cannot be built: {expected}. Change the settings of the network.");
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(NetworkDescription))]
internal sealed partial class NetworkJson : JsonSerializerContext;
