using System.Collections.Immutable;
using System.Numerics;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>What a node of a network is for.</summary>
public enum DiagramRole
{
    /// <summary>It takes an observed number.</summary>
    Input,

    /// <summary>It lies between.</summary>
    Hidden,

    /// <summary>It gives a number of the action.</summary>
    Output,
}

/// <summary>A node with its place.</summary>
/// <param name="Role">What it is for.</param>
/// <param name="Label">Name of an input or output; empty for others.</param>
/// <param name="Place">x from 0 (inputs) to 1 (outputs), y from 0 (top) to 1.</param>
public sealed record DiagramNode(DiagramRole Role, string Label, Vector2 Place);

/// <summary>A connection.</summary>
/// <param name="From">Index of the node it comes from.</param>
/// <param name="To">Index of the node it goes to.</param>
/// <param name="Weight">Its weight.</param>
public readonly record struct DiagramLink(int From, int To, float Weight);

/// <summary>A network as it is drawn: nodes in layers from the inputs at the left to the outputs at the right. Immutable.</summary>
public sealed class NetworkDiagram
{
    private const int Sweeps = 6;

    // Layers with few nodes are moved up and down in turn, so that connections do not run through nodes.
    private static readonly float[] Stagger = [0.02f, -0.3f, 0.26f, -0.08f, 0.36f, -0.2f, 0.14f];


    private NetworkDiagram(ImmutableArray<DiagramNode> nodes, ImmutableArray<DiagramLink> links, int layers)
    {
        Nodes = nodes;
        Links = links;
        Layers = layers;
    }

    /// <summary>The nodes, in the order they were given in.</summary>
    public ImmutableArray<DiagramNode> Nodes { get; }

    /// <summary>The connections, in the order they were given in.</summary>
    public ImmutableArray<DiagramLink> Links { get; }

    /// <summary>Layers, inputs and outputs included.</summary>
    public int Layers { get; }

    /// <summary>Lays a network out. A node lies one layer beyond the furthest of the earlier nodes that feed it, an output in the last one.</summary>
    /// <param name="nodeCount">Nodes, in an order in which each comes after those that feed it in the same step; the inputs first.</param>
    /// <param name="inputLabels">Names of the inputs, one each.</param>
    /// <param name="outputs">Indexes of the outputs.</param>
    /// <param name="outputLabels">Names of the outputs, one each.</param>
    /// <param name="links">Connections; one from the same or a later node carries a value of the step before.</param>
    /// <returns>The diagram.</returns>
    /// <exception cref="ArgumentException">An index that is no node, or not one label for each output.</exception>
    public static NetworkDiagram Layout(
        int nodeCount, IReadOnlyList<string> inputLabels, IReadOnlyList<int> outputs, IReadOnlyList<string> outputLabels, IReadOnlyList<DiagramLink> links)
    {
        ArgumentNullException.ThrowIfNull(inputLabels);
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(outputLabels);
        ArgumentNullException.ThrowIfNull(links);
        if (outputs.Count != outputLabels.Count) throw new ArgumentException($"A diagram expects one label for each of {outputs.Count} outputs, got {outputLabels.Count}.", nameof(outputLabels));
        if (nodeCount < inputLabels.Count) throw new ArgumentException($"A diagram of {inputLabels.Count} inputs expects at least as many nodes, got {nodeCount}.", nameof(nodeCount));
        foreach (int node in links.Select(l => l.From).Concat(links.Select(l => l.To)).Concat(outputs))
        {
            if ((uint)node >= (uint)nodeCount) throw new ArgumentException($"A diagram of {nodeCount} nodes has no node {node}.", nameof(links));
        }

        int inputs = inputLabels.Count;
        int[] layer = Layer(nodeCount, inputs, outputs, links, out int layers);
        float[] height = Order(layer, layers, inputs, outputs, links);
        var nodes = ImmutableArray.CreateBuilder<DiagramNode>(nodeCount);
        for (int node = 0; node < nodeCount; node++)
        {
            int output = Enumerable.Range(0, outputs.Count).FirstOrDefault(o => outputs[o] == node, -1);
            DiagramRole role = node < inputs ? DiagramRole.Input : output >= 0 ? DiagramRole.Output : DiagramRole.Hidden;
            string label = node < inputs ? inputLabels[node] : output >= 0 ? outputLabels[output] : string.Empty;
            nodes.Add(new DiagramNode(role, label, new Vector2(layer[node] / (float)(layers - 1), height[node])));
        }

        return new NetworkDiagram(nodes.MoveToImmutable(), [.. links], layers);
    }

    private static int[] Layer(int nodeCount, int inputs, IReadOnlyList<int> outputs, IReadOnlyList<DiagramLink> links, out int layers)
    {
        int[] layer = new int[nodeCount];
        ILookup<int, int> sources = links.Where(l => l.From < l.To).ToLookup(l => l.To, l => l.From);
        int last = 1;
        for (int node = inputs; node < nodeCount; node++)
        {
            layer[node] = 1 + sources[node].Select(s => layer[s]).DefaultIfEmpty(0).Max();
            bool isHidden = !outputs.Contains(node);
            last = Math.Max(last, isHidden ? layer[node] + 1 : layer[node]);
        }

        foreach (int output in outputs) layer[output] = last;
        layers = last + 1;
        return layer;
    }

    // Inputs and outputs stand in their own order; hidden nodes are drawn towards the mean height of their neighbours, then spread.
    private static float[] Order(int[] layer, int layers, int inputs, IReadOnlyList<int> outputs, IReadOnlyList<DiagramLink> links)
    {
        float[] height = new float[layer.Length];
        for (int node = 0; node < inputs; node++) height[node] = Spread(node, inputs);
        for (int i = 0; i < outputs.Count; i++) height[outputs[i]] = Spread(i, outputs.Count);
        bool[] isHidden = new bool[layer.Length];
        for (int node = inputs; node < layer.Length; node++)
        {
            isHidden[node] = !outputs.Contains(node);
            if (isHidden[node]) height[node] = 0.5f;
        }

        ILookup<int, int> neighbours = links.Concat(links.Select(l => new DiagramLink(l.To, l.From, 0))).ToLookup(l => l.From, l => l.To);
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            for (int column = 1; column < layers; column++)
            {
                int[] nodes = [.. Enumerable.Range(0, layer.Length).Where(n => layer[n] == column && isHidden[n])];
                float[] wish = [.. nodes.Select(n => neighbours[n].Where(o => o != n).Select(o => height[o]).DefaultIfEmpty(0.5f).Average())];
                Array.Sort(wish, nodes);
                float stagger = Stagger[column % Stagger.Length] / Math.Max(1, nodes.Length);
                for (int i = 0; i < nodes.Length; i++)
                {
                    height[nodes[i]] = Math.Clamp((0.3f * wish[i]) + (0.7f * Spread(i, nodes.Length)) + stagger, 0.03f, 0.97f);
                }
            }
        }

        return height;
    }

    private static float Spread(int index, int count) => (index + 0.5f) / count;
}

/// <summary>A network at work.</summary>
public interface ILiveNetwork
{
    /// <summary>How it is drawn.</summary>
    NetworkDiagram Diagram { get; }

    /// <summary>Reads what each node last computed.</summary>
    /// <param name="values">One number for each node of <see cref="Diagram"/>.</param>
    void Read(Span<float> values);
}
