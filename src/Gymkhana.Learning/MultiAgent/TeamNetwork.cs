using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.MultiAgent.Messages;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>
/// The networks of a team. Of each class an encoder of what one agent sees and an actor on its features and its message; messages among
/// all that talk; critics on the whole state and on what the agent itself sees, through encoders of their own. Nothing in it depends on
/// how many agents, prey or landmarks there are. Parameters: "A.encoder.*", "A.actor.*", "A-logstd", "messages.*", "A.eye.*" and
/// "A.critic.*" with "A.state.*" (or "critic.*", "state.*" for all classes).
/// </summary>
public sealed class TeamNetwork : Module
{
    /// <summary>Most classes of a team.</summary>
    public const int MostClasses = 16;

    private const double ActorGain = 0.01;
    private readonly EntityEncoder[] _encoders;
    private readonly Mlp[] _actors;
    private readonly EntityEncoder[] _eyes;
    private readonly EntityEncoder[] _states;
    private readonly Mlp[] _critics;
    private readonly MessageModule? _messages;

    /// <summary>Networks with first weights: orthogonal, gain √2, 0.01 for an actor's last layer, 1 for a critic's.</summary>
    /// <param name="description">What they are.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <exception cref="Core.GymkhanaException">The description makes no sense.</exception>
    public TeamNetwork(TeamDescription description, KeyedStream random)
    {
        ArgumentNullException.ThrowIfNull(description);
        description.Validate();
        Description = description;
        TeamClass[] classes = description.Classes;
        int count = classes.Length, width = description.Width;
        _encoders = [.. classes.Select(c => AddModule($"{c.Name}.encoder", new EntityEncoder([.. c.Kinds], width, random)))];
        if (description.Messages != MessageKind.None)
        {
            _messages = AddModule("messages", MessageModule.For(description.Messages, width, description.Heads, description.Frames, description.LinkFeatures, random));
        }

        Heads = [.. classes.Select(Head)];
        _actors = [.. classes.Select((c, i) => AddModule($"{c.Name}.actor", new Mlp([c.Actor.ObservationSize, .. c.Actor.Hidden, Heads[i].Outputs], Activation.Relu, random).InitializeOrthogonal(random, ActorGain)))];
        _eyes = [];
        _states = [];
        _critics = [];
        if (description.HasCritic)
        {
            bool global = description.State.Length > 0;
            int critics = description.SharesCritic ? 1 : count;
            string Of(int i, string part) => description.SharesCritic ? part : $"{classes[i].Name}.{part}";
            _eyes = [.. classes.Select(c => AddModule($"{c.Name}.eye", new EntityEncoder([.. c.Kinds], width, random)))];
            _states = [.. Enumerable.Range(0, global ? critics : 0).Select(i => AddModule(Of(i, "state"), new EntityEncoder([.. description.State], width, random)))];
            _critics = [.. Enumerable.Range(0, critics).Select(i => AddModule(Of(i, "critic"), new Mlp([global ? 2 * width : width, width, 1], Activation.Relu, random).InitializeOrthogonal(random, 1)))];
        }
    }

    /// <summary>What they are.</summary>
    public TeamDescription Description { get; }

    /// <summary>What makes actions of the outputs of each class.</summary>
    public ImmutableArray<ActionHead> Heads { get; }

    /// <summary>Whether receivers attend to senders by weights that can be shown.</summary>
    public bool HasWeights => _messages?.HasWeights ?? false;

    /// <summary>What one agent of a class says: its features, [R, width].</summary>
    internal Tensor Speak(int kind, Tensor seen, ImmutableArray<ObservationPart> parts) => _encoders[kind].Forward(seen, parts);

    /// <summary>The actor's outputs of one agent of a class, from its own features, [R, width], and what it hears as the first of some agents, or null where there is nobody to hear.</summary>
    internal Tensor Decide(int kind, Tensor features, Heard? heard)
    {
        if (_messages is null)
        {
            return _actors[kind].Forward(features);
        }

        Tensor message = heard is { } words ? _messages.Forward(words).Messages.Slice(1, 0, 1).Reshape(features.Shape[0], Description.Width) : features * 0f;
        return _actors[kind].Forward(Tensor.Concat(1, features, message));
    }

    /// <summary>The actors' outputs of all groups of the layout.</summary>
    internal void Act(Tape tape, TeamRows rows, Span<Tensor> outputs, out Tensor? weights)
    {
        TeamLayout layout = rows.Layout;
        int width = Description.Width;
        weights = null;
        TeamTensors room = default;
        Span<Tensor> features = room;
        for (int m = 0; m < layout.Members.Length; m++)
        {
            TeamMembers members = layout.Members[m];
            features[m] = _encoders[members.Class].Forward(rows.Seen(tape, m), members.Parts);
        }

        Tensor messages = default;
        if (_messages is not null)
        {
            (messages, weights) = _messages.Forward(Listen(tape, rows, features));
        }

        for (int m = 0; m < layout.Members.Length; m++)
        {
            TeamMembers members = layout.Members[m];
            Tensor known = features[m];
            if (_messages is not null)
            {
                Tensor message = members.FirstTalker < 0
                    ? tape.Filled(new Shape(rows.Count * members.Agents, width), 0)
                    : messages.Slice(1, members.FirstTalker, members.FirstTalker + members.Agents).Reshape(rows.Count * members.Agents, width);
                known = Tensor.Concat(1, known, message);
            }

            outputs[m] = _actors[members.Class].Forward(known);
        }
    }

    /// <summary>The critics' values of all groups, [R · agents] each, normalised.</summary>
    internal void Judge(Tape tape, TeamRows rows, Span<Tensor> values)
    {
        TeamLayout layout = rows.Layout;
        Tensor state = default;
        for (int m = 0; m < layout.Members.Length; m++)
        {
            TeamMembers members = layout.Members[m];
            int critic = Description.SharesCritic ? 0 : members.Class, count = rows.Count * members.Agents, width = Description.Width;
            Tensor known = _eyes[members.Class].Forward(rows.Seen(tape, m), members.Parts);
            if (_states.Length > 0)
            {
                state = m == 0 || !Description.SharesCritic ? _states[critic].Forward(rows.State(tape), layout.State) : state;
                Tensor spread = state.Reshape(rows.Count, 1, width).BroadcastTo(new Shape(rows.Count, members.Agents, width)).Reshape(count, width);
                known = Tensor.Concat(1, known, spread);
            }

            values[m] = _critics[critic].Forward(known).Reshape(count);
        }
    }

    private Heard Listen(Tape tape, TeamRows rows, ReadOnlySpan<Tensor> features)
    {
        TeamLayout layout = rows.Layout;
        int width = Description.Width, frames = Description.Frames;
        TeamTensors roomForOwn = default, roomForSaid = default;
        Span<Tensor> own = ((Span<Tensor>)roomForOwn)[..layout.Talking.Length], said = ((Span<Tensor>)roomForSaid)[..layout.Talking.Length];
        for (int t = 0; t < own.Length; t++)
        {
            TeamMembers members = layout.Talking[t];
            int m = layout.Members.IndexOf(members);
            own[t] = features[m].Reshape(rows.Count, members.Agents, width);
            if (rows.SaidDiffers)
            {
                said[t] = _encoders[members.Class].Forward(rows.Said(tape, m), members.Parts).Reshape(rows.Count * frames, members.Agents, width);
            }
        }

        Tensor all = own.Length == 1 ? own[0] : Tensor.Concat(1, own);
        Tensor spoken = !rows.SaidDiffers ? all : said.Length == 1 ? said[0] : Tensor.Concat(1, said);
        return rows.Heard(all, spoken);
    }

    private ActionHead Head(TeamClass one)
    {
        Parameter? logDeviation = null;
        if (one.Actor.Head == HeadKind.Gaussian)
        {
            logDeviation = AddParameter($"{one.Name}-logstd", new Shape(1, one.Actor.ActionSize));
            logDeviation.Values.Fill((float)one.Actor.LogDeviation);
        }

        return ActionHead.For(one.Actor, logDeviation);
    }

    /// <summary>A tensor for each group.</summary>
    [InlineArray(MostClasses)]
    internal struct TeamTensors
    {
        private Tensor _first;
    }
}
