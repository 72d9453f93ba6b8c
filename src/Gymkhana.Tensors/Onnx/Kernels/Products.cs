using System.Numerics;
using Gymkhana.Tensors.Kernels;
using KernelShape = Gymkhana.Tensors.Kernels.ConvolutionShape;

namespace Gymkhana.Tensors.Onnx.Kernels;

/// <summary>
/// The products that models spend their time in. Every element of a result is one chain of fused multiply-adds over its summed index in
/// ascending order, beginning with 0, at every width; bias is added after the sum. They are the kernels of the tape, so a network and
/// its export have the same bits; a convolution whose padding differs between the sides has a plain loop.
/// </summary>
internal static unsafe class Products
{
    private const int ColumnTile = 512;
    private const long MostPadded = 16_000_000;

    /// <summary>Numbers of scratch that <see cref="Convolve"/> needs.</summary>
    public static int ConvolutionScratch(in ConvolutionShape s) => IsEven(s) ? 0 : checked(s.Patch * Math.Min(ColumnTile, s.OutHeight * s.OutWidth));

    /// <summary>C [m, n] = A [m, k] · B [k, n] (+ bias [n] to each row), row-major.</summary>
    /// <param name="workers">Who computes.</param>
    /// <param name="a">A.</param>
    /// <param name="b">B.</param>
    /// <param name="bias">One number for each column, or null.</param>
    /// <param name="c">C, overwritten; overlaps nothing.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Summed index.</param>
    public static void Multiply(Workers workers, float* a, float* b, float* bias, float* c, int m, int n, int k) =>
        Gemm.Multiply(workers, m, n, k, new Matrix(a, k), new Matrix(b, n), c, n, accumulate: false, new Epilogue(bias));

    /// <summary>Convolution (cross-correlation): y [images, outChannels, outHeight, outWidth]; the sum runs over input channel, row, column.</summary>
    /// <param name="workers">Who computes.</param>
    /// <param name="x">Images [images, channels, height, width].</param>
    /// <param name="w">Weights [outChannels, channels / groups, kernelHeight, kernelWidth].</param>
    /// <param name="bias">One number for each output channel, or null.</param>
    /// <param name="y">The result, overwritten.</param>
    /// <param name="s">Sizes; positive.</param>
    /// <param name="images">How many images.</param>
    /// <param name="scratch"><see cref="ConvolutionScratch"/> numbers.</param>
    public static void Convolve(Workers workers, float* x, float* w, float* bias, float* y, in ConvolutionShape s, int images, float* scratch)
    {
        if (IsEven(s))
        {
            Convolution.Forward(workers, Even(s) with { Batch = images }, new ImageSource(x), w, bias, Activation.None, y);
            return;
        }

        for (int image = 0; image < images; image++)
        {
            ConvolveImage(x, w, bias, y, s, scratch);
            x += (long)s.Channels * s.Height * s.Width;
            y += (long)s.OutChannels * s.OutHeight * s.OutWidth;
        }
    }

    // Whether the kernel for padding that is the same on both sides gives this result, without making a small image very large. Windows
    // must fit: that the numbers of windows agree is not enough where the other side's padding is what a window needs.
    private static bool IsEven(in ConvolutionShape s)
    {
        long rows = s.Height + (2L * s.PadTop), columns = s.Width + (2L * s.PadLeft);
        long tall = ((long)s.DilationHeight * (s.KernelHeight - 1)) + 1, wide = ((long)s.DilationWidth * (s.KernelWidth - 1)) + 1;
        return tall <= rows && wide <= columns && rows <= MostPadded && columns <= MostPadded && rows * columns <= MostPadded / s.Channels
            && ((rows - tall) / s.StrideHeight) + 1 == s.OutHeight && ((columns - wide) / s.StrideWidth) + 1 == s.OutWidth;
    }

    private static KernelShape Even(in ConvolutionShape s) => new(1, s.Channels, s.Height, s.Width, s.OutChannels, s.KernelHeight, s.KernelWidth)
    {
        StrideY = s.StrideHeight,
        StrideX = s.StrideWidth,
        PaddingY = s.PadTop,
        PaddingX = s.PadLeft,
        DilationY = s.DilationHeight,
        DilationX = s.DilationWidth,
        Groups = s.Groups,
    };

    private static void ConvolveImage(float* x, float* w, float* bias, float* y, in ConvolutionShape s, float* scratch)
    {
        int pixels = s.OutHeight * s.OutWidth;
        int inPerGroup = s.Channels / s.Groups;
        int outPerGroup = s.OutChannels / s.Groups;
        for (int group = 0; group < s.Groups; group++)
        {
            float* image = x + ((long)group * inPerGroup * s.Height * s.Width);
            for (int start = 0; start < pixels; start += ColumnTile)
            {
                int columns = Math.Min(ColumnTile, pixels - start);
                Unfold(image, scratch, s, inPerGroup, start, columns);
                for (int o = group * outPerGroup; o < (group + 1) * outPerGroup; o++)
                {
                    float* row = y + ((long)o * pixels) + start;
                    Chain(w + ((long)o * s.Patch), scratch, columns, row, columns, s.Patch);
                    if (bias != null)
                    {
                        for (int j = 0; j < columns; j++)
                        {
                            row[j] += bias[o];
                        }
                    }
                }
            }
        }
    }

    // c[j] = Σ_k a[k] · b[k · stride + j] for j < n: lanes run along j, each sum in ascending k. Four bundles share one a[k].
    private static void Chain(float* a, float* b, int stride, float* c, int n, int k)
    {
        int lanes = Vector<float>.Count;
        int j = 0;
        for (; j + (4 * lanes) <= n; j += 4 * lanes)
        {
            Vector<float> s0 = Vector<float>.Zero;
            Vector<float> s1 = s0;
            Vector<float> s2 = s0;
            Vector<float> s3 = s0;
            float* from = b + j;
            for (int i = 0; i < k; i++, from += stride)
            {
                Vector<float> factor = new(a[i]);
                s0 = Vector.FusedMultiplyAdd(factor, Vector.Load(from), s0);
                s1 = Vector.FusedMultiplyAdd(factor, Vector.Load(from + lanes), s1);
                s2 = Vector.FusedMultiplyAdd(factor, Vector.Load(from + (2 * lanes)), s2);
                s3 = Vector.FusedMultiplyAdd(factor, Vector.Load(from + (3 * lanes)), s3);
            }

            s0.Store(c + j);
            s1.Store(c + j + lanes);
            s2.Store(c + j + (2 * lanes));
            s3.Store(c + j + (3 * lanes));
        }

        for (; j + lanes <= n; j += lanes)
        {
            Vector<float> sum = Vector<float>.Zero;
            float* from = b + j;
            for (int i = 0; i < k; i++, from += stride)
            {
                sum = Vector.FusedMultiplyAdd(new Vector<float>(a[i]), Vector.Load(from), sum);
            }

            sum.Store(c + j);
        }

        for (; j < n; j++)
        {
            float sum = 0;
            for (int i = 0; i < k; i++)
            {
                sum = MathF.FusedMultiplyAdd(a[i], b[((long)i * stride) + j], sum);
            }

            c[j] = sum;
        }
    }

    // columns[k, j]: what weight k of a patch meets at output pixel start + j; zeros outside the image.
    private static void Unfold(float* image, float* columns, in ConvolutionShape s, int channels, int start, int count)
    {
        float* to = columns;
        for (int channel = 0; channel < channels; channel++)
        {
            for (int ky = 0; ky < s.KernelHeight; ky++)
            {
                for (int kx = 0; kx < s.KernelWidth; kx++)
                {
                    int outRow = start / s.OutWidth;
                    int outColumn = start % s.OutWidth;
                    for (int j = 0; j < count; j++)
                    {
                        int row = (outRow * s.StrideHeight) - s.PadTop + (ky * s.DilationHeight);
                        int column = (outColumn * s.StrideWidth) - s.PadLeft + (kx * s.DilationWidth);
                        bool inside = (uint)row < (uint)s.Height && (uint)column < (uint)s.Width;
                        to[j] = inside ? image[((long)row * s.Width) + column] : 0f;
                        if (++outColumn == s.OutWidth)
                        {
                            outColumn = 0;
                            outRow++;
                        }
                    }

                    to += count;
                }
            }

            image += (long)s.Height * s.Width;
        }
    }
}

/// <summary>Sizes of a two-dimensional convolution.</summary>
internal readonly record struct ConvolutionShape(
    int Channels,
    int Height,
    int Width,
    int OutChannels,
    int OutHeight,
    int OutWidth,
    int KernelHeight,
    int KernelWidth,
    int StrideHeight,
    int StrideWidth,
    int DilationHeight,
    int DilationWidth,
    int PadTop,
    int PadLeft,
    int Groups)
{
    /// <summary>Weights that each output number meets.</summary>
    public int Patch => Channels / Groups * KernelHeight * KernelWidth;
}
