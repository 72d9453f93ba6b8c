namespace Gymkhana.Tensors.Onnx;

/// <summary>
/// Decodes weights and refuses those that are not finite. Infinity has one honest use, a mask: it passes where all its readers choose,
/// bound or mask (Where, Min, Max, Clip, Pad), or add a tensor of zeros and minus infinities.
/// </summary>
internal static class WeightChecks
{
    /// <summary>Decodes all initialisers.</summary>
    /// <param name="graph">A checked graph.</param>
    /// <returns>The weights by name.</returns>
    /// <exception cref="OnnxRefusedException">One is not finite.</exception>
    public static IReadOnlyDictionary<string, ConstantTensor> Decode(OnnxGraph graph)
    {
        Dictionary<string, ConstantTensor> weights = new(StringComparer.Ordinal);
        foreach ((string name, TensorLiteral literal) in graph.Initializers)
        {
            ConstantTensor weight = literal.Decode();
            weights.Add(name, weight);
            Check(graph, weight, name, $"initialiser {OnnxText.Quote(name)}");
        }

        foreach (OnnxNode node in graph.Nodes)
        {
            if (node.Operator == "Constant" && node.Attributes.TryGetValue("value", out OnnxAttribute? value) && value.Tensor is { } tensor && node.Outputs.Length > 0)
            {
                Check(graph, tensor.Decode(), node.Outputs[0], node.Place);
            }
        }

        return weights;
    }

    private static void Check(OnnxGraph graph, ConstantTensor weight, string name, string place)
    {
        (bool nan, bool infinite, bool additive) = Look(weight);
        if (nan || (infinite && !graph.Nodes.All(n => Masks(n, name, additive))))
        {
            throw new OnnxRefusedException($"{place} holds {(nan ? "NaN" : "infinity")}, expected finite weights. Training diverged or the file is damaged; export a model whose outputs are numbers.");
        }
    }

    private static bool Masks(OnnxNode node, string name, bool additive) =>
        !node.Inputs.Contains(name) || node.Operator is "Where" or "Min" or "Max" or "Clip" or "Pad" || (additive && node.Operator == "Add");

    private static (bool NaN, bool Infinite, bool Additive) Look(ConstantTensor weight)
    {
        bool nan = false;
        bool infinite = false;
        bool additive = true;
        if (weight.Type == OnnxElementType.Float32)
        {
            foreach (float value in weight.As<float>())
            {
                nan |= float.IsNaN(value);
                infinite |= float.IsInfinity(value);
                additive &= value == 0 || float.IsNegativeInfinity(value);
            }
        }
        else if (weight.Type == OnnxElementType.Float64)
        {
            foreach (double value in weight.As<double>())
            {
                nan |= double.IsNaN(value);
                infinite |= double.IsInfinity(value);
                additive &= value == 0 || double.IsNegativeInfinity(value);
            }
        }

        return (nan, infinite, additive);
    }
}
