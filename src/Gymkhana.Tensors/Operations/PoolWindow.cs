namespace Gymkhana.Tensors.Operations;

/// <summary>Square windows that slide over planes [height, width].</summary>
internal readonly record struct PoolWindow(int Height, int Width, int Kernel, int Stride, int Padding, int OutputHeight, int OutputWidth)
{
    /// <summary>Whether the last windows reach beyond the plane with its padding.</summary>
    public bool RoundsUp => ((OutputHeight - 1) * Stride) + Kernel > Height + (2 * Padding) || ((OutputWidth - 1) * Stride) + Kernel > Width + (2 * Padding);

    /// <summary>The windows of a pooling.</summary>
    /// <param name="shape">[N, C, H, W].</param>
    /// <param name="kernel">Height and width of a window.</param>
    /// <param name="stride">From a window to the next.</param>
    /// <param name="padding">Rows and columns outside the plane that windows may cover.</param>
    /// <param name="ceilMode">Whether windows that begin inside but do not fit count too.</param>
    /// <returns>The windows.</returns>
    /// <exception cref="ArgumentException">No four axes, or not one window fits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static PoolWindow Of(Shape shape, int kernel, int stride, int padding, bool ceilMode)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kernel, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(padding, kernel / 2);
        if (shape.Rank != 4 || shape[2] + (2 * padding) < kernel || shape[3] + (2 * padding) < kernel)
        {
            throw new ArgumentException($"pooling needs images [N, C, H, W] into which a window of {kernel} fits (padding {padding}), got {shape}.", nameof(shape));
        }

        return new PoolWindow(shape[2], shape[3], kernel, stride, padding, Count(shape[2]), Count(shape[3]));

        int Count(int size)
        {
            int room = size + (2 * padding) - kernel;
            int count = ((room + (ceilMode ? stride - 1 : 0)) / stride) + 1;

            // A window that would begin in the padding behind the plane does not count.
            return (count - 1) * stride >= size + padding ? count - 1 : count;
        }
    }

    /// <summary>Shape of the result.</summary>
    /// <param name="shape">[N, C, H, W].</param>
    /// <returns>[N, C, output height, output width].</returns>
    public Shape Output(Shape shape) => new(shape[0], shape[1], OutputHeight, OutputWidth);

    /// <summary>Rows of the plane that a window covers.</summary>
    public (int From, int To) Rows(int y) => (Math.Max(0, (y * Stride) - Padding), Math.Min(Height, (y * Stride) - Padding + Kernel));

    /// <summary>Columns of the plane that a window covers.</summary>
    public (int From, int To) Columns(int x) => (Math.Max(0, (x * Stride) - Padding), Math.Min(Width, (x * Stride) - Padding + Kernel));
}
