namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Padded planes whose columns are split by the stride: row after row, first the columns 0, s, 2s, ..., then 1, s + 1, ..., so
/// that the pixels of a row of the result read consecutive floats under each tap, and the lanes can be pixels.
/// </summary>
/// <param name="shape">Sizes of the convolution.</param>
internal readonly unsafe struct PlaneLayout(ConvolutionShape shape)
{
    /// <summary>Floats of one phase of a row.</summary>
    public int Phase => (shape.PaddedWidth + shape.StrideX - 1) / shape.StrideX;

    /// <summary>Floats of a row.</summary>
    public int Row => Phase * shape.StrideX;

    /// <summary>Floats of a plane.</summary>
    public int Plane => Row * shape.PaddedHeight;

    /// <summary>Offset of a tap of the window.</summary>
    /// <param name="tap">0 to the number of taps − 1.</param>
    /// <returns>Floats.</returns>
    public int Tap(int tap)
    {
        (int y, int x) = Math.DivRem(tap, shape.KernelWidth);
        return (y * shape.DilationY * Row) + Column(x * shape.DilationX);
    }

    /// <summary>Offset of a padded column in its row.</summary>
    /// <param name="x">The column.</param>
    /// <returns>Floats.</returns>
    public int Column(int x) => (x % shape.StrideX * Phase) + (x / shape.StrideX);

    /// <summary>Lays out a plane.</summary>
    /// <param name="plane">[height, width].</param>
    /// <param name="planes">Receives it, with zeros around.</param>
    public void Write(float* plane, float* planes)
    {
        new Span<float>(planes, Plane).Clear();
        for (int y = 0; y < shape.Height; y++)
        {
            float* from = plane + ((long)y * shape.Width);
            float* to = planes + ((long)(y + shape.PaddingY) * Row);
            if (shape.StrideX == 1)
            {
                new ReadOnlySpan<float>(from, shape.Width).CopyTo(new Span<float>(to + shape.PaddingX, shape.Width));
                continue;
            }

            for (int x = 0; x < shape.Width; x++)
            {
                to[Column(x + shape.PaddingX)] = from[x];
            }
        }
    }

    /// <summary>Takes a plane back out.</summary>
    /// <param name="planes">As laid out.</param>
    /// <param name="plane">Receives [height, width].</param>
    public void Read(float* planes, float* plane)
    {
        for (int y = 0; y < shape.Height; y++)
        {
            float* from = planes + ((long)(y + shape.PaddingY) * Row);
            float* to = plane + ((long)y * shape.Width);
            for (int x = 0; x < shape.Width; x++)
            {
                to[x] = from[Column(x + shape.PaddingX)];
            }
        }
    }
}
