using Gymkhana.Core.Environments;
using Gymkhana.Core.Spaces;
using Gymkhana.Evolution.Networks;
using Gymkhana.Tensors.Onnx;

namespace Gymkhana.Cli.Exports;

/// <summary>Writes an evolved network as an ONNX model.</summary>
/// <remarks>
/// <para>
/// Nodes whose sources are all known form a level; a level is one product of what is known, [batch, known], with a matrix of its
/// weights, then its biases and activations. Where the network remembers, the values of its nodes come in as <c>memory</c> and go out
/// as <c>next_memory</c>, [batch, nodes]; they are zero when an episode begins.
/// </para>
/// <para>Sums are in another order than the network's own, so its values are the same but for roundings.</para>
/// </remarks>
internal sealed class GenomeExport
{
    private const string Observation = "observation";
    private const string Memory = "memory";
    private const string NextMemory = "next_memory";
    private const string Preferences = "preferences";
    private const string Action = "action";
    private const float SteepSlope = 4.9f;
    private const float LeakySlope = 0.001f;

    private readonly NetworkGraph _graph;
    private readonly OnnxGraphBuilder _builder;

    // For each place the column of its value of this step, and for each node that of the step before.
    private readonly int[] _columns;
    private readonly int _firstMemory;
    private int _known;
    private string _values;

    private GenomeExport(NetworkGraph graph, int opset)
    {
        _graph = graph;
        _builder = new OnnxGraphBuilder("genome", opset);
        _columns = [.. Enumerable.Repeat(-1, graph.Inputs + graph.Nodes.Length)];
        for (int input = 0; input < graph.Inputs; input++)
        {
            _columns[input] = input;
        }

        _values = _builder.AddInput(Observation, OnnxElementType.Float32, OnnxGraphBuilder.Batch, graph.Inputs);
        _known = _firstMemory = graph.Inputs;
        if (graph.IsRecurrent)
        {
            string memory = _builder.AddInput(Memory, OnnxElementType.Float32, OnnxGraphBuilder.Batch, graph.Nodes.Length);
            Append(memory, graph.Nodes.Length);
        }
    }

    /// <summary>The model of a network that acts for a group.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="group">The group, whose action space says what the outputs mean.</param>
    /// <param name="opset">Operator set, 13 to 18.</param>
    /// <param name="withAction">Whether a discrete action is chosen inside the graph too.</param>
    /// <returns>The model, without metadata.</returns>
    public static OnnxGraphBuilder Build(NetworkGraph graph, AgentGroup group, int opset, bool withAction)
    {
        GenomeExport export = new(graph, opset);
        export.AddLevels();
        export.AddAction(group.ActionSpace, withAction);
        if (graph.IsRecurrent)
        {
            int[] nodes = [.. Enumerable.Range(graph.Inputs, graph.Nodes.Length)];
            export.Pick(nodes, NextMemory);
            export._builder.AddOutput(NextMemory, OnnxElementType.Float32, OnnxGraphBuilder.Batch, nodes.Length);
        }

        return export._builder;
    }

    private void AddLevels()
    {
        List<int> waiting = [.. Enumerable.Range(0, _graph.Nodes.Length)];
        while (waiting.Count > 0)
        {
            // Within a level, nodes of one activation lie together. A node only reads this step's values of nodes before it, so the
            // first that waits is always ready.
            int[] ready = [.. waiting.Where(IsReady).OrderBy(n => _graph.Nodes[n].Activation)];
            AddLevel(ready);
            waiting.RemoveAll(n => _columns[_graph.Inputs + n] >= 0);
        }
    }

    private bool IsReady(int node)
    {
        for (int c = _graph.FirstConnection[node]; c < _graph.FirstConnection[node + 1]; c++)
        {
            int source = _graph.Sources[c];
            if (source < _graph.Inputs + node && _columns[source] < 0)
            {
                return false;
            }
        }

        return true;
    }

    private void AddLevel(int[] nodes)
    {
        float[] weights = new float[_known * nodes.Length];
        float[] biases = new float[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            int node = nodes[i];
            biases[i] = _graph.Nodes[node].Bias;
            for (int c = _graph.FirstConnection[node]; c < _graph.FirstConnection[node + 1]; c++)
            {
                int source = _graph.Sources[c];
                int column = source < _graph.Inputs + node ? _columns[source] : _firstMemory + source - _graph.Inputs;
                weights[(column * nodes.Length) + i] += _graph.Weights[c];
            }
        }

        string product = _builder.Add("MatMul", [_values, _builder.AddInitializer<float>("weights", weights, _known, nodes.Length)]);
        string sums = _builder.Add("Add", [product, _builder.AddInitializer<float>("biases", biases, nodes.Length)]);
        List<string> parts = [];
        for (int first = 0; first < nodes.Length;)
        {
            Activation activation = _graph.Nodes[nodes[first]].Activation;
            int end = first;
            while (end < nodes.Length && _graph.Nodes[nodes[end]].Activation == activation)
            {
                _columns[_graph.Inputs + nodes[end]] = _known + end;
                end++;
            }

            parts.Add(Apply(activation, end - first == nodes.Length ? sums : Columns(sums, first, end)));
            first = end;
        }

        Append(parts.Count == 1 ? parts[0] : _builder.Add("Concat", [.. parts], ("axis", 1L)), nodes.Length);
    }

    private string Apply(Activation activation, string x) => activation switch
    {
        Activation.Identity => x,
        Activation.Tanh => _builder.Add("Tanh", [x]),
        Activation.Relu => _builder.Add("Relu", [x]),
        Activation.SteepSigmoid => _builder.Add("Sigmoid", [_builder.Add("Mul", [x, Scalar(SteepSlope)])]),
        Activation.Sine => _builder.Add("Sin", [x]),
        Activation.Gauss => _builder.Add("Exp", [_builder.Add("Neg", [_builder.Add("Mul", [x, x])])]),
        Activation.Absolute => _builder.Add("Abs", [x]),
        Activation.LeakyRelu => _builder.Add("LeakyRelu", [x], ("alpha", LeakySlope)),
        Activation.Clamp => _builder.Add("Clip", [x, Scalar(-1), Scalar(1)]),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "an activation without a form in ONNX"),
    };

    private void AddAction(Space space, bool withAction)
    {
        int[] outputs = _graph.Outputs.ToArray();
        if (space is DiscreteSpace discrete)
        {
            Pick(outputs, Preferences);
            _builder.AddOutput(Preferences, OnnxElementType.Float32, OnnxGraphBuilder.Batch, discrete.Count);
            if (withAction)
            {
                _builder.AddWithOutputs("ArgMax", [Preferences], [Action], ("axis", 1L), ("keepdims", 0L));
                _builder.AddOutput(Action, OnnxElementType.Int64, OnnxGraphBuilder.Batch);
            }

            return;
        }

        // From [−1, 1] to the bounds of the box.
        BoxSpace box = (BoxSpace)space;
        float[] middle = [.. box.Low.Zip(box.High, (low, high) => (low + high) / 2)], half = [.. box.Low.Zip(box.High, (low, high) => (high - low) / 2)];
        string clipped = _builder.Add("Clip", [Pick(outputs, null), Scalar(-1), Scalar(1)]);
        string scaled = _builder.Add("Mul", [clipped, _builder.AddInitializer<float>("half", half, half.Length)]);
        _builder.AddWithOutputs("Add", [scaled, _builder.AddInitializer<float>("middle", middle, middle.Length)], [Action]);
        _builder.AddOutput(Action, OnnxElementType.Float32, OnnxGraphBuilder.Batch, box.Size);
    }

    private string Pick(int[] places, string? name)
    {
        long[] columns = [.. places.Select(p => (long)_columns[p])];
        string indices = _builder.AddInitializer<long>("columns", columns, columns.Length);
        return name is null
            ? _builder.Add("Gather", [_values, indices], ("axis", 1L))
            : _builder.AddWithOutputs("Gather", [_values, indices], [name], ("axis", 1L));
    }

    private string Columns(string x, int first, int end) =>
        _builder.Add("Slice", [x, _builder.AddInitializer<long>("first", [first], 1), _builder.AddInitializer<long>("end", [end], 1), _builder.AddInitializer<long>("axis", [1], 1)]);

    private void Append(string columns, int count)
    {
        _values = _builder.Add("Concat", [_values, columns], ("axis", 1L));
        _known += count;
    }

    private string Scalar(float value) => _builder.AddInitializer<float>("number", [value]);
}
