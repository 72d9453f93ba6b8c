using Gymkhana.Core;

namespace Gymkhana.Tensors.Onnx;

/// <summary>Inputs that a model cannot be run on: missing, of another type or shape, or with values out of range. One line.</summary>
/// <param name="message">Which input, what was expected, what was got, what to do.</param>
public sealed class OnnxInputException(string message) : GymkhanaException(OnnxText.OneLine(message));
