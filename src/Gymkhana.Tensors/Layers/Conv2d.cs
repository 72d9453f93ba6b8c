using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Layers;

/// <summary>Two-dimensional convolution of [N, in, H, W]. Parameters: "weight" [out, in / groups, height, width], "bias" [out].</summary>
public sealed class Conv2d : Layer
{
    /// <summary>A layer with PyTorch's default weights: all numbers evenly from ±1/√(in / groups · height · width).</summary>
    /// <param name="inputs">Channels that come in.</param>
    /// <param name="outputs">Channels that go out.</param>
    /// <param name="kernel">Side of the window.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <param name="options">Stride, padding, dilation and groups; stride 1 and none of the others by default.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public Conv2d(int inputs, int outputs, int kernel, KeyedStream random, ConvolutionOptions? options = null, bool bias = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernel, 1);
        Options = options ?? ConvolutionOptions.Square();
        if (Options.Groups < 1 || inputs % Options.Groups != 0 || outputs % Options.Groups != 0)
        {
            throw new ArgumentException($"{Options.Groups} groups do not divide {inputs} and {outputs} channels.", nameof(options));
        }

        Weight = AddParameter("weight", new Shape(outputs, inputs / Options.Groups, kernel, kernel));
        Bias = bias ? AddParameter("bias", new Shape(outputs)) : null;
        Initialization.FanInUniform(Weight, Bias, random);
    }

    /// <summary>[out, in / groups, height, width].</summary>
    public Parameter Weight { get; }

    /// <summary>[out], or none.</summary>
    public Parameter? Bias { get; }

    /// <summary>Stride, padding, dilation and groups.</summary>
    public ConvolutionOptions Options { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Forward(input, Activation.None);

    /// <summary>The convolution with a function applied while it is stored.</summary>
    /// <param name="input">[N, in, H, W].</param>
    /// <param name="activation">The function.</param>
    /// <returns>[N, out, height, width].</returns>
    public Tensor Forward(Tensor input, Activation activation)
    {
        Tape tape = input.Tape;
        return input.Conv2d(tape.Use(Weight), Bias is null ? null : tape.Use(Bias), Options, activation);
    }

    /// <summary>The convolution of pixels, as the first layer of a network that sees.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="input">[N, in, H, W].</param>
    /// <param name="activation">The function applied to the result.</param>
    /// <returns>[N, out, height, width].</returns>
    public Tensor Forward(Tape tape, PixelTensor input, Activation activation = Activation.None)
    {
        ArgumentNullException.ThrowIfNull(tape);
        return input.Conv2d(tape.Use(Weight), Bias is null ? null : tape.Use(Bias), Options, activation);
    }
}
