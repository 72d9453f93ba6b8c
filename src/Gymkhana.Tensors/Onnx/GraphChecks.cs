using System.Collections.Immutable;
using Gymkhana.Tensors.Onnx.Operators;
using Gymkhana.Tensors.Onnx.Wire;

namespace Gymkhana.Tensors.Onnx;

/// <summary>Finds out whether a model can be run at all, and brings its nodes into an order in which they can.</summary>
/// <param name="message">The model as read.</param>
internal sealed class GraphChecks(ModelMessage message)
{
    /// <summary>Newest operator set that is understood.</summary>
    public const int NewestOpset = 18;

    private const int MostValues = 256;
    private readonly Dictionary<string, OnnxNode> _makers = new(StringComparer.Ordinal);

    /// <summary>Checks the graph.</summary>
    /// <returns>The graph.</returns>
    /// <exception cref="OnnxRefusedException">It cannot be run.</exception>
    public OnnxGraph Check()
    {
        if (!message.HasGraph)
        {
            throw new OnnxRefusedException("the file holds no graph, expected an ONNX model. Export the model again.");
        }

        int opset = Opset();
        foreach (OnnxNode node in message.Nodes)
        {
            OperatorSet.Check(node, opset);
        }

        if (message.Outputs.Count == 0)
        {
            throw new OnnxRefusedException("the graph has no outputs, expected at least one. Export the model with its outputs named.");
        }

        ValueMessage[] asked = [.. message.Inputs.Where(i => !message.Initializers.ContainsKey(i.Name))];
        if (asked.Length > MostValues || message.Outputs.Count > MostValues)
        {
            throw new OnnxRefusedException($"the graph has {asked.Length} inputs and {message.Outputs.Count} outputs, expected at most {MostValues} of each. Export a smaller model.");
        }

        ImmutableArray<OnnxValueSpec> inputs = [.. asked.Select(i => Spec(i, "input"))];
        ImmutableArray<OnnxValueSpec> outputs = [.. message.Outputs.Select(o => Spec(o, "output"))];
        CollectMakers(inputs);
        foreach (OnnxValueSpec output in outputs)
        {
            if (!_makers.ContainsKey(output.Name) && !message.Initializers.ContainsKey(output.Name) && !inputs.Any(i => i.Name == output.Name))
            {
                throw new OnnxRefusedException($"no node makes the output {OnnxText.Quote(output.Name)}. The file is incomplete; export the model again.");
            }
        }

        return new OnnxGraph { Nodes = Order(inputs), Initializers = message.Initializers, Inputs = inputs, Outputs = outputs };
    }

    private int Opset()
    {
        if (!message.Opsets.TryGetValue(string.Empty, out long opset))
        {
            string other = message.Opsets.Count > 0 ? $"; it imports {OnnxText.Quote(string.Join(", ", message.Opsets.Keys))}" : string.Empty;
            OnnxNode? custom = message.Nodes.Find(n => n.Domain.Length > 0);
            throw custom is null
                ? new OnnxRefusedException($"the model does not say which operator set it uses{other}. Export it again, with opset 13 or 17.")
                : OperatorSet.RefuseDomain(custom);
        }

        return opset is >= 1 and <= NewestOpset
            ? (int)opset
            : throw new OnnxRefusedException($"the model uses operator set {opset}, expected 9 to {NewestOpset}. Export it with opset_version=17.");
    }

    private OnnxValueSpec Spec(ValueMessage value, string what)
    {
        // The node that reads or makes it says more to its author than the name of a value.
        OnnxNode? node = message.Nodes.Find(n => n.Inputs.Contains(value.Name) || n.Outputs.Contains(value.Name));
        node ??= message.Nodes.FirstOrDefault();
        string place = node is null ? $"{what} {OnnxText.Quote(value.Name)}" : $"{what} {OnnxText.Quote(value.Name)} of operator {node.Operator}";
        if (value.Name.Length == 0 || value.Name[0] == '\0')
        {
            throw new OnnxRefusedException($"an {what} of the graph has no name. Export the model with named inputs and outputs.");
        }

        if (value.OtherKind is { } kind)
        {
            throw new OnnxRefusedException($"{place} is {kind}, expected a tensor. Export the model with tensors as inputs and outputs.");
        }

        if (!ElementTypes.IsSupported(value.TypeNumber))
        {
            throw new OnnxRefusedException($"{place} has elements of type {ElementTypes.Name(value.TypeNumber)}, expected float32, float64, int32, int64, uint8 or bool. Export the model in float32.");
        }

        return new OnnxValueSpec(value.Name, (OnnxElementType)value.TypeNumber, value.Dimensions is { } sizes ? [.. sizes] : null);
    }

    private void CollectMakers(ImmutableArray<OnnxValueSpec> inputs)
    {
        HashSet<string> given = new(message.Initializers.Keys, StringComparer.Ordinal);
        foreach (OnnxValueSpec input in inputs)
        {
            if (!given.Add(input.Name))
            {
                throw new OnnxRefusedException($"two inputs are named {OnnxText.Quote(input.Name)}, expected names of their own. Export the model again.");
            }
        }

        foreach (OnnxNode node in message.Nodes)
        {
            foreach (string output in node.Outputs)
            {
                if (output.Length > 0 && (output[0] == '\0' || given.Contains(output) || !_makers.TryAdd(output, node)))
                {
                    throw node.Refuse($"its result {OnnxText.Quote(output)} exists already or begins with a zero character, expected a name of its own. Export the model again.");
                }
            }
        }
    }

    // Kahn's algorithm, the file's order kept among nodes that are ready.
    private List<OnnxNode> Order(ImmutableArray<OnnxValueSpec> inputs)
    {
        HashSet<string> given = new(message.Initializers.Keys.Concat(inputs.Select(i => i.Name)), StringComparer.Ordinal);
        int[] missing = new int[message.Nodes.Count];
        Dictionary<string, List<OnnxNode>> readers = new(StringComparer.Ordinal);
        PriorityQueue<OnnxNode, int> ready = new();
        foreach (OnnxNode node in message.Nodes)
        {
            foreach (string input in node.Inputs.Where(i => i.Length > 0).Distinct(StringComparer.Ordinal))
            {
                if (given.Contains(input))
                {
                    continue;
                }

                if (!_makers.ContainsKey(input))
                {
                    throw node.Refuse($"its input {OnnxText.Quote(input)} is made by no node and is no input or initialiser of the graph. The file is incomplete; export the model again.");
                }

                missing[node.Index]++;
                if (!readers.TryGetValue(input, out List<OnnxNode>? list))
                {
                    readers.Add(input, list = []);
                }

                list.Add(node);
            }

            if (missing[node.Index] == 0)
            {
                ready.Enqueue(node, node.Index);
            }
        }

        List<OnnxNode> order = [];
        while (ready.TryDequeue(out OnnxNode? node, out _))
        {
            order.Add(node);
            foreach (string output in node.Outputs)
            {
                foreach (OnnxNode reader in readers.GetValueOrDefault(output) ?? [])
                {
                    if (--missing[reader.Index] == 0)
                    {
                        ready.Enqueue(reader, reader.Index);
                    }
                }
            }
        }

        return order.Count == message.Nodes.Count
            ? order
            : throw message.Nodes.First(n => missing[n.Index] > 0).Refuse("it waits for its own result: the graph has a cycle. Export the model again.");
    }
}
