using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Gradient of a convolution's weights: image after image, the product of the windows [depth, pixels], read in place through
/// tables of offsets, with the result's gradient [pixels, outputs] is added to sums [depth, outputs]; the lanes are output
/// channels. Workers share out the rows of the sums; each goes through all images.
/// </summary>
/// <typeparam name="TWide">The bundle type.</typeparam>
internal static unsafe class ConvolutionWeightGradient<TWide>
    where TWide : unmanaged, IWide<TWide>
{
    private static int PanelWidth => 2 * TWide.Lanes;

    public static void Run(Workers workers, ConvolutionShape shape, ImageSource images, float* outputGradient, float* weightGradient, bool accumulate)
    {
        int depth = shape.Depth, panels = (shape.GroupOutputs + PanelWidth - 1) / PanelWidth;
        int* offsets = workers.Scratch.Integers(0, ScratchSlot.Offsets, shape.Pixels + depth);
        shape.WritePixelOffsets(offsets);
        shape.WriteTapOffsets(offsets + shape.Pixels);
        float* sums = workers.Scratch.Floats(0, ScratchSlot.Sums, (long)shape.Groups * depth * panels * PanelWidth);

        workers.Scratch.Reserve(ScratchSlot.Image, (long)shape.Channels * shape.PaddedPlane);
        workers.Scratch.Reserve(ScratchSlot.Panel, (long)shape.Pixels * PanelWidth);

        // As few parts as there are workers: each prepares the images and their gradients for itself.
        int wanted = (workers.Count + shape.Groups - 1) / shape.Groups;
        int rowsEach = ((((depth + wanted - 1) / wanted) + 7) / 8) * 8;
        int parts = (depth + rowsEach - 1) / rowsEach;
        var job = new Job(shape, images, outputGradient, weightGradient, accumulate, panels, offsets, sums, rowsEach, parts, workers.Scratch);
        workers.Share(job, parts * shape.Groups, shape.Work);
    }

    private readonly struct Job(
        ConvolutionShape shape, ImageSource images, float* outputGradient, float* weightGradient, bool accumulate, int panels, int* offsets, float* sums, int rowsEach, int parts, Scratch scratch) : IJob
    {
        public void Execute(int part, int worker)
        {
            int group = part / parts, first = part % parts * rowsEach;
            int rows = Math.Min(rowsEach, shape.Depth - first);
            int outputs = shape.GroupOutputs, stride = panels * PanelWidth;
            float* own = sums + ((((long)group * shape.Depth) + first) * stride);
            float* gradients = weightGradient + ((long)group * outputs * shape.Depth) + first;
            new Span<float>(own, rows * stride).Clear();
            if (accumulate)
            {
                Transposition.Copy(gradients, shape.Depth, outputs, rows, own, stride);
            }

            for (int image = 0; image < shape.Batch; image++)
            {
                Add(image, group, first, rows, own, worker);
            }

            Transposition.Copy(own, stride, rows, outputs, gradients, shape.Depth);
        }

        private void Add(int image, int group, int first, int rows, float* own, int worker)
        {
            int pixels = shape.Pixels, outputs = shape.GroupOutputs, stride = panels * PanelWidth;
            int channel = first / shape.Taps;
            int channels = ((first + rows - 1) / shape.Taps) - channel + 1;
            int groupChannel = group * shape.GroupChannels;
            float* planes = images.Planes(shape, image, groupChannel + channel, channels, scratch, worker) + ((long)groupChannel * shape.PaddedPlane);
            float* gradient = outputGradient + ((((long)image * shape.Outputs) + (group * outputs)) * pixels);
            float* right = scratch.Floats(worker, ScratchSlot.Panel, (long)pixels * PanelWidth);
            for (int panel = 0; panel < panels; panel++)
            {
                int column = panel * PanelWidth;
                int count = Math.Min(PanelWidth, outputs - column);
                Panels.Pack<TWide>(new Matrix(gradient + ((long)column * pixels), 1, pixels), pixels, count, right);
                var taps = new RowSet(planes, offsets + pixels + first);
                int width = Panels.Stride<TWide>(count);
                Strip.Multiply<TWide, GatheredColumns>(
                    rows, width, pixels, taps, new GatheredColumns(offsets), right, width, new RowSet(own + column, stride), true);
            }
        }
    }
}
