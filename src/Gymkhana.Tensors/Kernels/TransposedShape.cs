namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Sizes of a transposed convolution of images [batch, channels, height, width] with weights [channels, outputs / groups, kernel
/// height, kernel width], as PyTorch lays them out. The result is [batch, outputs, output height, output width].
/// </summary>
/// <param name="Batch">Number of images.</param>
/// <param name="Channels">Channels of an image, a multiple of the groups.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="Outputs">Channels of the result, a multiple of the groups.</param>
/// <param name="KernelHeight">Rows of the window.</param>
/// <param name="KernelWidth">Columns of the window.</param>
internal readonly record struct TransposedShape(int Batch, int Channels, int Height, int Width, int Outputs, int KernelHeight, int KernelWidth)
{
    /// <summary>Rows of the result from a pixel's window to the next.</summary>
    public int StrideY { get; init; } = 1;

    /// <summary>Columns of the result from a pixel's window to the next.</summary>
    public int StrideX { get; init; } = 1;

    /// <summary>Rows cut off above and below.</summary>
    public int PaddingY { get; init; }

    /// <summary>Columns cut off on either side.</summary>
    public int PaddingX { get; init; }

    /// <summary>Rows added below, less than the stride or the dilation.</summary>
    public int OutputPaddingY { get; init; }

    /// <summary>Columns added on the right, less than the stride or the dilation.</summary>
    public int OutputPaddingX { get; init; }

    /// <summary>Rows from a tap of the window to the next.</summary>
    public int DilationY { get; init; } = 1;

    /// <summary>Columns from a tap of the window to the next.</summary>
    public int DilationX { get; init; } = 1;

    /// <summary>Groups, each of which sees its own channels only.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Rows of the result.</summary>
    public int OutputHeight => ((Height - 1) * StrideY) - (2 * PaddingY) + (DilationY * (KernelHeight - 1)) + OutputPaddingY + 1;

    /// <summary>Columns of the result.</summary>
    public int OutputWidth => ((Width - 1) * StrideX) - (2 * PaddingX) + (DilationX * (KernelWidth - 1)) + OutputPaddingX + 1;

    /// <summary>The convolution from the result's sizes to the image's, whose input gradient this is.</summary>
    public ConvolutionShape Adjoint => new(Batch, Outputs, OutputHeight, OutputWidth, Channels, KernelHeight, KernelWidth)
    {
        StrideY = StrideY,
        StrideX = StrideX,
        PaddingY = PaddingY,
        PaddingX = PaddingX,
        DilationY = DilationY,
        DilationX = DilationX,
        Groups = Groups,
    };
}
