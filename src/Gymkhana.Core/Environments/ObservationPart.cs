namespace Gymkhana.Core.Environments;

/// <summary>
/// A named run of numbers within an observation: some items of one kind, each with as many numbers. Parts follow each other and together are
/// the whole observation, so that an encoder can be built that takes any number of items of a kind.
/// </summary>
/// <param name="Name">What they are, such as "self", "landmarks" or "prey".</param>
/// <param name="Items">How many items there are; may be 0.</param>
/// <param name="Features">Numbers of one item, which lie together.</param>
public sealed record ObservationPart(string Name, int Items, int Features)
{
    /// <summary>Numbers of the whole part.</summary>
    public int Size => Items * Features;
}
