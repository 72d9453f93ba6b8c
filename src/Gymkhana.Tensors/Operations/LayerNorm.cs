using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Layer normalisation.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>(x − mean)/√(variance + ε) · weight + bias, mean and variance being those of each row of the innermost axes (Ba et al., 2016).</summary>
        /// <param name="weight">Of the sizes of these axes, or none for 1.</param>
        /// <param name="bias">The same, or none for 0.</param>
        /// <param name="axes">How many innermost axes make up a row, at least 1.</param>
        /// <param name="epsilon">ε, keeps rows of equal elements finite.</param>
        /// <returns>A tensor of this shape.</returns>
        /// <exception cref="ArgumentException">The shapes do not go together, or there are not so many axes.</exception>
        public Tensor LayerNorm(Tensor? weight = null, Tensor? bias = null, int axes = 1, float epsilon = 1e-5f)
        {
            if (axes < 1 || axes > Shape.Rank)
            {
                throw new ArgumentOutOfRangeException(nameof(axes), axes, $"a tensor of shape {Shape} has rows of 1 to {Shape.Rank} axes.");
            }

            Span<int> sizes = stackalloc int[Shape.MaxRank];
            Shape.CopyTo(sizes);
            Shape row = new(sizes[(Shape.Rank - axes)..Shape.Rank]);
            if ((weight is { } w && w.Shape != row) || (bias is { } b && b.Shape != row))
            {
                throw new ArgumentException($"layer normalisation over {row} needs a weight and a bias of that shape, got {weight?.Shape.ToString() ?? "no weight"} and {bias?.Shape.ToString() ?? "no bias"}.");
            }

            Operations.LayerNorm operation = Tape.Rent<Operations.LayerNorm>();
            operation.Take(this);
            operation.TakeOptional(weight);
            operation.TakeOptional(bias);
            operation.HasWeight = weight is not null;
            operation.Axes = axes;
            operation.Count = row.Count;
            operation.Epsilon = epsilon;
            return Tape.Run(operation, Shape);
        }
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>Rows [rows, count] normalised; see <see cref="Tensor.LayerNorm"/>.</summary>
    internal sealed unsafe class LayerNorm : Operation
    {
        private float* _means;
        private float* _scales;

        public bool HasWeight { get; set; }

        public int Axes { get; set; }

        public int Count { get; set; }

        public float Epsilon { get; set; }

        private int Rows => Count == 0 ? 0 : Output.Count / Count;

        // Inputs: x, then the weight and the bias as far as there are any.
        private int WeightInput => HasWeight ? 1 : -1;

        private int BiasInput => InputCount == (HasWeight ? 3 : 2) ? InputCount - 1 : -1;

        private float* Weight => HasWeight ? X(1) : null;

        public override void Forward()
        {
            _means = Tape.Memory.Rent(Rows);
            _scales = Tape.Memory.Rent(Rows);
            float* bias = BiasInput < 0 ? null : X(BiasInput);
            RowBlocks.Run(Workers, new ForwardRows(X(0), Weight, bias, Count, Epsilon, _means, _scales, Output.Values), Rows, Count);
        }

        public override void Backward()
        {
            GradientPlace x = PlaceFor(0);
            GradientPlace weight = WeightInput < 0 ? default : PlaceFor(WeightInput);
            GradientPlace bias = BiasInput < 0 ? default : PlaceFor(BiasInput);
            if (x.Wanted)
            {
                RowBlocks.Run(Workers, new BackwardRows(X(0), Weight, Count, _means, _scales, Output.Gradient, x, Workers.Scratch), Rows, Count);
            }

            if (weight.Wanted || bias.Wanted)
            {
                float* weights = weight.Wanted ? weight.ToAddTo() : null;
                float* biases = bias.Wanted ? bias.ToAddTo() : null;
                NormalisedRows.AffineGradients(Workers, X(0), Output.Gradient, _means, _scales, Rows, Count, weights, biases);
            }
        }

        // Before operator set 17 step by step, in the same arithmetic.
        public override void Emit(OnnxEmitter emitter)
        {
            string x = emitter.Input(this, 0);
            string? weight = HasWeight ? emitter.Input(this, 1) : null, bias = BiasInput < 0 ? null : emitter.Input(this, BiasInput);
            if (emitter.Opset >= 17)
            {
                weight ??= emitter.Filled(1, emitter.Dims(Input(0))[^Axes..]);
                emitter.Set(Output, emitter.Add("LayerNormalization", bias is null ? [x, weight] : [x, weight, bias], ("axis", -(long)Axes), ("epsilon", Epsilon)));
                return;
            }

            long[] axes = [.. Enumerable.Range(-Axes, Axes).Select(a => (long)a)];
            string distance = emitter.Add("Sub", [x, emitter.Reduced("ReduceMean", x, axes, keep: true)]);
            string variance = emitter.Reduced("ReduceMean", emitter.Add("Mul", [distance, distance]), axes, keep: true);
            string scale = emitter.Add("Reciprocal", [emitter.Add("Sqrt", [emitter.Add("Add", [variance, emitter.Scalar(Epsilon)])])]);
            string y = emitter.Add("Mul", [distance, scale]);
            y = weight is null ? y : emitter.Add("Mul", [y, weight]);
            emitter.Set(Output, bias is null ? y : emitter.Add("Add", [y, bias]));
        }

        public override void Reference()
        {
            double[] x = ExactX(0);
            for (int start = 0; start < x.Length; start += Count)
            {
                double mean = 0, variance = 0;
                for (int i = 0; i < Count; i++)
                {
                    mean += x[start + i] / Count;
                }

                for (int i = 0; i < Count; i++)
                {
                    variance += (x[start + i] - mean) * (x[start + i] - mean) / Count;
                }

                for (int i = 0; i < Count; i++)
                {
                    double weight = WeightInput < 0 ? 1 : ExactX(WeightInput)[i];
                    double bias = BiasInput < 0 ? 0 : ExactX(BiasInput)[i];
                    Output.Exact![start + i] = ((x[start + i] - mean) / Math.Sqrt(variance + Epsilon) * weight) + bias; // a checking tape gives it
                }
            }
        }

        private readonly struct ForwardRows(float* x, float* weight, float* bias, int count, float epsilon, float* means, float* scales, float* y) : IRowKernel
        {
            public void Rows(int first, int rows, int worker)
            {
                for (int row = first; row < first + rows; row++)
                {
                    nint start = (nint)row * count;
                    (means[row], scales[row]) = NormalisedRows.Statistics(x + start, count, epsilon);
                    NormalisedRows.Apply(x + start, means[row], scales[row], weight, bias, y + start, count);
                }
            }
        }

        private readonly struct BackwardRows(float* x, float* weight, int count, float* means, float* scales, float* upstream, GradientPlace place, Scratch memory) : IRowKernel
        {
            public void Rows(int first, int rows, int worker)
            {
                float* scratch = memory.Floats(worker, ScratchSlot.First, count);
                for (int row = first; row < first + rows; row++)
                {
                    nint start = (nint)row * count;
                    NormalisedRows.Gradient(x + start, means[row], scales[row], weight, upstream + start, place.Values + start, count, place.Add, scratch);
                }
            }
        }
    }
}
