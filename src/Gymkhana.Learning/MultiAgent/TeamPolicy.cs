using System.Runtime.CompilerServices;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Exports;
using Gymkhana.Learning.MultiAgent.Messages;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Policies;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>What becomes of messages between those who speak and those who hear, to see what they are worth.</summary>
public enum MessageFate
{
    /// <summary>They arrive.</summary>
    Kept,

    /// <summary>None arrives, as if nobody were in range.</summary>
    Cut,

    /// <summary>They arrive, but what is said is dealt out anew in each step: a receiver takes what one agent says for what another says.</summary>
    Shuffled,
}

/// <summary>A team that acts: without exploring, over the links of the environment, in any number and composition of its classes.</summary>
public sealed class TeamPolicy : IOnnxTeam
{
    // Groups of one batch think together, as each needs what all say.
    private readonly ConditionalWeakTable<IEnvironment, Thinker> _thinkers = [];

    /// <summary>A policy of networks, which may not be changed while the policy's actors are in use.</summary>
    /// <param name="network">The networks.</param>
    /// <param name="name">Name for tables and films.</param>
    /// <param name="origin">What it was made for.</param>
    /// <param name="messages">What becomes of messages.</param>
    public TeamPolicy(TeamNetwork network, string name, PolicyOrigin origin, MessageFate messages = MessageFate.Kept)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(origin);
        (Network, Name, Origin, Messages) = (network, name, origin, messages);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public PolicyOrigin Origin { get; }

    /// <summary>The networks.</summary>
    public TeamNetwork Network { get; }

    /// <summary>What becomes of messages.</summary>
    public MessageFate Messages { get; }

    /// <summary>The same team whose messages fare otherwise.</summary>
    /// <param name="messages">What becomes of messages.</param>
    /// <returns>The policy.</returns>
    public TeamPolicy With(MessageFate messages) => new(Network, Name, Origin, messages);

    /// <inheritdoc/>
    public IActor CreateActor(IEnvironment environment, int group = 0)
    {
        ArgumentNullException.ThrowIfNull(environment);
        TeamLayout layout = TeamLayout.Of(Network.Description, environment, Name, withState: false, Origin);
        int member = -1;
        for (int m = 0; m < layout.Members.Length; m++)
        {
            member = layout.Members[m].Group == group ? m : member;
        }

        return member >= 0
            ? ThinkerOf(environment, layout, member).ActorOf(member)
            : throw new PolicyMismatchException($"'{Name}' is a team of classes {string.Join(", ", Network.Description.Classes.Select(c => c.Name))} and does not act for '{environment.Groups[group].Name}' of {environment.Spec.Id}. Give that group a policy of its own (--with {environment.Groups[group].Name}=random).");
    }

    /// <inheritdoc/>
    public IReadOnlyList<(int Group, OnnxGraphBuilder Model)> ToOnnx(IEnvironment environment, OnnxPolicyForm form)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(form);
        TeamLayout layout = TeamLayout.Of(Network.Description, environment, Name, withState: false, Origin);
        string? problem = Network.Description.Messages switch
        {
            MessageKind.Gcn => "in a graph convolution (gcn) a receiver needs to know how many others each sender hears",
            MessageKind.Gat when layout.IsDelayed => "with a delay, attention of kind gat looks at what the receiver itself said the step before",
            _ => null,
        };
        return problem is null
            ? [.. layout.Members.Select(m => (m.Group, PolicyExport.Of(Network, layout, m, form)))]
            : throw new PolicyMismatchException($"'{Name}' has no form in which each agent acts by itself: {problem}. Export a team with messages of another kind, such as gatv2.");
    }

    // Whoever asks for an actor of a group a second time begins anew.
    private Thinker ThinkerOf(IEnvironment environment, TeamLayout layout, int member)
    {
        if (!_thinkers.TryGetValue(environment, out Thinker? thinker) || thinker.HasActorOf(member))
        {
            thinker = new Thinker(this, layout, environment);
            _thinkers.AddOrUpdate(environment, thinker);
        }

        return thinker;
    }

    // Thinks once for all groups in each step, when the first of them acts.
    private sealed class Thinker
    {
        private readonly TeamNetwork _network;
        private readonly IEnvironment _environment;
        private readonly MessageFate _fate;
        private readonly Tape _tape = new(1) { Recording = false };
        private readonly TeamLayout _layout;
        private readonly TeamMoments _moments;
        private readonly TeamRows _rows;
        private readonly KeyedStream[] _streams;
        private readonly float[][] _drawn;
        private readonly bool[] _hasActor;
        private readonly bool[] _knows;
        private readonly int[] _ages;
        private readonly int[] _places;
        private readonly int[] _deal;
        private int _step;

        public Thinker(TeamPolicy policy, TeamLayout layout, IEnvironment environment)
        {
            (_network, _environment, _fate, _layout) = (policy.Network, environment, policy.Messages, layout);
            int copies = environment.Count;
            _moments = new TeamMoments(layout, layout.Description.Frames, copies);
            _rows = new TeamRows(layout, copies);
            _drawn = [.. layout.Members.Select(m => new float[copies * m.Agents * policy.Network.Heads[m.Class].Size])];
            _hasActor = new bool[layout.Members.Length];
            _knows = new bool[layout.Members.Length];
            _ages = new int[copies];
            _places = new int[copies];
            _deal = new int[layout.Talkers];
            _streams = [.. Enumerable.Range(0, _fate == MessageFate.Shuffled ? copies : 0).Select(c => new KeyedStream((ulong)c, 0, StreamPurpose.Scenario))];
        }

        public bool HasActorOf(int member) => _hasActor[member];

        public Actor ActorOf(int member)
        {
            _hasActor[member] = true;
            return new Actor(this, member);
        }

        public void Reset(ReadOnlySpan<ulong> seeds)
        {
            if (seeds.Length != _ages.Length)
            {
                throw new ArgumentException($"This policy acts in {_ages.Length} copies and needs as many seeds, got {seeds.Length}.", nameof(seeds));
            }

            Array.Clear(_ages);
            Array.Clear(_knows);
            for (int copy = 0; copy < _streams.Length; copy++)
            {
                _streams[copy].Rekey(seeds[copy], 0, StreamPurpose.Scenario);
            }
        }

        // A group that has already acted on the last thoughts acts in the next step.
        public void Act(int member)
        {
            if (!_knows[member])
            {
                Think();
                Array.Fill(_knows, true);
            }

            _knows[member] = false;
            TeamMembers members = _layout.Members[member];
            ActionHead head = _network.Heads[members.Class];
            AgentGroup group = _environment.Groups[members.Group];
            for (int row = 0; row < _places.Length * members.Agents; row++)
            {
                head.Write(_drawn[member].AsSpan(row * head.Size, head.Size), group.Actions, row % members.Agents, row / members.Agents);
            }
        }

        // What came before the episode's beginning is never looked at, by its age.
        public void EpisodeEnded(int copy) => _ages[copy] = 0;

        private void Think()
        {
            _moments.Read(_environment, _step, 0, _ages);
            for (int copy = 0; copy < _places.Length; copy++)
            {
                _places[copy] = (_step * _places.Length) + copy;
                _ages[copy]++;
            }

            _step = (_step + 1) % _moments.Steps;
            _rows.Gather(_moments, _places);
            if (_fate == MessageFate.Cut)
            {
                _rows.Cut();
            }
            else if (_fate == MessageFate.Shuffled)
            {
                Shuffle();
            }

            TeamNetwork.TeamTensors room = default;
            Span<Tensor> outputs = room;
            _network.Act(_tape, _rows, outputs, out Tensor? weights);
            for (int member = 0; member < _drawn.Length; member++)
            {
                _network.Heads[_layout.Members[member].Class].Mode(outputs[member], _drawn[member]);
            }

            Show(weights);
            _tape.Reset();
        }

        private void Shuffle()
        {
            for (int copy = 0; copy < _places.Length; copy++)
            {
                for (int i = 0; i < _deal.Length; i++)
                {
                    _deal[i] = i;
                }

                _streams[copy].Shuffle(_deal.AsSpan());
                _rows.Deal(copy, _deal);
            }
        }

        private void Show(Tensor? weights)
        {
            if (weights is not { } shown || _environment is not ICommunicating talking) return;
            talking.HasLinkWeights = true;
            for (int member = 0; member < _drawn.Length; member++)
            {
                if (_hasActor[member] && _layout.Members[member].FirstTalker >= 0) Show(shown, talking.LinkWeights, _layout.Members[member]);
            }
        }

        // The mean over the heads of how much a receiver attends to each sender.
        private static void Show(Tensor weights, Batch<float> shown, TeamMembers members)
        {
            (int heads, int talkers) = (weights.Shape[1], weights.Shape[2]);
            ReadOnlySpan<float> values = weights.Values;
            for (int copy = 0; copy < weights.Shape[0]; copy++)
            {
                for (int receiver = members.FirstTalker; receiver < members.FirstTalker + members.Agents; receiver++)
                {
                    for (int sender = 0; sender < talkers; sender++)
                    {
                        float sum = 0;
                        for (int head = 0; head < heads; head++)
                        {
                            sum += values[(((((copy * heads) + head) * talkers) + receiver) * talkers) + sender];
                        }

                        shown[receiver, sender, copy] = sum / heads;
                    }
                }
            }
        }
    }

    private sealed class Actor(Thinker thinker, int member) : IActor
    {
        public void Reset(ReadOnlySpan<ulong> seeds) => thinker.Reset(seeds);

        public void Act() => thinker.Act(member);

        public void EpisodeEnded(int copy) => thinker.EpisodeEnded(copy);
    }
}
