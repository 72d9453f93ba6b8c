using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Convolutions and their gradients, without a copy of the windows: the left factor of a product is read through tables of
/// offsets. Every sum is one chain of fused multiply-adds. Its order: forward (channel, window row, window column); gradient of
/// the input (window row, window column, output channel); gradients of weights and bias (image, pixel).
/// </summary>
internal static unsafe class Convolution
{
    /// <summary>result = convolution of images with weights, then bias and activation.</summary>
    /// <param name="workers">Who computes; images are shared out.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="images">[batch, channels, height, width].</param>
    /// <param name="weights">[outputs, channels / groups, kernel height, kernel width].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="activation">Applied after the bias.</param>
    /// <param name="result">[batch, outputs, output height, output width].</param>
    public static void Forward(Workers workers, in ConvolutionShape shape, ImageSource images, float* weights, float* bias, Activation activation, float* result) =>
        Width.Run(new ForwardAction(workers, shape, images, weights, new Epilogue(null, activation, bias), result));

    /// <summary>
    /// Gradient of the images: inputGradient[n, c, y, x] = Σ outputGradient · weights over the windows that cover the place.
    /// Also a transposed convolution, to which bias and activation belong.
    /// </summary>
    /// <param name="workers">Who computes; images are shared out.</param>
    /// <param name="shape">Sizes of the convolution whose gradient it is.</param>
    /// <param name="outputGradient">[batch, outputs, output height, output width].</param>
    /// <param name="weights">[outputs, channels / groups, kernel height, kernel width].</param>
    /// <param name="inputGradient">[batch, channels, height, width].</param>
    /// <param name="accumulate">Whether the sums begin with what is there.</param>
    /// <param name="bias">[channels], or null.</param>
    /// <param name="activation">Applied after the bias.</param>
    public static void InputGradient(
        Workers workers, in ConvolutionShape shape, float* outputGradient, float* weights, float* inputGradient, bool accumulate = false, float* bias = null, Activation activation = Activation.None) =>
        Width.Run(new InputGradientAction(workers, shape, outputGradient, weights, inputGradient, accumulate, new Epilogue(null, activation, bias)));

    /// <summary>Gradients of weights and bias: weightGradient[o, c, y, x] = Σ outputGradient · images over images and pixels.</summary>
    /// <param name="workers">Who computes; weights are shared out.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="images">[batch, channels, height, width].</param>
    /// <param name="outputGradient">[batch, outputs, output height, output width].</param>
    /// <param name="weightGradient">[outputs, channels / groups, kernel height, kernel width].</param>
    /// <param name="biasGradient">[outputs], or null.</param>
    /// <param name="accumulate">Whether the sums begin with what is there.</param>
    public static void WeightGradient(
        Workers workers, in ConvolutionShape shape, ImageSource images, float* outputGradient, float* weightGradient, float* biasGradient = null, bool accumulate = false) =>
        Width.Run(new WeightGradientAction(workers, shape, images, outputGradient, weightGradient, biasGradient, accumulate));

    /// <summary>Gradient of a bias alone: biasGradient[o] = Σ outputGradient over images and pixels, in that order.</summary>
    /// <param name="workers">Who computes; channels are shared out.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="pixels">Pixels of a channel.</param>
    /// <param name="outputGradient">[batch, channels, pixels].</param>
    /// <param name="biasGradient">[channels].</param>
    /// <param name="accumulate">Whether the sums begin with what is there.</param>
    public static void BiasGradient(Workers workers, int batch, int channels, int pixels, float* outputGradient, float* biasGradient, bool accumulate = false) =>
        Width.Run(new BiasGradientAction(workers, batch, channels, pixels, outputGradient, biasGradient, accumulate));

    private readonly struct ForwardAction(Workers workers, ConvolutionShape shape, ImageSource images, float* weights, Epilogue epilogue, float* result) : IWideAction
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide> => ConvolutionForward<TWide>.Run(workers, shape, images, weights, epilogue, result);
    }

    private readonly struct InputGradientAction(
        Workers workers, ConvolutionShape shape, float* outputGradient, float* weights, float* inputGradient, bool accumulate, Epilogue epilogue) : IWideAction
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide> =>
            ConvolutionInputGradient<TWide>.Run(workers, shape, outputGradient, weights, inputGradient, accumulate, epilogue);
    }

    private readonly struct WeightGradientAction(
        Workers workers, ConvolutionShape shape, ImageSource images, float* outputGradient, float* weightGradient, float* biasGradient, bool accumulate) : IWideAction
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            ConvolutionWeightGradient<TWide>.Run(workers, shape, images, outputGradient, weightGradient, accumulate);
            if (biasGradient != null)
            {
                ConvolutionBiasGradient<TWide>.Run(workers, shape.Batch, shape.Outputs, shape.Pixels, outputGradient, biasGradient, accumulate);
            }
        }
    }

    private readonly struct BiasGradientAction(Workers workers, int batch, int channels, int pixels, float* outputGradient, float* biasGradient, bool accumulate) : IWideAction
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide> =>
            ConvolutionBiasGradient<TWide>.Run(workers, batch, channels, pixels, outputGradient, biasGradient, accumulate);
    }
}
