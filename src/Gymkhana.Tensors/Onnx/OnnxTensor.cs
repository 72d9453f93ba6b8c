using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Gymkhana.Tensors.Onnx;

/// <summary>A tensor handed to a model or received from it: row-major elements of one of the supported types.</summary>
public sealed class OnnxTensor
{
    private readonly byte[] _bytes;

    internal OnnxTensor(OnnxElementType type, ImmutableArray<int> shape, ReadOnlySpan<byte> bytes)
    {
        Type = type;
        Shape = shape;
        _bytes = bytes.ToArray();
    }

    /// <summary>Type of its elements.</summary>
    public OnnxElementType Type { get; }

    /// <summary>Its sizes, outermost first; none for a scalar.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>Number of its elements.</summary>
    public int Count => _bytes.Length / Type.Size();

    /// <summary>The elements' bytes, little-endian; a view.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>A tensor from elements.</summary>
    /// <typeparam name="T">float, double, int, long, byte or bool.</typeparam>
    /// <param name="elements">The elements, row-major; copied.</param>
    /// <param name="shape">Its sizes; their product is the number of elements.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">The shape holds another number of elements.</exception>
    /// <exception cref="NotSupportedException">Another type.</exception>
    public static OnnxTensor Create<T>(ReadOnlySpan<T> elements, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        OnnxElementType type = ElementTypes.Of<T>();
        long count = 1;
        foreach (int size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            count = Math.Min(count * size, int.MaxValue);
        }

        return count == elements.Length
            ? new OnnxTensor(type, [.. shape], MemoryMarshal.AsBytes(elements))
            : throw new ArgumentException($"a tensor of shape {OnnxText.Shape(shape)} has {count} elements, got {elements.Length}.", nameof(elements));
    }

    /// <summary>The elements; a view.</summary>
    /// <typeparam name="T">The type that <see cref="Type"/> says.</typeparam>
    /// <returns>Row-major elements.</returns>
    /// <exception cref="InvalidCastException">The elements are of another type.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged => ElementTypes.Of<T>() == Type
            ? MemoryMarshal.Cast<byte, T>(_bytes)
            : throw new InvalidCastException($"the tensor has elements of type {Type.Name()}, asked for {ElementTypes.Of<T>().Name()}.");
}
