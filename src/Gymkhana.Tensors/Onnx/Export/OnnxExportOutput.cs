namespace Gymkhana.Tensors.Onnx.Export;

/// <summary>What is written of an output.</summary>
public enum OnnxOutputKind
{
    /// <summary>The tensor itself, float32.</summary>
    Values,

    /// <summary>The place of the largest number along the innermost axis, the first of equal ones: int64, without that axis.</summary>
    ArgMax,
}

/// <summary>An output of a model that is to be exported.</summary>
/// <param name="Name">Name of the output.</param>
/// <param name="Value">The tensor.</param>
/// <param name="Kind">Whether it is given itself, or after a last step inside the graph.</param>
public readonly record struct OnnxExportOutput(string Name, Tensor Value, OnnxOutputKind Kind = OnnxOutputKind.Values);
