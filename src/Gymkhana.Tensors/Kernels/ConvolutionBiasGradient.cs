using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Gradient of a bias: the sum of the result's gradient over images and pixels, in that order, with the channels in the lanes.
/// </summary>
/// <typeparam name="TWide">The bundle type.</typeparam>
internal static unsafe class ConvolutionBiasGradient<TWide>
    where TWide : unmanaged, IWide<TWide>
{
    private static int PanelWidth => 2 * TWide.Lanes;

    public static void Run(Workers workers, int batch, int channels, int pixels, float* outputGradient, float* biasGradient, bool accumulate)
    {
        workers.Scratch.Reserve(ScratchSlot.Panel, (long)pixels * PanelWidth);
        workers.Scratch.Reserve(ScratchSlot.Result, PanelWidth);
        var job = new Job(batch, channels, pixels, outputGradient, biasGradient, accumulate, workers.Scratch);
        workers.Share(job, (channels + PanelWidth - 1) / PanelWidth, (long)batch * channels * pixels);
    }

    private readonly struct Job(int batch, int channels, int pixels, float* outputGradient, float* biasGradient, bool accumulate, Scratch scratch) : IJob
    {
        public void Execute(int part, int worker)
        {
            int first = part * PanelWidth;
            int count = Math.Min(PanelWidth, channels - first);
            float* right = scratch.Floats(worker, ScratchSlot.Panel, (long)pixels * PanelWidth);
            float* sums = scratch.Floats(worker, ScratchSlot.Result, PanelWidth);
            new Span<float>(sums, PanelWidth).Clear();
            if (accumulate)
            {
                new ReadOnlySpan<float>(biasGradient + first, count).CopyTo(new Span<float>(sums, count));
            }

            int width = Panels.Stride<TWide>(count);

            // One times the gradient: a fused multiply-add that is a plain sum.
            float one = 1f;
            for (int image = 0; image < batch; image++)
            {
                Panels.Pack<TWide>(new Matrix(outputGradient + ((((long)image * channels) + first) * pixels), 1, pixels), pixels, count, right);
                Strip.Multiply<TWide, EvenColumns>(1, width, pixels, new RowSet(&one, 0), new EvenColumns(0), right, width, new RowSet(sums, 0), true);
            }

            new ReadOnlySpan<float>(sums, count).CopyTo(new Span<float>(biasGradient + first, count));
        }
    }
}
