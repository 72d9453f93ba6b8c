using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>The affine map.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>y = f(x Wᵀ + b) over the innermost axis.</summary>
        /// <param name="weight">W, [out, in].</param>
        /// <param name="bias">b, [out], or none.</param>
        /// <param name="activation">f.</param>
        /// <returns>[..., out], for an x of [..., in].</returns>
        /// <exception cref="ArgumentException">The shapes do not go together.</exception>
        public Tensor Linear(Tensor weight, Tensor? bias = null, Activation activation = Activation.None)
        {
            if (Shape.Rank == 0 || weight.Shape.Rank != 2 || weight.Shape[1] != Shape[-1] || (bias is { } b && b.Shape != new Shape(weight.Shape[0])))
            {
                throw new ArgumentException($"a linear map of {Shape} needs a weight [out, {(Shape.Rank == 0 ? "in" : Shape[-1])}] and a bias [out], got {weight.Shape} and {bias?.Shape.ToString() ?? "no bias"}.");
            }

            Operations.Linear operation = Tape.Rent<Operations.Linear>();
            operation.Take(this);
            operation.Take(weight);
            operation.TakeOptional(bias);
            operation.Activation = activation;
            return Tape.Run(operation, Shape.With(-1, weight.Shape[0]));
        }
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>y = f(x Wᵀ + b), with rows of x [R, in], W [out, in], b [out].</summary>
    internal sealed unsafe class Linear : Operation
    {
        public Activation Activation { get; set; }

        private int In => Input(1).Shape[1];

        private int Out => Input(1).Shape[0];

        private int Rows => Out == 0 ? 0 : Output.Count / Out;

        public override void Forward()
        {
            float* bias = InputCount > 2 ? X(2) : null;
            Gemm.Multiply(Workers, Rows, Out, In, new Matrix(X(0), In), new Matrix(X(1), In).Transposed, Output.Values, Out, accumulate: false, new Epilogue(bias, Activation));
        }

        /// <summary>With δ = upstream · f′: ∂x = δ W, ∂W = δᵀ x, ∂b = the sum of δ over its rows.</summary>
        public override void Backward()
        {
            float* upstream = Output.Gradient;
            Slopes.Apply(Workers, Activation, Output.Values, upstream, Output.Count);
            GradientPlace x = PlaceFor(0), weight = PlaceFor(1), bias = InputCount > 2 ? PlaceFor(2) : default;
            if (x.Wanted)
            {
                Gemm.Multiply(Workers, Rows, In, Out, new Matrix(upstream, Out), new Matrix(X(1), In), x.Values, In, x.Add);
            }

            if (weight.Wanted)
            {
                Gemm.Multiply(Workers, Out, In, Rows, new Matrix(upstream, Out).Transposed, new Matrix(X(0), In), weight.Values, In, weight.Add);
            }

            if (bias.Wanted)
            {
                ColumnSums.Add(upstream, Rows, Out, bias.ToAddTo());
            }
        }

        public override void Emit(OnnxEmitter emitter)
        {
            string x = emitter.Input(this, 0);
            if (Input(0).Shape.Rank == 2)
            {
                emitter.Set(Output, emitter.Activated(emitter.Add("Gemm", [x, .. emitter.Inputs(this, 1)], ("transB", 1L)), Activation));
                return;
            }

            string product = emitter.Add("MatMul", [x, emitter.Transposed(Input(1))]);
            emitter.Set(Output, emitter.Activated(InputCount > 2 ? emitter.Add("Add", [product, emitter.Input(this, 2)]) : product, Activation));
        }

        public override void Reference()
        {
            double[] x = ExactX(0), weight = ExactX(1);
            for (int r = 0; r < Rows; r++)
            {
                for (int o = 0; o < Out; o++)
                {
                    double sum = InputCount > 2 ? ExactX(2)[o] : 0;
                    for (int i = 0; i < In; i++)
                    {
                        sum += x[(r * In) + i] * weight[(o * In) + i];
                    }

                    Output.Exact![(r * Out) + o] = Slopes.Exact(Activation, sum); // a checking tape gives it
                }
            }
        }
    }
}
