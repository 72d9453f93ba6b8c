using Gymkhana.Tensors;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Tests.Tensors.Kernels;

/// <summary>A convolution and its gradients as one reads them: for each element one chain of fused multiply-adds, in the documented order.</summary>
internal static class PlainConvolution
{
    public static void Forward(in ConvolutionShape s, ReadOnlySpan<float> images, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Activation activation, Span<float> result)
    {
        for (int n = 0; n < s.Batch; n++)
        {
            for (int o = 0; o < s.Outputs; o++)
            {
                for (int pixel = 0; pixel < s.Pixels; pixel++)
                {
                    (int oy, int ox) = Math.DivRem(pixel, s.OutputWidth);
                    float sum = 0f;
                    for (int c = 0; c < s.GroupChannels; c++)
                    {
                        for (int ky = 0; ky < s.KernelHeight; ky++)
                        {
                            for (int kx = 0; kx < s.KernelWidth; kx++)
                            {
                                if (Place(s, oy, ox, ky, kx) is int place and >= 0)
                                {
                                    sum = MathF.FusedMultiplyAdd(images[Image(s, n, Channel(s, o, c)) + place], weights[Weight(s, o, c, ky, kx)], sum);
                                }
                            }
                        }
                    }

                    sum = bias.IsEmpty ? sum : sum + bias[o];
                    result[(((n * s.Outputs) + o) * s.Pixels) + pixel] = PlainProduct.Apply(activation, sum);
                }
            }
        }
    }

    public static void InputGradient(in ConvolutionShape s, ReadOnlySpan<float> outputGradient, ReadOnlySpan<float> weights, Span<float> inputGradient, ReadOnlySpan<float> bias = default)
    {
        for (int n = 0; n < s.Batch; n++)
        {
            for (int ky = 0; ky < s.KernelHeight; ky++)
            {
                for (int kx = 0; kx < s.KernelWidth; kx++)
                {
                    for (int o = 0; o < s.Outputs; o++)
                    {
                        for (int pixel = 0; pixel < s.Pixels; pixel++)
                        {
                            (int oy, int ox) = Math.DivRem(pixel, s.OutputWidth);
                            int place = Place(s, oy, ox, ky, kx);
                            for (int c = 0; c < s.GroupChannels && place >= 0; c++)
                            {
                                ref float sum = ref inputGradient[Image(s, n, Channel(s, o, c)) + place];
                                sum = MathF.FusedMultiplyAdd(outputGradient[(((n * s.Outputs) + o) * s.Pixels) + pixel], weights[Weight(s, o, c, ky, kx)], sum);
                            }
                        }
                    }
                }
            }
        }

        for (int i = 0; i < inputGradient.Length && !bias.IsEmpty; i++)
        {
            inputGradient[i] += bias[i / (s.Height * s.Width) % s.Channels];
        }
    }

    public static void WeightGradient(in ConvolutionShape s, ReadOnlySpan<float> images, ReadOnlySpan<float> outputGradient, Span<float> weightGradient, Span<float> biasGradient)
    {
        for (int n = 0; n < s.Batch; n++)
        {
            for (int o = 0; o < s.Outputs; o++)
            {
                for (int pixel = 0; pixel < s.Pixels; pixel++)
                {
                    (int oy, int ox) = Math.DivRem(pixel, s.OutputWidth);
                    float gradient = outputGradient[(((n * s.Outputs) + o) * s.Pixels) + pixel];
                    biasGradient[o] += gradient;
                    for (int k = 0; k < s.Depth; k++)
                    {
                        (int c, int tap) = Math.DivRem(k, s.Taps);
                        (int ky, int kx) = Math.DivRem(tap, s.KernelWidth);
                        if (Place(s, oy, ox, ky, kx) is int place and >= 0)
                        {
                            ref float sum = ref weightGradient[Weight(s, o, c, ky, kx)];
                            sum = MathF.FusedMultiplyAdd(images[Image(s, n, Channel(s, o, c)) + place], gradient, sum);
                        }
                    }
                }
            }
        }
    }

    // The place in a plane that a tap of a pixel's window reads, or −1 where zeros are.
    private static int Place(in ConvolutionShape s, int oy, int ox, int ky, int kx)
    {
        int y = (oy * s.StrideY) + (ky * s.DilationY) - s.PaddingY;
        int x = (ox * s.StrideX) + (kx * s.DilationX) - s.PaddingX;
        return y >= 0 && y < s.Height && x >= 0 && x < s.Width ? (y * s.Width) + x : -1;
    }

    private static int Channel(in ConvolutionShape s, int output, int c) => (output / s.GroupOutputs * s.GroupChannels) + c;

    private static int Image(in ConvolutionShape s, int n, int channel) => ((n * s.Channels) + channel) * s.Height * s.Width;

    private static int Weight(in ConvolutionShape s, int o, int c, int ky, int kx) => (((((o * s.GroupChannels) + c) * s.KernelHeight) + ky) * s.KernelWidth) + kx;
}
