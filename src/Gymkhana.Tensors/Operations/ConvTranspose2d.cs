using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Transposed convolution.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>
        /// Two-dimensional transposed convolution: the input gradient of the convolution with the same weight and options, by which it makes
        /// images larger. Each pixel adds its window, times W, to the result: y[n, o, i·s + u·d − p, j·s + v·d − p] += x[n, c, i, j] · W[c, o, u, v].
        /// </summary>
        /// <param name="weight">W, [channels, out / groups, kernel height, kernel width].</param>
        /// <param name="bias">[out], added everywhere, or none.</param>
        /// <param name="options">Stride s, padding p, dilation d, groups.</param>
        /// <param name="outputPaddingY">Rows that the result has more below, less than stride or dilation.</param>
        /// <param name="outputPaddingX">Columns that it has more on the right.</param>
        /// <returns>[N, out, (H − 1)·s − 2p + d·(kernel − 1) + 1 + output padding, the same across].</returns>
        /// <exception cref="ArgumentException">The shapes do not go together.</exception>
        public Tensor ConvTranspose2d(Tensor weight, Tensor? bias, ConvolutionOptions options, int outputPaddingY = 0, int outputPaddingX = 0) =>
            Operations.ConvTranspose2d.Of(this, weight, bias, options, outputPaddingY, outputPaddingX);
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>The transpose of a convolution, plus a bias.</summary>
    internal sealed unsafe class ConvTranspose2d : Operation
    {
        private TransposedShape _sizes;

        private bool HasBias => InputCount > 2;

        public static Tensor Of(Tensor x, Tensor weight, Tensor? bias, ConvolutionOptions options, int outputPaddingY, int outputPaddingX)
        {
            ConvTranspose2d operation = x.Tape.Rent<ConvTranspose2d>();
            operation.Take(x);
            operation.Take(weight);
            operation.TakeOptional(bias);
            TransposedShape s = operation._sizes = Sizes(x.Shape, weight.Shape, bias?.Shape, options, outputPaddingY, outputPaddingX);
            return x.Tape.Run(operation, new Shape(s.Batch, s.Outputs, s.OutputHeight, s.OutputWidth));
        }

        public override void Forward() => ConvolutionTranspose.Forward(Workers, _sizes, X(0), X(1), HasBias ? X(2) : null, Activation.None, Output.Values);

        public override void Backward()
        {
            float* upstream = Output.Gradient;
            GradientPlace x = PlaceFor(0), weight = PlaceFor(1), bias = HasBias ? PlaceFor(2) : default;
            if (x.Wanted)
            {
                float* gradient = x.Add ? Tape.Memory.Rent(x.Count) : x.Values;
                ConvolutionTranspose.InputGradient(Workers, _sizes, upstream, X(1), gradient);
                if (x.Add)
                {
                    Elementwise.Map(Workers, default(Same), gradient, x.Values, x.Count, add: true);
                }
            }

            if (weight.Wanted)
            {
                ConvolutionTranspose.WeightGradient(Workers, _sizes, X(0), upstream, weight.Values, null, weight.Add);
            }

            if (bias.Wanted)
            {
                Convolution.BiasGradient(Workers, _sizes.Batch, _sizes.Outputs, _sizes.OutputHeight * _sizes.OutputWidth, upstream, bias.Values, bias.Add);
            }
        }

        public override void Emit(OnnxEmitter emitter)
        {
            TransposedShape s = _sizes;
            emitter.Set(Output, emitter.Add(
                "ConvTranspose",
                emitter.Inputs(this, 0),
                ("kernel_shape", new long[] { s.KernelHeight, s.KernelWidth }),
                ("strides", new long[] { s.StrideY, s.StrideX }),
                ("pads", new long[] { s.PaddingY, s.PaddingX, s.PaddingY, s.PaddingX }),
                ("output_padding", new long[] { s.OutputPaddingY, s.OutputPaddingX }),
                ("dilations", new long[] { s.DilationY, s.DilationX }),
                ("group", (long)s.Groups)));
        }

        public override void Reference()
        {
            TransposedShape s = _sizes;
            double[] x = ExactX(0), weight = ExactX(1), y = Output.Exact!; // a checking tape gives it
            int plane = s.OutputHeight * s.OutputWidth;
            for (int i = 0; i < y.Length; i++)
            {
                y[i] = HasBias ? ExactX(2)[i / plane % s.Outputs] : 0;
            }

            for (int i = 0; i < x.Length; i++)
            {
                (int rest, int column) = Math.DivRem(i, s.Width);
                (rest, int row) = Math.DivRem(rest, s.Height);
                (int n, int c) = Math.DivRem(rest, s.Channels);
                AddWindow(x[i], weight, y, n, c, row, column);
            }
        }

        private void AddWindow(double value, double[] weight, double[] y, int n, int c, int row, int column)
        {
            TransposedShape s = _sizes;
            int outputs = s.Outputs / s.Groups, first = c / (s.Channels / s.Groups) * outputs;
            for (int k = 0; k < outputs * s.KernelHeight * s.KernelWidth; k++)
            {
                (int rest, int u) = Math.DivRem(k, s.KernelWidth);
                (int o, int v) = Math.DivRem(rest, s.KernelHeight);
                int i = (row * s.StrideY) - s.PaddingY + (v * s.DilationY), j = (column * s.StrideX) - s.PaddingX + (u * s.DilationX);
                if (i >= 0 && i < s.OutputHeight && j >= 0 && j < s.OutputWidth)
                {
                    y[(((((n * s.Outputs) + first + o) * s.OutputHeight) + i) * s.OutputWidth) + j] += value * weight[(c * outputs * s.KernelHeight * s.KernelWidth) + k];
                }
            }
        }

        private static TransposedShape Sizes(Shape x, Shape weight, Shape? bias, ConvolutionOptions options, int outputPaddingY, int outputPaddingX)
        {
            bool good = x.Rank == 4 && weight.Rank == 4 && options.Groups >= 1 && weight[0] == x[1] && x[1] % options.Groups == 0 && (bias is not { } b || b == new Shape(weight[1] * options.Groups));
            if (!good)
            {
                throw new ArgumentException(
                    $"a transposed convolution of images [N, C, H, W] = {x} in {options.Groups} groups needs a weight [C, out / groups, height, width] and a bias [out], got {weight} and {bias?.ToString() ?? "no bias"}.");
            }

            if (options is not { StrideY: > 0, StrideX: > 0, DilationY: > 0, DilationX: > 0, PaddingY: >= 0, PaddingX: >= 0 }
                || outputPaddingY < 0 || outputPaddingX < 0 || outputPaddingY >= Math.Max(options.StrideY, options.DilationY) || outputPaddingX >= Math.Max(options.StrideX, options.DilationX))
            {
                throw new ArgumentException($"strides and dilations are at least 1, paddings at least 0 and output paddings less than stride or dilation, got {options} and output padding {outputPaddingY}, {outputPaddingX}.");
            }

            return new TransposedShape(x[0], x[1], x[2], x[3], weight[1] * options.Groups, weight[2], weight[3])
            {
                StrideY = options.StrideY,
                StrideX = options.StrideX,
                PaddingY = options.PaddingY,
                PaddingX = options.PaddingX,
                OutputPaddingY = outputPaddingY,
                OutputPaddingX = outputPaddingX,
                DilationY = options.DilationY,
                DilationX = options.DilationX,
                Groups = options.Groups,
            };
        }
    }
}
