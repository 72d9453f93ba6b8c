using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

public sealed class AllocationTests
{
    [Fact]
    public void Operations_AfterTheFirstSteps_AllocateNothing()
    {
        (Shape shape, float[] values) = Draw.Normal(new Shape(12, 20, 9), 1);
        int[] classes = [.. Enumerable.Range(0, 12 * 20).Select(i => i % 9)];
        Parameter mean = new(new Shape(20)), variance = new(new Shape(20));
        Tape tape = new();
        Assert.Equal(0, Allocations.Least(() =>
        {
            tape.Reset();
            Tensor x = tape.Variable(shape, values);
            Tensor y = Tensor.Concat(1, x.Gelu(), x.Permute(0, 2, 1).Transpose(), (x * 2).Slice(1, 1, 9, 2));
            y += Tensor.Stack(0, y.Softmax(), y.LogSoftmax()).Sum(0) + y.Mean([0, 2], keepDimensions: true);
            y = y.LayerNorm() * y.Max(2, keepDimensions: true) * y.LogSumExp([1, 2], keepDimensions: true);
            Tensor loss = y.Variance() + x.BatchNorm(null, null, mean, variance, training: true).CrossEntropy(tape.Indices(new Shape(12, 20), classes));
            loss += x.Reshape(12, 1, 20, 9).MaxPool2d(3, 2, 1).Norm() + x.CumulativeSum(1).SmoothL1Loss(x.Detach());
            tape.Backward(loss);
        }));
    }
}
