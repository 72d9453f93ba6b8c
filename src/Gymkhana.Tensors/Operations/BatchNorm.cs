using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Batch normalisation.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>
        /// (x − mean)/√(variance + ε) · weight + bias for each channel (Ioffe and Szegedy, 2015). In training mean and variance are those of
        /// the batch, and the running ones move towards them; otherwise the running ones are used.
        /// </summary>
        /// <param name="weight">[channels], or none for 1.</param>
        /// <param name="bias">[channels], or none for 0.</param>
        /// <param name="runningMean">[channels]; in training running += momentum · (batch's − running), at once.</param>
        /// <param name="runningVariance">[channels]; the same with the unbiased variance of the batch.</param>
        /// <param name="training">Whether the batch's own statistics are used.</param>
        /// <param name="momentum">Share of the batch in the running statistics.</param>
        /// <param name="epsilon">ε, keeps channels of equal elements finite.</param>
        /// <returns>A tensor of this shape, [N, channels, ...].</returns>
        /// <exception cref="ArgumentException">The shapes do not go together, or in training a channel has one element only.</exception>
        public Tensor BatchNorm(Tensor? weight, Tensor? bias, Parameter runningMean, Parameter runningVariance, bool training, float momentum = 0.1f, float epsilon = 1e-5f)
        {
            ArgumentNullException.ThrowIfNull(runningMean);
            ArgumentNullException.ThrowIfNull(runningVariance);
            Shape channels = Shape.Rank < 2 ? default : new Shape(Shape[1]);
            if (Shape.Rank < 2 || (weight is { } w && w.Shape != channels) || (bias is { } b && b.Shape != channels) || runningMean.Shape != channels || runningVariance.Shape != channels)
            {
                throw new ArgumentException($"batch normalisation of {Shape} needs an input [N, channels, ...] and for each channel a weight, a bias and running statistics, got {weight?.Shape.ToString() ?? "no weight"}, {bias?.Shape.ToString() ?? "no bias"}, {runningMean.Shape} and {runningVariance.Shape}.");
            }

            if (training && Shape.Count <= channels.Count)
            {
                throw new ArgumentException($"batch normalisation in training needs more than one element for each channel, got a batch of {Shape}. Use a larger batch, or the running statistics.");
            }

            Operations.BatchNorm operation = Tape.Rent<Operations.BatchNorm>();
            operation.Take(this);
            operation.TakeOptional(weight);
            operation.TakeOptional(bias);
            operation.Set(weight is not null, runningMean, runningVariance, training, momentum, epsilon);
            return Tape.Run(operation, Shape);
        }
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>
    /// Channels of [N, channels, inner] normalised; see <see cref="Tensor.BatchNorm"/>. A channel is walked image after image, each along its
    /// elements. Where there is one element only, [N, channels], rows and columns are exchanged before and after.
    /// </summary>
    internal sealed unsafe class BatchNorm : Operation
    {
        private float* _x;
        private float* _means;
        private float* _scales;
        private bool _hasWeight;
        private bool _training;
        private float _momentum;
        private float _epsilon;
        private Parameter _runningMean = null!; // set with each use
        private Parameter _runningVariance = null!; // set with each use

        private int Channels => Output.Shape[1];

        private int Inner => Output.Shape.Product(2, Output.Shape.Rank);

        private int Images => Output.Shape[0];

        private bool IsTransposed => Inner == 1 && Images > 1;

        private Planes Walk => IsTransposed ? new(1, Channels, Images) : new(Images, Channels, Inner);

        private int WeightInput => _hasWeight ? 1 : -1;

        private int BiasInput => InputCount == (_hasWeight ? 3 : 2) ? InputCount - 1 : -1;

        public void Set(bool hasWeight, Parameter runningMean, Parameter runningVariance, bool training, float momentum, float epsilon)
        {
            (_hasWeight, _training, _momentum, _epsilon) = (hasWeight, training, momentum, epsilon);
            (_runningMean, _runningVariance) = (runningMean, runningVariance);
        }

        public override void Forward()
        {
            _x = Exchanged(X(0));
            _means = Tape.Memory.Rent(Channels);
            _scales = Tape.Memory.Rent(Channels);
            float* weight = WeightInput < 0 ? null : X(WeightInput);
            float* bias = BiasInput < 0 ? null : X(BiasInput);
            float* variances = Tape.Memory.Rent(Channels);
            if (_training)
            {
                RowBlocks.Run(Workers, new Statistics(_x, Walk, _means, variances), Channels, Images * Inner);
                Follow(variances);
            }
            else
            {
                _runningMean.Values.CopyTo(new Span<float>(_means, Channels));
                _runningVariance.Values.CopyTo(new Span<float>(variances, Channels));
            }

            for (int c = 0; c < Channels; c++)
            {
                _scales[c] = 1 / MathF.Sqrt(variances[c] + _epsilon);
            }

            float* y = IsTransposed ? Tape.Memory.Rent(Output.Count) : Output.Values;
            RowBlocks.Run(Workers, new ForwardPlanes(_x, Walk, weight, bias, _means, _scales, y), Walk.Images * Channels, Walk.Inner);
            if (IsTransposed)
            {
                Transposition.Copy(y, Images, Channels, Images, Output.Values, Channels);
            }
        }

        /// <summary>
        /// With the batch's statistics the gradient of a channel is that of <see cref="NormalisedRows.Gradient"/>; with given ones it is upstream · weight · scale.
        /// </summary>
        public override void Backward()
        {
            float* weights = Tape.Memory.Rent(Channels);
            float* biases = Tape.Memory.Rent(Channels);
            float* upstream = Exchanged(Output.Gradient);
            RowBlocks.Run(Workers, new Sums(_x, upstream, Walk, _means, _scales, weights, biases), Channels, Images * Inner);
            GradientPlace x = PlaceFor(0);
            if (x.Wanted)
            {
                float* weight = WeightInput < 0 ? null : X(WeightInput);
                GradientPlace place = IsTransposed ? new(Tape.Memory.Rent(x.Count), x.Count, add: false) : x;
                RowBlocks.Run(Workers, new BackwardPlanes(_x, upstream, Walk, weight, _means, _scales, _training ? weights : null, biases, place), Walk.Images * Channels, Walk.Inner);
                if (IsTransposed)
                {
                    Transposition.Copy(place.Values, Images, Channels, Images, upstream, Channels);
                    Blocks.Put(upstream, x.Values, x.Count, x.Add);
                }
            }

            GradientPlace weightPlace = WeightInput < 0 ? default : PlaceFor(WeightInput);
            if (weightPlace.Wanted)
            {
                Blocks.Put(weights, weightPlace.Values, Channels, weightPlace.Add);
            }

            GradientPlace biasPlace = BiasInput < 0 ? default : PlaceFor(BiasInput);
            if (biasPlace.Wanted)
            {
                Blocks.Put(biases, biasPlace.Values, Channels, biasPlace.Add);
            }
        }

        public override void Emit(OnnxEmitter emitter)
        {
            if (_training)
            {
                throw OnnxEmitter.Refuse(this, "it normalises by the batch's own statistics. Set the network to evaluation before it is exported.");
            }

            string x = emitter.Input(this, 0);
            string weight = WeightInput < 0 ? emitter.Filled(1, Channels) : emitter.Input(this, WeightInput);
            string bias = BiasInput < 0 ? emitter.Filled(0, Channels) : emitter.Input(this, BiasInput);
            emitter.Set(Output, emitter.Add(
                "BatchNormalization", [x, weight, bias, emitter.Weight(_runningMean), emitter.Weight(_runningVariance)], ("epsilon", _epsilon)));
        }

        public override void Reference()
        {
            double[] x = ExactX(0), y = Output.Exact!; // a checking tape gives it
            int count = Images * Inner;
            for (int c = 0; c < Channels; c++)
            {
                double mean = _training ? 0 : _runningMean.Values[c], variance = _training ? 0 : _runningVariance.Values[c];
                for (int i = 0; i < count && _training; i++)
                {
                    mean += x[At(i, c)] / count;
                }

                for (int i = 0; i < count && _training; i++)
                {
                    variance += (x[At(i, c)] - mean) * (x[At(i, c)] - mean) / count;
                }

                for (int i = 0; i < count; i++)
                {
                    double weight = WeightInput < 0 ? 1 : ExactX(WeightInput)[c];
                    double bias = BiasInput < 0 ? 0 : ExactX(BiasInput)[c];
                    y[At(i, c)] = ((x[At(i, c)] - mean) / Math.Sqrt(variance + _epsilon) * weight) + bias;
                }
            }
        }

        private float* Exchanged(float* values)
        {
            if (!IsTransposed)
            {
                return values;
            }

            float* exchanged = Tape.Memory.Rent(Output.Count);
            Transposition.Copy(values, Channels, Images, Channels, exchanged, Images);
            return exchanged;
        }

        private int At(int i, int channel) => (((i / Inner * Channels) + channel) * Inner) + (i % Inner);

        private void Follow(float* variances)
        {
            float count = Images * Inner;
            for (int c = 0; c < Channels; c++)
            {
                ref float mean = ref _runningMean.Values[c];
                ref float variance = ref _runningVariance.Values[c];
                mean = ((1 - _momentum) * mean) + (_momentum * _means[c]);
                variance = ((1 - _momentum) * variance) + (_momentum * (variances[c] * (count / (count - 1))));
            }
        }

        /// <summary>Where the elements of a channel are.</summary>
        private readonly record struct Planes(int Images, int Channels, int Inner)
        {
            public nint Start(int image, int channel) => (((nint)image * Channels) + channel) * Inner;
        }

        private readonly struct Statistics(float* x, Planes walk, float* means, float* variances) : IRowKernel
        {
            public void Rows(int first, int rows, int worker)
            {
                float count = walk.Images * walk.Inner;
                for (int c = first; c < first + rows; c++)
                {
                    float sum = 0;
                    for (int image = 0; image < walk.Images; image++)
                    {
                        sum += LaneSums.Sum(x + walk.Start(image, c), walk.Inner);
                    }

                    means[c] = sum / count;
                    float squares = 0;
                    for (int image = 0; image < walk.Images; image++)
                    {
                        squares += NormalisedRows.SquaredDistances(x + walk.Start(image, c), means[c], walk.Inner);
                    }

                    variances[c] = squares / count;
                }
            }
        }

        private readonly struct ForwardPlanes(float* x, Planes walk, float* weight, float* bias, float* means, float* scales, float* y) : IRowKernel
        {
            public void Rows(int first, int rows, int worker)
            {
                for (int plane = first; plane < first + rows; plane++)
                {
                    int c = plane % walk.Channels;
                    nint start = (nint)plane * walk.Inner;
                    float factor = weight == null ? 1 : weight[c];
                    NormalisedRows.ApplyOne(x + start, means[c], scales[c], factor, bias == null ? 0 : bias[c], y + start, walk.Inner);
                }
            }
        }

        private readonly struct Sums(float* x, float* upstream, Planes walk, float* means, float* scales, float* weights, float* biases) : IRowKernel
        {
            public void Rows(int first, int rows, int worker)
            {
                for (int c = first; c < first + rows; c++)
                {
                    float sum = 0, dot = 0;
                    for (int image = 0; image < walk.Images; image++)
                    {
                        nint start = walk.Start(image, c);
                        sum += LaneSums.Sum(upstream + start, walk.Inner);
                        dot += NormalisedRows.DotNormalised(upstream + start, x + start, means[c], scales[c], walk.Inner);
                    }

                    (weights[c], biases[c]) = (dot, sum);
                }
            }
        }

        private readonly struct BackwardPlanes(float* x, float* upstream, Planes walk, float* weight, float* means, float* scales, float* dots, float* sums, GradientPlace place) : IRowKernel
        {
            public void Rows(int first, int rows, int worker)
            {
                float count = walk.Images * walk.Inner;
                for (int plane = first; plane < first + rows; plane++)
                {
                    int c = plane % walk.Channels;
                    nint start = (nint)plane * walk.Inner;
                    float factor = weight == null ? 1 : weight[c];
                    float sum = dots == null ? 0 : sums[c] / count;
                    float dot = dots == null ? 0 : dots[c] / count;
                    NormalisedRows.GradientOne(x + start, means[c], scales[c], factor, sum, dot, upstream + start, place.Values + start, walk.Inner, place.Add);
                }
            }
        }
    }
}
