using System.Collections.Immutable;

namespace Gymkhana.Core.Spaces;

/// <summary>One choice among <see cref="Count"/>, stored as an integer from 0.</summary>
/// <param name="Count">How many choices, at least 1.</param>
public sealed record DiscreteSpace(int Count) : Space
{
    /// <inheritdoc/>
    public override ImmutableArray<int> Shape => [];

    /// <inheritdoc/>
    public override ElementType ElementType => ElementType.Int32;

    /// <inheritdoc/>
    public override bool Allows(int index, double value) => value >= 0 && value < Count && value == Math.Floor(value);

    /// <inheritdoc/>
    public override bool Fits(Space other) => other is DiscreteSpace discrete && discrete.Count == Count;

    /// <inheritdoc/>
    public override string ToString() => $"Discrete({Count})";
}
