using System.Collections.Immutable;
using System.Globalization;

namespace Gymkhana.Core.Spaces;

/// <summary>A box of numbers, each between its own bounds (which may be infinite).</summary>
public sealed record BoxSpace : Space
{
    private readonly ImmutableArray<int> _shape;
    private readonly ElementType _elementType;

    /// <summary>A box with bounds for each number.</summary>
    /// <param name="low">Lower bounds, row-major.</param>
    /// <param name="high">Upper bounds, row-major, each at least its lower bound.</param>
    /// <param name="shape">Sizes of the axes; empty means one axis as long as the bounds.</param>
    /// <param name="elementType">How the numbers are stored.</param>
    /// <exception cref="ArgumentException">The bounds do not match each other or the shape.</exception>
    public BoxSpace(ImmutableArray<float> low, ImmutableArray<float> high, ImmutableArray<int> shape = default, ElementType elementType = ElementType.Float32)
    {
        _shape = shape.IsDefaultOrEmpty ? [low.Length] : shape;
        _elementType = elementType;
        Low = low;
        High = high;
        if (low.Length != high.Length || low.Length != Size)
        {
            throw new ArgumentException($"A box of {Size} numbers needs as many lower and upper bounds, got {low.Length} and {high.Length}.", nameof(low));
        }

        for (int i = 0; i < low.Length; i++)
        {
            if (!(low[i] <= high[i]))
            {
                throw new ArgumentException($"Bounds {i} of the box are [{low[i]}, {high[i]}]; the lower must not exceed the upper.", nameof(low));
            }
        }
    }

    /// <summary>A box with the same bounds for every number.</summary>
    /// <param name="low">Lower bound.</param>
    /// <param name="high">Upper bound.</param>
    /// <param name="size">How many numbers.</param>
    public BoxSpace(float low, float high, int size)
        : this([.. Enumerable.Repeat(low, size)], [.. Enumerable.Repeat(high, size)])
    {
    }

    /// <summary>Lower bounds, row-major.</summary>
    public ImmutableArray<float> Low { get; }

    /// <summary>Upper bounds, row-major.</summary>
    public ImmutableArray<float> High { get; }

    /// <inheritdoc/>
    public override ImmutableArray<int> Shape => _shape;

    /// <inheritdoc/>
    public override ElementType ElementType => _elementType;

    /// <inheritdoc/>
    public override bool Allows(int index, double value) => value >= Low[index] && value <= High[index];

    /// <inheritdoc/>
    public override bool Fits(Space other) =>
        other is BoxSpace box && box.ElementType == ElementType && box.Shape.AsSpan().SequenceEqual(Shape.AsSpan());

    /// <inheritdoc/>
    public bool Equals(BoxSpace? other) =>
        other is not null && Fits(other) && Low.AsSpan().SequenceEqual(other.Low.AsSpan()) && High.AsSpan().SequenceEqual(other.High.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Size;

    /// <inheritdoc/>
    public override string ToString()
    {
        string type = ElementType switch { ElementType.Float32 => "float32", ElementType.UInt8 => "uint8", _ => "int32" };
        bool same = Low.All(v => v == Low[0]) && High.All(v => v == High[0]);
        string bounds = same
            ? string.Create(CultureInfo.InvariantCulture, $"[{Low[0]}, {High[0]}]")
            : "bounds differ by feature";
        return $"Box({string.Join('×', Shape)}, {type}, {bounds})";
    }
}
