namespace Gymkhana.Tensors.Files;

/// <summary>An array of a safetensors file.</summary>
/// <param name="Name">Its name, such as "0.weight".</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Values">As many numbers as the shape has elements, row-major.</param>
public sealed record NamedValues(string Name, Shape Shape, ReadOnlyMemory<float> Values);
