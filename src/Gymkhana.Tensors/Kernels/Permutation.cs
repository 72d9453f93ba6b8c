namespace Gymkhana.Tensors.Kernels;

/// <summary>Copies an array with its axes in another order.</summary>
internal static unsafe class Permutation
{
    /// <summary>to[i, j, …] = from[i·strides[0] + j·strides[1] + …].</summary>
    /// <param name="from">The array: all its elements, each read once. Does not overlap <paramref name="to"/>.</param>
    /// <param name="sizes">Sizes of the axes of <paramref name="to"/>, at most <see cref="Shape.MaxRank"/>.</param>
    /// <param name="strides">Floats from an element of <paramref name="from"/> to the next along each of these axes.</param>
    /// <param name="to">The copy, row-major.</param>
    public static void Copy(float* from, ReadOnlySpan<int> sizes, ReadOnlySpan<int> strides, float* to)
    {
        // Axes that lie behind one another in both arrays are walked as one.
        Span<int> size = stackalloc int[Shape.MaxRank];
        Span<int> stride = stackalloc int[Shape.MaxRank];
        int rank = 0;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (sizes[axis] == 0)
            {
                return;
            }

            if (rank > 0 && stride[rank - 1] == strides[axis] * sizes[axis])
            {
                size[rank - 1] *= sizes[axis];
                stride[rank - 1] = strides[axis];
            }
            else if (sizes[axis] > 1)
            {
                size[rank] = sizes[axis];
                stride[rank++] = strides[axis];
            }
        }

        if (rank == 0)
        {
            *to = *from;
            return;
        }

        int unit = stride[..rank].IndexOf(1);
        if (unit == rank - 1)
        {
            CopyRows(from, size[..rank], stride[..rank], to);
        }
        else
        {
            CopyTransposed(from, size[..rank], stride[..rank], unit, to);
        }
    }

    // Rows of the last axis, in runs along the axis before it.
    private static void CopyRows(float* from, ReadOnlySpan<int> size, ReadOnlySpan<int> stride, float* to)
    {
        int length = size[^1];
        int rows = size.Length > 1 ? size[^2] : 1;
        int rowStride = size.Length > 1 ? stride[^2] : 0;
        int runs = Product(size) / (length * rows);
        for (int run = 0; run < runs; run++)
        {
            int rest = run;
            nint offset = 0;
            for (int axis = size.Length - 3; axis >= 0; axis--)
            {
                (rest, int place) = Math.DivRem(rest, size[axis]);
                offset += (nint)place * stride[axis];
            }

            for (int row = 0; row < rows; row++, to += length)
            {
                new ReadOnlySpan<float>(from + offset + ((nint)row * rowStride), length).CopyTo(new Span<float>(to, length));
            }
        }
    }

    // The axis along which `from` is contiguous and the last axis of `to` span matrices, which are transposed one by one.
    private static void CopyTransposed(float* from, ReadOnlySpan<int> size, ReadOnlySpan<int> stride, int unit, float* to)
    {
        int last = size.Length - 1;
        int toStride = Product(size[(unit + 1)..]);
        int matrices = Product(size) / (size[unit] * size[last]);
        for (int matrix = 0; matrix < matrices; matrix++)
        {
            int rest = matrix;
            nint source = 0, target = 0, behind = size[last];
            for (int axis = last - 1; axis >= 0; axis--)
            {
                if (axis != unit)
                {
                    (rest, int place) = Math.DivRem(rest, size[axis]);
                    source += (nint)place * stride[axis];
                    target += place * behind;
                }

                behind *= size[axis];
            }

            Transposition.Copy(from + source, stride[last], size[last], size[unit], to + target, toStride);
        }
    }

    private static int Product(ReadOnlySpan<int> sizes)
    {
        int product = 1;
        foreach (int size in sizes)
        {
            product *= size;
        }

        return product;
    }
}
