using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tests.Tensors.Onnx.Export;

/// <summary>Each operation, exported and read back, gives what the tape gives; what cannot be exported is refused in one line.</summary>
public sealed class OperationExportTests
{
    // x is [B, 4, 6] of normal numbers, m [B, 4, 6] of zeros and ones, i [B, 4] of 0 to 3.
    private static readonly Dictionary<string, Func<OnnxTracedInputs, Tensor>> Cases = new()
    {
        ["tanh"] = x => X(x).Tanh(),
        ["sigmoid"] = x => X(x).Sigmoid(),
        ["leaky relu"] = x => X(x).LeakyRelu(0.1f),
        ["elu"] = x => X(x).Elu(1.5f),
        ["selu"] = x => X(x).Selu(),
        ["relu6"] = x => X(x).Relu6(),
        ["hard tanh"] = x => X(x).HardTanh(),
        ["hard sigmoid"] = x => X(x).HardSigmoid(),
        ["hard swish"] = x => X(x).HardSwish(),
        ["gelu"] = x => X(x).Gelu(),
        ["gelu tanh"] = x => X(x).GeluTanh(),
        ["softplus"] = x => X(x).Softplus(),
        ["log sigmoid"] = x => X(x).LogSigmoid(),
        ["silu"] = x => X(x).Silu(),
        ["mish"] = x => X(x).Mish(),
        ["negate"] = x => -X(x),
        ["exp"] = x => X(x).Exp(),
        ["log"] = x => X(x).Abs().Log(),
        ["log one plus"] = x => X(x).Abs().LogOnePlus(),
        ["roots"] = x => X(x).Abs().Sqrt() + (X(x).Square() + 1).ReciprocalSqrt(),
        ["reciprocal"] = x => (X(x).Abs() + 1).Reciprocal(),
        ["sine and cosine"] = x => X(x).Sin() + X(x).Cos(),
        ["clamp"] = x => X(x).Clamp(-0.5f, 0.75f),
        ["numbers"] = x => ((((3 - X(x)) * 2) + 0.5f) / 7) - (4 / (X(x).Abs() + 1)),
        ["powers"] = x => X(x).Pow(3) + X(x).Abs().Pow(1.7f),
        ["arithmetic"] = x => ((X(x) + M(x)) * X(x)) - (X(x) / (M(x) + 2)),
        ["extremes"] = x => X(x).Maximum(M(x)) + X(x).Minimum(M(x)),
        ["repeated"] = x => X(x) * X(x).Mean(-1, keepDimensions: true),
        ["matrix product"] = x => X(x).MatMul(X(x), transposeRight: true).MatMul(M(x)),
        ["matrix product of a constant"] = x => X(x).MatMul(Some(x, 6, 3)),
        ["reshape"] = x => X(x).Reshape(-1, 6).Reshape(x.Batch, 24).Reshape(x.Batch, 2, 2, 6),
        ["permute"] = x => X(x).Permute(0, 2, 1),
        ["concat and slice"] = x => Tensor.Concat(2, X(x).Slice(2, 1, 6, 2), M(x)).Slice(1, 0, 3),
        ["first of the batch"] = x => X(x).Slice(0, 0, 1) + Tensor.Concat(0, X(x), M(x)).SliceFrom(0, 0).Sum([0]),
        ["stack"] = x => Tensor.Stack(1, X(x), M(x)),
        ["where"] = x => Tensor.Where(M(x), X(x), X(x).Mean(-1, keepDimensions: true)),
        ["broadcast"] = x => X(x).Slice(1, 0, 1).BroadcastTo(new Shape(x.Batch, 4, 6)),
        ["broadcast to the batch"] = x => Some(x, 4, 6).BroadcastTo(new Shape(x.Batch, 4, 6)) - X(x),
        ["sums"] = x => X(x).Sum(-1) + X(x).Sum([1, 2], keepDimensions: true).Reshape(x.Batch, 1) + X(x).Sum(1).Sum(1, keepDimensions: true),
        ["means"] = x => X(x).Mean(1).Mean(-1) + X(x).Mean([1, 2]),
        ["largest and smallest"] = x => X(x).Max(-1) - X(x).Min(-1) + X(x).Max([1, 2], keepDimensions: true).Reshape(x.Batch, 1),
        ["norm"] = x => X(x).Norm([2]) + X(x).LogSumExp(-1) + X(x).Product([2]),
        ["variance"] = x => X(x).Variance([2]),
        ["cumulative sum"] = x => X(x).CumulativeSum(2),
        ["softmax"] = x => X(x).Softmax() + X(x).Softmax(1),
        ["log softmax"] = x => X(x).LogSoftmax() + X(x).LogSoftmax(1),
        ["masked softmax"] = x => X(x).MaskedSoftmax(M(x)),
        ["masked softmax of a constant"] = x => X(x).MaskedSoftmax(x.Tape.Constant(new Shape(6), [1, 0, 1, 1, 0, 1])),
        ["layer norm"] = x => X(x).LayerNorm(Some(x, 6), Some(x, 6)),
        ["layer norm of two axes"] = x => X(x).LayerNorm(axes: 2),
        ["gather"] = x => X(x).Gather(2, x.Indices("i")),
        ["embedding"] = x => Some(x, 4, 5).Embedding(x.Indices("i")),
        ["constant indices"] = x => Some(x, 4, 5).Embedding(x.Tape.Indices(new Shape(2), [3, 1])).Sum() * X(x),
        ["convolution"] = x => Image(x).Conv2d(Some(x, 4, 1, 3, 3), Some(x, 4), ConvolutionOptions.Square(padding: 1, groups: 2), Activation.Relu),
        ["transposed convolution"] = x => Image(x).ConvTranspose2d(Some(x, 2, 3, 3, 3), Some(x, 3), ConvolutionOptions.Square(stride: 2, padding: 1), 1, 1),
        ["max pooling"] = x => Image(x).MaxPool2d(2, 2, 0, ceilMode: true, out _),
        ["average pooling"] = x => Image(x).AveragePool2d(3, 2, 1),
        ["global pooling"] = x => Image(x).GlobalAveragePool(),
        ["batch norm"] = x => Image(x).BatchNorm(Some(x, 2), Some(x, 2), new Parameter(new Shape(2)), Ones(2), training: false),
        ["cross attention"] = x => X(x).CrossAttention(Some(x, 6, 12).BroadcastTo(new Shape(x.Batch, 6, 12)), 2).Result,
    };

    public static TheoryData<string> Names()
    {
        TheoryData<string> names = [.. Cases.Keys];
        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Trace_Operation_GivesWhatTheTapeGives(string name)
    {
        ExportedNetwork network = new(Inputs(), x => [new("y", Cases[name](x))], []);
        foreach (int opset in (int[])[13, 17, 18])
        {
            OnnxSession session = new(OnnxModel.Load(OnnxExport.Trace("case", opset, network.Inputs, network.Network).ToBytes("1.0.0"), OnnxLimits.Default, name));
            ExportedRun run = ExportedRun.Of(network, 4, 3);
            OnnxTensor expected = run.Outputs["y"];
            OnnxTensor actual = session.Run(run.Inputs)["y"];
            Assert.Equal(expected.Shape, actual.Shape);
            for (int i = 0; i < expected.Count; i++)
            {
                // Where not the same bits: other roundings of a few steps.
                Assert.Equal(expected.AsSpan<float>()[i], actual.AsSpan<float>()[i], 1e-5f * Math.Max(1, Math.Abs(expected.AsSpan<float>()[i])));
            }
        }
    }

    [Fact]
    public void Trace_ConstantOfTheBatch_IsRefusedWithItsShapes()
    {
        OnnxExportException refusal = Refusal(x => X(x) * x.Tape.Constant(new Shape(x.Batch, 1, 1), [.. Enumerable.Range(0, x.Batch).Select(i => (float)i)]));
        Assert.Contains("constant of shape [2, 1, 1]", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void Trace_ConstantOfTheInputsNumbers_IsRefused() =>
        Assert.Contains("depends on the batch or on numbers of the inputs", Refusal(x => X(x) * x.Tape.Constant(new Shape(2), X(x).Values[..2]).Sum()).Message, StringComparison.Ordinal);

    [Fact]
    public void Trace_BranchOnTheBatch_IsRefused() =>
        Assert.Contains("operations with a batch of 2", Refusal(x => x.Batch == 2 ? X(x).Tanh().Tanh() : X(x).Tanh()).Message, StringComparison.Ordinal);

    [Fact]
    public void Trace_Loss_IsRefusedByName() =>
        Assert.Contains("CrossEntropy", Refusal(x => X(x).Reshape(-1, 6).CrossEntropy(x.Tape.Indices(new Shape(x.Batch * 4), new int[x.Batch * 4]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Trace_ArgMaxWithinTheNetwork_IsRefused() =>
        Assert.Contains("ArgMax", Refusal(x => X(x).Gather(2, X(x).ArgMax())).Message, StringComparison.Ordinal);

    private static OnnxExportException Refusal(Func<OnnxTracedInputs, Tensor> network) =>
        Assert.Throws<OnnxExportException>(() => OnnxExport.Trace("refused", 17, Inputs(), x => [new("y", network(x))]));

    private static OnnxExportInput[] Inputs() => [OnnxExportInput.Floats("x", 4, 6), OnnxExportInput.Floats("adjacency", 4, 6), OnnxExportInput.Indices("i", 4)];

    private static Tensor X(OnnxTracedInputs inputs) => inputs.Floats("x");

    private static Tensor M(OnnxTracedInputs inputs) => inputs.Floats("adjacency");

    private static Tensor Image(OnnxTracedInputs inputs) => X(inputs).Reshape(inputs.Batch, 2, 3, 4);

    private static Tensor Some(OnnxTracedInputs inputs, params int[] sizes)
    {
        (Shape shape, float[] values) = Draw.Normal(new Shape(sizes), 9);
        return inputs.Tape.Constant(shape, values);
    }

    private static Parameter Ones(int count)
    {
        Parameter ones = new(new Shape(count));
        ones.Values.Fill(1);
        return ones;
    }
}
