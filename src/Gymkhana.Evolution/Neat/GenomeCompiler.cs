using Gymkhana.Evolution.Networks;

namespace Gymkhana.Evolution.Neat;

/// <summary>
/// Turns genomes into networks: nodes in true topological order (by longest path from the inputs over the enabled feed-forward
/// connections, ties by id), nodes that reach no output left out. Keeps its working arrays; one for each thread.
/// </summary>
public sealed class GenomeCompiler(int inputs, int outputs)
{
    private int[] _placeOf = [];
    private int[] _waiting = [];
    private int[] _order = [];
    private int[] _rank = [];
    private int[] _first = [];
    private int[] _byTarget = [];
    private bool[] _needed = [];

    /// <summary>The network of a genome.</summary>
    /// <param name="genome">The genome.</param>
    /// <returns>The network, in arrays of its own.</returns>
    public NetworkGraph Compile(Genome genome)
    {
        ArgumentNullException.ThrowIfNull(genome);
        Span<NodeGene> nodes = genome.Nodes;
        Span<ConnectionGene> connections = genome.Connections;
        Reserve(nodes.Length, connections.Length, nodes[^1].Id + 1);
        GroupByTarget(nodes, connections);
        int ordered = Order(nodes.Length, connections);
        int kept = MarkNeeded(ordered, connections);
        return Emit(nodes, connections, ordered, kept);
    }

    private void Reserve(int nodes, int connections, int ids)
    {
        if (_placeOf.Length < ids)
        {
            _placeOf = new int[ids * 2];
        }

        if (_waiting.Length <= nodes)
        {
            int size = (nodes * 2) + 1;
            _waiting = new int[size];
            _order = new int[size];
            _rank = new int[size];
            _first = new int[size + 1];
            _needed = new bool[size];
        }

        if (_byTarget.Length < connections)
        {
            _byTarget = new int[connections * 2];
        }
    }

    /// <summary>Sorts the enabled connections by the place of their target, stably.</summary>
    private void GroupByTarget(ReadOnlySpan<NodeGene> nodes, ReadOnlySpan<ConnectionGene> connections)
    {
        for (int place = 0; place < nodes.Length; place++)
        {
            _placeOf[nodes[place].Id] = place;
        }

        Array.Clear(_first, 0, nodes.Length + 2);
        foreach (ref readonly ConnectionGene connection in connections)
        {
            if (connection.Enabled)
            {
                _first[_placeOf[connection.To] + 2]++;
            }
        }

        for (int place = 2; place < nodes.Length + 2; place++)
        {
            _first[place] += _first[place - 1];
        }

        for (int i = 0; i < connections.Length; i++)
        {
            if (connections[i].Enabled)
            {
                _byTarget[_first[_placeOf[connections[i].To] + 1]++] = i;
            }
        }
    }

    /// <summary>Places in evaluation order, inputs first. Feed-forward connections never close a cycle, so every node gets its turn.</summary>
    private int Order(int nodes, ReadOnlySpan<ConnectionGene> connections)
    {
        // Longest path from the inputs, by relaxation in rounds: small networks settle in a few.
        Array.Clear(_rank, 0, nodes);
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int place = inputs; place < nodes; place++)
            {
                int rank = 1;
                for (int c = _first[place]; c < _first[place + 1]; c++)
                {
                    ref readonly ConnectionGene connection = ref connections[_byTarget[c]];
                    if (!connection.Recurrent)
                    {
                        rank = Math.Max(rank, _rank[_placeOf[connection.From]] + 1);
                    }
                }

                if (rank != _rank[place])
                {
                    _rank[place] = rank;
                    changed = true;
                }
            }
        }

        for (int i = 0; i < inputs; i++)
        {
            _order[i] = i;
        }

        int ordered = inputs;
        for (int rank = 1; ordered < nodes; rank++)
        {
            for (int place = inputs; place < nodes; place++)
            {
                if (_rank[place] == rank)
                {
                    _order[ordered++] = place;
                }
            }
        }

        return ordered;
    }

    /// <summary>Marks what the outputs depend on, through recurrent connections too; returns how many nodes that is beside the inputs.</summary>
    private int MarkNeeded(int ordered, ReadOnlySpan<ConnectionGene> connections)
    {
        Array.Clear(_needed, 0, ordered);
        for (int output = 0; output < outputs; output++)
        {
            _needed[inputs + output] = true;
        }

        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = ordered - 1; i >= inputs; i--)
            {
                int place = _order[i];
                if (!_needed[place])
                {
                    continue;
                }

                for (int c = _first[place]; c < _first[place + 1]; c++)
                {
                    ref readonly ConnectionGene connection = ref connections[_byTarget[c]];
                    ref bool source = ref _needed[_placeOf[connection.From]];
                    changed |= !source && connection.Recurrent;
                    source = true;
                }
            }
        }

        int kept = 0;
        for (int i = inputs; i < ordered; i++)
        {
            kept += _needed[_order[i]] ? 1 : 0;
        }

        return kept;
    }

    private NetworkGraph Emit(ReadOnlySpan<NodeGene> nodes, ReadOnlySpan<ConnectionGene> connections, int ordered, int kept)
    {
        // `_waiting` now maps a place in the genome to a place in the network.
        GraphNode[] graphNodes = new GraphNode[kept];
        int next = inputs;
        int total = 0;
        for (int i = 0; i < ordered; i++)
        {
            int place = _order[i];
            if (i < inputs)
            {
                _waiting[place] = i;
            }
            else if (_needed[place])
            {
                _waiting[place] = next++;
                graphNodes[_waiting[place] - inputs] = new GraphNode(nodes[place].Bias, nodes[place].Activation);
                total += _first[place + 1] - _first[place];
            }
        }

        int[] first = new int[kept + 1];
        int[] sources = new int[total];
        float[] weights = new float[total];
        int written = 0;
        for (int i = inputs; i < ordered; i++)
        {
            int place = _order[i];
            if (!_needed[place])
            {
                continue;
            }

            first[_waiting[place] - inputs] = written;
            for (int c = _first[place]; c < _first[place + 1]; c++)
            {
                ref readonly ConnectionGene connection = ref connections[_byTarget[c]];
                sources[written] = _waiting[_placeOf[connection.From]];
                weights[written++] = connection.Weight;
            }
        }

        first[kept] = written;
        int[] outputPlaces = new int[outputs];
        for (int output = 0; output < outputs; output++)
        {
            outputPlaces[output] = _waiting[inputs + output];
        }

        return new NetworkGraph(inputs, graphNodes, outputPlaces, first, sources, weights);
    }
}
