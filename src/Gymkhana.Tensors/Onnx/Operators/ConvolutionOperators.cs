using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Convolution and its transpose over one to three spatial axes.</summary>
internal static class ConvolutionOperators
{
    public static unsafe void PlanConv(NodeContext c)
    {
        (Operand x, Operand w, Operand? bias, int groups) = Inputs(c);
        if (x.Shape[1] != (long)w.Shape[1] * groups || w.Shape[0] % groups != 0 || (bias is not null && bias.Count != w.Shape[0]))
        {
            throw c.RefuseShapes($"channels that fit weights in {groups} groups", x, w);
        }

        WindowAxis[] axes = WindowGeometry.Windows(c, x, w.Shape.AsSpan(2), dilates: true);
        (WindowAxis planes, WindowAxis rows, WindowAxis columns) = Volume(axes);
        Operand y = c.Output(0, x.Type, [x.Shape[0], w.Shape[0], .. axes.Select(a => a.Out)]);
        if (axes.Length == 3)
        {
            VolumeConvolution convolution = new(x, w, bias, y, planes, rows, columns, groups);
            c.Emit(convolution.Run, ProductOperators.Work(y.Count, (double)w.Count / w.Shape[0], 1));
            ProductOperators.Activate(c, y);
            return;
        }

        Kernels.ConvolutionShape s = new(
            x.Shape[1], rows.In, columns.In, w.Shape[0], rows.Out, columns.Out, rows.Kernel, columns.Kernel, rows.Stride, columns.Stride, rows.Dilation,
            columns.Dilation, rows.PadBefore, columns.PadBefore, groups);
        Operand scratch = c.Scratch(x.Type, Products.ConvolutionScratch(s));
        int images = x.Shape[0];
        Workers workers = c.Workers;
        c.Emit(
            () => Products.Convolve(workers, x.Floats, w.Floats, bias is null ? null : bias.Floats, y.Floats, s, images, scratch.Floats),
            ProductOperators.Work(y.Count, s.Patch, 1));
        ProductOperators.Activate(c, y);
    }

    /// <summary>Each input number spreads over a window of the output: the sum runs over input channel, row and column of the window.</summary>
    public static void PlanConvTranspose(NodeContext c)
    {
        (Operand x, Operand w, Operand? bias, int groups) = Inputs(c);
        int outChannels = (int)Math.Min((long)w.Shape[1] * groups, int.MaxValue);
        if (x.Shape[1] != w.Shape[0] || x.Shape[1] % groups != 0 || (bias is not null && bias.Count != outChannels))
        {
            throw c.RefuseShapes($"channels that fit weights in {groups} groups", x, w);
        }

        WindowAxis[] axes = Spread(c, x, w.Shape.AsSpan(2));
        (WindowAxis planes, WindowAxis rows, WindowAxis columns) = Volume(axes);
        Operand y = c.Output(0, x.Type, [x.Shape[0], outChannels, .. axes.Select(a => a.Out)]);
        int images = x.Shape[0];
        c.Emit(() => Transpose(x, w, bias, y, (planes, rows, columns), images, groups), ProductOperators.Work(x.Count, (double)w.Count / w.Shape[0], 1));
        ProductOperators.Activate(c, y);
    }

    private static (Operand X, Operand W, Operand? Bias, int Groups) Inputs(NodeContext c)
    {
        Operand x = c.Float(0);
        Operand w = c.Float(1);
        Operand? bias = c.OptionalFloat(2);
        int groups = c.Small("group", 1, 1, 1_000_000);
        if (x.Rank is < 3 or > 5 || w.Rank != x.Rank || w.Count == 0)
        {
            throw c.RefuseShapes("an input and weights with one to three spatial axes", x, w);
        }

        if (c.Wholes("kernel_shape") is { } kernel && !kernel.SequenceEqual(w.Shape[2..].Select(s => (long)s)))
        {
            throw c.RefuseShapes($"weights of kernel_shape [{string.Join(", ", kernel.Take(10))}]", w);
        }

        return (x, w, bias, groups);
    }

    private static (WindowAxis Planes, WindowAxis Rows, WindowAxis Columns) Volume(WindowAxis[] axes) =>
        (axes.Length > 2 ? axes[^3] : WindowAxis.None, axes.Length > 1 ? axes[^2] : WindowAxis.None, axes[^1]);

    private static WindowAxis[] Spread(NodeContext c, Operand x, ReadOnlySpan<int> kernel)
    {
        int rank = WindowGeometry.SpatialRank(c, x, kernel);
        long[] strides = WindowGeometry.Setting(c, "strides", rank, 1);
        long[] dilations = WindowGeometry.Setting(c, "dilations", rank, 1);
        long[] pads = WindowGeometry.Setting(c, "pads", 2 * rank, 0);
        long[] more = WindowGeometry.Setting(c, "output_padding", rank, 0);
        long[]? wanted = c.Wholes("output_shape");
        string auto = c.Text("auto_pad", "NOTSET");
        if (wanted is not null && wanted.Length != rank)
        {
            throw c.RefuseShapes($"output_shape with {rank} sizes", x);
        }

        WindowAxis[] axes = new WindowAxis[rank];
        for (int i = 0; i < rank; i++)
        {
            long full = (strides[i] * (x.Shape[i + 2] - 1L)) + more[i] + ((kernel[i] - 1) * dilations[i]) + 1;
            long before = pads[i];
            long size = full - pads[i] - pads[i + rank];
            bool same = auto is "SAME_UPPER" or "SAME_LOWER";
            if (auto == "VALID")
            {
                (before, size) = (0, full);
            }
            else if (same || wanted is not null)
            {
                size = wanted?[i] ?? x.Shape[i + 2] * strides[i];
                long total = Math.Max(full - size, 0);
                before = auto == "SAME_UPPER" ? total / 2 : total - (total / 2);
            }

            if (size < 1 || size > int.MaxValue || x.Shape[i + 2] < 1 || full > int.MaxValue)
            {
                throw c.RefuseShapes("an output of at least one element", x);
            }

            axes[i] = new WindowAxis(x.Shape[i + 2], (int)size, kernel[i], (int)strides[i], (int)dilations[i], (int)before, 0);
        }

        return axes;
    }

    private static void Transpose(
        Operand input, Operand weights, Operand? bias, Operand output, (WindowAxis Planes, WindowAxis Rows, WindowAxis Columns) axes, int images, int groups)
    {
        ReadOnlySpan<float> x = input.As<float>();
        ReadOnlySpan<float> w = weights.As<float>();
        Span<float> y = output.As<float>();
        y.Clear();
        int inChannels = input.Shape[1];
        int outPerGroup = weights.Shape[1];
        int outVolume = axes.Planes.Out * axes.Rows.Out * axes.Columns.Out;
        int inVolume = axes.Planes.In * axes.Rows.In * axes.Columns.In;
        int taps = axes.Planes.Kernel * axes.Rows.Kernel * axes.Columns.Kernel;
        for (int image = 0; image < images; image++)
        {
            for (int i = 0; i < inChannels; i++)
            {
                ReadOnlySpan<float> from = x.Slice(((image * inChannels) + i) * inVolume, inVolume);
                int group = i / (inChannels / groups);
                for (int o = 0; o < outPerGroup; o++)
                {
                    Span<float> to = y.Slice(((image * outPerGroup * groups) + (group * outPerGroup) + o) * outVolume, outVolume);
                    SpreadVolume(from, w.Slice(((i * outPerGroup) + o) * taps, taps), to, axes.Planes, axes.Rows, axes.Columns);
                }
            }
        }

        for (int volume = 0; bias is not null && volume < images * outPerGroup * groups; volume++)
        {
            float offset = bias.As<float>()[volume % bias.Count];
            foreach (ref float value in y.Slice(volume * outVolume, outVolume))
            {
                value += offset;
            }
        }
    }

    private static void SpreadVolume(ReadOnlySpan<float> x, ReadOnlySpan<float> w, Span<float> y, WindowAxis planes, WindowAxis rows, WindowAxis columns)
    {
        for (int tap = 0; tap < w.Length; tap++)
        {
            int plane = (tap / (rows.Kernel * columns.Kernel) * planes.Dilation) - planes.PadBefore;
            int row = (tap / columns.Kernel % rows.Kernel * rows.Dilation) - rows.PadBefore;
            int column = (tap % columns.Kernel * columns.Dilation) - columns.PadBefore;
            for (int line = 0; line < planes.In * rows.In; line++)
            {
                int outPlane = (line / rows.In * planes.Stride) + plane;
                int outRow = (line % rows.In * rows.Stride) + row;
                if ((uint)outPlane >= (uint)planes.Out || (uint)outRow >= (uint)rows.Out)
                {
                    continue;
                }

                int start = ((outPlane * rows.Out) + outRow) * columns.Out;
                for (int j = 0; j < columns.In; j++)
                {
                    int outColumn = (j * columns.Stride) + column;
                    if ((uint)outColumn < (uint)columns.Out)
                    {
                        ref float sum = ref y[start + outColumn];
                        sum = MathF.FusedMultiplyAdd(x[(line * columns.In) + j], w[tap], sum);
                    }
                }
            }
        }
    }

    /// <summary>A convolution over three spatial axes, tap by tap: rare in policies, so that it is kept plain.</summary>
    private sealed class VolumeConvolution(Operand x, Operand w, Operand? bias, Operand y, WindowAxis planes, WindowAxis rows, WindowAxis columns, int groups)
    {
        public void Run()
        {
            Span<float> to = y.As<float>();
            int outChannels = w.Shape[0];
            int volume = planes.Out * rows.Out * columns.Out;
            for (int i = 0; i < to.Length; i++)
            {
                int channel = i / volume % outChannels;
                int place = i % volume;
                float sum = Window(i / volume / outChannels, channel, place / (rows.Out * columns.Out), place / columns.Out % rows.Out, place % columns.Out);
                to[i] = bias is null ? sum : sum + bias.As<float>()[channel];
            }
        }

        // The chain over input channel, plane, row and column of the window.
        private float Window(int image, int outChannel, int plane, int row, int column)
        {
            ReadOnlySpan<float> weights = w.As<float>();
            ReadOnlySpan<float> from = x.As<float>();
            int channels = w.Shape[1];
            int tap = outChannel * channels * planes.Kernel * rows.Kernel * columns.Kernel;
            int first = (image * x.Shape[1]) + (outChannel / (w.Shape[0] / groups) * channels);
            float sum = 0;
            for (int channel = first; channel < first + channels; channel++)
            {
                for (int kz = 0; kz < planes.Kernel; kz++)
                {
                    int z = (plane * planes.Stride) - planes.PadBefore + (kz * planes.Dilation);
                    for (int ky = 0; ky < rows.Kernel; ky++)
                    {
                        int v = (row * rows.Stride) - rows.PadBefore + (ky * rows.Dilation);
                        for (int kx = 0; kx < columns.Kernel; kx++, tap++)
                        {
                            int u = (column * columns.Stride) - columns.PadBefore + (kx * columns.Dilation);
                            if ((uint)z < (uint)planes.In && (uint)v < (uint)rows.In && (uint)u < (uint)columns.In)
                            {
                                sum = MathF.FusedMultiplyAdd(from[(((((channel * planes.In) + z) * rows.In) + v) * columns.In) + u], weights[tap], sum);
                            }
                        }
                    }
                }
            }

            return sum;
        }
    }
}
