using System.Diagnostics;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Transposed convolutions: forward is the input gradient of the convolution the other way, and the input gradient is that
/// convolution itself. Their sums have the order that <see cref="Convolution"/> states for these.
/// </summary>
internal static unsafe class ConvolutionTranspose
{
    /// <summary>result = transposed convolution of images with weights, then bias and activation.</summary>
    /// <param name="workers">Who computes.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="images">[batch, channels, height, width].</param>
    /// <param name="weights">[channels, outputs / groups, kernel height, kernel width].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="activation">Applied after the bias.</param>
    /// <param name="result">[batch, outputs, output height, output width].</param>
    public static void Forward(Workers workers, in TransposedShape shape, float* images, float* weights, float* bias, Activation activation, float* result) =>
        Convolution.InputGradient(workers, Adjoint(shape), images, weights, result, false, bias, activation);

    /// <summary>Gradient of the images.</summary>
    /// <param name="workers">Who computes.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="outputGradient">[batch, outputs, output height, output width].</param>
    /// <param name="weights">[channels, outputs / groups, kernel height, kernel width].</param>
    /// <param name="inputGradient">[batch, channels, height, width]; overwritten.</param>
    public static void InputGradient(Workers workers, in TransposedShape shape, float* outputGradient, float* weights, float* inputGradient) =>
        Convolution.Forward(workers, Adjoint(shape), new ImageSource(outputGradient), weights, null, Activation.None, inputGradient);

    /// <summary>Gradients of weights and bias.</summary>
    /// <param name="workers">Who computes.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="images">[batch, channels, height, width].</param>
    /// <param name="outputGradient">[batch, outputs, output height, output width].</param>
    /// <param name="weightGradient">[channels, outputs / groups, kernel height, kernel width].</param>
    /// <param name="biasGradient">[outputs], or null.</param>
    /// <param name="accumulate">Whether the sums begin with what is there.</param>
    public static void WeightGradient(
        Workers workers, in TransposedShape shape, float* images, float* outputGradient, float* weightGradient, float* biasGradient = null, bool accumulate = false)
    {
        Convolution.WeightGradient(workers, Adjoint(shape), new ImageSource(outputGradient), images, weightGradient, null, accumulate);
        if (biasGradient != null)
        {
            Convolution.BiasGradient(workers, shape.Batch, shape.Outputs, shape.OutputHeight * shape.OutputWidth, outputGradient, biasGradient, accumulate);
        }
    }

    private static ConvolutionShape Adjoint(in TransposedShape shape)
    {
        ConvolutionShape adjoint = shape.Adjoint;
        Debug.Assert(adjoint.OutputHeight == shape.Height && adjoint.OutputWidth == shape.Width, "output padding is less than the stride");
        return adjoint;
    }
}
