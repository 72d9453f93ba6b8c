using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Images [batch, channels, height, width] as a convolution reads them: floats, or bytes b read as (b − offset) · scale.
/// Bytes are converted, and zeros put around, one image at a time into scratch memory that stays in the cache.
/// </summary>
internal readonly unsafe struct ImageSource
{
    private readonly float* _floats;
    private readonly byte* _bytes;
    private readonly float _scale;
    private readonly float _offset;

    /// <summary>Images of floats.</summary>
    /// <param name="images">The first.</param>
    public ImageSource(float* images) => _floats = images;

    /// <summary>Images of bytes.</summary>
    /// <param name="images">The first.</param>
    /// <param name="scale">What each byte is multiplied by, such as 1/255.</param>
    /// <param name="offset">What is taken from each byte first, such as 128.</param>
    public ImageSource(byte* images, float scale, float offset = 0)
    {
        _bytes = images;
        _scale = scale;
        _offset = offset;
    }

    /// <summary>Makes some channels of an image readable as padded planes of floats.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="image">Which image.</param>
    /// <param name="firstChannel">First channel that is needed.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="scratch">Where a copy is made, if one is needed.</param>
    /// <param name="worker">Whose scratch.</param>
    /// <returns>Where channel 0 is or would be; the planes of the channels asked for are good until the next call.</returns>
    public float* Planes(in ConvolutionShape shape, int image, int firstChannel, int channels, Scratch scratch, int worker)
    {
        long start = (long)image * shape.ImageSize;
        bool padded = shape.PaddingX > 0 || shape.PaddingY > 0;
        if (_bytes == null && !padded)
        {
            return _floats + start;
        }

        int plane = shape.Height * shape.Width;
        float* planes = scratch.Floats(worker, ScratchSlot.Image, (long)shape.Channels * shape.PaddedPlane);
        if (!padded)
        {
            Convert(_bytes + start + ((long)firstChannel * plane), _scale, _offset, planes + ((long)firstChannel * plane), channels * plane);
            return planes;
        }

        for (int channel = firstChannel; channel < firstChannel + channels; channel++)
        {
            long source = start + ((long)channel * plane);
            float* to = planes + ((long)channel * shape.PaddedPlane);
            int margin = (shape.PaddingY * shape.PaddedWidth) + shape.PaddingX;
            new Span<float>(to, margin).Clear();
            to += margin;
            for (int y = 0; y < shape.Height; y++)
            {
                CopyRow(source + ((long)y * shape.Width), to, shape.Width);
                to += shape.Width;

                // The zeros on the right of this row and on the left of the next, or below the last.
                int gap = y < shape.Height - 1 ? 2 * shape.PaddingX : margin;
                new Span<float>(to, gap).Clear();
                to += gap;
            }
        }

        return planes;
    }

    /// <summary>Makes an image readable as floats without zeros around.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="image">Which image.</param>
    /// <param name="scratch">Where bytes are converted.</param>
    /// <param name="worker">Whose scratch.</param>
    /// <returns>[channels, height, width], good until the next call.</returns>
    public float* Flat(in ConvolutionShape shape, int image, Scratch scratch, int worker)
    {
        long start = (long)image * shape.ImageSize;
        if (_bytes == null)
        {
            return _floats + start;
        }

        float* planes = scratch.Floats(worker, ScratchSlot.Image, shape.ImageSize);
        Convert(_bytes + start, _scale, _offset, planes, shape.ImageSize);
        return planes;
    }

    /// <summary>Floats of bytes: an offset is taken from each, which is exact, and the rest multiplied by a scale.</summary>
    /// <param name="from">The bytes.</param>
    /// <param name="scale">What each is multiplied by.</param>
    /// <param name="offset">What is taken from each first.</param>
    /// <param name="to">Receives the floats.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Convert(byte* from, float scale, float offset, float* to, int count)
    {
        int i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + 16 <= count; i += 16)
            {
                Vector512<int> whole = Avx512F.ConvertToVector512Int32(Vector128.Load(from + i));
                ((Vector512.ConvertToSingle(whole) - Vector512.Create(offset)) * Vector512.Create(scale)).Store(to + i);
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            for (; i + 16 <= count; i += 16)
            {
                (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(from + i));
                Store(low, scale, offset, to + i);
                Store(high, scale, offset, to + i + 8);
            }
        }

        for (; i < count; i++)
        {
            to[i] = (from[i] - offset) * scale;
        }
    }

    private static void Store(Vector128<ushort> values, float scale, float offset, float* to)
    {
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(values);
        ((Vector128.ConvertToSingle(low.AsInt32()) - Vector128.Create(offset)) * Vector128.Create(scale)).Store(to);
        ((Vector128.ConvertToSingle(high.AsInt32()) - Vector128.Create(offset)) * Vector128.Create(scale)).Store(to + 4);
    }

    private void CopyRow(long source, float* to, int count)
    {
        if (_bytes != null)
        {
            Convert(_bytes + source, _scale, _offset, to, count);
        }
        else
        {
            new ReadOnlySpan<float>(_floats + source, count).CopyTo(new Span<float>(to, count));
        }
    }
}
