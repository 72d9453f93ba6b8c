using System.Collections.Immutable;

namespace Gymkhana.Tensors.Onnx;

/// <summary>The size of an axis as a model declares it: a number, or a name for what differs between runs, such as the batch.</summary>
/// <param name="Size">The number, or −1 when it is not fixed.</param>
/// <param name="Symbol">The name, empty when it has none.</param>
public readonly record struct OnnxDimension(int Size, string Symbol)
{
    /// <summary>Whether the size is a number.</summary>
    public bool IsFixed => Size >= 0;

    /// <summary>The number or the name.</summary>
    /// <returns>"?" when it is neither.</returns>
    public override string ToString() => IsFixed ? Size.ToString(System.Globalization.CultureInfo.InvariantCulture) : Symbol.Length > 0 ? OnnxText.OneLine(Symbol) : "?";
}

/// <summary>An input or output of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Its axes, outermost first; null when the model does not say how many there are.</param>
public sealed record OnnxValueSpec(string Name, OnnxElementType Type, ImmutableArray<OnnxDimension>? Shape)
{
    /// <summary>As "x float32 [batch, 4]".</summary>
    /// <returns>Name, type and shape.</returns>
    public override string ToString() =>
        $"{OnnxText.OneLine(Name)} {Type.Name()} {(Shape is { } shape ? $"[{string.Join(", ", shape)}]" : "of any shape")}";
}

/// <summary>A graph as read from a file and checked, nodes in an order in which they can run.</summary>
internal sealed class OnnxGraph
{
    public required IReadOnlyList<OnnxNode> Nodes { get; init; }

    public required IReadOnlyDictionary<string, TensorLiteral> Initializers { get; init; }

    public required ImmutableArray<OnnxValueSpec> Inputs { get; init; }

    public required ImmutableArray<OnnxValueSpec> Outputs { get; init; }
}
