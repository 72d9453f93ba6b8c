using Gymkhana.Core.Randomness;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Benchmarks;

/// <summary>Feed-forward networks with seeded random weights.</summary>
internal static class RandomNetworks
{
    public static NetworkGraph Make(int inputs, int hidden, int outputs, int connectionsOfANode)
    {
        KeyedStream rng = new(71, 0, StreamPurpose.Initialization);
        GraphNode[] nodes = new GraphNode[hidden + outputs];
        int[] first = new int[nodes.Length + 1];
        List<int> sources = [];
        List<float> weights = [];
        for (int node = 0; node < nodes.Length; node++)
        {
            nodes[node] = new GraphNode((float)rng.NextNormal(), node < hidden ? Activation.Relu : Activation.Tanh);
            for (int c = 0; c < connectionsOfANode; c++)
            {
                sources.Add(rng.NextInt(inputs + Math.Min(node, hidden)));
                weights.Add((float)rng.NextNormal());
            }

            first[node + 1] = sources.Count;
        }

        return new NetworkGraph(inputs, nodes, [.. Enumerable.Range(inputs + hidden, outputs)], first, [.. sources], [.. weights]);
    }
}
