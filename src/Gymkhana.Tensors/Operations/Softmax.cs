using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Softmax and its kin.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>e^xᵢ / Σ e^xⱼ along an axis, for elements of any size.</summary>
        /// <param name="axis">The axis; negative counts from the innermost.</param>
        /// <returns>Numbers in [0, 1] whose sums along the axis are 1.</returns>
        /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
        public Tensor Softmax(int axis = -1) => IsLast(axis) ? SoftmaxOfRows(logarithm: false, null) : Transpose(axis, -1).SoftmaxOfRows(logarithm: false, null).Transpose(axis, -1);

        /// <summary>xᵢ − ln Σ e^xⱼ along an axis, for elements of any size.</summary>
        /// <param name="axis">The axis; negative counts from the innermost.</param>
        /// <returns>Logarithms of probabilities, at most 0.</returns>
        /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
        public Tensor LogSoftmax(int axis = -1) => IsLast(axis) ? SoftmaxOfRows(logarithm: true, null) : Transpose(axis, -1).SoftmaxOfRows(logarithm: true, null).Transpose(axis, -1);

        /// <summary>Softmax along the innermost axis over the allowed elements; the others get 0. Where nothing is allowed all are 0 and so are their gradients.</summary>
        /// <param name="mask">Allowed where not 0, of a shape that repeats to this one; no gradient goes to it.</param>
        /// <returns>Numbers in [0, 1].</returns>
        /// <exception cref="ArgumentException">The mask does not repeat to this shape.</exception>
        public Tensor MaskedSoftmax(Tensor mask)
        {
            _ = Shape.Axis(-1);
            return SoftmaxOfRows(logarithm: false, mask.Detach().BroadcastTo(Shape));
        }

        private bool IsLast(int axis) => Shape.Axis(axis) == Shape.Rank - 1;

        private Tensor SoftmaxOfRows(bool logarithm, Tensor? mask)
        {
            Operations.Softmax operation = Tape.Rent<Operations.Softmax>();
            operation.Take(this);
            operation.TakeOptional(mask);
            operation.Logarithm = logarithm;
            return Tape.Run(operation, Shape);
        }
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>Softmax of the rows [rows, count] or its logarithm; with a mask, of the elements where it is not 0.</summary>
    internal sealed unsafe class Softmax : Operation
    {
        public bool Logarithm { get; set; }

        private int Count => Output.Shape[-1];

        private int Rows => Count == 0 ? 0 : Output.Count / Count;

        public override void Forward() => RowBlocks.Run(Workers, new ForwardRows(X(0), InputCount > 1 ? X(1) : null, Output.Values, Count, Logarithm), Rows, Count);

        /// <summary>Elements that were not allowed have y = 0 and so no gradient.</summary>
        public override void Backward() => RowBlocks.Run(Workers, new BackwardRows(Output.Values, Output.Gradient, Count, Logarithm, PlaceFor(0)), Rows, Count);

        public override void Emit(OnnxEmitter emitter)
        {
            string x = emitter.Input(this, 0);
            emitter.Set(Output, Logarithm ? emitter.Add("LogSoftmax", [x], ("axis", -1L)) : emitter.MaskedSoftmax(x, InputCount > 1 ? emitter.Mask(emitter.Source(Input(1))) : null));
        }

        public override void Reference()
        {
            double[] x = ExactX(0), y = Output.Exact!; // a checking tape gives it
            for (int start = 0; start < y.Length; start += Count)
            {
                double max = double.NegativeInfinity, sum = 0;
                for (int i = start; i < start + Count; i++)
                {
                    max = IsAllowed(i) ? Math.Max(max, x[i]) : max;
                }

                for (int i = start; i < start + Count; i++)
                {
                    y[i] = IsAllowed(i) ? Math.Exp(x[i] - max) : 0;
                    sum += y[i];
                }

                for (int i = start; i < start + Count; i++)
                {
                    y[i] = Logarithm ? x[i] - max - Math.Log(sum) : sum == 0 ? 0 : y[i] / sum;
                }
            }
        }

        private bool IsAllowed(int i) => InputCount == 1 || ExactX(1)[i] != 0;

        private readonly struct ForwardRows(float* x, float* mask, float* y, int count, bool logarithm) : IRowKernel
        {
            public void Rows(int first, int rows, int worker)
            {
                nint start = (nint)first * count;
                float* to = y + start;
                if (mask == null)
                {
                    SoftmaxRows.Forward(x + start, to, rows, count, logarithm);
                }
                else
                {
                    SoftmaxRows.Masked(x + start, mask + start, to, 1, rows, count);
                }
            }
        }

        private readonly struct BackwardRows(float* y, float* upstream, int count, bool logarithm, GradientPlace place) : IRowKernel
        {
            public void Rows(int first, int rows, int worker)
            {
                nint start = (nint)first * count;
                SoftmaxRows.Backward(y + start, upstream + start, place.Values + start, rows, count, logarithm, place.Add);
            }
        }
    }
}
