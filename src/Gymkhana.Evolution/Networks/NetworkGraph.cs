namespace Gymkhana.Evolution.Networks;

/// <summary>
/// A network ready to run: nodes in the order of evaluation, each with its bias, activation and incoming connections.
/// Made from a genome; immutable.
/// </summary>
/// <remarks>
/// Node numbers here are places in that order: inputs first, 0 to <see cref="Inputs"/> − 1, then the others. A connection
/// from a node that comes earlier carries this step's value; one from the same or a later node (a recurrent connection)
/// carries the value of the step before.
/// </remarks>
public sealed class NetworkGraph
{
    /// <summary>A network.</summary>
    /// <param name="inputs">Number of inputs.</param>
    /// <param name="nodes">The other nodes in the order of evaluation.</param>
    /// <param name="outputs">Which nodes are the outputs, as places.</param>
    /// <param name="firstConnection">For each of the nodes the place of its first connection, and at the end their number.</param>
    /// <param name="sources">For each connection the place of the node it comes from.</param>
    /// <param name="weights">For each connection its weight.</param>
    public NetworkGraph(int inputs, GraphNode[] nodes, int[] outputs, int[] firstConnection, int[] sources, float[] weights)
    {
        Inputs = inputs;
        Nodes = nodes;
        Outputs = outputs;
        FirstConnection = firstConnection;
        Sources = sources;
        Weights = weights;
        for (int node = 0; node < nodes.Length && !IsRecurrent; node++)
        {
            for (int c = firstConnection[node]; c < firstConnection[node + 1]; c++)
            {
                IsRecurrent |= sources[c] >= inputs + node;
            }
        }
    }

    /// <summary>Number of inputs.</summary>
    public int Inputs { get; }

    /// <summary>The nodes after the inputs, in the order of evaluation.</summary>
    public GraphNode[] Nodes { get; }

    /// <summary>Places of the output nodes, in the order of the action's numbers.</summary>
    public int[] Outputs { get; }

    /// <summary>Place of each node's first connection; one longer than <see cref="Nodes"/>.</summary>
    public int[] FirstConnection { get; }

    /// <summary>Place of the node that each connection comes from.</summary>
    public int[] Sources { get; }

    /// <summary>Weight of each connection.</summary>
    public float[] Weights { get; }

    /// <summary>Whether a connection carries a value from the step before.</summary>
    public bool IsRecurrent { get; }
}

/// <summary>A node that computes: its value is activation(bias + Σ weight × source).</summary>
/// <param name="Bias">Added to the sum.</param>
/// <param name="Activation">What is done with the sum.</param>
public readonly record struct GraphNode(float Bias, Activation Activation);
