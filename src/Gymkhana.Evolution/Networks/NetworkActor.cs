using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Evolution.Networks;

/// <summary>A network at work in one batch; <see cref="Load"/> exchanges it without making a new actor.</summary>
public sealed unsafe class NetworkActor : IActor
{
    private readonly LaneNetwork _network;
    private readonly Batch<float> _observations;
    private readonly Batch<float> _outputs;
    private readonly Batch<int>? _choices;
    private readonly float[]? _low;
    private readonly float[]? _high;

    /// <summary>An actor without a network yet.</summary>
    /// <param name="environment">The batch.</param>
    /// <param name="groupIndex">The group it acts for.</param>
    /// <exception cref="PolicyMismatchException">Spaces that networks do not serve.</exception>
    public NetworkActor(IEnvironment environment, int groupIndex)
    {
        ArgumentNullException.ThrowIfNull(environment);
        AgentGroup group = environment.Groups[groupIndex];
        NetworkInterface networkInterface = NetworkInterface.For(group);
        _network = LaneNetwork.Create(environment.Count);
        _observations = group.Observations.As<float>();
        if (group.ActionSpace is DiscreteSpace)
        {
            _choices = group.Actions.As<int>();
            _outputs = new Batch<float>(1, networkInterface.Outputs, environment.Count);
            return;
        }

        _outputs = group.Actions.As<float>();
        BoxSpace box = (BoxSpace)group.ActionSpace;
        if (box.Low.Any(low => low != -1) || box.High.Any(high => high != 1))
        {
            _low = [.. box.Low];
            _high = [.. box.High];
        }
    }

    /// <summary>The network that is loaded.</summary>
    public NetworkGraph Graph => _network.Graph;

    /// <summary>What a node holds, such as to show it: an input the latest observation, another node what it last computed.</summary>
    /// <param name="place">The node's place in the graph, inputs first.</param>
    /// <param name="copy">The copy of the environment.</param>
    /// <returns>Its value.</returns>
    public float ValueOf(int place, int copy) => place < Graph.Inputs ? _observations[0, place, copy] : _network.ValueOf(place - Graph.Inputs, copy);

    /// <summary>Takes a network and forgets what the one before remembered.</summary>
    /// <param name="graph">The network, with as many inputs and outputs as the group's spaces ask for.</param>
    public void Load(NetworkGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.Inputs != _observations.Features || graph.Outputs.Length != _outputs.Features)
        {
            throw new PolicyMismatchException($"The environment needs a network of {_observations.Features} inputs and {_outputs.Features} outputs, got {graph.Inputs} and {graph.Outputs.Length}. Choose a policy made for it.");
        }

        _network.Load(graph);
    }

    /// <inheritdoc/>
    public void Reset(ReadOnlySpan<ulong> seeds) => _network.Forget();

    /// <inheritdoc/>
    public void Act()
    {
        _network.Activate(_observations.Pointer, _outputs.Pointer);
        if (_choices is not null)
        {
            ChooseLargest(_choices);
        }
        else if (_low is not null)
        {
            Stretch(_low, _high!); // Set together with _low.
        }
    }

    /// <inheritdoc/>
    public void EpisodeEnded(int copy)
    {
        if (_network.Graph.IsRecurrent)
        {
            _network.Forget(copy);
        }
    }

    private void ChooseLargest(Batch<int> choices)
    {
        Span<int> chosen = choices.Lane(0);
        for (int lane = 0; lane < chosen.Length; lane++)
        {
            int best = 0;
            for (int choice = 1; choice < _outputs.Features; choice++)
            {
                best = _outputs[0, choice, lane] > _outputs[0, best, lane] ? choice : best;
            }

            chosen[lane] = best;
        }
    }

    private void Stretch(float[] low, float[] high)
    {
        for (int number = 0; number < low.Length; number++)
        {
            foreach (ref float action in _outputs.Lane(number))
            {
                action = low[number] + (Math.Clamp((action + 1) * 0.5f, 0, 1) * (high[number] - low[number]));
            }
        }
    }
}
