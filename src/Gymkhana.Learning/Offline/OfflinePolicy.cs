using System.Collections.Immutable;
using System.Globalization;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Spaces;
using Gymkhana.Learning.Exports;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Policies;

namespace Gymkhana.Learning.Offline;

/// <summary>What was learned from records, acting by its rule, and with a small probability at random.</summary>
public sealed class OfflinePolicy : IOnnxExportable
{
    /// <summary>A policy of a network, which may not be changed while its actors are in use.</summary>
    /// <param name="network">The network.</param>
    /// <param name="rule">How an action is chosen.</param>
    /// <param name="name">Name for tables and films.</param>
    /// <param name="origin">What it was made for.</param>
    /// <param name="epsilon">Probability of a uniformly random action, in [0, 1]; 0 where it is evaluated.</param>
    public OfflinePolicy(ActionNetwork network, ActionRule rule, string name, PolicyOrigin origin, double epsilon = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(origin);
        if (!(epsilon is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "a probability is in [0, 1].");
        }

        Network = network;
        Rule = rule;
        Name = name;
        Origin = origin;
        Epsilon = epsilon;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The network.</summary>
    public ActionNetwork Network { get; }

    /// <summary>How an action is chosen.</summary>
    public ActionRule Rule { get; }

    /// <inheritdoc/>
    public PolicyOrigin Origin { get; }

    /// <summary>Probability of a uniformly random action.</summary>
    public double Epsilon { get; }

    /// <summary>The same policy with another share of random actions.</summary>
    /// <param name="epsilon">Probability of a uniformly random action, in [0, 1]; the reference code of BCQ plays with 0.001.</param>
    /// <returns>The policy.</returns>
    public OfflinePolicy With(double epsilon) => new(Network, Rule, Name, Origin, epsilon);

    /// <inheritdoc/>
    public IActor CreateActor(IEnvironment environment, int group = 0)
    {
        ArgumentNullException.ThrowIfNull(environment);
        AgentGroup agents = environment.Groups[group];
        if (Mismatch(agents, Network.Description) is string problem)
        {
            string settings = string.Concat(Origin.Settings.Select(s => $" --set {s.Key}={s.Value}"));
            throw new PolicyMismatchException($"'{Name}' was trained for {Origin.EnvironmentId}{(settings.Length > 0 ? " with" + settings : string.Empty)} and does not fit {environment.Spec.Id}: {problem}. Use it where it was trained, or train one for {environment.Spec.Id}.");
        }

        return new Actor(this, agents, (ulong)group);
    }

    /// <inheritdoc/>
    public OnnxGraphBuilder ToOnnx(AgentGroup group, OnnxPolicyForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        OnnxGraphBuilder builder = PolicyExport.Of(Network, Rule, form);
        if (Rule.Heads == ActionHeads.Both)
        {
            builder.AddMetadata(OnnxPolicyKeys.ImitationThreshold, Rule.Threshold.ToString("R", CultureInfo.InvariantCulture));
        }

        return builder;
    }

    /// <summary>Why a network does not fit a group of agents, or null where it does.</summary>
    internal static string? Mismatch(AgentGroup group, ActionNetworkDescription network)
    {
        ImmutableArray<int> seen = group.ObservationSpace.Shape;
        int[] shape = seen.Length == 2 ? [1, .. seen] : [.. seen];
        bool pixels = group.ObservationSpace is BoxSpace { ElementType: ElementType.UInt8 };
        return group.Agents.Length != 1 ? $"'{group.Name}' has {group.Agents.Length} agents"
            : group.ActionSpace is not DiscreteSpace discrete || discrete.Count != network.Actions ? $"'{group.Name}' acts in {group.ActionSpace}, expected Discrete({network.Actions})"
            : group.ObservationSpace is not BoxSpace { ElementType: not ElementType.Int32 } || pixels != network.IsPixels || !shape.AsSpan().SequenceEqual(network.Observation)
                ? $"'{group.Name}' sees {group.ObservationSpace}, expected {(network.IsPixels ? "bytes" : "floats")} [{string.Join(", ", network.Observation)}]"
            : null;
    }

    private sealed class Actor : IActor
    {
        private readonly OfflinePolicy _policy;
        private readonly Tape _tape = new() { Recording = false };
        private readonly Batch<int> _actions;
        private readonly Batch<float>? _numbers;
        private readonly float[] _rows;
        private readonly byte[] _pixels;
        private readonly Batch<byte>? _pictures;
        private readonly Shape _shape;
        private readonly KeyedStream[] _streams;
        private readonly int[] _chosen;
        private readonly ulong _stream;

        public Actor(OfflinePolicy policy, AgentGroup group, ulong stream)
        {
            _policy = policy;
            _stream = stream;
            _actions = group.Actions.As<int>();
            int count = _actions.Count;
            int[] observation = policy.Network.Description.Observation;
            _shape = observation.Length == 3 ? new Shape(count, observation[0], observation[1], observation[2]) : new Shape(count, observation[0]);
            bool pixels = policy.Network.Description.IsPixels;
            _pictures = pixels ? group.Observations.As<byte>() : null;
            _numbers = pixels ? null : group.Observations.As<float>();
            _pixels = new byte[pixels ? _shape.Count : 0];
            _rows = new float[pixels ? 0 : _shape.Count];
            _chosen = new int[count];
            _streams = [.. Enumerable.Range(0, count).Select(copy => new KeyedStream((ulong)copy, stream, StreamPurpose.Exploration))];
        }

        public void Reset(ReadOnlySpan<ulong> seeds)
        {
            if (seeds.Length != _streams.Length)
            {
                throw new ArgumentException($"This policy acts in {_streams.Length} copies and needs as many seeds, got {seeds.Length}.", nameof(seeds));
            }

            for (int copy = 0; copy < seeds.Length; copy++)
            {
                _streams[copy].Rekey(seeds[copy], _stream, StreamPurpose.Exploration);
            }
        }

        public void Act()
        {
            (Tensor values, Tensor logits) = _policy.Network.Forward(Observe(), _policy.Rule.Heads);
            _policy.Rule.Choose(values, logits, _chosen);
            _tape.Reset();
            int actions = _policy.Network.Description.Actions;
            for (int copy = 0; copy < _chosen.Length; copy++)
            {
                bool explores = _policy.Epsilon > 0 && _streams[copy].NextBool(_policy.Epsilon);
                _actions[0, 0, copy] = explores ? _streams[copy].NextInt(actions) : _chosen[copy];
            }
        }

        // Nothing is remembered; a copy's stream goes on, so that its second episode is another one.
        public void EpisodeEnded(int copy)
        {
        }

        private NetworkInput Observe()
        {
            if (_pictures is not null)
            {
                _pictures.Values[.._pixels.Length].CopyTo(_pixels);
                return new NetworkInput(_tape, new PixelTensor(_pixels, _shape, PixelBody.PixelOffset, PixelBody.PixelScale));
            }

            int features = _rows.Length / _chosen.Length;
            for (int feature = 0; feature < features; feature++)
            {
                ReadOnlySpan<float> lane = _numbers!.Lane(feature); // what is not pictures is numbers
                for (int copy = 0; copy < lane.Length; copy++)
                {
                    _rows[(copy * features) + feature] = lane[copy];
                }
            }

            return new NetworkInput(_tape.Constant(_shape, _rows));
        }
    }
}
