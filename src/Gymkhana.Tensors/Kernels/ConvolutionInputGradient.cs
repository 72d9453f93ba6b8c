using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Gradient of a convolution's images: for each image and each tap of the window, the product of the result's gradient
/// [pixels, outputs] with the tap's weights [outputs, channels] is added to the places that the tap reads, in a padded image
/// laid out [row, column, channel]; the lanes are channels. It is transposed to [channel, row, column] at the end.
/// </summary>
/// <typeparam name="TWide">The bundle type.</typeparam>
internal static unsafe class ConvolutionInputGradient<TWide>
    where TWide : unmanaged, IWide<TWide>
{
    private static int PanelWidth => 2 * TWide.Lanes;

    public static void Run(Workers workers, ConvolutionShape shape, float* outputGradient, float* weights, float* inputGradient, bool accumulate, Epilogue epilogue)
    {
        if (PlaneConvolution<TWide>.Suits(shape))
        {
            PlaneConvolution<TWide>.InputGradient(workers, shape, outputGradient, weights, inputGradient, accumulate, epilogue);
            return;
        }

        int panels = (shape.GroupChannels + PanelWidth - 1) / PanelWidth;

        // Channels are padded to whole bundles, so that no tile has an edge.
        int channels = (shape.GroupChannels + TWide.Lanes - 1) / TWide.Lanes * TWide.Lanes;
        int* offsets = workers.Scratch.Integers(0, ScratchSlot.Offsets, shape.Pixels);
        shape.WritePixelOffsets(offsets, channels);
        long panelSize = (long)shape.GroupOutputs * PanelWidth;
        float* packed = workers.Scratch.Floats(0, ScratchSlot.Weights, shape.Groups * shape.Taps * panels * panelSize);
        for (int group = 0; group < shape.Groups; group++)
        {
            for (int tap = 0; tap < shape.Taps; tap++)
            {
                for (int panel = 0; panel < panels; panel++)
                {
                    int first = panel * PanelWidth;
                    float* from = weights + ((long)group * shape.GroupOutputs * shape.Depth) + ((long)first * shape.Taps) + tap;
                    float* to = packed + (((((long)group * shape.Taps) + tap) * panels) + panel) * panelSize;
                    Panels.Pack<TWide>(new Matrix(from, shape.Depth, shape.Taps), shape.GroupOutputs, Math.Min(PanelWidth, shape.GroupChannels - first), to);
                }
            }
        }

        workers.Scratch.Reserve(ScratchSlot.Result, (long)shape.PaddedPlane * channels);
        var job = new Job(shape, outputGradient, packed, panels, channels, offsets, inputGradient, accumulate, epilogue, workers.Scratch);
        workers.Share(job, shape.Batch, shape.Work);
    }

    private readonly struct Job(
        ConvolutionShape shape, float* outputGradient, float* weights, int panels, int channels, int* offsets, float* inputGradient, bool accumulate, Epilogue epilogue, Scratch scratch) : IJob
    {
        public void Execute(int part, int worker)
        {
            int pixels = shape.Pixels, plane = shape.Height * shape.Width;
            float* sums = scratch.Floats(worker, ScratchSlot.Result, (long)shape.PaddedPlane * channels);
            float* image = inputGradient + ((long)part * shape.ImageSize);
            for (int group = 0; group < shape.Groups; group++)
            {
                float* planes = image + ((long)group * shape.GroupChannels * plane);
                new Span<float>(sums, shape.PaddedPlane * channels).Clear();
                if (accumulate)
                {
                    for (int y = 0; y < shape.Height; y++)
                    {
                        Transposition.Copy(planes + ((long)y * shape.Width), plane, shape.GroupChannels, shape.Width, Row(sums, y), channels);
                    }
                }

                Add(group, outputGradient + ((((long)part * shape.Outputs) + (group * shape.GroupOutputs)) * pixels), sums);
                if (shape.PaddingX == 0)
                {
                    Transposition.Copy(Row(sums, 0), channels, plane, shape.GroupChannels, planes, plane);
                }
                else
                {
                    for (int y = 0; y < shape.Height; y++)
                    {
                        Transposition.Copy(Row(sums, y), channels, shape.Width, shape.GroupChannels, planes + ((long)y * shape.Width), plane);
                    }
                }
            }

            if (!epilogue.IsEmpty)
            {
                for (int channel = 0; channel < shape.Channels; channel++)
                {
                    float* row = image + ((long)channel * plane);
                    epilogue.Apply<TWide>(&row, channel, 1, plane);
                }
            }
        }

        private float* Row(float* sums, int y) => sums + ((((long)(y + shape.PaddingY) * shape.PaddedWidth) + shape.PaddingX) * channels);

        private void Add(int group, float* gradient, float* sums)
        {
            int outputs = shape.GroupOutputs;
            for (int tap = 0; tap < shape.Taps; tap++)
            {
                for (int panel = 0; panel < panels; panel++)
                {
                    int first = panel * PanelWidth;
                    int width = Panels.Stride<TWide>(shape.GroupChannels - first);
                    float* right = weights + (((((long)group * shape.Taps) + tap) * panels) + panel) * outputs * PanelWidth;
                    var places = new RowSet(sums + ((long)shape.TapOffset(tap) * channels) + first, offsets);
                    Strip.Multiply<TWide, EvenColumns>(shape.Pixels, width, outputs, new RowSet(gradient, 1), new EvenColumns(shape.Pixels), right, width, places, true);
                }
            }
        }
    }
}
