using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Running sums.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>Sums of the elements up to and with each one, along an axis.</summary>
        /// <param name="axis">The axis; negative counts from the innermost.</param>
        /// <returns>The sums, in this shape.</returns>
        /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
        public Tensor CumulativeSum(int axis)
        {
            axis = Shape.Axis(axis);
            Operations.CumulativeSum operation = Tape.Rent<Operations.CumulativeSum>();
            operation.Take(this);
            operation.Axis = axis;
            return Tape.Run(operation, Shape);
        }
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>y[o, r, i] = x[o, 0, i] + … + x[o, r, i].</summary>
    internal sealed unsafe class CumulativeSum : Operation
    {
        public int Axis { get; set; }

        private int Count => Output.Shape[Axis];

        private int Inner => Output.Shape.Product(Axis + 1, Output.Shape.Rank);

        public override void Forward()
        {
            int block = Count * Inner;
            for (int start = 0; start < Output.Count; start += block)
            {
                float* y = Output.Values + start;
                Blocks.Put(X(0) + start, y, block, add: false);
                for (int i = Inner; i < block; i++)
                {
                    y[i] += y[i - Inner];
                }
            }
        }

        /// <summary>The sums from the other end.</summary>
        public override void Backward()
        {
            int block = Count * Inner;
            GradientPlace place = PlaceFor(0);
            float* sums = Tape.Memory.Rent(block);
            for (int start = 0; start < Output.Count; start += block)
            {
                Blocks.Put(Output.Gradient + start, sums, block, add: false);
                for (int i = block - Inner - 1; i >= 0; i--)
                {
                    sums[i] += sums[i + Inner];
                }

                Blocks.Put(sums, place.Values + start, block, place.Add);
            }
        }

        public override void Emit(OnnxEmitter emitter) => emitter.Set(Output, emitter.Add("CumSum", [emitter.Input(this, 0), emitter.Whole(Axis)]));

        public override void Reference()
        {
            double[] x = ExactX(0), y = Output.Exact!; // a checking tape gives it
            int block = Count * Inner;
            for (int i = 0; i < y.Length; i++)
            {
                y[i] = x[i] + (i % block < Inner ? 0 : y[i - Inner]);
            }
        }
    }
}
