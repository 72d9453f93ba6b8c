using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Where the windows of a convolution or a pool lie, along one spatial axis.</summary>
/// <param name="In">Size of the input.</param>
/// <param name="Out">Number of windows.</param>
/// <param name="Kernel">Taps of a window.</param>
/// <param name="Stride">From one window to the next.</param>
/// <param name="Dilation">From one tap to the next.</param>
/// <param name="PadBefore">Imagined elements before the first.</param>
/// <param name="PadAfter">Imagined elements after the last.</param>
internal readonly record struct WindowAxis(int In, int Out, int Kernel, int Stride, int Dilation, int PadBefore, int PadAfter)
{
    /// <summary>An axis that does nothing, to make up for missing ones.</summary>
    public static WindowAxis None => new(1, 1, 1, 1, 1, 0, 0);
}

/// <summary>Reads the attributes that convolutions and pools share and works out their windows.</summary>
internal static class WindowGeometry
{
    private const int MostAxes = 3;
    private const long Largest = 1_000_000;

    /// <summary>The windows of a convolution or a pool over axes 2, 3, ... of the input.</summary>
    public static WindowAxis[] Windows(NodeContext c, Operand x, ReadOnlySpan<int> kernel, bool dilates)
    {
        int rank = SpatialRank(c, x, kernel);
        long[] strides = Setting(c, "strides", rank, 1);
        long[] dilations = dilates ? Setting(c, "dilations", rank, 1) : [.. Enumerable.Repeat(1L, rank)];
        long[] pads = Setting(c, "pads", 2 * rank, 0);
        string auto = c.Text("auto_pad", "NOTSET");
        bool ceiling = c.Flag("ceil_mode");
        WindowAxis[] axes = new WindowAxis[rank];
        for (int i = 0; i < rank; i++)
        {
            int size = x.Shape[i + 2];
            long span = ((kernel[i] - 1) * dilations[i]) + 1;
            (long before, long after) = (pads[i], pads[i + rank]);
            if (auto is "SAME_UPPER" or "SAME_LOWER")
            {
                long windows = (size + strides[i] - 1) / strides[i];
                long total = Math.Max(((windows - 1) * strides[i]) + span - size, 0);
                before = auto == "SAME_UPPER" ? total / 2 : total - (total / 2);
                after = total - before;
            }
            else if (auto == "VALID")
            {
                (before, after) = (0, 0);
            }
            else if (auto is not ("NOTSET" or ""))
            {
                throw c.Refuse($"auto_pad {OnnxText.Quote(auto)} is not known, expected NOTSET, VALID, SAME_UPPER or SAME_LOWER. Export the model again.");
            }

            long room = size + before + after - span;
            long count = room < 0 ? 0 : ((room + (ceiling ? strides[i] - 1 : 0)) / strides[i]) + 1;

            // A window that would begin beyond the input and the padding before it sees nothing and is left out.
            if (ceiling && count > 0 && (count - 1) * strides[i] >= size + before)
            {
                count--;
            }

            if (count < 1)
            {
                throw c.RefuseShapes($"at least {span - before - after} elements in axis {i + 2} for a window of {span}", x);
            }

            axes[i] = new WindowAxis(size, (int)Math.Min(count, int.MaxValue), kernel[i], (int)strides[i], (int)dilations[i], (int)before, (int)after);
        }

        return axes;
    }

    /// <summary>The sizes of the windows of a pool.</summary>
    public static int[] Kernel(NodeContext c, Operand x)
    {
        long[] kernel = c.Wholes("kernel_shape") ?? throw c.Refuse("its kernel_shape is missing. Export the model again.");
        if (kernel.Length != x.Rank - 2 || kernel.Any(k => k is < 1 or > Largest))
        {
            throw c.RefuseShapes($"kernel_shape [{string.Join(", ", kernel.Take(10))}] to fit", x);
        }

        return [.. kernel.Select(k => (int)k)];
    }

    /// <summary>Number of spatial axes, checked.</summary>
    public static int SpatialRank(NodeContext c, Operand x, ReadOnlySpan<int> kernel) =>
        x.Rank >= 3 && x.Rank - 2 == kernel.Length && kernel.Length <= MostAxes
            ? kernel.Length
            : throw c.RefuseShapes($"[n, channels] and 1 to {MostAxes} axes as the windows have", x);

    /// <summary>A list of whole numbers with one for each axis, within bounds that every honest model keeps.</summary>
    public static long[] Setting(NodeContext c, string name, int count, long otherwise)
    {
        long[] values = c.Wholes(name) ?? [.. Enumerable.Repeat(otherwise, count)];
        return values.Length == count && values.All(v => v >= otherwise && v <= Largest)
            ? values
            : throw c.Refuse($"attribute {name} is [{string.Join(", ", values.Take(10))}], expected {count} numbers from {otherwise} to {Largest}. Export the model again.");
    }
}
