using Gymkhana.Evolution.Networks;

namespace Gymkhana.Evolution.Neat;

/// <summary>A node of a genome. Ids below the number of inputs are inputs, the next ones outputs, the rest hidden.</summary>
public struct NodeGene
{
    /// <summary>Historical number: the same split of the same connection gives the same id in every genome of a run.</summary>
    public int Id;

    /// <summary>Added to the sum of the inputs; unused for inputs.</summary>
    public float Bias;

    /// <summary>What is done with the sum; unused for inputs.</summary>
    public Activation Activation;
}

/// <summary>A connection of a genome.</summary>
public struct ConnectionGene
{
    /// <summary>Historical number: connections between the same nodes have the same one in every genome of a run.</summary>
    public int Innovation;

    /// <summary>Id of the node it comes from.</summary>
    public int From;

    /// <summary>Id of the node it goes to.</summary>
    public int To;

    /// <summary>Factor on the value it carries.</summary>
    public float Weight;

    /// <summary>Whether it is expressed in the network.</summary>
    public bool Enabled;

    /// <summary>Whether it carries the value of the step before, because it closes a cycle.</summary>
    public bool Recurrent;
}

/// <summary>
/// The genes of one network: nodes by id and connections by innovation number, both ascending. A genome is a reusable
/// buffer: its arrays grow and are never given back, so that a generation allocates nothing once it has run for a while.
/// </summary>
public sealed class Genome
{
    private NodeGene[] _nodes = [];
    private ConnectionGene[] _connections = [];

    /// <summary>Number of nodes, inputs and outputs included.</summary>
    public int NodeCount { get; private set; }

    /// <summary>Number of connections, disabled ones included.</summary>
    public int ConnectionCount { get; private set; }

    /// <summary>The genome's own mutation scale: standard deviation of its children's weight steps, in units of the setting <c>weight-power</c>.</summary>
    public float Scale { get; set; } = 1;

    /// <summary>Nodes by ascending id.</summary>
    public Span<NodeGene> Nodes => _nodes.AsSpan(0, NodeCount);

    /// <summary>Connections by ascending innovation number.</summary>
    public Span<ConnectionGene> Connections => _connections.AsSpan(0, ConnectionCount);

    /// <summary>Takes the genes of another genome.</summary>
    /// <param name="other">The genome to copy.</param>
    public void CopyFrom(Genome other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Scale = other.Scale;
        Ensure(ref _nodes, other.NodeCount);
        Ensure(ref _connections, other.ConnectionCount);
        other.Nodes.CopyTo(_nodes);
        other.Connections.CopyTo(_connections);
        NodeCount = other.NodeCount;
        ConnectionCount = other.ConnectionCount;
    }

    /// <summary>Removes all genes.</summary>
    public void Clear() => NodeCount = ConnectionCount = 0;

    /// <summary>Adds a node in its place.</summary>
    /// <param name="node">The node; its id is not there yet.</param>
    public void Add(NodeGene node)
    {
        Ensure(ref _nodes, NodeCount + 1);
        int place = NodeCount++;
        for (; place > 0 && _nodes[place - 1].Id > node.Id; place--)
        {
            _nodes[place] = _nodes[place - 1];
        }

        _nodes[place] = node;
    }

    /// <summary>Adds a connection in its place.</summary>
    /// <param name="connection">The connection; its innovation number is not there yet.</param>
    public void Add(ConnectionGene connection)
    {
        Ensure(ref _connections, ConnectionCount + 1);
        int place = ConnectionCount++;
        for (; place > 0 && _connections[place - 1].Innovation > connection.Innovation; place--)
        {
            _connections[place] = _connections[place - 1];
        }

        _connections[place] = connection;
    }

    /// <summary>Removes a node and every connection at it.</summary>
    /// <param name="place">Its place in <see cref="Nodes"/>.</param>
    public void RemoveNode(int place)
    {
        int id = _nodes[place].Id;
        Nodes[(place + 1)..].CopyTo(_nodes.AsSpan(place));
        NodeCount--;
        int kept = 0;
        for (int i = 0; i < ConnectionCount; i++)
        {
            if (_connections[i].From != id && _connections[i].To != id)
            {
                _connections[kept++] = _connections[i];
            }
        }

        ConnectionCount = kept;
    }

    /// <summary>Removes a connection.</summary>
    /// <param name="place">Its place in <see cref="Connections"/>.</param>
    public void RemoveConnection(int place)
    {
        Connections[(place + 1)..].CopyTo(_connections.AsSpan(place));
        ConnectionCount--;
    }

    /// <summary>Place of a node.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The place in <see cref="Nodes"/>, or −1 when it is not there.</returns>
    public int PlaceOf(int id)
    {
        int low = 0, high = NodeCount - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int found = _nodes[middle].Id;
            if (found == id)
            {
                return middle;
            }

            (low, high) = found < id ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>Whether a connection between two nodes is there.</summary>
    /// <param name="from">Id of the node it comes from.</param>
    /// <param name="to">Id of the node it goes to.</param>
    /// <returns>True when it is, enabled or not.</returns>
    public bool Connects(int from, int to)
    {
        foreach (ref readonly ConnectionGene connection in Connections)
        {
            if (connection.From == from && connection.To == to)
            {
                return true;
            }
        }

        return false;
    }

    private static void Ensure<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, Math.Max(length, array.Length + (array.Length / 2) + 12));
        }
    }
}
