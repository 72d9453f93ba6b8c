using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Learning.MultiAgent.Messages;
using Gymkhana.Learning.Networks;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>A class of agents that share an actor.</summary>
/// <param name="Name">Name of the group.</param>
/// <param name="Kinds">What one of them sees; how many of each kind may differ from world to world.</param>
/// <param name="Actor">What it does; the observation is what the actor's last layers take.</param>
public sealed record TeamClass(string Name, EntityKind[] Kinds, NetworkDescription Actor);

/// <summary>All that is needed to build the networks of a team anew, but their weights. Kept as JSON beside them.</summary>
public sealed record TeamDescription
{
    /// <summary>The classes.</summary>
    public required TeamClass[] Classes { get; init; }

    /// <summary>What the whole state is made up of, for critics; empty where critics see what their agents see.</summary>
    public required EntityKind[] State { get; init; }

    /// <summary>Features of everything between the layers.</summary>
    public required int Width { get; init; }

    /// <summary>How messages are made.</summary>
    public required MessageKind Messages { get; init; }

    /// <summary>Heads of attention.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>Frames of each neighbour that are remembered, at least 1.</summary>
    public int Frames { get; init; } = 1;

    /// <summary>Numbers of a link.</summary>
    public int LinkFeatures { get; init; }

    /// <summary>Whether there is a critic at all.</summary>
    public bool HasCritic { get; init; } = true;

    /// <summary>Whether one critic serves all classes.</summary>
    public bool SharesCritic { get; init; }

    /// <summary>The description for an environment.</summary>
    /// <param name="environment">The environment; all its groups learn.</param>
    /// <param name="width">Features between the layers.</param>
    /// <param name="messages">How messages are made.</param>
    /// <param name="seesState">Whether critics see the whole state.</param>
    /// <returns>The description; heads, frames and critics are as by default.</returns>
    /// <exception cref="GymkhanaException">The environment does not offer what is asked for.</exception>
    public static TeamDescription For(IEnvironment environment, int width, MessageKind messages, bool seesState)
    {
        ArgumentNullException.ThrowIfNull(environment);
        string id = environment.Spec.Id;
        var talking = environment as ICommunicating;
        if (messages != MessageKind.None && talking is not { TalkingGroups.Length: > 0 })
        {
            throw new GymkhanaException($"{id} has no agents here that hear each other, so that messages cannot be learned. Give --set mappo.messages=none, or use an environment whose agents talk (simple_tag_v3).");
        }

        if (seesState && environment is not IGlobalState)
        {
            throw new GymkhanaException($"{id} does not show its whole state to a critic. Use 'ippo', whose critics see what their agents see.");
        }

        bool hears = messages != MessageKind.None;
        return new TeamDescription
        {
            Classes = [.. environment.Groups.Select(g => new TeamClass(g.Name, Kinds(g.Parts), ActorOf(g, hears ? 2 * width : width, width)))],
            State = seesState ? Kinds(((IGlobalState)environment).GlobalParts) : [],
            Width = width,
            Messages = messages,
            LinkFeatures = hears ? talking!.LinkFeatureNames.Length : 0, // somebody talks, as was just demanded
        };
    }

    /// <summary>Checks that networks can be built.</summary>
    /// <exception cref="GymkhanaException">They cannot; the line says why.</exception>
    public void Validate()
    {
        Demand(Classes.Length > 0 && Classes.Select(c => c.Name).Distinct().Count() == Classes.Length, "a team has classes of different names");
        Demand(Width is > 0 and <= 4096, $"the width is 1 to 4096, got {Width}");
        Demand(Heads > 0 && Width % Heads == 0, $"the heads divide the width of {Width}, got {Heads}");
        Demand(Frames is > 0 and <= 64, $"1 to 64 frames are remembered, got {Frames}");
        Demand(Frames == 1 || Messages == MessageKind.Transformer, "only messages of kind 'transformer' remember more than one frame");
        Demand((LinkFeatures > 0) == (Messages != MessageKind.None), "links have numbers where there are messages");
        foreach (EntityKind[] kinds in Classes.Select(c => c.Kinds).Append(State))
        {
            Demand(kinds.Length <= EntityEncoder.MostKinds && kinds.All(k => k.Features > 0) && kinds.Select(k => k.Name).Distinct().Count() == kinds.Length, $"at most {EntityEncoder.MostKinds} kinds of different names are seen, with at least one number each");
        }

        foreach (TeamClass one in Classes)
        {
            Demand(one.Kinds.Length > 0, $"class {one.Name} sees something");
            Demand(one.Actor.ObservationSize == (Messages == MessageKind.None ? Width : 2 * Width), $"the actor of class {one.Name} takes its features and its message");
            one.Actor.Validate();
        }
    }

    /// <summary>The description as JSON.</summary>
    /// <returns>One line.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, TeamJson.Default.TeamDescription);

    /// <summary>Reads a description.</summary>
    /// <param name="json">What <see cref="ToJson"/> wrote.</param>
    /// <param name="origin">What to call it in messages.</param>
    /// <returns>The description, validated.</returns>
    /// <exception cref="GymkhanaException">It is damaged or describes nothing that can be built.</exception>
    public static TeamDescription FromJson(string json, string origin)
    {
        try
        {
            TeamDescription description = JsonSerializer.Deserialize(json, TeamJson.Default.TeamDescription)
                ?? throw new GymkhanaException($"{origin} describes no team. Use a champion that 'gymkhana train mappo' wrote.");
            description.Validate();
            return description;
        }
        catch (JsonException failure)
        {
            throw new GymkhanaException($"{origin} has a damaged description of its team ({failure.Message.ReplaceLineEndings(" ")}). Use a champion that 'gymkhana train mappo' wrote.", failure);
        }
    }

    private static EntityKind[] Kinds(ImmutableArray<ObservationPart> parts) => [.. parts.Where(p => p.Features > 0).Select(p => new EntityKind(p.Name, p.Features))];

    private static NetworkDescription ActorOf(AgentGroup group, int inputs, int width) =>
        NetworkDescription.For(group.ObservationSpace, group.ActionSpace, HeadKind.Gaussian) with { Observation = [inputs], Hidden = [width], Activation = "relu" };

    private static void Demand(bool condition, string expected)
    {
        if (!condition)
        {
            throw new GymkhanaException($"This team cannot be built: {expected}. Change the settings of the networks.");
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TeamDescription))]
internal sealed partial class TeamJson : JsonSerializerContext;
