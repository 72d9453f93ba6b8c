using Gymkhana.Core.Simd;

namespace Gymkhana.Examples.Original;

/// <summary>
/// Runs a genome of the original program as that program runs it, its quirks of evaluation order included, without which its
/// champions do not walk. Nodes send their value along their connections when their turn comes: what is sent to a node
/// whose turn is over is lost.
/// </summary>
internal sealed class OriginalNetwork
{
    private readonly OriginalGenome _genome;
    private readonly OriginalConnection[] _consumed;
    private readonly int[] _outgoing;
    private readonly float[] _sums;
    private readonly float[] _values;

    /// <summary>A runner of a genome.</summary>
    /// <param name="genome">The genome.</param>
    /// <exception cref="OriginalGenomeException">Its connections form a cycle.</exception>
    public OriginalNetwork(OriginalGenome genome)
    {
        ArgumentNullException.ThrowIfNull(genome);
        _genome = genome;
        int count = genome.Nodes.Count;
        _sums = new float[count];
        _values = new float[count];

        // Connections lie grouped by their source's index, in the file's order within a group ...
        _consumed = [.. genome.Connections.OrderBy(c => c.From)];
        _outgoing = new int[count];
        foreach (OriginalConnection connection in genome.Connections)
        {
            _outgoing[connection.From]++;
        }

        Depths = ComputeDepths(genome, _consumed, _outgoing);
        Order = [.. Enumerable.Range(0, count).OrderBy(node => Depths[node])];
    }

    /// <summary>Depth of each node, as the program computes it.</summary>
    public IReadOnlyList<int> Depths { get; }

    /// <summary>The order of evaluation: by depth, nodes of equal depth by index.</summary>
    public IReadOnlyList<int> Order { get; }

    /// <summary>One activation.</summary>
    /// <param name="inputs">A value for each input.</param>
    /// <param name="outputs">Takes a value for each output.</param>
    public void Activate(ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        Array.Clear(_sums);
        inputs[.._genome.Inputs].CopyTo(_sums);
        int next = 0;
        foreach (int node in Order)
        {
            float value = Apply(_genome.Nodes[node].Activation, _sums[node] + _genome.Nodes[node].Bias);
            _values[node] = value;

            // ... and are consumed one after the other in the order of evaluation: where that differs from the order of
            // indices, a node gets another one's weights and destinations.
            for (int end = next + _outgoing[node]; next < end; next++)
            {
                _sums[_consumed[next].To] += value * _consumed[next].Weight;
            }
        }

        _values.AsSpan(_genome.Inputs, _genome.Outputs).CopyTo(outputs);
    }

    // A node's depth is one more than that of whichever parent happened to free it last, not the longest path to it: parents
    // are taken from the end of the list of free nodes. Outputs are then moved to the greatest depth, at least 1.
    private static int[] ComputeDepths(OriginalGenome genome, OriginalConnection[] bySource, int[] outgoing)
    {
        int count = genome.Nodes.Count;
        int[] depths = new int[count], waiting = new int[count], first = new int[count];
        for (int node = 1; node < count; node++)
        {
            first[node] = first[node - 1] + outgoing[node - 1];
        }

        foreach (OriginalConnection connection in bySource)
        {
            waiting[connection.To]++;
        }

        Stack<int> free = new(Enumerable.Range(0, count).Where(node => waiting[node] == 0));
        int freed = free.Count;
        while (free.TryPop(out int node))
        {
            for (int c = first[node]; c < first[node] + outgoing[node]; c++)
            {
                int to = bySource[c].To;
                if (--waiting[to] == 0)
                {
                    depths[to] = depths[node] + 1;
                    free.Push(to);
                    freed++;
                }
            }
        }

        if (freed < count)
        {
            throw new OriginalGenomeException($"The genome's connections form a cycle through {count - freed} of its {count} nodes, which the program Walker never makes. Give an intact file.");
        }

        int greatest = Math.Max(1, depths.DefaultIfEmpty().Max());
        depths.AsSpan(genome.Inputs, genome.Outputs).Fill(greatest);
        return depths;
    }

    private static float Apply(OriginalActivation activation, float x) => activation switch
    {
        OriginalActivation.Logistic => 1 / (1 + WideMath.Exp(-4.5f * x)),
        OriginalActivation.Relu => (x + MathF.Abs(x)) * 0.5f,
        OriginalActivation.Tanh => WideMath.Tanh(x),
        _ => x,
    };
}
