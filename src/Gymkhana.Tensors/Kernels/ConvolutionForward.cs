using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Result of a convolution: for each image a product of windows [pixels, depth], read in place through tables of offsets, with
/// weights [depth, outputs]; the lanes are output channels. The product is transposed to [outputs, pixels] at the end.
/// </summary>
/// <typeparam name="TWide">The bundle type.</typeparam>
internal static unsafe class ConvolutionForward<TWide>
    where TWide : unmanaged, IWide<TWide>
{
    private static int PanelWidth => 2 * TWide.Lanes;

    public static void Run(Workers workers, ConvolutionShape shape, ImageSource images, float* weights, Epilogue epilogue, float* result)
    {
        if (PlaneConvolution<TWide>.Suits(shape))
        {
            PlaneConvolution<TWide>.Forward(workers, shape, images, weights, epilogue, result);
            return;
        }

        int depth = shape.Depth, panels = (shape.GroupOutputs + PanelWidth - 1) / PanelWidth;
        int* offsets = workers.Scratch.Integers(0, ScratchSlot.Offsets, shape.Pixels + depth);
        shape.WritePixelOffsets(offsets);
        shape.WriteTapOffsets(offsets + shape.Pixels);
        float* packed = workers.Scratch.Floats(0, ScratchSlot.Weights, (long)shape.Groups * panels * depth * PanelWidth);
        for (int panel = 0; panel < shape.Groups * panels; panel++)
        {
            int first = panel % panels * PanelWidth;
            float* from = weights + ((long)((panel / panels * shape.GroupOutputs) + first) * depth);
            Panels.Pack<TWide>(new Matrix(from, 1, depth), depth, Math.Min(PanelWidth, shape.GroupOutputs - first), packed + ((long)panel * depth * PanelWidth));
        }

        workers.Scratch.Reserve(ScratchSlot.Image, (long)shape.Channels * shape.PaddedPlane);
        workers.Scratch.Reserve(ScratchSlot.Result, (long)shape.Pixels * panels * PanelWidth);
        var job = new Job(shape, images, packed, panels, offsets, epilogue, result, workers.Scratch);
        workers.Share(job, shape.Batch, shape.Work);
    }

    private readonly struct Job(
        ConvolutionShape shape, ImageSource images, float* weights, int panels, int* offsets, Epilogue epilogue, float* result, Scratch scratch) : IJob
    {
        public void Execute(int part, int worker)
        {
            int pixels = shape.Pixels, depth = shape.Depth, outputs = shape.GroupOutputs;
            float* planes = images.Planes(shape, part, 0, shape.Channels, scratch, worker);
            float* product = scratch.Floats(worker, ScratchSlot.Result, (long)pixels * panels * PanelWidth);
            float* image = result + ((long)part * shape.Outputs * pixels);
            float** rows = stackalloc float*[1];
            for (int group = 0; group < shape.Groups; group++)
            {
                var windows = new RowSet(planes + ((long)group * shape.GroupChannels * shape.PaddedPlane), offsets);
                for (int panel = 0; panel < panels; panel++)
                {
                    int first = panel * PanelWidth;
                    int width = Panels.Stride<TWide>(outputs - first);
                    float* right = weights + ((((long)group * panels) + panel) * depth * PanelWidth);
                    Strip.Multiply<TWide, GatheredColumns>(
                        pixels, width, depth, windows, new GatheredColumns(offsets + pixels), right, width, new RowSet(product + first, panels * PanelWidth), false);
                }

                float* planesOut = image + ((long)group * outputs * pixels);
                Transposition.Copy(product, panels * PanelWidth, pixels, outputs, planesOut, pixels);
            }

            if (!epilogue.IsEmpty)
            {
                for (int output = 0; output < shape.Outputs; output++)
                {
                    rows[0] = image + ((long)output * pixels);
                    epilogue.Apply<TWide>(rows, output, 1, pixels);
                }
            }
        }
    }
}
