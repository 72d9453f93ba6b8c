using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors.Operations;

/// <summary>Largest or smallest element of each row of [outer, count], and where it is.</summary>
internal sealed unsafe class Extremum : Operation
{
    private int* _indices;
    private int _count;
    private bool _isMax;

    public static Tensor Of(Tensor x, ReadOnlySpan<int> axes, bool keepDimensions, bool isMax)
    {
        ReducedAxes walk = ReducedAxes.Of(x, axes, keepDimensions, contiguous: false);
        if (walk.Inner > 1 && walk.Count is > 0 and <= ColumnExtremum.MostCount)
        {
            return ColumnExtremum.Of(walk, isMax);
        }

        walk = ReducedAxes.Of(x, axes, keepDimensions, contiguous: true);
        Extremum operation = x.Tape.Rent<Extremum>();
        operation.Take(walk.Tensor);
        operation._indices = (int*)x.Tape.Memory.Rent(walk.Outer);
        (operation._count, operation._isMax) = (walk.Count, isMax);
        Find(walk, isMax, operation._indices);
        return x.Tape.Run(operation, walk.Shape);
    }

    /// <summary>Finds the first extreme element of each row.</summary>
    /// <param name="walk">The rows.</param>
    /// <param name="isMax">Largest or smallest.</param>
    /// <param name="indices">Receives one index for each row.</param>
    /// <exception cref="ArgumentException">The rows are empty.</exception>
    public static void Find(ReducedAxes walk, bool isMax, int* indices)
    {
        if (walk.Count == 0 && walk.Outer > 0)
        {
            throw new ArgumentException($"there is no largest or smallest of no elements: an axis of {walk.Tensor.Shape} is empty.");
        }

        float* x = walk.Tensor.Node.Values;
        RowBlocks.Run(walk.Tensor.Tape.Workers, new Search(x, walk.Count, isMax, indices), walk.Outer, walk.Count);
    }

    public override void Forward()
    {
        for (int row = 0; row < Output.Count; row++)
        {
            Output.Values[row] = X(0)[((nint)row * _count) + _indices[row]];
        }
    }

    public override void Backward()
    {
        float* gradient = PlaceFor(0).ToAddTo();
        for (int row = 0; row < Output.Count; row++)
        {
            gradient[((nint)row * _count) + _indices[row]] += Output.Gradient[row];
        }
    }

    public override void Emit(OnnxEmitter emitter) => emitter.ReduceRun(this, _isMax ? "ReduceMax" : "ReduceMin", Output.Count, _count, 1);

    public override void Reference()
    {
        // The element found in float: finite differences then move the same one.
        for (int row = 0; row < Output.Count; row++)
        {
            Output.Exact![row] = ExactX(0)[(row * _count) + _indices[row]]; // a checking tape gives it
        }
    }

    private readonly struct Search(float* x, int count, bool isMax, int* indices) : IRowKernel
    {
        public void Rows(int first, int rows, int worker)
        {
            for (int row = first; row < first + rows; row++)
            {
                indices[row] = isMax ? Largest(x + ((nint)row * count)) : Smallest(x + ((nint)row * count));
            }
        }

        private int Largest(float* values)
        {
            int best = 0;
            for (int i = 1; i < count; i++)
            {
                // Not "greater than": a NaN wins, and nothing wins against it.
                best = values[i] <= values[best] || float.IsNaN(values[best]) ? best : i;
            }

            return best;
        }

        private int Smallest(float* values)
        {
            int best = 0;
            for (int i = 1; i < count; i++)
            {
                best = values[i] >= values[best] || float.IsNaN(values[best]) ? best : i;
            }

            return best;
        }
    }
}
