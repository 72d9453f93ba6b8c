using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Axes in another order.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>The axes in another order; the elements are copied.</summary>
        /// <param name="order">For each axis of the result the axis it was; each once, negative ones count from the innermost.</param>
        /// <returns>The tensor: of shape [3, 4, 5], Permute(2, 0, 1) is [5, 3, 4].</returns>
        /// <exception cref="ArgumentException">Not every axis is named once.</exception>
        public Tensor Permute(params ReadOnlySpan<int> order)
        {
            Shape shape = Shape;
            Span<int> sizes = stackalloc int[Shape.MaxRank];
            Span<int> from = stackalloc int[Shape.MaxRank];
            int seen = 0;
            bool same = true;
            for (int axis = 0; axis < order.Length && order.Length == shape.Rank; axis++)
            {
                from[axis] = shape.Axis(order[axis]);
                sizes[axis] = shape[from[axis]];
                seen |= 1 << from[axis];
                same &= from[axis] == axis;
            }

            if (order.Length != shape.Rank || seen != (1 << shape.Rank) - 1)
            {
                throw new ArgumentException($"a permutation of shape {shape} names each of its {shape.Rank} axes once, got ({string.Join(", ", order.ToArray())}).", nameof(order));
            }

            if (same)
            {
                return this;
            }

            Operations.Permute operation = Tape.Rent<Operations.Permute>();
            operation.Take(this);
            operation.SetOrder(from[..shape.Rank]);
            return Tape.Run(operation, new Shape(sizes[..shape.Rank]));
        }

        /// <summary>Two axes exchanged; the elements are copied.</summary>
        /// <param name="first">One axis; negative counts from the innermost.</param>
        /// <param name="second">The other.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
        public Tensor Transpose(int first = -2, int second = -1)
        {
            Span<int> order = stackalloc int[Shape.Rank];
            for (int axis = 0; axis < order.Length; axis++)
            {
                order[axis] = axis;
            }

            (order[Shape.Axis(first)], order[Shape.Axis(second)]) = (order[Shape.Axis(second)], order[Shape.Axis(first)]);
            return Permute(order);
        }
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>y[i₀, i₁, …] = x with axis order[a] at index iₐ.</summary>
    internal sealed unsafe class Permute : Operation
    {
        private readonly int[] _order = new int[Shape.MaxRank];
        private int _rank;

        public void SetOrder(ReadOnlySpan<int> order)
        {
            order.CopyTo(_order);
            _rank = order.Length;
        }

        public override void Forward()
        {
            Span<int> sizes = stackalloc int[_rank];
            Span<int> strides = stackalloc int[_rank];
            Strides(sizes, strides);
            Permutation.Copy(X(0), sizes, strides, Output.Values);
        }

        /// <summary>The same with the inverse order.</summary>
        public override void Backward()
        {
            GradientPlace place = PlaceFor(0);
            Span<int> sizes = stackalloc int[_rank];
            Span<int> strides = stackalloc int[_rank];
            for (int axis = 0; axis < _rank; axis++)
            {
                sizes[_order[axis]] = Output.Shape[axis];
                strides[_order[axis]] = Output.Shape.Product(axis + 1, _rank);
            }

            float* gradient = place.Add ? Tape.Memory.Rent(place.Count) : place.Values;
            Permutation.Copy(Output.Gradient, sizes, strides, gradient);
            if (place.Add)
            {
                Elementwise.Map(Workers, default(Same), gradient, place.Values, place.Count, add: true);
            }
        }

        public override void Emit(OnnxEmitter emitter) => emitter.Set(Output, emitter.Permuted(emitter.Input(this, 0), [.. _order[.._rank].Select(a => (long)a)]));

        public override void Reference()
        {
            Span<int> sizes = stackalloc int[_rank];
            Span<int> strides = stackalloc int[_rank];
            Strides(sizes, strides);
            double[] x = ExactX(0), y = Output.Exact!; // a checking tape gives it
            for (int i = 0; i < y.Length; i++)
            {
                int rest = i, source = 0;
                for (int axis = _rank - 1; axis >= 0; axis--)
                {
                    source += rest % sizes[axis] * strides[axis];
                    rest /= sizes[axis];
                }

                y[i] = x[source];
            }
        }

        private void Strides(Span<int> sizes, Span<int> strides)
        {
            Shape shape = Input(0).Shape;
            for (int axis = 0; axis < _rank; axis++)
            {
                sizes[axis] = shape[_order[axis]];
                strides[axis] = shape.Product(_order[axis] + 1, _rank);
            }
        }
    }
}
