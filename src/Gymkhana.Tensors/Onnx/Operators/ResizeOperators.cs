using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>
/// Resize and the older Upsample: nearest, linear or cubic along each axis in turn. Which inputs a result is made of, and with what
/// weights, is worked out once for a plan.
/// </summary>
internal static class ResizeOperators
{
    private const string CropMode = "tf_crop_and_resize";

    public static void PlanUpsample(NodeContext c)
    {
        Operand x = c.Float(0);
        float[] scales = c.Opset < 9 ? c.Floats("scales") ?? throw c.Refuse("its scales are missing. Export the model again.") : KnownFloats(c, 1);
        Plan(c, x, Scaled(c, x, scales), [.. scales.Select(s => (double)s)], "asymmetric", "floor");
    }

    public static void PlanResize(NodeContext c)
    {
        Operand x = c.Float(0);
        if (c.Flag("antialias") || c.Text("keep_aspect_ratio_policy", "stretch") != "stretch")
        {
            throw c.Refuse("operator Resize with antialias or a kept aspect ratio is not supported. Export the model without.");
        }

        if (c.Opset < 11)
        {
            float[] old = KnownFloats(c, 1);
            Plan(c, x, Scaled(c, x, old), [.. old.Select(s => (double)s)], "asymmetric", "floor");
            return;
        }

        int[] axes = c.Opset >= 18 && c.Wholes("axes") is { } given ? c.Axes(given, x.Rank) : [.. Enumerable.Range(0, x.Rank)];
        double[] scales = [.. x.Shape.Select(_ => 1.0)];
        int[] shape = [.. x.Shape];
        bool bySize = c.Has(3) && c.Input(3).Count > 0;
        if (bySize)
        {
            int[] sizes = ShapeOperators.Sizes(c, c.KnownWholes(3));
            CheckLength(c, sizes.Length, axes.Length);
            for (int i = 0; i < axes.Length; i++)
            {
                shape[axes[i]] = sizes[i];
                scales[axes[i]] = (double)sizes[i] / Math.Max(x.Shape[axes[i]], 1);
            }
        }
        else
        {
            float[] wanted = KnownFloats(c, 2);
            CheckLength(c, wanted.Length, axes.Length);
            float[] all = [.. x.Shape.Select(_ => 1f)];
            for (int i = 0; i < axes.Length; i++)
            {
                all[axes[i]] = wanted[i];
                scales[axes[i]] = wanted[i];
            }

            shape = Scaled(c, x, all);
        }

        Plan(c, x, shape, scales, c.Text("coordinate_transformation_mode", "half_pixel"), c.Text("nearest_mode", "round_prefer_floor"));
    }

    private static void CheckLength(NodeContext c, int got, int expected)
    {
        if (got != expected)
        {
            throw c.Refuse($"{got} sizes or scales are given, expected {expected}. Export the model again.");
        }
    }

    private static float[] KnownFloats(NodeContext c, int input)
    {
        Operand operand = c.Known(input);
        return operand.Type == OnnxElementType.Float32 && operand.Count <= 16 ? operand.As<float>().ToArray() : throw c.RefuseShapes("a few float32 numbers", operand);
    }

    private static int[] Scaled(NodeContext c, Operand x, float[] scales)
    {
        CheckLength(c, scales.Length, x.Rank);
        int[] shape = new int[x.Rank];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            double size = Math.Floor(x.Shape[axis] * (double)scales[axis]);
            shape[axis] = size is >= 0 and <= int.MaxValue && scales[axis] > 0
                ? (int)size
                : throw c.Refuse($"a scale is {scales[axis]}, expected a positive number that gives a size. Export the model again.");
        }

        return shape;
    }

    private static void Plan(NodeContext c, Operand x, int[] shape, double[] scales, string coordinates, string rounding)
    {
        string mode = c.Text("mode", "nearest");
        bool crops = coordinates == CropMode;
        float[] region = crops ? KnownFloats(c, 1) : [];
        if (crops && region.Length != 2 * x.Rank)
        {
            throw c.Refuse($"its region has {region.Length} numbers, expected {2 * x.Rank}. Export the model again.");
        }

        if (x.Count == 0)
        {
            throw c.RefuseShapes("something to resize", x);
        }

        Operand y = c.Output(0, x.Type, shape);
        Operand from = x;
        List<AxisTaps> all = [];
        List<int> axes = [.. Enumerable.Range(0, x.Rank).Where(a => crops || shape[a] != x.Shape[a] || scales[a] != 1)];
        for (int i = 0; i < axes.Count; i++)
        {
            int axis = axes[i];
            AxisTaps taps = new(c, mode, coordinates, rounding, x.Shape[axis], shape[axis], scales[axis], crops ? (region[axis], region[axis + x.Rank]) : (0, 1));
            all.Add(taps);
            int[] middle = [.. from.Shape];
            middle[axis] = shape[axis];
            Operand to = i == axes.Count - 1 ? y : c.Scratch(x.Type, middle);
            Operand source = from;
            int inner = ShapeOperators.Product(middle.AsSpan(axis + 1));
            c.Emit(() => taps.Run(source.As<float>(), to.As<float>(), inner), 2L * to.Count * taps.Count);
            from = to;
        }

        if (axes.Count == 0)
        {
            c.Emit(() => x.As<float>().CopyTo(y.As<float>()));
        }

        if (crops)
        {
            float outside = c.Single("extrapolation_value", 0f);
            int[] strides = Kernels.StridedCopy.Strides(shape);
            c.Emit(() => Extrapolate(y.As<float>(), all, strides, shape, outside), y.Count);
        }
    }

    private static void Extrapolate(Span<float> y, List<AxisTaps> all, int[] strides, int[] shape, float value)
    {
        for (int i = 0; i < y.Length; i++)
        {
            for (int axis = 0; axis < shape.Length; axis++)
            {
                if (all[axis].IsOutside(i / strides[axis] % shape[axis]))
                {
                    y[i] = value;
                }
            }
        }
    }

    /// <summary>For each place of a resized axis the places it is made of and their weights.</summary>
    private sealed class AxisTaps
    {
        // Keys' parameter of the cubic, as in ONNX's default.
        private readonly double _cubic;
        private readonly int[] _places;
        private readonly float[] _weights;
        private readonly bool[] _outside;
        private readonly int _in;

        public AxisTaps(NodeContext c, string mode, string coordinates, string rounding, int size, int wanted, double scale, (float Start, float End) region)
        {
            _in = size;
            _cubic = c.Single("cubic_coeff_a", -0.75f);
            bool excludes = c.Flag("exclude_outside");
            Count = mode switch { "nearest" => 1, "linear" => 2, "cubic" => 4, _ => throw Unknown(c, "mode", mode) };
            _places = new int[wanted * (long)Count];
            _weights = new float[_places.Length];
            _outside = new bool[wanted];
            for (int i = 0; i < wanted; i++)
            {
                double at = Coordinate(c, coordinates, i, size, wanted, scale, region);
                at = double.IsFinite(at) ? Math.Clamp(at, -1e9, 1e9) : throw c.Refuse("its region or scales give places that are no numbers. Export the model again.");
                _outside[i] = at < 0 || at > size - 1;
                Fill(c, i, at, rounding, excludes);
            }
        }

        public int Count { get; }

        public bool IsOutside(int place) => _outside[place];

        public void Run(ReadOnlySpan<float> x, Span<float> y, int inner)
        {
            int wanted = _outside.Length;
            for (int line = 0; inner > 0 && line < y.Length / inner; line++)
            {
                Span<float> to = y.Slice(line * inner, inner);
                int tap = line % wanted * Count;
                for (int i = 0; i < inner; i++)
                {
                    float sum = 0;
                    for (int k = tap; k < tap + Count; k++)
                    {
                        sum += _weights[k] * x[(((line / wanted * _in) + _places[k]) * inner) + i];
                    }

                    to[i] = sum;
                }
            }
        }

        private static OnnxRefusedException Unknown(NodeContext c, string attribute, string value) =>
            c.Refuse($"operator {c.Node.Operator} with {attribute} {OnnxText.Quote(value)} is not supported. Export the model again with another.");

        private static double Coordinate(NodeContext c, string mode, int i, int size, int wanted, double scale, (float Start, float End) region) => mode switch
        {
            "half_pixel" => ((i + 0.5) / scale) - 0.5,
            "pytorch_half_pixel" => wanted > 1 ? ((i + 0.5) / scale) - 0.5 : 0,
            "align_corners" => wanted > 1 ? i * (size - 1.0) / ((size * scale) - 1) : 0,
            "asymmetric" => i / scale,
            "tf_half_pixel_for_nn" => (i + 0.5) / scale,
            CropMode when wanted > 1 => (region.Start * (size - 1.0)) + (i * (region.End - region.Start) * (size - 1.0) / (wanted - 1)),
            CropMode => 0.5 * (region.Start + region.End) * (size - 1.0),
            _ => throw Unknown(c, "coordinate_transformation_mode", mode),
        };

        private void Fill(NodeContext c, int i, double at, string rounding, bool excludes)
        {
            int first = (int)Math.Floor(at);
            double t = at - first;
            Span<double> weights = stackalloc double[4];
            if (Count == 1)
            {
                first = (int)(rounding switch
                {
                    "round_prefer_floor" => Math.Ceiling(at - 0.5),
                    "round_prefer_ceil" => Math.Floor(at + 0.5),
                    "floor" => Math.Floor(at),
                    "ceil" => Math.Ceiling(at),
                    _ => throw Unknown(c, "nearest_mode", rounding),
                });
                weights[0] = 1;
            }
            else if (Count == 2)
            {
                (weights[0], weights[1]) = (1 - t, t);
            }
            else
            {
                first--;
                (weights[0], weights[1], weights[2], weights[3]) = (Far(t + 1), Near(t), Near(1 - t), Far(2 - t));
            }

            double sum = 0;
            for (int k = 0; k < Count; k++)
            {
                bool inside = first + k >= 0 && first + k < _in;
                weights[k] = excludes && Count == 4 && !inside ? 0 : weights[k];
                sum += weights[k];
            }

            for (int k = 0; k < Count; k++)
            {
                _places[(i * Count) + k] = Math.Clamp(first + k, 0, _in - 1);
                _weights[(i * Count) + k] = (float)(excludes && Count == 4 && sum != 0 ? weights[k] / sum : weights[k]);
            }
        }

        private double Near(double t) => ((((_cubic + 2) * t) - (_cubic + 3)) * t * t) + 1;

        private double Far(double t) => ((((((t - 5) * t) + 8) * t) - 4) * _cubic);
    }
}
