using System.Runtime.InteropServices;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Tests.Tensors.Kernels;

/// <summary>Convolutions and their gradients against the plain chains, bit by bit, at every width and on one and two threads.</summary>
public sealed unsafe class ConvolutionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void AllThree_AnyShape_ArePlainChains(int width) => Assert.Equal(width, WideWidth.Dispatch(width, new RandomShapes()));

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void AllThree_Depthwise_ArePlainChains(int width) => Assert.Equal(width, WideWidth.Dispatch(width, new RandomDepthwise()));

    [Theory]
    [InlineData(4, 20, 32, 8, 4)]
    [InlineData(32, 23, 64, 4, 2)]
    [InlineData(64, 10, 64, 3, 1)]
    [InlineData(3, 17, 33, 3, 1)]
    public void AllThree_LargeEnoughToShare_ArePlainChains(int channels, int size, int outputs, int kernel, int stride)
    {
        var shape = new ConvolutionShape(3, channels, size, size, outputs, kernel, kernel) { StrideX = stride, StrideY = stride };
        var trial = new Trial(shape, new KeyedStream(21, (ulong)channels, StreamPurpose.Scenario), Activation.Relu);
        trial.Check<Wide16>(new Workers(1));
        trial.Check<Wide16>(new Workers(3));
    }

    [Fact]
    public void Bytes_AnyShape_GiveTheBitsOfConvertedFloats()
    {
        var random = new KeyedStream(22, 0, StreamPurpose.Scenario);
        var workers = new Workers(2);
        for (int trial = 0; trial < 20; trial++)
        {
            var shape = new ConvolutionShape(random.NextInt(1, 5), random.NextInt(1, 5), random.NextInt(8, 30), random.NextInt(8, 30), random.NextInt(1, 40), random.NextInt(1, 5), random.NextInt(1, 5))
            {
                StrideX = random.NextInt(1, 4),
                StrideY = random.NextInt(1, 4),
                PaddingX = random.NextInt(3),
                PaddingY = random.NextInt(2),
            };
            byte[] bytes = GC.AllocateArray<byte>(shape.Batch * shape.ImageSize, pinned: true);
            var floats = new Floats(bytes.Length);
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)random.NextInt(256);
                floats[i] = bytes[i] * (1f / 255f);
            }

            var weights = new Floats(shape.Outputs * shape.Depth, random);
            var gradient = new Floats(shape.Batch * shape.Outputs * shape.Pixels, random);
            Floats expected = new(gradient.Count), actual = new(gradient.Count);
            Floats expectedWeights = new(weights.Count), actualWeights = new(weights.Count);
            fixed (byte* start = &MemoryMarshal.GetArrayDataReference(bytes))
            {
                var source = new ImageSource(start, 1f / 255f);
                Convolution.Forward(workers, shape, new ImageSource(floats.Start), weights.Start, null, Activation.None, expected.Start);
                Convolution.Forward(workers, shape, source, weights.Start, null, Activation.None, actual.Start);
                Convolution.WeightGradient(workers, shape, new ImageSource(floats.Start), gradient.Start, expectedWeights.Start);
                Convolution.WeightGradient(workers, shape, source, gradient.Start, actualWeights.Start);
            }

            actual.AssertSameBits(expected, $"{shape}");
            actualWeights.AssertSameBits(expectedWeights, $"weights of {shape}");
        }
    }

    [Fact]
    public void AllThree_AfterTheFirst_AllocateNothing()
    {
        var shape = new ConvolutionShape(4, 3, 20, 20, 16, 3, 3) { PaddingX = 1, PaddingY = 1 };
        var random = new KeyedStream(23, 0, StreamPurpose.Scenario);
        Floats images = new(shape.Batch * shape.ImageSize, random), weights = new(shape.Outputs * shape.Depth, random), bias = new(shape.Outputs), result = new(shape.Batch * shape.Outputs * shape.Pixels);
        var workers = new Workers(2);
        Assert.Equal(0, Allocations.Least(() =>
        {
            Convolution.Forward(workers, shape, new ImageSource(images.Start), weights.Start, bias.Start, Activation.Tanh, result.Start);
            Convolution.InputGradient(workers, shape, result.Start, weights.Start, images.Start);
            Convolution.WeightGradient(workers, shape, new ImageSource(images.Start), result.Start, weights.Start, bias.Start);
        }));
    }

    [Fact]
    public void Transposed_AnyShape_IsTheAdjointOfTheConvolution()
    {
        var random = new KeyedStream(24, 0, StreamPurpose.Scenario);
        var workers = new Workers(1);
        for (int trial = 0; trial < 30; trial++)
        {
            int stride = random.NextInt(1, 4), outputPadding = random.NextInt(stride), groups = random.NextInt(1, 3);
            int channels = groups * random.NextInt(1, 5), outputs = groups * random.NextInt(1, 5), size = random.NextInt(1, 7), kernel = random.NextInt(2, 5);
            var transposed = new TransposedShape(2, channels, size, size + 1, outputs, kernel, kernel)
            {
                StrideX = stride,
                StrideY = stride,
                OutputPaddingX = outputPadding,
                OutputPaddingY = outputPadding,
                PaddingX = 1,
                PaddingY = random.NextInt(2),
                Groups = groups,
            };
            Assert.Equal(((size - 1) * stride) - (2 * transposed.PaddingY) + kernel + outputPadding, transposed.OutputHeight);
            ConvolutionShape adjoint = transposed.Adjoint;
            Assert.Equal((size, size + 1), (adjoint.OutputHeight, adjoint.OutputWidth));
            var images = new Floats(2 * channels * size * (size + 1), random);
            var weights = new Floats(channels * adjoint.Depth, random);
            var bias = new Floats(outputs, random);
            Floats expected = new(2L * outputs * transposed.OutputHeight * transposed.OutputWidth), actual = new(expected.Count);
            ConvolutionTranspose.Forward(workers, transposed, images.Start, weights.Start, bias.Start, Activation.None, actual.Start);
            PlainConvolution.InputGradient(adjoint, images.Span, weights.Span, expected.Span, bias.Span);
            actual.AssertSameBits(expected, $"{transposed}");

            // <g, T(x)> = <T*(g), x>: the gradients against the definition.
            var gradient = new Floats(expected.Count, random);
            Floats inputGradient = new(images.Count), weightGradient = new(weights.Count), biasGradient = new(outputs), zero = new(outputs);
            ConvolutionTranspose.Forward(workers, transposed, images.Start, weights.Start, null, Activation.None, actual.Start);
            ConvolutionTranspose.InputGradient(workers, transposed, gradient.Start, weights.Start, inputGradient.Start);
            ConvolutionTranspose.WeightGradient(workers, transposed, images.Start, gradient.Start, weightGradient.Start, biasGradient.Start);
            double forward = Dot(gradient, actual);
            Assert.Equal(forward, Dot(inputGradient, images), 1e-4 * gradient.Count);
            Assert.Equal(forward, Dot(weightGradient, weights), 1e-4 * gradient.Count);
            double sum = 0;
            foreach (float value in gradient.Span)
            {
                sum += value;
            }

            Assert.Equal(sum, biasGradient.Span.ToArray().Sum(v => (double)v), 1e-4 * gradient.Count);
        }
    }

    // Tolerances above: single precision, sums of at most a few hundred terms below 1 for each of the elements.
    private static double Dot(Floats left, Floats right)
    {
        double sum = 0;
        for (int i = 0; i < left.Count; i++)
        {
            sum += (double)left[i] * right[i];
        }

        return sum;
    }

    /// <summary>All three computations of one shape, with their plain results.</summary>
    private sealed class Trial
    {
        private readonly ConvolutionShape _shape;
        private readonly Activation _activation;
        private readonly Floats _images, _weights, _bias, _gradient, _result, _inputGradient, _weightGradient, _biasGradient, _oldInput, _oldWeights, _oldBias;

        public Trial(ConvolutionShape shape, KeyedStream random, Activation activation)
        {
            _shape = shape;
            _activation = activation;
            _images = new Floats(shape.Batch * shape.ImageSize, random);
            _weights = new Floats(shape.Outputs * shape.Depth, random);
            _bias = new Floats(shape.Outputs, random);
            _gradient = new Floats(shape.Batch * shape.Outputs * shape.Pixels, random);
            _result = new Floats(_gradient.Count);
            PlainConvolution.Forward(shape, _images.Span, _weights.Span, _bias.Span, activation, _result.Span);
            _oldInput = new Floats(_images.Count, random);
            _oldWeights = new Floats(_weights.Count, random);
            _oldBias = new Floats(_bias.Count, random);
            _inputGradient = _oldInput.Copy();
            _weightGradient = _oldWeights.Copy();
            _biasGradient = _oldBias.Copy();
            PlainConvolution.InputGradient(shape, _gradient.Span, _weights.Span, _inputGradient.Span);
            PlainConvolution.WeightGradient(shape, _images.Span, _gradient.Span, _weightGradient.Span, _biasGradient.Span);
        }

        public void Check<TWide>(Workers workers)
            where TWide : unmanaged, IWide<TWide>
        {
            string what = $"{_shape}, {TWide.Lanes} lanes, {workers.Count} threads";
            var result = new Floats(_result.Count);
            ConvolutionForward<TWide>.Run(workers, _shape, new ImageSource(_images.Start), _weights.Start, new Epilogue(null, _activation, _bias.Start), result.Start);
            result.AssertSameBits(_result, what);
            Floats input = _oldInput.Copy(), weights = _oldWeights.Copy(), bias = _oldBias.Copy();
            ConvolutionInputGradient<TWide>.Run(workers, _shape, _gradient.Start, _weights.Start, input.Start, true, default);
            input.AssertSameBits(_inputGradient, "input gradient of " + what);
            ConvolutionWeightGradient<TWide>.Run(workers, _shape, new ImageSource(_images.Start), _gradient.Start, weights.Start, true);
            weights.AssertSameBits(_weightGradient, "weight gradient of " + what);
            ConvolutionBiasGradient<TWide>.Run(workers, _shape.Batch, _shape.Outputs, _shape.Pixels, _gradient.Start, bias.Start, true);
            bias.AssertSameBits(_biasGradient, "bias gradient of " + what);
        }
    }

    private sealed class RandomShapes : IWideFactory<int>
    {
        public int Create<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            var random = new KeyedStream(20, (ulong)TWide.Lanes, StreamPurpose.Scenario);
            int[] outputs = [1, 2, 7, 8, 9, 16, 17, 31, 32, 33];
            for (int trial = 0; trial < 60; trial++)
            {
                int groups = random.NextInt(1, 4);
                var shape = new ConvolutionShape(
                    random.NextInt(1, 4), groups * random.NextInt(1, 6), random.NextInt(5, 14), random.NextInt(5, 14), groups * outputs[random.NextInt(groups > 1 ? 5 : 10)], random.NextInt(1, 4), random.NextInt(1, 4))
                {
                    StrideY = random.NextInt(1, 4),
                    StrideX = random.NextInt(1, 4),
                    PaddingY = random.NextInt(3),
                    PaddingX = random.NextInt(3),
                    DilationY = random.NextInt(1, 3),
                    DilationX = random.NextInt(1, 3),
                    Groups = groups,
                };
                new Trial(shape, random, (Activation)random.NextInt(4)).Check<TWide>(new Workers(1 + (trial % 2)));
            }

            return TWide.Lanes;
        }
    }

    private sealed class RandomDepthwise : IWideFactory<int>
    {
        public int Create<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            var random = new KeyedStream(25, (ulong)TWide.Lanes, StreamPurpose.Scenario);
            for (int trial = 0; trial < 40; trial++)
            {
                int channels = random.NextInt(2, 9), size = random.NextInt(4, 40);
                var shape = new ConvolutionShape(random.NextInt(1, 4), channels, random.NextInt(4, 10), size, channels * random.NextInt(1, 4), random.NextInt(1, 4), random.NextInt(1, 4))
                {
                    StrideY = random.NextInt(1, 3),
                    StrideX = random.NextInt(1, 4),
                    PaddingY = random.NextInt(2),
                    PaddingX = random.NextInt(3),
                    DilationX = random.NextInt(1, 3),
                    Groups = channels,
                };
                if (shape.PaddedWidth <= (shape.KernelWidth - 1) * shape.DilationX)
                {
                    continue;
                }

                new Trial(shape, random, Activation.Relu).Check<TWide>(new Workers(1 + (trial % 2)));
            }

            return TWide.Lanes;
        }
    }
}
