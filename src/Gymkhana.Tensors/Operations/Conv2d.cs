using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <summary>How the window of a convolution or a pooling moves over an image.</summary>
    /// <param name="StrideY">Rows from a window to the next.</param>
    /// <param name="StrideX">Columns from a window to the next.</param>
    /// <param name="PaddingY">Rows of zeros above and below.</param>
    /// <param name="PaddingX">Columns of zeros on either side.</param>
    /// <param name="DilationY">Rows from a tap of the window to the next.</param>
    /// <param name="DilationX">Columns from a tap of the window to the next.</param>
    /// <param name="Groups">Groups of channels that do not see each other.</param>
    public readonly record struct ConvolutionOptions(
        int StrideY = 1, int StrideX = 1, int PaddingY = 0, int PaddingX = 0, int DilationY = 1, int DilationX = 1, int Groups = 1)
    {
        /// <summary>The same in both directions.</summary>
        /// <param name="stride">From a window to the next.</param>
        /// <param name="padding">Zeros on each side.</param>
        /// <param name="dilation">From a tap to the next.</param>
        /// <param name="groups">Groups of channels.</param>
        /// <returns>The options.</returns>
        public static ConvolutionOptions Square(int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
            new(stride, stride, padding, padding, dilation, dilation, groups);
    }

    /// <content>Convolution.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>
        /// Two-dimensional convolution (cross-correlation, as the field calls convolution): y[n, o, i, j] = f(b[o] + Σ x[n, c, i·s + u·d − p, j·s + v·d − p] ·
        /// W[o, c, u, v]), the sum over the channels c of o's group and the window's taps u, v.
        /// </summary>
        /// <param name="weight">W, [out, channels / groups, kernel height, kernel width].</param>
        /// <param name="bias">b, [out], or none.</param>
        /// <param name="options">Stride s, padding p, dilation d, groups.</param>
        /// <param name="activation">f.</param>
        /// <returns>[N, out, height, width], for an x of [N, channels, height, width].</returns>
        /// <exception cref="ArgumentException">The shapes do not go together.</exception>
        public Tensor Conv2d(Tensor weight, Tensor? bias, ConvolutionOptions options, Activation activation = Activation.None) =>
            Operations.Conv2d.Of(this, default, weight, bias, options, activation);
    }

    /// <content>Convolution of pixels.</content>
    public readonly partial record struct PixelTensor
    {
        /// <summary>Two-dimensional convolution, as <see cref="Tensor.Conv2d"/>, that reads bytes.</summary>
        /// <param name="weight">[out, channels / groups, kernel height, kernel width].</param>
        /// <param name="bias">[out], or none.</param>
        /// <param name="options">Stride, padding, dilation, groups.</param>
        /// <param name="activation">Applied to the result.</param>
        /// <returns>[N, out, height, width].</returns>
        /// <exception cref="ArgumentException">The shapes do not go together.</exception>
        public Tensor Conv2d(Tensor weight, Tensor? bias, ConvolutionOptions options, Activation activation = Activation.None) =>
            Operations.Conv2d.Of(null, this, weight, bias, options, activation);
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>y = f(x ∗ W + b) for images of floats (inputs x, W, b) or of bytes (inputs W, b; they have no gradient).</summary>
    internal sealed unsafe class Conv2d : Operation
    {
        private ConvolutionShape _sizes;
        private PixelTensor _pixels;
        private Activation _activation;
        private bool _ofPixels;

        private int WeightIndex => _ofPixels ? 0 : 1;

        private bool HasBias => InputCount > WeightIndex + 1;

        public static Tensor Of(Tensor? x, PixelTensor pixels, Tensor weight, Tensor? bias, ConvolutionOptions options, Activation activation)
        {
            Conv2d operation = weight.Tape.Rent<Conv2d>();
            operation.TakeOptional(x);
            operation.Take(weight);
            operation.TakeOptional(bias);
            operation._pixels = pixels;
            operation._ofPixels = x is null;
            operation._activation = activation;
            operation._sizes = Sizes(x?.Shape ?? pixels.Shape, weight.Shape, bias?.Shape, options);
            if (x is null && pixels.Memory.Length != pixels.Shape.Count)
            {
                throw new ArgumentException($"pixels of shape {pixels.Shape} are {pixels.Shape.Count} bytes, got {pixels.Memory.Length}.", nameof(pixels));
            }

            ConvolutionShape s = operation._sizes;
            return weight.Tape.Run(operation, new Shape(s.Batch, s.Outputs, s.OutputHeight, s.OutputWidth));
        }

        public override void Forward()
        {
            fixed (byte* bytes = _pixels.Memory.Span)
            {
                Convolution.Forward(Workers, _sizes, Images(bytes), X(WeightIndex), HasBias ? X(WeightIndex + 1) : null, _activation, Output.Values);
            }
        }

        public override void Backward()
        {
            float* upstream = Output.Gradient;
            Slopes.Apply(Workers, _activation, Output.Values, upstream, Output.Count);
            GradientPlace x = _ofPixels ? default : PlaceFor(0), weight = PlaceFor(WeightIndex), bias = HasBias ? PlaceFor(WeightIndex + 1) : default;
            if (x.Wanted)
            {
                Convolution.InputGradient(Workers, _sizes, upstream, X(WeightIndex), x.Values, x.Add);
            }

            if (weight.Wanted)
            {
                fixed (byte* bytes = _pixels.Memory.Span)
                {
                    Convolution.WeightGradient(Workers, _sizes, Images(bytes), upstream, weight.Values, null, weight.Add);
                }
            }

            if (bias.Wanted)
            {
                Convolution.BiasGradient(Workers, _sizes.Batch, _sizes.Outputs, _sizes.Pixels, upstream, bias.Values, bias.Add);
            }
        }

        public override void Emit(OnnxEmitter emitter)
        {
            ConvolutionShape s = _sizes;
            string x = _ofPixels ? emitter.Pixels(this, _pixels) : emitter.Input(this, 0);
            string y = emitter.Add(
                "Conv",
                [x, .. emitter.Inputs(this, WeightIndex)],
                ("kernel_shape", new long[] { s.KernelHeight, s.KernelWidth }),
                ("strides", new long[] { s.StrideY, s.StrideX }),
                ("pads", new long[] { s.PaddingY, s.PaddingX, s.PaddingY, s.PaddingX }),
                ("dilations", new long[] { s.DilationY, s.DilationX }),
                ("group", (long)s.Groups));
            emitter.Set(Output, emitter.Activated(y, _activation));
        }

        public override void Reference()
        {
            double[] weight = ExactX(WeightIndex);
            double[]? bias = HasBias ? ExactX(WeightIndex + 1) : null;
            ConvolutionShape s = _sizes;
            int place = 0;
            for (int n = 0; n < s.Batch; n++)
            {
                for (int o = 0; o < s.Outputs; o++)
                {
                    for (int pixel = 0; pixel < s.Pixels; pixel++)
                    {
                        Output.Exact![place++] = Slopes.Exact(_activation, Window(weight, n, o, pixel / s.OutputWidth, pixel % s.OutputWidth) + (bias?[o] ?? 0)); // a checking tape gives it
                    }
                }
            }
        }

        private static ConvolutionShape Sizes(Shape x, Shape weight, Shape? bias, ConvolutionOptions options)
        {
            if (x.Rank != 4 || weight.Rank != 4 || options.Groups < 1 || weight[1] * options.Groups != x[1] || weight[0] % options.Groups != 0 || (bias is { } b && b != new Shape(weight[0])))
            {
                throw new ArgumentException(
                    $"a convolution of images [N, C, H, W] = {x} in {options.Groups} groups needs a weight [out, C / groups, height, width] and a bias [out], got {weight} and {bias?.ToString() ?? "no bias"}.");
            }

            if (options is not { StrideY: > 0, StrideX: > 0, DilationY: > 0, DilationX: > 0, PaddingY: >= 0, PaddingX: >= 0 })
            {
                throw new ArgumentException($"strides and dilations of a convolution are at least 1 and paddings at least 0, got {options}.");
            }

            ConvolutionShape sizes = new(x[0], x[1], x[2], x[3], weight[0], weight[2], weight[3])
            {
                StrideY = options.StrideY,
                StrideX = options.StrideX,
                PaddingY = options.PaddingY,
                PaddingX = options.PaddingX,
                DilationY = options.DilationY,
                DilationX = options.DilationX,
                Groups = options.Groups,
            };
            bool fits = sizes.PaddedHeight > options.DilationY * (weight[2] - 1) && sizes.PaddedWidth > options.DilationX * (weight[3] - 1) && weight[2] > 0 && weight[3] > 0;
            return fits ? sizes : throw new ArgumentException($"the window {weight[2]} × {weight[3]} of a convolution does not fit in images of {sizes.PaddedHeight} × {sizes.PaddedWidth}, padding included.");
        }

        private ImageSource Images(byte* bytes) => _ofPixels ? new ImageSource(bytes, _pixels.Scale, _pixels.Offset) : new ImageSource(X(0));

        private double Window(double[] weight, int n, int o, int row, int column)
        {
            ConvolutionShape s = _sizes;
            int firstChannel = o / s.GroupOutputs * s.GroupChannels;
            double sum = 0;
            for (int k = 0; k < s.Depth; k++)
            {
                int y = (row * s.StrideY) - s.PaddingY + (k / s.KernelWidth % s.KernelHeight * s.DilationY);
                int x = (column * s.StrideX) - s.PaddingX + (k % s.KernelWidth * s.DilationX);
                if (y >= 0 && y < s.Height && x >= 0 && x < s.Width)
                {
                    sum += Pixel((((((n * s.Channels) + firstChannel + (k / s.Taps)) * s.Height) + y) * s.Width) + x) * weight[(o * s.Depth) + k];
                }
            }

            return sum;
        }

        private double Pixel(int place) => _ofPixels ? ((double)_pixels.Memory.Span[place] - _pixels.Offset) * _pixels.Scale : ExactX(0)[place];
    }
}
