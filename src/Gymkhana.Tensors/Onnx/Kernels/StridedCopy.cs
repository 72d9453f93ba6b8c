using System.Runtime.InteropServices;

namespace Gymkhana.Tensors.Onnx.Kernels;

/// <summary>
/// Copies a box of elements from one layout to another: transposing, slicing, joining, repeating and padding are all this. Strides are in
/// elements and may be 0 (repeat) or negative (backwards). Made once for a plan; copying allocates nothing.
/// </summary>
internal sealed class StridedCopy
{
    private readonly int _size;
    private readonly int[] _shape;
    private readonly int[] _from;
    private readonly int[] _to;
    private readonly int _fromStart;
    private readonly int _toStart;
    private readonly int[] _counter;

    /// <summary>A copy.</summary>
    /// <param name="size">Bytes of an element: 1, 4 or 8.</param>
    /// <param name="shape">Sizes of the box.</param>
    /// <param name="from">Strides in the source.</param>
    /// <param name="fromStart">First element in the source.</param>
    /// <param name="to">Strides in the destination.</param>
    /// <param name="toStart">First element in the destination.</param>
    public StridedCopy(int size, ReadOnlySpan<int> shape, ReadOnlySpan<int> from, int fromStart, ReadOnlySpan<int> to, int toStart)
    {
        _size = size;
        (_fromStart, _toStart) = (fromStart, toStart);

        // Axes of one element are dropped; neighbours that step through both sides as one axis are joined.
        List<(int Size, int From, int To)> axes = [];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (shape[axis] == 1)
            {
                continue;
            }

            if (axes.Count > 0 && axes[^1].From == (long)from[axis] * shape[axis] && axes[^1].To == (long)to[axis] * shape[axis])
            {
                axes[^1] = (axes[^1].Size * shape[axis], from[axis], to[axis]);
            }
            else
            {
                axes.Add((shape[axis], from[axis], to[axis]));
            }
        }

        if (axes.Count == 0)
        {
            axes.Add((1, 1, 1));
        }

        _shape = [.. axes.Select(a => a.Size)];
        _from = [.. axes.Select(a => a.From)];
        _to = [.. axes.Select(a => a.To)];
        _counter = new int[axes.Count];
    }

    /// <summary>Strides of a row-major tensor, in elements.</summary>
    public static int[] Strides(ReadOnlySpan<int> shape)
    {
        int[] strides = new int[shape.Length];
        int stride = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Math.Max(shape[axis], 1);
        }

        return strides;
    }

    /// <summary>Copies.</summary>
    /// <param name="source">Bytes of the source.</param>
    /// <param name="destination">Bytes of the destination.</param>
    public void Run(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        switch (_size)
        {
            case 1:
                Copy(source, destination);
                break;
            case 4:
                Copy(MemoryMarshal.Cast<byte, int>(source), MemoryMarshal.Cast<byte, int>(destination));
                break;
            default:
                Copy(MemoryMarshal.Cast<byte, long>(source), MemoryMarshal.Cast<byte, long>(destination));
                break;
        }
    }

    private void Copy<T>(ReadOnlySpan<T> source, Span<T> destination)
    {
        if (Array.IndexOf(_shape, 0) >= 0)
        {
            return;
        }

        int last = _shape.Length - 1;
        (int count, int fromStep, int toStep) = (_shape[last], _from[last], _to[last]);
        (int from, int to) = (_fromStart, _toStart);
        Array.Clear(_counter);
        while (true)
        {
            if (fromStep == 1 && toStep == 1)
            {
                source.Slice(from, count).CopyTo(destination[to..]);
            }
            else
            {
                for (int i = 0; i < count; i++)
                {
                    destination[to + (i * toStep)] = source[from + (i * fromStep)];
                }
            }

            int axis = last - 1;
            while (axis >= 0)
            {
                from += _from[axis];
                to += _to[axis];
                if (++_counter[axis] < _shape[axis])
                {
                    break;
                }

                from -= _from[axis] * _shape[axis];
                to -= _to[axis] * _shape[axis];
                _counter[axis--] = 0;
            }

            if (axis < 0)
            {
                return;
            }
        }
    }
}
