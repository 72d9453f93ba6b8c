using Gymkhana.Evolution.Networks;

namespace Gymkhana.Evolution.Neat;

/// <summary>
/// Turns genomes into networks: what the outputs depend on, each node after the nodes that it takes this step's values from
/// and before those that take its value of the step before; other nodes are left out. Keeps its working arrays; one for each
/// thread.
/// </summary>
public sealed class GenomeCompiler(int inputs, int outputs)
{
    private const int Unseen = -1;
    private const int Waiting = -2;

    // By id of a node: its place in the genome.
    private int[] _placeOf = [];

    // By place in the genome: the group of its connections, how far the search has come in it, its place in the network.
    private int[] _first = [];
    private int[] _cursor = [];
    private int[] _networkPlace = [];
    private int[] _stack = [];
    private int[] _order = [];

    // Enabled connections grouped by target: place of the source, weight, whether recurrent.
    private Incoming[] _incoming = [];

    // Enabled recurrent connections between different nodes, as places.
    private readonly List<(int From, int To)> _recurrent = [];
    private bool[] _needed = [];
    private int _ordered;

    /// <summary>The network of a genome.</summary>
    /// <param name="genome">The genome.</param>
    /// <returns>The network, in arrays of its own.</returns>
    public NetworkGraph Compile(Genome genome)
    {
        NetworkGraph network = new(inputs, outputs);
        Compile(genome, network);
        return network;
    }

    /// <summary>Fills a network that was made for as many inputs and outputs; allocates nothing once buffers are large enough.</summary>
    internal void Compile(Genome genome, NetworkGraph network)
    {
        ArgumentNullException.ThrowIfNull(genome);
        Span<NodeGene> nodes = genome.Nodes;
        Reserve(nodes.Length, genome.ConnectionCount, nodes[^1].Id + 1);
        GroupByTarget(nodes, genome.Connections);
        Array.Fill(_networkPlace, Unseen, inputs, nodes.Length - inputs);
        _ordered = 0;
        if (_recurrent.Count > 0)
        {
            MarkNeeded(nodes.Length);
        }

        for (int output = inputs; output < inputs + outputs; output++)
        {
            Visit(output);
        }

        // Through recurrent connections the outputs also depend on nodes that no feed-forward path leads from.
        for (int place = inputs; _recurrent.Count > 0 && place < nodes.Length; place++)
        {
            if (_needed[place])
            {
                Visit(place);
            }
        }

        Emit(nodes, network);
    }

    private void Reserve(int nodes, int connections, int ids)
    {
        if (_placeOf.Length < ids)
        {
            _placeOf = new int[ids * 2];
        }

        if (_networkPlace.Length < nodes)
        {
            int size = nodes * 2;
            _first = new int[size + 2];
            _cursor = new int[size];
            _networkPlace = new int[size];
            _stack = new int[size];
            _order = new int[size];
            _needed = new bool[size];
            for (int i = 0; i < inputs; i++)
            {
                _networkPlace[i] = i;
            }
        }

        if (_incoming.Length < connections)
        {
            _incoming = new Incoming[connections * 2];
        }
    }

    /// <summary>Groups the enabled connections by the place of their target, in the genome's order.</summary>
    private void GroupByTarget(ReadOnlySpan<NodeGene> nodes, ReadOnlySpan<ConnectionGene> connections)
    {
        int[] placeOf = _placeOf, first = _first;
        for (int place = 0; place < nodes.Length; place++)
        {
            placeOf[nodes[place].Id] = place;
        }

        Array.Clear(first, 0, nodes.Length + 2);
        _recurrent.Clear();
        foreach (ref readonly ConnectionGene connection in connections)
        {
            if (connection.Enabled)
            {
                first[placeOf[connection.To] + 2]++;
            }
        }

        for (int place = 2; place < nodes.Length + 2; place++)
        {
            first[place] += first[place - 1];
        }

        foreach (ref readonly ConnectionGene connection in connections)
        {
            if (!connection.Enabled)
            {
                continue;
            }

            int from = placeOf[connection.From], to = placeOf[connection.To];
            _incoming[first[to + 1]++] = new Incoming { Source = from, Weight = connection.Weight, Recurrent = connection.Recurrent };
            if (connection.Recurrent)
            {
                _recurrent.Add((from, to));
            }
        }
    }

    /// <summary>Marks what the outputs depend on, in this step or a later one.</summary>
    private void MarkNeeded(int nodes)
    {
        Array.Clear(_needed, 0, nodes);
        Array.Fill(_needed, true, inputs, outputs);
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int place = inputs; place < nodes; place++)
            {
                for (int c = _first[place]; _needed[place] && c < _first[place + 1]; c++)
                {
                    ref bool source = ref _needed[_incoming[c].Source];
                    changed |= !source;
                    source = true;
                }
            }
        }
    }

    /// <summary>Puts a node into the order, after all that must come before it: a depth-first search.</summary>
    private void Visit(int root)
    {
        if (_networkPlace[root] != Unseen)
        {
            return;
        }

        int[] networkPlace = _networkPlace, cursor = _cursor, stack = _stack;
        stack[0] = root;
        for (int top = 0; top >= 0;)
        {
            int place = stack[top];
            if (networkPlace[place] == Unseen)
            {
                networkPlace[place] = Waiting;
                cursor[place] = _first[place];
            }

            int before = NextBefore(place);
            if (before >= 0)
            {
                stack[++top] = before;
                continue;
            }

            networkPlace[place] = inputs + _ordered;
            _order[_ordered++] = place;
            top--;
        }
    }

    /// <summary>The next node that must come before another and is not in the order yet, or −1.</summary>
    private int NextBefore(int place)
    {
        int end = _first[place + 1];
        ref int c = ref _cursor[place];
        while (c < end)
        {
            ref readonly Incoming connection = ref _incoming[c++];
            if (_networkPlace[connection.Source] == Unseen && !connection.Recurrent)
            {
                return connection.Source;
            }
        }

        // The targets of its recurrent connections read the value of the step before: they come before it.
        for (; c - end < _recurrent.Count; c++)
        {
            (int from, int to) = _recurrent[c - end];
            if (from == place && _needed[to] && _networkPlace[to] == Unseen)
            {
                return to;
            }
        }

        return -1;
    }

    private void Emit(ReadOnlySpan<NodeGene> nodes, NetworkGraph network)
    {
        int total = 0;
        for (int i = 0; i < _ordered; i++)
        {
            total += _first[_order[i] + 1] - _first[_order[i]];
        }

        NetworkGraph.Filling filling = network.Refill(_ordered, total, HasNeededRecurrence());
        int written = 0;
        for (int i = 0; i < _ordered; i++)
        {
            int place = _order[i];
            filling.Nodes[i] = new GraphNode(nodes[place].Bias, nodes[place].Activation);
            filling.FirstConnection[i] = written;
            for (int c = _first[place]; c < _first[place + 1]; c++)
            {
                filling.Sources[written] = _networkPlace[_incoming[c].Source];
                filling.Weights[written++] = _incoming[c].Weight;
            }
        }

        filling.FirstConnection[_ordered] = written;
        for (int output = 0; output < outputs; output++)
        {
            filling.Outputs[output] = _networkPlace[inputs + output];
        }
    }

    private bool HasNeededRecurrence()
    {
        foreach ((int _, int to) in _recurrent)
        {
            if (_needed[to])
            {
                return true;
            }
        }

        return false;
    }

    private struct Incoming
    {
        public int Source;
        public float Weight;
        public bool Recurrent;
    }
}
