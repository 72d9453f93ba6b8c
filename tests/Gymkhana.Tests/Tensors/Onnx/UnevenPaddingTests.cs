using Gymkhana.Tensors;
using Gymkhana.Tensors.Onnx;

namespace Gymkhana.Tests.Tensors.Onnx;

/// <summary>Convolutions whose padding differs between the sides, against the same one on an image with its zeros.</summary>
public sealed class UnevenPaddingTests
{
    // The second is as many windows as without the padding below, none of which would fit.
    [Theory]
    [InlineData(6, 3, 1, 1, 0, 2)]
    [InlineData(3, 4, 2, 0, 1, 1)]
    [InlineData(5, 2, 3, 2, 1, 1)]
    [InlineData(6, 3, 2, 1, 1, 2)]
    [InlineData(7, 3, 1, 0, 3, 2)]
    public void Run_Convolution_MatchesThePaddedImage(int size, int kernel, int stride, int before, int after, int dilation)
    {
        int padded = size + before + after;
        (_, float[] image) = Draw.Normal(new Shape(2, 2, size, size), 3);
        float[] wide = new float[2 * 2 * padded * padded];
        for (int i = 0; i < image.Length; i++)
        {
            (int plane, int place) = Math.DivRem(i, size * size);
            wide[(plane * padded * padded) + (((place / size) + before) * padded) + (place % size) + before] = image[i];
        }

        Assert.Equal(Convolve(wide, padded, kernel, stride, 0, 0, dilation), Convolve(image, size, kernel, stride, before, after, dilation));
    }

    private static float[] Convolve(float[] image, int size, int kernel, int stride, int before, int after, int dilation)
    {
        OnnxGraphBuilder builder = new("convolution", 17);
        string x = builder.AddInput("x", OnnxElementType.Float32, 2, 2, size, size);
        string w = builder.AddInitializer<float>("w", Draw.Normal(new Shape(3, 2, kernel, kernel), 4).Values, 3, 2, kernel, kernel);
        builder.AddWithOutputs(
            "Conv",
            [x, w],
            ["y"],
            ("strides", new long[] { stride, stride }),
            ("pads", new long[] { before, before, after, after }),
            ("dilations", new long[] { dilation, dilation }));
        int count = ((size + before + after - (dilation * (kernel - 1)) - 1) / stride) + 1;
        builder.AddOutput("y", OnnxElementType.Float32, 2, 3, count, count);
        OnnxSession session = new(OnnxModel.Load(builder.ToBytes("1.0.0"), OnnxLimits.Default, "convolution"));
        return session.Run(new Dictionary<string, OnnxTensor> { ["x"] = OnnxTensor.Create<float>(image, 2, 2, size, size) })["y"].AsSpan<float>().ToArray();
    }
}
