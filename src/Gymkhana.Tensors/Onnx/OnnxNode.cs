namespace Gymkhana.Tensors.Onnx;

/// <summary>What an attribute holds, numbered as in ONNX's AttributeProto.AttributeType.</summary>
internal enum AttributeKind
{
    None = 0,
    Float = 1,
    Whole = 2,
    Text = 3,
    Tensor = 4,
    Graph = 5,
    Floats = 6,
    Wholes = 7,
    Texts = 8,
    Tensors = 9,
    Graphs = 10,
    SparseTensor = 11,
}

/// <summary>A named setting of a node.</summary>
internal sealed class OnnxAttribute
{
    public required string Name { get; init; }

    public required AttributeKind Kind { get; init; }

    public float Float { get; init; }

    public long Whole { get; init; }

    public string Text { get; init; } = string.Empty;

    public float[] Floats { get; init; } = [];

    public long[] Wholes { get; init; } = [];

    public string[] Texts { get; init; } = [];

    public TensorLiteral? Tensor { get; init; }
}

/// <summary>One operation of a graph.</summary>
internal sealed class OnnxNode
{
    /// <summary>Its place in the file, from 0.</summary>
    public required int Index { get; init; }

    public required string Name { get; init; }

    public required string Operator { get; init; }

    public string Domain { get; init; } = string.Empty;

    /// <summary>Names of the values it reads; an empty name is an optional input left out.</summary>
    public required string[] Inputs { get; init; }

    /// <summary>Names of the values it makes; an empty name is a result nobody asked for.</summary>
    public required string[] Outputs { get; init; }

    public required IReadOnlyDictionary<string, OnnxAttribute> Attributes { get; init; }

    /// <summary>The activation that follows a product and is computed with it, or null.</summary>
    public OnnxNode? Activation { get; init; }

    /// <summary>How messages name it.</summary>
    public string Place => Name.Length > 0 ? $"node {Index} ({Operator} {OnnxText.Quote(Name)})" : $"node {Index} ({OnnxText.OneLine(Operator)})";

    public OnnxRefusedException Refuse(string problem) => new($"{Place}: {problem}");

    /// <summary>The same node with other inputs, outputs and activation.</summary>
    public OnnxNode With(string? op = null, string[]? inputs = null, string[]? outputs = null, OnnxNode? activation = null) => new()
    {
        Index = Index,
        Name = Name,
        Operator = op ?? Operator,
        Domain = Domain,
        Inputs = inputs ?? Inputs,
        Outputs = outputs ?? Outputs,
        Attributes = Attributes,
        Activation = activation ?? Activation,
    };
}
