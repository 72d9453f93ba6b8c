using System.Runtime.CompilerServices;

namespace Gymkhana.Tensors.Operations;

/// <summary>Where a run of elements of two broadcast operands and of their result begins.</summary>
internal readonly record struct BroadcastRow(int A, int B, int Output)
{
    /// <summary>The first row of any walk.</summary>
    public static BroadcastRow First => default;
}

/// <summary>
/// How two operands of different shapes are walked beside their result: as rows of <see cref="InnerCount"/> elements, in the
/// order of the result. Axes that both operands walk alike are joined, so that rows are as long as can be.
/// </summary>
internal struct Broadcast
{
    private Axes _sizes;
    private Axes _stridesA;
    private Axes _stridesB;
    private int _outer;

    public Broadcast(Shape a, Shape b, Shape output)
    {
        int rank = output.Rank;
        Span<int> sizes = stackalloc int[Shape.MaxRank + 1];
        Span<int> stridesA = stackalloc int[Shape.MaxRank + 1];
        Span<int> stridesB = stackalloc int[Shape.MaxRank + 1];
        int count = 0;
        int strideA = a.Count, strideB = b.Count;
        for (int axis = 0; axis < rank; axis++)
        {
            int sizeA = SizeAt(a, axis, rank), sizeB = SizeAt(b, axis, rank), size = output[axis];
            strideA /= Math.Max(1, sizeA);
            strideB /= Math.Max(1, sizeB);
            if (size == 1)
            {
                continue;
            }

            int stepA = sizeA == 1 ? 0 : strideA, stepB = sizeB == 1 ? 0 : strideB;
            if (count > 0 && stridesA[count - 1] == stepA * size && stridesB[count - 1] == stepB * size)
            {
                sizes[count - 1] *= size;
                (stridesA[count - 1], stridesB[count - 1]) = (stepA, stepB);
                continue;
            }

            sizes[count] = size;
            (stridesA[count], stridesB[count]) = (stepA, stepB);
            count++;
        }

        _outer = Math.Max(0, count - 1);
        sizes[..Shape.MaxRank].CopyTo(_sizes);
        stridesA[..Shape.MaxRank].CopyTo(_stridesA);
        stridesB[..Shape.MaxRank].CopyTo(_stridesB);
        InnerCount = count == 0 ? 1 : sizes[count - 1];
        InnerA = count == 0 ? 1 : stridesA[count - 1];
        InnerB = count == 0 ? 1 : stridesB[count - 1];
        IsPlain = count <= 1 && InnerA == 1 && InnerB == 1;
    }

    /// <summary>Whether both operands are walked straight through.</summary>
    public bool IsPlain { get; }

    /// <summary>Elements of a row.</summary>
    public int InnerCount { get; }

    /// <summary>1 where the first operand advances along a row, 0 where one element serves for all.</summary>
    public int InnerA { get; }

    /// <summary>The same of the second.</summary>
    public int InnerB { get; }

    /// <summary>The shape that two operands have together.</summary>
    /// <exception cref="ArgumentException">An axis has two sizes, and neither is 1.</exception>
    public static Shape Join(Shape a, Shape b)
    {
        if (a == b)
        {
            return a;
        }

        int rank = Math.Max(a.Rank, b.Rank);
        Span<int> sizes = stackalloc int[Shape.MaxRank];
        for (int axis = 0; axis < rank; axis++)
        {
            int sizeA = SizeAt(a, axis, rank), sizeB = SizeAt(b, axis, rank);
            if (sizeA != sizeB && sizeA != 1 && sizeB != 1)
            {
                throw new ArgumentException($"shapes {a} and {b} do not go together: axis {axis - rank} is {sizeA} in one and {sizeB} in the other, and only size 1 repeats.");
            }

            sizes[axis] = sizeA == 1 ? sizeB : sizeA;
        }

        return new Shape(sizes[..rank]);
    }

    /// <summary>The row after another.</summary>
    /// <param name="row">A row.</param>
    /// <returns>The next one; past the last, one whose <see cref="BroadcastRow.Output"/> is the result's number of elements.</returns>
    public readonly BroadcastRow Next(BroadcastRow row)
    {
        int output = row.Output + InnerCount;
        int number = output / Math.Max(1, InnerCount);
        int a = 0, b = 0;
        for (int axis = _outer - 1; axis >= 0; axis--)
        {
            (number, int place) = Math.DivRem(number, _sizes[axis]);
            a += place * _stridesA[axis];
            b += place * _stridesB[axis];
        }

        return new BroadcastRow(a, b, output);
    }

    private static int SizeAt(Shape shape, int axis, int rank)
    {
        int own = axis - (rank - shape.Rank);
        return own < 0 ? 1 : shape[own];
    }

    [InlineArray(Shape.MaxRank)]
    private struct Axes
    {
        private int _first;
    }
}
