using BenchmarkDotNet.Attributes;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Benchmarks.Tensors;

/// <summary>The three convolutions of the Nature network on 128 images of 4 × 96 × 96, one thread, each with its gradients.</summary>
[MemoryDiagnoser]
public unsafe class NatureConvolution
{
    private readonly Workers _workers = new(1);
    private ConvolutionShape _shape;
    private float* _images;
    private float* _weights;
    private float* _bias;
    private float* _result;
    private float* _inputGradient;
    private float* _weightGradient;

    [Params(1, 2, 3)]
    public int Layer { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _shape = Layer switch
        {
            1 => new ConvolutionShape(128, 4, 96, 96, 32, 8, 8) { StrideX = 4, StrideY = 4 },
            2 => new ConvolutionShape(128, 32, 23, 23, 64, 4, 4) { StrideX = 2, StrideY = 2 },
            _ => new ConvolutionShape(128, 64, 10, 10, 64, 3, 3),
        };
        var random = new KeyedStream(1, 2, StreamPurpose.Scenario);
        _images = RandomFloats.Make((long)_shape.Batch * _shape.ImageSize, random);
        _weights = RandomFloats.Make((long)_shape.Outputs * _shape.Depth, random);
        _bias = RandomFloats.Make(_shape.Outputs, random);
        _result = RandomFloats.Make((long)_shape.Batch * _shape.Outputs * _shape.Pixels, random);
        _inputGradient = RandomFloats.Make((long)_shape.Batch * _shape.ImageSize, random);
        _weightGradient = RandomFloats.Make((long)_shape.Outputs * _shape.Depth, random);
    }

    [Benchmark(Baseline = true)]
    public void Forward() => Convolution.Forward(_workers, _shape, new ImageSource(_images), _weights, _bias, Activation.Relu, _result);

    [Benchmark]
    public void InputGradient() => Convolution.InputGradient(_workers, _shape, _result, _weights, _inputGradient);

    [Benchmark]
    public void WeightGradient() => Convolution.WeightGradient(_workers, _shape, new ImageSource(_images), _result, _weightGradient, _bias);

    [GlobalCleanup]
    public void Free()
    {
        RandomFloats.Free(_images);
        RandomFloats.Free(_weights);
        RandomFloats.Free(_bias);
        RandomFloats.Free(_result);
        RandomFloats.Free(_inputGradient);
        RandomFloats.Free(_weightGradient);
    }
}
