using System.Collections.Immutable;

namespace Gymkhana.Core.Spaces;

/// <summary>Several choices at once, part i among <c>Counts[i]</c>, each stored as an integer from 0.</summary>
/// <param name="Counts">How many choices each part has, at least 1 each.</param>
public sealed record MultiDiscreteSpace(ImmutableArray<int> Counts) : Space
{
    /// <inheritdoc/>
    public override ImmutableArray<int> Shape => [Counts.Length];

    /// <inheritdoc/>
    public override ElementType ElementType => ElementType.Int32;

    /// <inheritdoc/>
    public override bool Allows(int index, double value) => value >= 0 && value < Counts[index] && value == Math.Floor(value);

    /// <inheritdoc/>
    public override bool Fits(Space other) => other is MultiDiscreteSpace multi && multi.Counts.AsSpan().SequenceEqual(Counts.AsSpan());

    /// <inheritdoc/>
    public bool Equals(MultiDiscreteSpace? other) => other is not null && Fits(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Counts.Length;

    /// <inheritdoc/>
    public override string ToString() => $"MultiDiscrete({string.Join(", ", Counts)})";
}
