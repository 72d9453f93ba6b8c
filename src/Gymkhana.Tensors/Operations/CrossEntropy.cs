using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Tensors
{
    /// <content>The loss of classification.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>
        /// Cross entropy of logits: the loss of a row is Σ_c q_c w_c (ln Σ eˣ − x_c) with q = 1 − ε at the target and ε/classes more everywhere.
        /// </summary>
        /// <param name="target">The right class of each row, [...].</param>
        /// <param name="weight">w, a weight for each class, [classes], or none; no gradient goes to it.</param>
        /// <param name="smoothing">ε, label smoothing, in [0, 1].</param>
        /// <param name="reduction">What becomes of the losses; the mean with weights divides by the weights of the targets.</param>
        /// <returns>A scalar, or the losses [...], for logits of [..., classes].</returns>
        /// <exception cref="ArgumentException">The shapes do not go together.</exception>
        /// <exception cref="ArgumentOutOfRangeException">There is no such class, or ε is outside its range.</exception>
        public Tensor CrossEntropy(IndexTensor target, Tensor? weight = null, float smoothing = 0, LossReduction reduction = LossReduction.Mean)
        {
            if (!(smoothing is >= 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "label smoothing is between 0 and 1.");
            }

            CheckClasses(target, weight);
            CheckIndices(target, Shape[-1]);
            Operations.CrossEntropy operation = Tape.Rent<Operations.CrossEntropy>();
            operation.Take(this);
            operation.TakeOptional(weight);
            operation.Target = target.Pointer;
            operation.Smoothing = smoothing;
            Tensor losses = Tape.Run(operation, target.Shape);
            return weight is { } given && reduction == LossReduction.Mean ? losses.Sum() / given.Detach().Embedding(target).Sum() : losses.Reduce(reduction);
        }
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>One loss for each row of logits [rows, classes]; see <see cref="Tensor.CrossEntropy"/>.</summary>
    internal sealed unsafe class CrossEntropy : Operation
    {
        private float* _probabilities;

        public int* Target { get; set; }

        public float Smoothing { get; set; }

        private int Classes => Input(0).Shape[-1];

        private float* Weight => InputCount > 1 ? X(1) : null;

        public override void Forward()
        {
            _probabilities = Tape.Memory.Rent(Input(0).Count);
            float* maxima = Tape.Memory.Rent(Output.Count);
            float* sums = Tape.Memory.Rent(Output.Count);
            RowBlocks.Run(Workers, new ForwardRows(X(0), Target, Weight, Classes, Smoothing, _probabilities, maxima, sums, Output.Values), Output.Count, Classes);
        }

        /// <summary>∂x_c = upstream (p_c Σ q w − q_c w_c), with p = softmax x.</summary>
        public override void Backward()
        {
            GradientPlace place = PlaceFor(0);
            if (place.Wanted)
            {
                RowBlocks.Run(Workers, new BackwardRows(_probabilities, Target, Weight, Classes, Smoothing, Output.Gradient, place), Output.Count, Classes);
            }
        }

        public override void Reference()
        {
            double[] x = ExactX(0);
            for (int row = 0; row < Output.Count; row++)
            {
                ReadOnlySpan<double> scores = x.AsSpan(row * Classes, Classes);
                double logSum = LogSumExpReduction.Exact(scores), loss = 0;
                for (int c = 0; c < Classes; c++)
                {
                    double q = (Smoothing / Classes) + (c == Target[row] ? 1.0 - Smoothing : 0);
                    loss += q * (InputCount > 1 ? ExactX(1)[c] : 1) * (logSum - scores[c]);
                }

                Output.Exact![row] = loss; // a checking tape gives it
            }
        }

        private readonly struct ForwardRows(float* x, int* target, float* weight, int classes, float smoothing, float* probabilities, float* maxima, float* sums, float* losses) : IRowKernel
        {
            public void Rows(int first, int rows, int worker)
            {
                nint start = (nint)first * classes;
                SoftmaxRows.Forward(x + start, probabilities + start, rows, classes, logarithm: false, maxima + first, sums + first);
                for (int row = first; row < first + rows; row++)
                {
                    losses[row] = Loss(x + ((nint)row * classes), target[row], maxima[row], TensorMath.Log(new Core.Simd.Wide1(sums[row])).Value);
                }
            }

            private float Loss(float* scores, int right, float max, float logSum)
            {
                // The largest score is taken off first, so that scores far from 0 lose no digits.
                float loss = (1 - smoothing) * (weight == null ? 1 : weight[right]) * (logSum - (scores[right] - max));
                if (smoothing == 0)
                {
                    return loss;
                }

                float spread = 0;
                for (int c = 0; c < classes; c++)
                {
                    spread += (weight == null ? 1 : weight[c]) * (logSum - (scores[c] - max));
                }

                return loss + (smoothing / classes * spread);
            }
        }

        private readonly struct BackwardRows(float* probabilities, int* target, float* weight, int classes, float smoothing, float* upstream, GradientPlace place) : IRowKernel
        {
            public void Rows(int first, int rows, int worker)
            {
                float all = smoothing == 0 ? 0 : smoothing / classes * (weight == null ? classes : LaneSums.Sum(weight, classes));
                for (int row = first; row < first + rows; row++)
                {
                    float* gradient = place.Values + ((nint)row * classes);
                    int right = target[row];
                    float own = (1 - smoothing) * (weight == null ? 1 : weight[right]);
                    Elementwise.Map(new Scaled(upstream[row] * (own + all)), probabilities + ((nint)row * classes), gradient, classes, place.Add);
                    for (int c = 0; c < classes && smoothing != 0; c++)
                    {
                        gradient[c] -= upstream[row] * (smoothing / classes * (weight == null ? 1 : weight[c]));
                    }

                    gradient[right] -= upstream[row] * own;
                }
            }
        }
    }
}
