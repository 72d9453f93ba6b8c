using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>An operator that is understood.</summary>
/// <param name="Name">Its name in ONNX.</param>
/// <param name="Since">First operator set whose meaning is understood.</param>
/// <param name="Until">Last operator set that has it.</param>
/// <param name="Inputs">Fewest and most inputs.</param>
/// <param name="Outputs">Most outputs.</param>
/// <param name="Plan">Infers types and shapes and says how it is computed.</param>
internal sealed record OperatorDefinition(string Name, int Since, int Until, (int Fewest, int Most) Inputs, int Outputs, Action<NodeContext> Plan);
