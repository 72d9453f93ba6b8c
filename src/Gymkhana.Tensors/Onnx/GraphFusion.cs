namespace Gymkhana.Tensors.Onnx;

/// <summary>Nodes and constants as they are run.</summary>
/// <param name="Nodes">In an order in which they can run.</param>
/// <param name="Constants">Weights, some of them changed by fusion.</param>
internal sealed record FusedGraph(IReadOnlyList<OnnxNode> Nodes, IReadOnlyDictionary<string, ConstantTensor> Constants);

/// <summary>
/// Joins nodes that are one pass over memory: a convolution takes in the batch normalisation behind it, a product the constant addend
/// and the activation behind it. Weights of transposed products are transposed once. Only batch normalisation changes bits.
/// </summary>
internal sealed class GraphFusion
{
    private static readonly string[] Activations = ["Relu", "LeakyRelu", "Tanh", "Sigmoid", "HardSigmoid", "HardSwish", "Elu"];
    private readonly Dictionary<string, ConstantTensor> _constants;
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxNode> _readers = new(StringComparer.Ordinal);
    private readonly OnnxModel _model;

    private GraphFusion(OnnxModel model)
    {
        _model = model;
        _constants = new Dictionary<string, ConstantTensor>(model.Weights, StringComparer.Ordinal);
        foreach (OnnxNode node in model.Graph.Nodes)
        {
            foreach (string input in node.Inputs)
            {
                _uses[input] = _uses.GetValueOrDefault(input) + 1;
                _readers[input] = node;
            }
        }

        foreach (OnnxValueSpec output in model.Outputs)
        {
            _uses[output.Name] = _uses.GetValueOrDefault(output.Name) + 1;
        }
    }

    /// <summary>Fuses a model's graph.</summary>
    public static FusedGraph Fuse(OnnxModel model)
    {
        GraphFusion fusion = new(model);
        HashSet<OnnxNode> taken = [];
        List<OnnxNode> nodes = [];
        foreach (OnnxNode node in model.Graph.Nodes)
        {
            if (!taken.Contains(node))
            {
                nodes.Add(node.Operator is "Conv" or "ConvTranspose" or "Gemm" or "MatMul" ? fusion.FuseFrom(node, taken) : node);
            }
        }

        return new FusedGraph(fusion.WithoutTheDead(nodes), fusion._constants);
    }

    private OnnxNode FuseFrom(OnnxNode node, HashSet<OnnxNode> taken)
    {
        OnnxNode fused = node.Operator == "Gemm" ? WithWeightsTransposed(node) : node;
        if (fused.Operator == "Conv" && Next(fused) is { Operator: "BatchNormalization" } normalization && Normalized(fused, normalization) is { } convolution)
        {
            taken.Add(normalization);
            fused = convolution;
        }

        if (fused.Operator == "MatMul" && Next(fused) is { Operator: "Add" } add && WithBias(fused, add) is { } product)
        {
            taken.Add(add);
            fused = product;
        }

        if (Next(fused) is { } activation && Activations.Contains(activation.Operator) && activation.Inputs.Length == 1)
        {
            taken.Add(activation);
            fused = fused.With(outputs: activation.Outputs, activation: activation);
        }

        return fused;
    }

    /// <summary>The only node that reads a node's only result, or null.</summary>
    private OnnxNode? Next(OnnxNode node) =>
        node.Outputs.Length == 1 && _uses.GetValueOrDefault(node.Outputs[0]) == 1 && _readers.TryGetValue(node.Outputs[0], out OnnxNode? reader)
            && Array.IndexOf(reader.Inputs, node.Outputs[0]) >= 0 && reader.Outputs.Length == 1 ? reader : null;

    private ConstantTensor? Floats(OnnxNode node, int input) =>
        input < node.Inputs.Length && _constants.TryGetValue(node.Inputs[input], out ConstantTensor? constant) && constant.Type == OnnxElementType.Float32 ? constant : null;

    // w' = w · f, b' = (b − mean) · f + bias with f = scale ⁄ √(variance + ε), for each output channel.
    private OnnxNode? Normalized(OnnxNode convolution, OnnxNode normalization)
    {
        bool training = normalization.Attributes.TryGetValue("training_mode", out OnnxAttribute? mode) && mode.Whole != 0;
        float epsilon = normalization.Attributes.TryGetValue("epsilon", out OnnxAttribute? given) ? given.Float : 1e-5f;
        ConstantTensor? weights = Floats(convolution, 1);
        bool hasBias = convolution.Inputs.Length > 2 && convolution.Inputs[2].Length > 0;
        ConstantTensor? bias = hasBias ? Floats(convolution, 2) : null;
        ConstantTensor?[] settings = [Floats(normalization, 1), Floats(normalization, 2), Floats(normalization, 3), Floats(normalization, 4)];
        if (training || normalization.Inputs[0] != convolution.Outputs[0] || weights is null || weights.Shape.Length < 3 || (hasBias && bias is null)
            || settings.Any(s => s is null || s.Shape.Length != 1 || s.Count != weights.Shape[0]) || (bias is not null && bias.Count != weights.Shape[0]))
        {
            return null;
        }

        int channels = weights.Shape[0];
        ConstantTensor scaled = new(OnnxElementType.Float32, weights.Shape, weights.Count);
        ConstantTensor shifted = new(OnnxElementType.Float32, [channels], channels);
        for (int o = 0; o < channels; o++)
        {
            double factor = settings[0]!.As<float>()[o] / Math.Sqrt(settings[3]!.As<float>()[o] + (double)epsilon);
            double offset = (((bias is null ? 0 : bias.As<float>()[o]) - (double)settings[2]!.As<float>()[o]) * factor) + settings[1]!.As<float>()[o];
            if (!double.IsFinite(factor) || !double.IsFinite(offset))
            {
                return null;
            }

            int size = weights.Count / channels;
            for (int i = o * size; i < (o + 1) * size; i++)
            {
                scaled.As<float>()[i] = (float)(weights.As<float>()[i] * factor);
            }

            shifted.As<float>()[o] = (float)offset;
        }

        string[] inputs = [convolution.Inputs[0], Name(convolution, "weights", scaled), Name(convolution, "bias", shifted)];
        return convolution.With(inputs: inputs, outputs: normalization.Outputs);
    }

    private OnnxNode? WithBias(OnnxNode product, OnnxNode add)
    {
        int other = add.Inputs[0] == product.Outputs[0] ? 1 : 0;
        ConstantTensor? weights = Floats(product, 1);
        ConstantTensor? bias = Floats(add, other);
        return weights is { Shape.Length: 2 } && bias is { Shape.Length: 1 } && bias.Count == weights.Shape[1] && product.Inputs.Length == 2
            ? product.With(inputs: [.. product.Inputs, add.Inputs[other]], outputs: add.Outputs)
            : null;
    }

    private OnnxNode WithWeightsTransposed(OnnxNode product)
    {
        if (!product.Attributes.TryGetValue("transB", out OnnxAttribute? transposed) || transposed.Kind != AttributeKind.Whole || transposed.Whole == 0
            || Floats(product, 1) is not { Shape.Length: 2 } weights)
        {
            return product;
        }

        (int rows, int columns) = (weights.Shape[0], weights.Shape[1]);
        ConstantTensor turned = new(OnnxElementType.Float32, [columns, rows], weights.Count);
        ReadOnlySpan<float> from = weights.As<float>();
        Span<float> to = turned.As<float>();
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                to[(column * rows) + row] = from[(row * columns) + column];
            }
        }

        return new OnnxNode
        {
            Index = product.Index,
            Name = product.Name,
            Operator = product.Operator,
            Inputs = [product.Inputs[0], Name(product, "transposed", turned), .. product.Inputs.Skip(2)],
            Outputs = product.Outputs,
            Attributes = product.Attributes.Where(a => a.Key != "transB").ToDictionary(StringComparer.Ordinal),
        };
    }

    // A name that the file does not use for a constant; node results never begin with a zero character, as GraphChecks refuses those.
    private string Name(OnnxNode node, string what, ConstantTensor constant)
    {
        string name = $"\0{node.Index}.{what}";
        while (!_constants.TryAdd(name, constant))
        {
            name += "'";
        }

        return name;
    }

    // Nodes whose results nobody reads are not run.
    private List<OnnxNode> WithoutTheDead(List<OnnxNode> nodes)
    {
        HashSet<string> needed = new(_model.Outputs.Select(o => o.Name), StringComparer.Ordinal);
        List<OnnxNode> alive = [];
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            if (nodes[i].Outputs.Any(needed.Contains))
            {
                alive.Add(nodes[i]);
                needed.UnionWith(nodes[i].Inputs);
            }
        }

        alive.Reverse();
        return alive;
    }
}
