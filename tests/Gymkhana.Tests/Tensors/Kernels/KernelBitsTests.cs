using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tests.Cli;

namespace Gymkhana.Tests.Tensors.Kernels;

/// <summary>The bits of the kernels are the same on every processor: recorded once, and met with each instruction set switched off.</summary>
public sealed class KernelBitsTests
{
    // The first half of the SHA-256 of the results below. It follows from the documented order of each sum; no change of speed may change it.
    private const string Recorded = "ADBA32420216AC912ACC7467103F6172";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Category", "Determinism")]
    public void Results_AnyThreads_AreTheRecordedBits(int threads) => Assert.Equal(Recorded, Hash(threads));

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    [Trait("Category", "Determinism")]
    public void Results_InstructionSetSwitchedOff_AreTheRecordedBits(string variable)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                typeof(KernelBitsTests).Assembly.Location, "-method", $"{typeof(KernelBitsTests).FullName}.{nameof(Results_AnyThreads_AreTheRecordedBits)}",
            },
            Environment = { [variable] = "0" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process child = Process.Start(start)!;  // Not null: no shell takes part.
        Answer answer = GymkhanaProcess.Finish(child);
        Assert.Contains("Total: 2, Errors: 0, Failed: 0", answer.Output + answer.Errors, StringComparison.Ordinal);
    }

    private static unsafe string Hash(int threads)
    {
        var workers = new Workers(threads);
        var random = new KeyedStream(30, 0, StreamPurpose.Scenario);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((int rows, int columns, int depth) in ((int, int, int)[])[(1, 300, 40), (67, 70, 300), (64, 128, 128), (130, 5, 33), (9, 8, 64)])
        {
            Floats a = new(rows * depth, random), b = new(depth * columns, random), bias = new(columns, random), c = new(rows * columns);
            foreach (Activation activation in Enum.GetValues<Activation>())
            {
                Gemm.Multiply(workers, rows, columns, depth, new Matrix(a.Start, depth), new Matrix(b.Start, 1, depth), c.Start, columns, activation == Activation.Relu, new Epilogue(bias.Start, activation));
                Add(hash, c);
            }
        }

        ConvolutionShape[] shapes =
        [
            new(3, 4, 40, 40, 32, 8, 8) { StrideX = 4, StrideY = 4 },
            new(3, 5, 12, 11, 9, 3, 2) { PaddingX = 1, PaddingY = 2, DilationY = 2 },
            new(2, 6, 9, 17, 12, 3, 3) { PaddingX = 1, PaddingY = 1, StrideX = 2, Groups = 6 },
        ];
        foreach (ConvolutionShape shape in shapes)
        {
            Floats images = new(shape.Batch * shape.ImageSize, random), weights = new(shape.Outputs * shape.Depth, random), bias = new(shape.Outputs, random);
            var result = new Floats(shape.Batch * shape.Outputs * shape.Pixels);
            Convolution.Forward(workers, shape, new ImageSource(images.Start), weights.Start, bias.Start, Activation.Tanh, result.Start);
            Add(hash, result);
            Convolution.WeightGradient(workers, shape, new ImageSource(images.Start), result.Start, weights.Start, bias.Start, accumulate: true);
            Convolution.InputGradient(workers, shape, result.Start, weights.Start, images.Start);
            Add(hash, weights);
            Add(hash, bias);
            Add(hash, images);
        }

        return Convert.ToHexString(hash.GetHashAndReset())[..32];
    }

    private static void Add(IncrementalHash hash, Floats floats) => hash.AppendData(MemoryMarshal.AsBytes(floats.Span));
}
