using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors.Operations;

/// <summary>y[o, i] = Σᵣ x[o, r, i], or that divided by the number of summands.</summary>
internal sealed unsafe class Sum : Operation
{
    private const int Columns = 512;
    private int _outer;
    private int _count;
    private int _inner;
    private bool _isMean;

    public static Tensor Of(Tensor x, ReadOnlySpan<int> axes, bool keepDimensions, bool isMean)
    {
        ReducedAxes walk = ReducedAxes.Of(x, axes, keepDimensions, contiguous: false);
        Sum operation = x.Tape.Rent<Sum>();
        operation.Take(walk.Tensor);
        (operation._outer, operation._count, operation._inner, operation._isMean) = (walk.Outer, walk.Count, walk.Inner, isMean);
        return x.Tape.Run(operation, walk.Shape);
    }

    public override void Forward()
    {
        if (_inner == 1)
        {
            RowBlocks.Run(Workers, new ContiguousRows(X(0), _count, Output.Values), _outer, _count);
        }
        else
        {
            int strips = (_inner + Columns - 1) / Columns;
            RowBlocks.Run(Workers, new Strips(X(0), _count, _inner, strips, Output.Values), _outer * strips, (int)Math.Min(int.MaxValue, (long)_count * Math.Min(_inner, Columns)));
        }

        if (_isMean)
        {
            Elementwise.Map(Workers, new DividedBy(_count), Output.Values, Output.Values, Output.Count);
        }
    }

    /// <summary>Every summand gets the gradient of its sum.</summary>
    public override void Backward()
    {
        GradientPlace place = PlaceFor(0);
        float* upstream = Output.Gradient;
        if (_isMean)
        {
            upstream = Tape.Memory.Rent(Output.Count);
            Elementwise.Map(Workers, new DividedBy(_count), Output.Gradient, upstream, Output.Count);
        }

        if (_outer == 1 && _inner == 1 && !place.Add)
        {
            new Span<float>(place.Values, place.Count).Fill(*upstream);
            return;
        }

        RowBlocks.Run(Workers, new Spread(upstream, _count, _inner, place), _outer, (int)Math.Min(int.MaxValue, (long)_count * _inner));
    }

    public override void Emit(OnnxEmitter emitter) => emitter.ReduceRun(this, _isMean ? "ReduceMean" : "ReduceSum", _outer, _count, _inner);

    public override void Reference()
    {
        double[] x = ExactX(0), y = Output.Exact!; // a checking tape gives it
        for (int i = 0; i < y.Length; i++)
        {
            int start = (i / _inner * _count * _inner) + (i % _inner);
            for (int r = 0; r < _count; r++)
            {
                y[i] += x[start + (r * _inner)];
            }

            y[i] /= _isMean ? _count : 1;
        }
    }

    private readonly struct ContiguousRows(float* x, int count, float* y) : IRowKernel
    {
        public void Rows(int first, int rows, int worker) => RowSums.Of(x + ((nint)first * count), rows, count, y + first);
    }

    // Columns of some hundred are summed at once, row after row, so that the sums stay in the first cache.
    private readonly struct Strips(float* x, int count, int inner, int strips, float* y) : IRowKernel
    {
        public void Rows(int first, int rows, int worker)
        {
            for (int row = first; row < first + rows; row++)
            {
                (int outer, int strip) = Math.DivRem(row, strips);
                int columns = Math.Min(Columns, inner - (strip * Columns));
                float* sums = y + ((nint)outer * inner) + (strip * Columns);
                new Span<float>(sums, columns).Clear();
                float* summand = x + ((nint)outer * count * inner) + (strip * Columns);
                for (int r = 0; r < count; r++, summand += inner)
                {
                    Blocks.Put(summand, sums, columns, add: true);
                }
            }
        }
    }

    private readonly struct Spread(float* upstream, int count, int inner, GradientPlace place) : IRowKernel
    {
        public void Rows(int first, int rows, int worker)
        {
            for (int row = first; row < first + rows; row++)
            {
                float* gradient = place.Values + ((nint)row * count * inner);
                if (inner == 1)
                {
                    Blocks.Fill(upstream[row], gradient, count, place.Add);
                    continue;
                }

                for (int r = 0; r < count; r++)
                {
                    Blocks.Put(upstream + ((nint)row * inner), gradient + ((nint)r * inner), inner, place.Add);
                }
            }
        }
    }
}
