namespace Gymkhana.Tensors.Onnx;

/// <summary>Compares the tensors that a model is given with what it declares.</summary>
internal static class InputChecks
{
    /// <summary>The shapes of the inputs, in the model's order.</summary>
    /// <exception cref="OnnxInputException">One is missing, unknown, or of another type or shape.</exception>
    public static int[][] Shapes(OnnxModel model, IReadOnlyDictionary<string, OnnxTensor> inputs)
    {
        foreach (string name in inputs.Keys)
        {
            if (!model.Inputs.Any(i => i.Name == name))
            {
                throw new OnnxInputException($"{model.Origin} has no input {OnnxText.Quote(name)}: it expects {Expected(model)}. Name the arrays like the inputs.");
            }
        }

        Dictionary<string, int> symbols = new(StringComparer.Ordinal);
        int[][] shapes = new int[model.Inputs.Length][];
        for (int i = 0; i < shapes.Length; i++)
        {
            OnnxValueSpec spec = model.Inputs[i];
            if (!inputs.TryGetValue(spec.Name, out OnnxTensor? given))
            {
                throw new OnnxInputException($"{model.Origin}: input {OnnxText.Quote(spec.Name)} is missing: expected {Expected(model)}. Give an array of that name.");
            }

            if (given.Type != spec.Type)
            {
                throw new OnnxInputException($"{model.Origin}: input {OnnxText.Quote(spec.Name)} is expected to be {spec.Type.Name()}, got {given.Type.Name()}. Convert the array.");
            }

            if (spec.Shape is { } declared && !Fits(declared.AsSpan(), given, symbols))
            {
                throw new OnnxInputException($"{model.Origin}: input {spec} got an array of shape {OnnxText.Shape(given.Shape.AsSpan())}. Give one that fits.");
            }

            shapes[i] = [.. given.Shape];
        }

        return shapes;
    }

    private static bool Fits(ReadOnlySpan<OnnxDimension> declared, OnnxTensor given, Dictionary<string, int> symbols)
    {
        if (declared.Length != given.Shape.Length)
        {
            return false;
        }

        for (int axis = 0; axis < declared.Length; axis++)
        {
            OnnxDimension dimension = declared[axis];
            int size = given.Shape[axis];
            if (dimension.IsFixed ? dimension.Size != size : dimension.Symbol.Length > 0 && symbols.TryGetValue(dimension.Symbol, out int other) && other != size)
            {
                return false;
            }

            if (dimension.Symbol.Length > 0)
            {
                symbols[dimension.Symbol] = size;
            }
        }

        return true;
    }

    private static string Expected(OnnxModel model) => string.Join("; ", model.Inputs);
}
