using System.Text.Json;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Lab.Live;

/// <summary>How a driven agent can be told what to do: one of <c>Count</c> choices, or a number between two bounds for each of its action.</summary>
internal sealed record DriveLine(string Agent, int? Count, IReadOnlyList<float>? Low, IReadOnlyList<float>? High);

/// <summary>
/// A policy that does what a person says: the last word holds until the next. It may be told by one task while another acts. What is out of range is
/// brought into it, what is no action at all is passed over.
/// </summary>
/// <param name="space">The actions of the agent that is driven.</param>
internal sealed class Hand(Space space) : IPolicy
{
    private volatile float[] _action = [.. Enumerable.Range(0, space.Size).Select(i => Fit(space, i, 0))];

    /// <inheritdoc/>
    public string Name => "you";

    /// <summary>What may be said.</summary>
    public DriveLine Line(string agent) => space switch
    {
        DiscreteSpace discrete => new DriveLine(agent, discrete.Count, null, null),
        BoxSpace box => new DriveLine(agent, null, [.. box.Low], [.. box.High]),
        _ => throw new RefusedException(400, $"'{agent}' cannot be driven: its actions are {space}."),
    };

    /// <summary>Takes in an action, an array of numbers.</summary>
    public void Take(JsonElement action)
    {
        if (action.GetArrayLength() != space.Size) return;
        float[] taken = new float[space.Size];
        int i = 0;
        foreach (JsonElement number in action.EnumerateArray())
        {
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetSingle(out float value) || !float.IsFinite(value)) return;
            taken[i] = Fit(space, i, value);
            i++;
        }

        _action = taken;
    }

    /// <inheritdoc/>
    public IActor CreateActor(IEnvironment environment, int group = 0) => ActorOf(environment.Groups[group], agent: 0, others: null);

    /// <summary>Acts for one agent of a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="agent">The agent's place in it.</param>
    /// <param name="others">What acts for the others, or null where there are none.</param>
    public IActor ActorOf(AgentGroup group, int agent, IActor? others) => new Actor(this, group, agent, others);

    private static float Fit(Space space, int index, float value) => space switch
    {
        DiscreteSpace discrete => Math.Clamp(MathF.Round(value), 0, discrete.Count - 1),
        BoxSpace box => Math.Clamp(value, box.Low[index], box.High[index]),
        _ => 0,
    };

    private sealed class Actor(Hand hand, AgentGroup group, int agent, IActor? others) : IActor
    {
        public void Reset(ReadOnlySpan<ulong> seeds) => others?.Reset(seeds);

        public void Act()
        {
            others?.Act();
            float[] action = hand._action;
            for (int i = 0; i < action.Length; i++)
            {
                for (int copy = 0; copy < group.Actions.Count; copy++) group.Actions.Write(agent, i, copy, action[i]);
            }
        }

        public void EpisodeEnded(int copy) => others?.EpisodeEnded(copy);
    }
}
