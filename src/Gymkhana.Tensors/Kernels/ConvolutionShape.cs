namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Sizes of a convolution of images [batch, channels, height, width] with weights [outputs, channels / groups, kernel height,
/// kernel width], as PyTorch lays them out. The result is [batch, outputs, output height, output width].
/// </summary>
/// <param name="Batch">Number of images.</param>
/// <param name="Channels">Channels of an image, a multiple of the groups.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="Outputs">Channels of the result, a multiple of the groups.</param>
/// <param name="KernelHeight">Rows of the window.</param>
/// <param name="KernelWidth">Columns of the window.</param>
internal readonly record struct ConvolutionShape(int Batch, int Channels, int Height, int Width, int Outputs, int KernelHeight, int KernelWidth)
{
    /// <summary>Rows from a window to the next.</summary>
    public int StrideY { get; init; } = 1;

    /// <summary>Columns from a window to the next.</summary>
    public int StrideX { get; init; } = 1;

    /// <summary>Rows of zeros above and below.</summary>
    public int PaddingY { get; init; }

    /// <summary>Columns of zeros on either side.</summary>
    public int PaddingX { get; init; }

    /// <summary>Rows from a tap of the window to the next.</summary>
    public int DilationY { get; init; } = 1;

    /// <summary>Columns from a tap of the window to the next.</summary>
    public int DilationX { get; init; } = 1;

    /// <summary>Groups, each of which sees its own channels only; as many as channels: depthwise.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Rows of the result.</summary>
    public int OutputHeight => ((PaddedHeight - (DilationY * (KernelHeight - 1)) - 1) / StrideY) + 1;

    /// <summary>Columns of the result.</summary>
    public int OutputWidth => ((PaddedWidth - (DilationX * (KernelWidth - 1)) - 1) / StrideX) + 1;

    /// <summary>Rows of an image with its zeros.</summary>
    public int PaddedHeight => Height + (2 * PaddingY);

    /// <summary>Columns of an image with its zeros.</summary>
    public int PaddedWidth => Width + (2 * PaddingX);

    /// <summary>Pixels of one channel of the result.</summary>
    public int Pixels => OutputHeight * OutputWidth;

    /// <summary>Elements of one image.</summary>
    public int ImageSize => Channels * Height * Width;

    /// <summary>Elements of one channel with its zeros.</summary>
    public int PaddedPlane => PaddedHeight * PaddedWidth;

    /// <summary>Channels that one group sees.</summary>
    public int GroupChannels => Channels / Groups;

    /// <summary>Channels that one group makes.</summary>
    public int GroupOutputs => Outputs / Groups;

    /// <summary>Elements of a window in one channel.</summary>
    public int Taps => KernelHeight * KernelWidth;

    /// <summary>Summands of one element of the result.</summary>
    public int Depth => GroupChannels * Taps;

    /// <summary>Multiply-adds of the convolution, and of each of its gradients.</summary>
    public long Work => (long)Batch * Pixels * Outputs * Depth;

    /// <summary>Offset of a tap in the padded image of a group.</summary>
    /// <param name="k">0 to <see cref="Depth"/> − 1, in the order of the weights.</param>
    /// <returns>Floats.</returns>
    public int TapOffset(int k)
    {
        (int channel, int tap) = Math.DivRem(k, Taps);
        (int y, int x) = Math.DivRem(tap, KernelWidth);
        return (channel * PaddedPlane) + (y * DilationY * PaddedWidth) + (x * DilationX);
    }

    /// <summary>Offset of a pixel's window in a channel of the padded image.</summary>
    /// <param name="pixel">0 to <see cref="Pixels"/> − 1.</param>
    /// <returns>Floats.</returns>
    public int PixelOffset(int pixel)
    {
        (int y, int x) = Math.DivRem(pixel, OutputWidth);
        return (y * StrideY * PaddedWidth) + (x * StrideX);
    }

    /// <summary>Writes the offsets of all pixels, times a factor.</summary>
    /// <param name="offsets">Receives <see cref="Pixels"/> numbers.</param>
    /// <param name="factor">Floats for each place of the padded image.</param>
    public unsafe void WritePixelOffsets(int* offsets, int factor = 1)
    {
        for (int pixel = 0; pixel < Pixels; pixel++)
        {
            offsets[pixel] = PixelOffset(pixel) * factor;
        }
    }

    /// <summary>Writes the offsets of all taps.</summary>
    /// <param name="offsets">Receives <see cref="Depth"/> numbers.</param>
    public unsafe void WriteTapOffsets(int* offsets)
    {
        for (int k = 0; k < Depth; k++)
        {
            offsets[k] = TapOffset(k);
        }
    }
}
