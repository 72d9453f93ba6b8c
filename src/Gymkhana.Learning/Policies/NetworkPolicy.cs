using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Buffers;
using Gymkhana.Learning.Exports;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Policies;

namespace Gymkhana.Learning.Policies;

/// <summary>A network that acts: without exploring (the most likely choice, the mean), or drawing from its distribution with streams keyed by the episodes' seeds.</summary>
public sealed class NetworkPolicy : IOnnxExportable
{
    /// <summary>A policy of a network. The network may not be changed while the policy's actors are in use.</summary>
    /// <param name="network">The network.</param>
    /// <param name="name">Name for tables and films.</param>
    /// <param name="origin">What it was made for.</param>
    /// <param name="isStochastic">Whether it draws its actions.</param>
    public NetworkPolicy(ActorCritic network, string name, PolicyOrigin origin, bool isStochastic = false)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(origin);
        Network = network;
        Name = name;
        Origin = origin;
        IsStochastic = isStochastic;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public PolicyOrigin Origin { get; }

    /// <summary>The network.</summary>
    public ActorCritic Network { get; }

    /// <summary>Whether it draws its actions.</summary>
    public bool IsStochastic { get; }

    /// <summary>The same network drawing its actions, or not.</summary>
    /// <param name="isStochastic">Whether it draws its actions.</param>
    /// <returns>The policy.</returns>
    public NetworkPolicy With(bool isStochastic) => new(Network, Name, Origin, isStochastic);

    /// <inheritdoc/>
    public IActor CreateActor(IEnvironment environment, int group = 0)
    {
        ArgumentNullException.ThrowIfNull(environment);
        AgentGroup agents = environment.Groups[group];
        if (!Network.Description.Fits(agents.ObservationSpace, agents.ActionSpace))
        {
            string settings = string.Concat(Origin.Settings.Select(s => $" --set {s.Key}={s.Value}"));
            throw new PolicyMismatchException(
                $"'{Name}' was trained for {Origin.EnvironmentId}{(settings.Length > 0 ? " with" + settings : string.Empty)} and does not fit {environment.Spec.Id}, "
                + $"whose '{agents.Name}' sees {agents.ObservationSpace} and does {agents.ActionSpace}. Use it where it was trained, or train a policy for {environment.Spec.Id}.");
        }

        return new Actor(Network, agents, (ulong)group, IsStochastic);
    }

    /// <inheritdoc/>
    public OnnxGraphBuilder ToOnnx(AgentGroup group, OnnxPolicyForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return Network.Description.Choices.Length < 2
            ? PolicyExport.Of(Network, form)
            : throw new PolicyMismatchException($"'{Name}' makes {Network.Description.Choices.Length} choices at once, which an exported model has no form for. Export a policy of one choice, or of numbers.");
    }

    private sealed class Actor : IActor
    {
        private const ulong AgentsPerGroup = 1 << 16;
        private readonly AgentGroup _group;
        private readonly ActingNetwork _network;
        private readonly ObservationRows _rows;
        private readonly float[] _outputs;
        private readonly float[] _drawn;
        private readonly KeyedStream[] _streams;
        private readonly ulong _firstStream;
        private readonly bool _isStochastic;
        private readonly int _agents;

        public Actor(ActorCritic network, AgentGroup group, ulong index, bool isStochastic)
        {
            _group = group;
            _agents = group.Agents.Length;
            _firstStream = index * AgentsPerGroup;
            _isStochastic = isStochastic;
            int rows = _agents * group.Observations.Count;
            _network = new ActingNetwork(network, rows);
            _rows = new ObservationRows(network.Description, rows);
            _outputs = new float[rows * network.Head.Outputs];
            _drawn = new float[rows * network.Head.Size];
            _streams = new KeyedStream[isStochastic ? rows : 0];
            for (int row = 0; row < _streams.Length; row++)
            {
                _streams[row] = new KeyedStream((ulong)row, _firstStream, StreamPurpose.Acting);
            }
        }

        public void Reset(ReadOnlySpan<ulong> seeds)
        {
            if (seeds.Length != _group.Observations.Count)
            {
                throw new ArgumentException($"This policy acts in {_group.Observations.Count} copies and needs as many seeds, got {seeds.Length}.", nameof(seeds));
            }

            for (int row = 0; row < _streams.Length; row++)
            {
                _streams[row].Rekey(seeds[row / _agents], _firstStream + (ulong)(row % _agents), StreamPurpose.Acting);
            }
        }

        public void Act()
        {
            _rows.Read(_group.Observations, 0);
            _network.Run(_rows, 0, _rows.Capacity, _outputs, []);
            if (_isStochastic)
            {
                _network.Draw(_outputs, _streams, _drawn);
            }
            else
            {
                _network.Mode(_outputs, _drawn);
            }

            int size = _network.Head.Size;
            for (int row = 0; row < _rows.Capacity; row++)
            {
                _network.Head.Write(_drawn.AsSpan(row * size, size), _group.Actions, row % _agents, row / _agents);
            }
        }

        // Nothing is remembered; a copy's stream goes on, so that its second episode is another one.
        public void EpisodeEnded(int copy)
        {
        }
    }
}
