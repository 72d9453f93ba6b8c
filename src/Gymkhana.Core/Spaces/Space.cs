using System.Collections.Immutable;

namespace Gymkhana.Core.Spaces;

/// <summary>How one element of an observation or action is stored.</summary>
public enum ElementType
{
    /// <summary>32-bit IEEE float.</summary>
    Float32,

    /// <summary>Unsigned byte, as in pixels.</summary>
    UInt8,

    /// <summary>32-bit signed integer, as in discrete actions.</summary>
    Int32,
}

/// <summary>The set that an observation or an action belongs to.</summary>
public abstract record Space
{
    /// <summary>Sizes of the axes of one element of the space; empty for a single number.</summary>
    public abstract ImmutableArray<int> Shape { get; }

    /// <summary>How its numbers are stored.</summary>
    public abstract ElementType ElementType { get; }

    /// <summary>How many stored numbers one element has: the product of <see cref="Shape"/>.</summary>
    public int Size
    {
        get
        {
            int size = 1;
            foreach (int axis in Shape)
            {
                size *= axis;
            }

            return size;
        }
    }

    /// <summary>Whether stored number <paramref name="index"/> of an element may have this value.</summary>
    /// <param name="index">0 to <see cref="Size"/> − 1, row-major.</param>
    /// <param name="value">The value; NaN is in no space.</param>
    /// <returns>True when it may.</returns>
    public abstract bool Allows(int index, double value);

    /// <summary>Whether two spaces accept the same elements, names apart; what a policy needs of an environment.</summary>
    /// <param name="other">The other space.</param>
    /// <returns>True when a policy for one fits the other.</returns>
    public abstract bool Fits(Space other);
}
