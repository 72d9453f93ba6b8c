using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Convolutions whose groups are small, above all depthwise ones: the lanes are pixels of a row, because a group has not the
/// channels to fill them. The order of each sum is that of the general kernels, and so are the bits.
/// </summary>
/// <typeparam name="TWide">The bundle type.</typeparam>
internal static unsafe class PlaneConvolution<TWide>
    where TWide : unmanaged, IWide<TWide>
{
    private const int Rows = 4;

    /// <summary>Whether a shape is better served here than by the general kernels.</summary>
    /// <param name="shape">The shape.</param>
    /// <returns>True for small groups.</returns>
    public static bool Suits(in ConvolutionShape shape) => shape.Groups > 1 && shape.GroupOutputs <= 4 && shape.GroupChannels <= 4;

    public static void Forward(Workers workers, ConvolutionShape shape, ImageSource images, float* weights, Epilogue epilogue, float* result)
    {
        int* taps = workers.Scratch.Integers(0, ScratchSlot.Offsets, shape.Depth);
        var layout = new PlaneLayout(shape);
        for (int k = 0; k < shape.Depth; k++)
        {
            taps[k] = (k / shape.Taps * layout.Plane) + layout.Tap(k % shape.Taps);
        }

        workers.Scratch.Reserve(ScratchSlot.Image, shape.ImageSize);
        workers.Scratch.Reserve(ScratchSlot.Panel, PlanesSize(shape));
        workers.Scratch.Reserve(ScratchSlot.Result, SumsSize(shape));
        workers.Share(new ForwardJob(shape, images, weights, taps, epilogue, result, workers.Scratch), shape.Batch, shape.Work);
    }

    public static void InputGradient(Workers workers, ConvolutionShape shape, float* outputGradient, float* weights, float* inputGradient, bool accumulate, Epilogue epilogue)
    {
        workers.Scratch.Reserve(ScratchSlot.Result, new PlaneLayout(shape).Plane);
        workers.Share(new GradientJob(shape, outputGradient, weights, inputGradient, accumulate, epilogue, workers.Scratch), shape.Batch, shape.Work);
    }

    // Whole tiles of rows and whole bundles of pixels: those past the last read and write places that nobody looks at.
    private static long PlanesSize(in ConvolutionShape shape)
    {
        var layout = new PlaneLayout(shape);
        return ((long)shape.GroupChannels * layout.Plane) + (Rows * shape.StrideY * layout.Row) + TWide.Lanes;
    }

    private static int Padded(in ConvolutionShape shape) => (shape.OutputWidth + TWide.Lanes - 1) / TWide.Lanes * TWide.Lanes;

    private static long SumsSize(in ConvolutionShape shape) => (long)(shape.OutputHeight + Rows) * Padded(shape);

    // One bundle of pixels in each of four rows of the result: four chains in flight. Reads up to a bundle past the row, which
    // scratch memory has room for.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(int depth, float* weights, int* taps, float* window, nint rowStride, float* results, nint resultStride)
    {
        TWide s0 = default, s1 = default, s2 = default, s3 = default;
        float* second = window + rowStride;
        float* third = second + rowStride;
        float* fourth = third + rowStride;
        for (int k = 0; k < depth; k++)
        {
            nint at = taps[k];
            var weight = TWide.BroadcastFrom(weights + k);
            s0 = TWide.FusedMultiplyAdd(weight, TWide.Load(window + at), s0);
            s1 = TWide.FusedMultiplyAdd(weight, TWide.Load(second + at), s1);
            s2 = TWide.FusedMultiplyAdd(weight, TWide.Load(third + at), s2);
            s3 = TWide.FusedMultiplyAdd(weight, TWide.Load(fourth + at), s3);
        }

        TWide.Store(s0, results);
        TWide.Store(s1, results + resultStride);
        TWide.Store(s2, results + (2 * resultStride));
        TWide.Store(s3, results + (3 * resultStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow(float weight, float* from, float* to, int count)
    {
        int x = AddBundles<TWide>(weight, from, to, 0, count);

        // Rows are short: what is left is worth narrower bundles.
        x = TWide.Lanes > 8 ? AddBundles<Wide8>(weight, from, to, x, count) : x;
        x = TWide.Lanes > 4 ? AddBundles<Wide4>(weight, from, to, x, count) : x;
        for (; x < count; x++)
        {
            to[x] = MathF.FusedMultiplyAdd(from[x], weight, to[x]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int AddBundles<TBundle>(float weight, float* from, float* to, int x, int count)
        where TBundle : unmanaged, IWide<TBundle>
    {
        var weights = TBundle.Broadcast(weight);
        for (; x + TBundle.Lanes <= count; x += TBundle.Lanes)
        {
            TBundle.Store(TBundle.FusedMultiplyAdd(TBundle.Load(from + x), weights, TBundle.Load(to + x)), to + x);
        }

        return x;
    }

    private static void Finish(Epilogue epilogue, float* planes, int count, int size)
    {
        for (int plane = 0; plane < count && !epilogue.IsEmpty; plane++)
        {
            float* row = planes + ((long)plane * size);
            epilogue.Apply<TWide>(&row, plane, 1, size);
        }
    }

    private readonly struct ForwardJob(ConvolutionShape shape, ImageSource images, float* weights, int* taps, Epilogue epilogue, float* result, Scratch scratch) : IJob
    {
        public void Execute(int part, int worker)
        {
            var layout = new PlaneLayout(shape);
            int padded = Padded(shape);
            float* planes = scratch.Floats(worker, ScratchSlot.Panel, PlanesSize(shape));
            float* sums = scratch.Floats(worker, ScratchSlot.Result, SumsSize(shape));
            float* image = result + ((long)part * shape.Outputs * shape.Pixels);
            float* source = images.Flat(shape, part, scratch, worker);
            for (int group = 0; group < shape.Groups; group++)
            {
                for (int channel = 0; channel < shape.GroupChannels; channel++)
                {
                    layout.Write(source + (((long)(group * shape.GroupChannels) + channel) * shape.Height * shape.Width), planes + ((long)channel * layout.Plane));
                }

                for (int output = group * shape.GroupOutputs; output < (group + 1) * shape.GroupOutputs; output++)
                {
                    for (int y = 0; y < shape.OutputHeight; y += Rows)
                    {
                        for (int x = 0; x < padded; x += TWide.Lanes)
                        {
                            float* window = planes + ((long)y * shape.StrideY * layout.Row) + x;
                            Tile(shape.Depth, weights + ((long)output * shape.Depth), taps, window, shape.StrideY * layout.Row, sums + ((long)y * padded) + x, padded);
                        }
                    }

                    float* to = image + ((long)output * shape.Pixels);
                    for (int y = 0; y < shape.OutputHeight; y++)
                    {
                        new ReadOnlySpan<float>(sums + ((long)y * padded), shape.OutputWidth).CopyTo(new Span<float>(to + ((long)y * shape.OutputWidth), shape.OutputWidth));
                    }
                }
            }

            Finish(epilogue, image, shape.Outputs, shape.Pixels);
        }
    }

    private readonly struct GradientJob(
        ConvolutionShape shape, float* outputGradient, float* weights, float* inputGradient, bool accumulate, Epilogue epilogue, Scratch scratch) : IJob
    {
        public void Execute(int part, int worker)
        {
            var layout = new PlaneLayout(shape);
            int plane = shape.Height * shape.Width;
            float* sums = scratch.Floats(worker, ScratchSlot.Result, layout.Plane);
            float* image = inputGradient + ((long)part * shape.ImageSize);
            for (int channel = 0; channel < shape.Channels; channel++)
            {
                float* to = image + ((long)channel * plane);
                if (accumulate)
                {
                    layout.Write(to, sums);
                }
                else
                {
                    new Span<float>(sums, layout.Plane).Clear();
                }

                for (int tap = 0; tap < shape.Taps; tap++)
                {
                    Add(part, channel, tap, sums + layout.Tap(tap), shape.StrideY * layout.Row);
                }

                layout.Read(sums, to);
            }

            Finish(epilogue, image, shape.Channels, plane);
        }

        private void Add(int part, int channel, int tap, float* places, nint rowStride)
        {
            (int group, int own) = Math.DivRem(channel, shape.GroupChannels);
            for (int output = group * shape.GroupOutputs; output < (group + 1) * shape.GroupOutputs; output++)
            {
                float weight = weights[((long)output * shape.Depth) + (own * shape.Taps) + tap];
                float* gradient = outputGradient + ((((long)part * shape.Outputs) + output) * shape.Pixels);
                for (int y = 0; y < shape.OutputHeight; y++)
                {
                    AddRow(weight, gradient + ((long)y * shape.OutputWidth), places + (y * rowStride), shape.OutputWidth);
                }
            }
        }
    }
}
