namespace Gymkhana.Evolution.Networks;

/// <summary>
/// A network ready to run: nodes in the order of evaluation, each with its bias, activation and incoming connections.
/// </summary>
/// <remarks>
/// Node numbers here are places in that order: inputs first, 0 to <see cref="Inputs"/> − 1, then the others. A connection
/// from a node that comes earlier carries this step's value; one from the same or a later node (a recurrent connection)
/// carries the value of the step before. What a policy holds never changes; a compiler that scores genome after genome fills
/// one network again and again.
/// </remarks>
public sealed class NetworkGraph
{
    private readonly int[] _outputs;
    private GraphNode[] _nodes = [];
    private int[] _firstConnection = [0];
    private int[] _sources = [];
    private float[] _weights = [];
    private int _nodeCount;
    private int _connectionCount;

    /// <summary>A network.</summary>
    /// <param name="inputs">Number of inputs.</param>
    /// <param name="nodes">The other nodes in the order of evaluation.</param>
    /// <param name="outputs">Which nodes are the outputs, as places.</param>
    /// <param name="firstConnection">For each of the nodes the place of its first connection, and at the end their number.</param>
    /// <param name="sources">For each connection the place of the node it comes from.</param>
    /// <param name="weights">For each connection its weight.</param>
    public NetworkGraph(int inputs, GraphNode[] nodes, int[] outputs, int[] firstConnection, int[] sources, float[] weights)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(sources);
        Inputs = inputs;
        _nodes = nodes;
        _outputs = outputs;
        _firstConnection = firstConnection;
        _sources = sources;
        _weights = weights;
        _nodeCount = nodes.Length;
        _connectionCount = sources.Length;
        for (int node = 0; node < nodes.Length && !IsRecurrent; node++)
        {
            for (int c = firstConnection[node]; c < firstConnection[node + 1]; c++)
            {
                IsRecurrent |= sources[c] >= inputs + node;
            }
        }
    }

    /// <summary>A network for a compiler to fill.</summary>
    internal NetworkGraph(int inputs, int outputs)
    {
        Inputs = inputs;
        _outputs = new int[outputs];
    }

    /// <summary>Number of inputs.</summary>
    public int Inputs { get; }

    /// <summary>The nodes after the inputs, in the order of evaluation.</summary>
    public ReadOnlySpan<GraphNode> Nodes => _nodes.AsSpan(0, _nodeCount);

    /// <summary>Places of the output nodes, in the order of the action's numbers.</summary>
    public ReadOnlySpan<int> Outputs => _outputs;

    /// <summary>Place of each node's first connection; one longer than <see cref="Nodes"/>.</summary>
    public ReadOnlySpan<int> FirstConnection => _firstConnection.AsSpan(0, _nodeCount + 1);

    /// <summary>Place of the node that each connection comes from.</summary>
    public ReadOnlySpan<int> Sources => _sources.AsSpan(0, _connectionCount);

    /// <summary>Weight of each connection.</summary>
    public ReadOnlySpan<float> Weights => _weights.AsSpan(0, _connectionCount);

    /// <summary>Whether a connection carries a value from the step before.</summary>
    public bool IsRecurrent { get; private set; }

    /// <summary>Makes room for a network of another size; what it held is gone.</summary>
    internal Filling Refill(int nodes, int connections, bool isRecurrent)
    {
        if (_nodes.Length < nodes)
        {
            _nodes = new GraphNode[nodes + (nodes / 2)];
            _firstConnection = new int[_nodes.Length + 1];
        }

        if (_sources.Length < connections)
        {
            _sources = new int[connections + (connections / 2)];
            _weights = new float[_sources.Length];
        }

        _nodeCount = nodes;
        _connectionCount = connections;
        IsRecurrent = isRecurrent;
        return new Filling { Nodes = _nodes, Outputs = _outputs, FirstConnection = _firstConnection, Sources = _sources, Weights = _weights };
    }

    /// <summary>The arrays to write, at least as long as needed.</summary>
    internal ref struct Filling
    {
        public Span<GraphNode> Nodes;
        public Span<int> Outputs;
        public Span<int> FirstConnection;
        public Span<int> Sources;
        public Span<float> Weights;
    }
}

/// <summary>A node that computes: its value is activation(bias + Σ weight × source).</summary>
/// <param name="Bias">Added to the sum.</param>
/// <param name="Activation">What is done with the sum.</param>
public readonly record struct GraphNode(float Bias, Activation Activation);
