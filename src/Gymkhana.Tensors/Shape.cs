using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Gymkhana.Tensors;

/// <summary>
/// Sizes of a tensor's axes, outermost first: a [2, 3, 4] tensor is row-major with 24 elements. No axes: a scalar, one element.
/// A value; holds its sizes itself and allocates nothing.
/// </summary>
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>Most axes that a tensor may have.</summary>
    public const int MaxRank = 6;

    private readonly Sizes _sizes;

    /// <summary>A shape.</summary>
    /// <param name="sizes">Sizes, each at least 0; at most <see cref="MaxRank"/> of them.</param>
    /// <exception cref="ArgumentException">Too many axes, a negative size, or more than 2³¹−1 elements.</exception>
    public Shape(params ReadOnlySpan<int> sizes)
    {
        if (sizes.Length > MaxRank)
        {
            throw new ArgumentException($"a tensor has at most {MaxRank} axes, got {sizes.Length}.", nameof(sizes));
        }

        long count = 1;
        Span<int> own = _sizes;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(sizes[axis], nameof(sizes));
            own[axis] = sizes[axis];
            count *= sizes[axis];
            if (count > int.MaxValue)
            {
                throw new ArgumentException($"a tensor holds at most 2147483647 elements; {Describe(sizes)} has more.", nameof(sizes));
            }
        }

        Rank = sizes.Length;
        Count = (int)count;
    }

    /// <summary>Number of axes.</summary>
    public int Rank { get; }

    /// <summary>Number of elements: the product of the sizes, 1 for a scalar.</summary>
    public int Count { get; }

    /// <summary>Size of an axis.</summary>
    /// <param name="axis">0 is the outermost; negative counts from the innermost, −1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[int axis] => ((ReadOnlySpan<int>)_sizes)[Axis(axis)];

    /// <summary>Whether two shapes are equal.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">Other.</param>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">Other.</param>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The axis counted from the outermost, 0 to <see cref="Rank"/> − 1.</summary>
    /// <param name="axis">0 is the outermost; negative counts from the innermost, −1.</param>
    /// <returns>The axis, not negative.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int Axis(int axis)
    {
        int positive = axis < 0 ? axis + Rank : axis;
        return (uint)positive < (uint)Rank ? positive : throw new ArgumentOutOfRangeException(nameof(axis), axis, $"a tensor of shape {this} has axes {-Rank} to {Rank - 1}.");
    }

    /// <summary>Copies the sizes.</summary>
    /// <param name="destination">Receives <see cref="Rank"/> sizes.</param>
    public void CopyTo(Span<int> destination) => ((ReadOnlySpan<int>)_sizes)[..Rank].CopyTo(destination);

    /// <summary>This shape with another size in one axis.</summary>
    /// <param name="axis">The axis; negative counts from the innermost.</param>
    /// <param name="size">Its size.</param>
    /// <returns>The new shape.</returns>
    public Shape With(int axis, int size)
    {
        Span<int> sizes = stackalloc int[MaxRank];
        CopyTo(sizes);
        sizes[Axis(axis)] = size;
        return new Shape(sizes[..Rank]);
    }

    /// <summary>This shape without one axis.</summary>
    /// <param name="axis">The axis; negative counts from the innermost.</param>
    /// <returns>The new shape.</returns>
    public Shape Without(int axis)
    {
        Span<int> sizes = stackalloc int[MaxRank];
        CopyTo(sizes);
        axis = Axis(axis);
        sizes[(axis + 1)..Rank].CopyTo(sizes[axis..]);
        return new Shape(sizes[..(Rank - 1)]);
    }

    /// <summary>This shape with one more axis.</summary>
    /// <param name="axis">Where the new axis comes, 0 to <see cref="Rank"/>.</param>
    /// <param name="size">Its size.</param>
    /// <returns>The new shape.</returns>
    public Shape Insert(int axis, int size)
    {
        Span<int> sizes = stackalloc int[MaxRank + 1];
        CopyTo(sizes);
        sizes[axis..Rank].CopyTo(sizes[(axis + 1)..]);
        sizes[axis] = size;
        return new Shape(sizes[..(Rank + 1)]);
    }

    /// <summary>Product of the sizes of axes <paramref name="from"/> to <paramref name="to"/> − 1.</summary>
    /// <param name="from">First axis, not negative.</param>
    /// <param name="to">Past the last axis.</param>
    /// <returns>1 for no axes.</returns>
    public int Product(int from, int to)
    {
        int product = 1;
        for (int axis = from; axis < to; axis++)
        {
            product *= _sizes[axis];
        }

        return product;
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Rank == other.Rank && ((ReadOnlySpan<int>)_sizes)[..Rank].SequenceEqual(((ReadOnlySpan<int>)other._sizes)[..Rank]);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        uint hash = (uint)Rank;
        for (int axis = 0; axis < Rank; axis++)
        {
            hash = (hash * 16777619) ^ (uint)_sizes[axis];
        }

        return (int)hash;
    }

    /// <summary>As "[2, 3, 4]".</summary>
    /// <returns>The sizes.</returns>
    public override string ToString() => Describe(((ReadOnlySpan<int>)_sizes)[..Rank]);

    private static string Describe(ReadOnlySpan<int> sizes) => $"[{string.Join(", ", sizes.ToArray())}]";

    [InlineArray(MaxRank)]
    private struct Sizes
    {
        private int _first;
    }
}
