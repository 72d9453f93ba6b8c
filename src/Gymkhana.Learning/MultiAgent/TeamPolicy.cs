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
            ? new Actor(this, layout, environment, member)
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

    private sealed class Actor : IActor
    {
        private readonly TeamNetwork _network;
        private readonly ActionHead _head;
        private readonly IEnvironment _environment;
        private readonly MessageFate _fate;
        private readonly int _member;
        private readonly Tape _tape = new(1) { Recording = false };
        private readonly TeamMoments _moments;
        private readonly TeamRows _rows;
        private readonly KeyedStream[] _streams;
        private readonly float[] _drawn;
        private readonly int[] _ages;
        private readonly int[] _places;
        private readonly int[] _deal;
        private int _step;

        public Actor(TeamPolicy policy, TeamLayout layout, IEnvironment environment, int member)
        {
            (_network, _environment, _fate, _member) = (policy.Network, environment, policy.Messages, member);
            int copies = environment.Count;
            _head = policy.Network.Heads[layout.Members[member].Class];
            _moments = new TeamMoments(layout, layout.Description.Frames, copies);
            _rows = new TeamRows(layout, copies);
            _drawn = new float[copies * layout.Members[member].Agents * _head.Size];
            _ages = new int[copies];
            _places = new int[copies];
            _deal = new int[layout.Talkers];
            _streams = [.. Enumerable.Range(0, _fate == MessageFate.Shuffled ? copies : 0).Select(c => new KeyedStream((ulong)c, 0, StreamPurpose.Scenario))];
        }

        public void Reset(ReadOnlySpan<ulong> seeds)
        {
            if (seeds.Length != _ages.Length)
            {
                throw new ArgumentException($"This policy acts in {_ages.Length} copies and needs as many seeds, got {seeds.Length}.", nameof(seeds));
            }

            Array.Clear(_ages);
            for (int copy = 0; copy < _streams.Length; copy++)
            {
                _streams[copy].Rekey(seeds[copy], 0, StreamPurpose.Scenario);
            }
        }

        public void Act()
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
            _head.Mode(outputs[_member], _drawn);
            Write(weights);
            _tape.Reset();
        }

        // What came before the episode's beginning is never looked at, by its age.
        public void EpisodeEnded(int copy) => _ages[copy] = 0;

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

        private void Write(Tensor? weights)
        {
            TeamMembers members = _rows.Layout.Members[_member];
            AgentGroup group = _environment.Groups[members.Group];
            int size = _head.Size;
            for (int row = 0; row < _places.Length * members.Agents; row++)
            {
                _head.Write(_drawn.AsSpan(row * size, size), group.Actions, row % members.Agents, row / members.Agents);
            }

            if (weights is { } shown && members.FirstTalker >= 0 && _environment is ICommunicating talking)
            {
                talking.HasLinkWeights = true;
                Show(shown, talking.LinkWeights, members);
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
}
