namespace Gymkhana.Tensors.Onnx.Wire;

/// <summary>A value as a graph declares it, before anything is known to be supported.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TypeNumber">Element type as in the file, 0 when it gives none.</param>
/// <param name="OtherKind">What it is when it is no tensor (a sequence, a map), or null.</param>
/// <param name="Dimensions">Its axes, or null when the rank is open.</param>
internal sealed record ValueMessage(string Name, long TypeNumber, string? OtherKind, OnnxDimension[]? Dimensions);

/// <summary>A model as it stands in the file.</summary>
internal sealed class ModelMessage
{
    public long IrVersion { get; set; }

    public string Producer { get; set; } = string.Empty;

    /// <summary>Versions of the operator sets by domain; the default domain is "".</summary>
    public Dictionary<string, long> Opsets { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public bool HasGraph { get; set; }

    public List<OnnxNode> Nodes { get; } = [];

    public Dictionary<string, TensorLiteral> Initializers { get; } = new(StringComparer.Ordinal);

    public List<ValueMessage> Inputs { get; } = [];

    public List<ValueMessage> Outputs { get; } = [];
}
