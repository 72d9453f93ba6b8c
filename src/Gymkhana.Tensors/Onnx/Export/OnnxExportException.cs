using Gymkhana.Core;

namespace Gymkhana.Tensors.Onnx.Export;

/// <summary>A network that cannot be written as an ONNX model. One line.</summary>
/// <param name="message">What stands in the way, and what to do.</param>
public sealed class OnnxExportException(string message) : GymkhanaException(OnnxText.OneLine(message));
