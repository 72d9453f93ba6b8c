namespace Gymkhana.Tensors.Operations;

/// <summary>What a reduction walks: a tensor [outer, count, inner] whose middle axis goes away.</summary>
internal readonly struct ReducedAxes
{
    private ReducedAxes(Tensor tensor, int outer, int count, int inner, Shape shape)
    {
        Tensor = tensor;
        Outer = outer;
        Count = count;
        Inner = inner;
        Shape = shape;
    }

    /// <summary>The tensor, with its axes in another order where the reduced ones were not beside each other.</summary>
    public Tensor Tensor { get; }

    /// <summary>Number of elements outside the reduced axes.</summary>
    public int Outer { get; }

    /// <summary>Number of elements reduced to one.</summary>
    public int Count { get; }

    /// <summary>Number of elements inside the reduced axes.</summary>
    public int Inner { get; }

    /// <summary>Shape of the result.</summary>
    public Shape Shape { get; }

    /// <summary>Prepares a reduction.</summary>
    /// <param name="x">What is reduced.</param>
    /// <param name="axes">Axes that go away; negative ones count from the innermost; none means all.</param>
    /// <param name="keepDimensions">Whether they stay with size 1.</param>
    /// <param name="contiguous">Whether each reduction has to run along contiguous memory: <see cref="Inner"/> is then 1.</param>
    /// <returns>What to walk.</returns>
    /// <exception cref="ArgumentException">An axis is named twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static ReducedAxes Of(Tensor x, ReadOnlySpan<int> axes, bool keepDimensions, bool contiguous)
    {
        Shape shape = x.Shape;
        int reduced = axes.IsEmpty ? (1 << shape.Rank) - 1 : 0;
        foreach (int axis in axes)
        {
            int bit = 1 << shape.Axis(axis);
            if ((reduced & bit) != 0)
            {
                throw new ArgumentException($"axis {axis} of {shape} is named twice.", nameof(axes));
            }

            reduced |= bit;
        }

        Span<int> order = stackalloc int[Shape.MaxRank];
        Span<int> sizes = stackalloc int[Shape.MaxRank];
        int kept = 0, resultRank = 0;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            bool goes = (reduced & (1 << axis)) != 0;
            if (!goes)
            {
                order[kept++] = axis;
            }

            if (!goes || keepDimensions)
            {
                sizes[resultRank++] = goes ? 1 : shape[axis];
            }
        }

        Shape result = new(sizes[..resultRank]);
        (int first, int past) = Run(reduced, shape.Rank);
        int inner = first < 0 ? 0 : shape.Product(past, shape.Rank);
        if (first >= 0 && (inner == 1 || !contiguous))
        {
            return new ReducedAxes(x, shape.Product(0, first), shape.Product(first, past), inner, result);
        }

        int outer = result.Count;
        for (int axis = 0, place = kept; axis < shape.Rank; axis++)
        {
            if ((reduced & (1 << axis)) != 0)
            {
                order[place++] = axis;
            }
        }

        Tensor permuted = x.Permute(order[..shape.Rank]);
        return new ReducedAxes(permuted, outer, permuted.Shape.Product(kept, shape.Rank), 1, result);
    }

    // The reduced axes as one run, or −1 when others lie between them.
    private static (int First, int Past) Run(int reduced, int rank)
    {
        if (reduced == 0)
        {
            return (rank, rank);
        }

        int first = int.TrailingZeroCount(reduced);
        int past = 32 - int.LeadingZeroCount(reduced);
        return int.PopCount(reduced) == past - first ? (first, past) : (-1, -1);
    }
}
