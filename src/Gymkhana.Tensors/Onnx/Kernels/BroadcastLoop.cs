namespace Gymkhana.Tensors.Onnx.Kernels;

/// <summary>
/// Walks over the result of an operation with broadcasting in runs along its innermost axis: for each run it says where each operand
/// begins, and whether the operand advances (step 1) or repeats one element (step 0). Made once for a plan.
/// </summary>
internal sealed class BroadcastLoop
{
    private readonly int[] _sizes;
    private readonly int[][] _strides;
    private readonly int[] _counter;
    private readonly int[] _starts;
    private readonly int _operands;

    private BroadcastLoop(int[] shape, int operands, List<int> sizes, List<int[]> strides)
    {
        Shape = shape;
        _operands = operands;
        Run = sizes[^1];
        Steps = strides[^1];
        sizes.RemoveAt(sizes.Count - 1);
        strides.RemoveAt(strides.Count - 1);
        _sizes = [.. sizes];
        _strides = [.. strides];
        _counter = new int[_sizes.Length];
        _starts = new int[operands];
    }

    /// <summary>Shape of the result.</summary>
    public int[] Shape { get; }

    /// <summary>Elements of one run; 0 when the result is empty.</summary>
    public int Run { get; }

    /// <summary>For each operand 1 where it advances along a run, 0 where it repeats.</summary>
    public int[] Steps { get; }

    /// <summary>Shape that results from broadcasting, or null when the shapes do not fit together.</summary>
    public static int[]? Broadcast(params ReadOnlySpan<int[]> shapes)
    {
        int rank = 0;
        foreach (int[] shape in shapes)
        {
            rank = Math.Max(rank, shape.Length);
        }

        int[] result = new int[rank];
        Array.Fill(result, 1);
        foreach (int[] shape in shapes)
        {
            for (int i = 0; i < shape.Length; i++)
            {
                ref int size = ref result[rank - shape.Length + i];
                if (shape[i] != size && shape[i] != 1 && size != 1)
                {
                    return null;
                }

                size = size == 1 ? shape[i] : size;
            }
        }

        return result;
    }

    /// <summary>A loop over operands of shapes that broadcast.</summary>
    /// <param name="result">Shape of the result.</param>
    /// <param name="shapes">Shapes of the operands, each of which broadcasts to the result.</param>
    public static BroadcastLoop Over(int[] result, params ReadOnlySpan<int[]> shapes)
    {
        int operands = shapes.Length;
        List<int> sizes = [];
        List<int[]> strides = [];
        int[][] own = new int[operands][];
        for (int k = 0; k < operands; k++)
        {
            own[k] = StridedCopy.Strides(shapes[k]);
        }

        for (int axis = 0; axis < result.Length; axis++)
        {
            if (result[axis] == 1)
            {
                continue;
            }

            int[] steps = new int[operands];
            for (int k = 0; k < operands; k++)
            {
                int local = axis - result.Length + shapes[k].Length;
                steps[k] = local < 0 || shapes[k][local] == 1 ? 0 : own[k][local];
            }

            if (sizes.Count > 0 && Joins(strides[^1], steps, result[axis]))
            {
                sizes[^1] *= result[axis];
                strides[^1] = steps;
            }
            else
            {
                sizes.Add(result[axis]);
                strides.Add(steps);
            }
        }

        if (sizes.Count == 0)
        {
            sizes.Add(1);
            strides.Add(new int[operands]);
        }

        if (Array.IndexOf(result, 0) >= 0)
        {
            sizes = [0];
            strides = [new int[operands]];
        }

        return new BroadcastLoop(result, operands, sizes, strides);
    }

    /// <summary>Where an operand's part of the run begins, elements.</summary>
    public int Start(int operand) => _starts[operand];

    /// <summary>Begins at the first run.</summary>
    public void Reset()
    {
        Array.Clear(_counter);
        Array.Clear(_starts);
    }

    /// <summary>Goes to the next run.</summary>
    /// <returns>False after the last.</returns>
    public bool MoveNext()
    {
        for (int axis = _sizes.Length - 1; axis >= 0; axis--)
        {
            for (int k = 0; k < _operands; k++)
            {
                _starts[k] += _strides[axis][k];
            }

            if (++_counter[axis] < _sizes[axis])
            {
                return true;
            }

            for (int k = 0; k < _operands; k++)
            {
                _starts[k] -= _strides[axis][k] * _sizes[axis];
            }

            _counter[axis] = 0;
        }

        return false;
    }

    private static bool Joins(int[] outer, int[] inner, int size)
    {
        for (int k = 0; k < inner.Length; k++)
        {
            if (outer[k] != (long)inner[k] * size)
            {
                return false;
            }
        }

        return true;
    }
}
