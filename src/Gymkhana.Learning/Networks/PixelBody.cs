using Gymkhana.Core;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.Networks;

/// <summary>
/// Convolutions, each followed by a ReLU, that make a row of features of a picture of bytes, and possibly a linear layer after them.
/// Bytes are read as x/128 − 1 while the first convolution packs them. Parameters: "conv0.weight", "conv0.bias", ..., "linear.weight", ...
/// </summary>
public sealed class PixelBody : Module
{
    /// <summary>What a byte b is read as: (b − 128) / 128.</summary>
    public const float PixelOffset = 128;

    /// <summary>The factor of that.</summary>
    public const float PixelScale = 1 / 128f;

    private readonly Conv2d[] _convolutions;
    private readonly Linear? _linear;
    private readonly int _flat;

    private PixelBody(ReadOnlySpan<int> observation, ReadOnlySpan<(int Channels, int Kernel, int Stride)> layers, int linear, KeyedStream random)
    {
        int channels = observation[0], height = observation[1], width = observation[2];
        _convolutions = new Conv2d[layers.Length];
        for (int i = 0; i < layers.Length; i++)
        {
            (int outputs, int kernel, int stride) = layers[i];
            if (height < kernel || width < kernel)
            {
                throw new GymkhanaException($"Pictures of {observation[1]}×{observation[2]} are too small for these convolutions: at the {i + 1}. there are {height}×{width} places for a window of {kernel}×{kernel}. Use the body nature, or larger pictures.");
            }

            _convolutions[i] = AddModule($"conv{i}", new Conv2d(channels, outputs, kernel, random, ConvolutionOptions.Square(stride)));
            Initialize(_convolutions[i].Weight, _convolutions[i].Bias!, random); // made with a bias
            (channels, height, width) = (outputs, ((height - kernel) / stride) + 1, ((width - kernel) / stride) + 1);
        }

        _flat = channels * height * width;
        Features = _flat;
        if (linear > 0)
        {
            _linear = AddModule("linear", new Linear(_flat, linear, random));
            Initialize(_linear.Weight, _linear.Bias!, random); // made with a bias
            Features = linear;
        }
    }

    /// <summary>Numbers that come out for a picture.</summary>
    public int Features { get; }

    /// <summary>The body of Mnih et al., "Human-level control through deep reinforcement learning", 2015: 32 of 8×8 by 4, 64 of 4×4 by 2, 64 of 3×3, linear 512.</summary>
    /// <param name="observation">[channels, height, width].</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <returns>The body; 512 features.</returns>
    public static PixelBody Nature(ReadOnlySpan<int> observation, KeyedStream random) => new(observation, [(32, 8, 4), (64, 4, 2), (64, 3, 1)], 512, random);

    /// <summary>Six convolutions that leave 1×1 of 96×96: 8 of 4×4, then 16, 32 and 64 of 3×3, all by 2, then 128 and 256 of 3×3 by 1.</summary>
    /// <param name="observation">[channels, height, width]; 96×96 gives 256 features.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <returns>The body.</returns>
    public static PixelBody Small(ReadOnlySpan<int> observation, KeyedStream random) =>
        new(observation, [(8, 4, 2), (16, 3, 2), (32, 3, 2), (64, 3, 2), (128, 3, 1), (256, 3, 1)], 0, random);

    /// <summary>The features of pictures.</summary>
    /// <param name="input">Pixels [N, channels, height, width], or their numbers when they are scaled already.</param>
    /// <returns>[N, <see cref="Features"/>].</returns>
    public Tensor Forward(NetworkInput input)
    {
        Tensor x = input.IsPixels
            ? _convolutions[0].Forward(input.Tape, input.Pixels, Activation.Relu)
            : _convolutions[0].Forward(input.Numbers, Activation.Relu);
        for (int i = 1; i < _convolutions.Length; i++)
        {
            x = _convolutions[i].Forward(x, Activation.Relu);
        }

        x = x.Reshape(x.Shape[0], _flat);
        return _linear is null ? x : _linear.Forward(x, Activation.Relu);
    }

    private static void Initialize(Parameter weight, Parameter bias, KeyedStream random)
    {
        Initialization.KaimingUniform(weight, random);
        bias.Values.Clear();
    }
}
