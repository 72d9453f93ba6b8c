using System.Numerics;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Maxima and means over windows of one to three axes.</summary>
internal static class PoolOperators
{
    public static void PlanMax(NodeContext c)
    {
        Operand x = c.Input(0);
        WindowAxis[] windows = WindowGeometry.Windows(c, x, WindowGeometry.Kernel(c, x), dilates: true);
        int[] shape = [x.Shape[0], x.Shape[1], .. windows.Select(w => w.Out)];
        Operand y = c.Output(0, x.Type, shape);
        Operand? places = c.Wants(1) ? c.Output(1, OnnxElementType.Int64, shape) : null;
        bool columnMajor = c.Flag("storage_order");
        Window window = new(windows);
        c.Emit(
            x.Type switch
            {
                OnnxElementType.Float32 => () => Max(window, x.As<float>(), y.As<float>(), places, float.NegativeInfinity, columnMajor),
                OnnxElementType.Float64 => () => Max(window, x.As<double>(), y.As<double>(), places, double.NegativeInfinity, columnMajor),
                OnnxElementType.UInt8 => () => Max(window, x.As<byte>(), y.As<byte>(), places, byte.MinValue, columnMajor),
                _ => throw c.RefuseType(x.Type),
            },
            Work(y, window));
    }

    public static void PlanAverage(NodeContext c)
    {
        Operand x = c.Float(0);
        WindowAxis[] windows = WindowGeometry.Windows(c, x, WindowGeometry.Kernel(c, x), dilates: false);
        bool countPads = c.Flag("count_include_pad");
        Operand y = c.Output(0, x.Type, [x.Shape[0], x.Shape[1], .. windows.Select(w => w.Out)]);
        Window window = new(windows);
        c.Emit(() => Average(window, x.As<float>(), y.As<float>(), countPads), Work(y, window));
    }

    public static void PlanGlobal(NodeContext c)
    {
        Operand x = c.Float(0);
        if (x.Rank < 3)
        {
            throw c.RefuseShapes("[n, channels, ...]", x);
        }

        int inner = ShapeOperators.Product(x.Shape.AsSpan(2));
        if (inner == 0)
        {
            throw c.RefuseShapes("at least one element for each channel", x);
        }

        bool max = c.Node.Operator == "GlobalMaxPool";
        Operand y = c.Output(0, x.Type, [x.Shape[0], x.Shape[1], .. x.Shape[2..].Select(_ => 1)]);
        c.Emit(
            () =>
            {
                Span<float> to = y.As<float>();
                for (int i = 0; i < to.Length; i++)
                {
                    ReadOnlySpan<float> from = x.As<float>().Slice(i * inner, inner);
                    to[i] = max ? LaneSums.Max(from) : LaneSums.Sum(from) / inner;
                }
            },
            x.Count);
    }

    private static long Work(Operand y, Window w) => (long)Math.Min((double)y.Count * w.Depth.Kernel * w.Height.Kernel * w.Width.Kernel, long.MaxValue / 2);

    // The taps of window number `index` that lie within the input.
    private static (int First, int Last, int Step) Taps(WindowAxis w, int index)
    {
        int begin = (index * w.Stride) - w.PadBefore;
        int skipped = begin < 0 ? (-begin + w.Dilation - 1) / w.Dilation : 0;
        long end = Math.Min(begin + ((long)w.Kernel * w.Dilation), w.In);
        return (begin + (skipped * w.Dilation), (int)end, w.Dilation);
    }

    private static void Max<T>(Window w, ReadOnlySpan<T> x, Span<T> y, Operand? places, T least, bool columnMajor)
        where T : unmanaged, INumber<T>
    {
        int written = 0;
        int volume = w.Depth.In * w.Height.In * w.Width.In;
        for (int image = 0; written < y.Length; image++)
        {
            ReadOnlySpan<T> from = x.Slice(image * volume, volume);
            for (int z = 0; z < w.Depth.Out; z++)
            {
                (int firstZ, int lastZ, int stepZ) = Taps(w.Depth, z);
                for (int row = 0; row < w.Height.Out; row++)
                {
                    (int firstY, int lastY, int stepY) = Taps(w.Height, row);
                    for (int column = 0; column < w.Width.Out; column++)
                    {
                        (int firstX, int lastX, int stepX) = Taps(w.Width, column);
                        T best = least;
                        int place = -1;
                        for (int d = firstZ; d < lastZ; d += stepZ)
                        {
                            for (int h = firstY; h < lastY; h += stepY)
                            {
                                int line = ((d * w.Height.In) + h) * w.Width.In;
                                for (int v = firstX; v < lastX; v += stepX)
                                {
                                    T value = from[line + v];
                                    if (place < 0 || value > best || T.IsNaN(value))
                                    {
                                        (best, place) = (value, line + v);
                                    }
                                }
                            }
                        }

                        y[written] = best;
                        if (places is not null)
                        {
                            places.As<long>()[written] = ((long)image * volume) + (columnMajor ? w.Turned(Math.Max(place, 0)) : Math.Max(place, 0));
                        }

                        written++;
                    }
                }
            }
        }
    }

    private static void Average(Window w, ReadOnlySpan<float> x, Span<float> y, bool countPads)
    {
        int written = 0;
        int volume = w.Depth.In * w.Height.In * w.Width.In;
        for (int image = 0; written < y.Length; image++)
        {
            ReadOnlySpan<float> from = x.Slice(image * volume, volume);
            for (int z = 0; z < w.Depth.Out; z++)
            {
                (int firstZ, int lastZ, _) = Taps(w.Depth, z);
                for (int row = 0; row < w.Height.Out; row++)
                {
                    (int firstY, int lastY, _) = Taps(w.Height, row);
                    for (int column = 0; column < w.Width.Out; column++)
                    {
                        (int firstX, int lastX, _) = Taps(w.Width, column);
                        float sum = 0;
                        for (int d = firstZ; d < lastZ; d++)
                        {
                            for (int h = firstY; h < lastY; h++)
                            {
                                int line = ((d * w.Height.In) + h) * w.Width.In;
                                for (int v = firstX; v < lastX; v++)
                                {
                                    sum += from[line + v];
                                }
                            }
                        }

                        int inside = Math.Max(lastZ - firstZ, 0) * Math.Max(lastY - firstY, 0) * Math.Max(lastX - firstX, 0);
                        y[written++] = sum / (countPads ? Padded(w.Depth, z) * Padded(w.Height, row) * Padded(w.Width, column) : inside);
                    }
                }
            }
        }
    }

    // Taps within the input and its padding: the last window of ceil_mode may reach beyond both.
    private static int Padded(WindowAxis w, int index)
    {
        int begin = (index * w.Stride) - w.PadBefore;
        return Math.Min(begin + w.Kernel, w.In + w.PadAfter) - begin;
    }

    private sealed class Window
    {
        public Window(WindowAxis[] axes)
        {
            Width = axes[^1];
            Height = axes.Length > 1 ? axes[^2] : WindowAxis.None;
            Depth = axes.Length > 2 ? axes[^3] : WindowAxis.None;
        }

        public WindowAxis Depth { get; }

        public WindowAxis Height { get; }

        public WindowAxis Width { get; }

        /// <summary>A row-major place counted in column-major order.</summary>
        public int Turned(int place)
        {
            int column = place % Width.In;
            int row = place / Width.In % Height.In;
            int plane = place / (Width.In * Height.In);
            return plane + (Depth.In * (row + (Height.In * column)));
        }
    }
}
