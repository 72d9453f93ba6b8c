using System.Runtime.InteropServices;
using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

/// <summary>
/// The bits of operations, forward and backward, as one number that was recorded once. The build repeats these tests without
/// the processor's wide vectors, so that every width has to give it; threads are compared here.
/// </summary>
[Trait("Category", "Determinism")]
public sealed class OperationBitsTests
{
    private static readonly (string Name, string Bits, Func<Tensor, Tensor> Function)[] Functions =
    [
        ("elementwise", "30e0343c 9c83af77", x => ((x.Gelu() + x.Silu() + x.Mish()) * x.Tanh().Exp()) - (x.Softplus() * x.Sin() / (x.Elu() + 3))),
        ("gamma", "2227bf96 388ac0cd", x => (x.Abs() + 0.1f).LogGamma() + (x.Abs() + 0.2f).Digamma() + (x.Abs() + 0.1f).Pow(1.7f)),
        ("reductions", "bbf6f925 3aa21227", x => x.Sum(2) + x.Mean(2) + x.LogSumExp(2) + x.Norm([2]) + x.Variance([2]) + x.Max(2) - x.Min(2) + x.Sum([0, 1]).Sum()),
        ("softmax of short rows", "519c6af0 39496d09", x => x.Reshape(-1, 11).Softmax() * x.Reshape(-1, 11).LogSoftmax()),
        ("softmax of long rows", "0c67ed7f 6e6bbcc9", x => x.Softmax() * x.LogSoftmax()),
        ("layer norm", "b8db4bc3 063465a5", x => x.LayerNorm(x.Slice(0, 0, 1).Slice(1, 0, 1).Reshape(77), null)),
        ("batch norm", "28a3bc60 c9c47be3", x => x.Transpose(0, 1).BatchNorm(null, null, new Parameter(new Shape(40)), new Parameter(new Shape(40)), training: true)),
        ("batch norm of rows", "b21b5581 7530eb6c", x => x.Reshape(-1, 77).BatchNorm(null, null, new Parameter(new Shape(77)), new Parameter(new Shape(77)), training: true)),
        ("pooling", "943f8313 90b21472", x => x.Reshape(1, 40, 40, 77).AveragePool2d(3, 2, 1) + x.Reshape(1, 40, 40, 77).MaxPool2d(3, 2, 1)),
        ("broadcasts", "1ab0d64f f3065666", x => (x * x.Mean(0)) - (x.Transpose(0, 1) / x.Mean([1, 2], keepDimensions: true).Exp()).Permute(1, 0, 2)),
    ];

    public static TheoryData<string> Names => [.. Functions.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Operation_AnyWidthAndThreads_HasTheRecordedBits(string name)
    {
        (_, string bits, Func<Tensor, Tensor> function) = Functions.Single(f => f.Name == name);
        (Shape shape, float[] values) = Draw.Normal(new Shape(40, 40, 77), 1);
        foreach (int threads in (int[])[1, 3])
        {
            Tape tape = new(threads);
            Tensor x = tape.Variable(shape, values);
            Tensor y = function(x);
            tape.Backward((y * y).Mean());
            Assert.Equal(bits, $"{Hash(y.Values):x8} {Hash(x.Gradient):x8}");
        }
    }

    // FNV-1a of the bits.
    private static uint Hash(ReadOnlySpan<float> values)
    {
        uint hash = 2166136261;
        foreach (uint bits in MemoryMarshal.Cast<float, uint>(values))
        {
            hash = (hash ^ bits) * 16777619;
        }

        return hash;
    }
}
