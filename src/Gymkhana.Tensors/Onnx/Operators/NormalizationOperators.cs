using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Operators that shift and scale by means and variances.</summary>
internal static class NormalizationOperators
{
    private const int PowerWork = 20;

    /// <summary>y = (x − mean) · scale ⁄ √(variance + ε) + bias for each channel; in training mode with the batch's own moments.</summary>
    public static void PlanBatch(NodeContext c)
    {
        Operand x = c.Float(0);
        if (x.Rank < 2)
        {
            throw c.RefuseShapes("[n, channels, ...]", x);
        }

        int channels = x.Shape[1];
        Operand[] settings = [c.Float(1), c.Float(2), c.Float(3), c.Float(4)];
        foreach (Operand setting in settings)
        {
            if (setting.Rank != 1 || setting.Count != channels)
            {
                throw c.RefuseShapes("one number for each channel", x, setting);
            }
        }

        float epsilon = c.Single("epsilon", 1e-5f);
        bool training = c.Opset >= 14 && c.Flag("training_mode");
        if (c.Opset < 14 && Enumerable.Range(1, 4).Any(c.Wants))
        {
            throw c.Refuse("operator BatchNormalization in training mode is not supported before operator set 14. Export the model in evaluation mode (model.eval()).");
        }

        int inner = ShapeOperators.Product(x.Shape.AsSpan(2));
        Operand y = c.Output(0, x.Type, x.Shape);
        if (!training)
        {
            c.Emit(() => Batch(x, settings[0], settings[1], settings[2], settings[3], y, inner, epsilon), y.Count);
            return;
        }

        float momentum = c.Single("momentum", 0.9f);
        Operand mean = c.Scratch(x.Type, channels);
        Operand variance = c.Scratch(x.Type, channels);
        c.Emit(
            () =>
            {
                Moments(x, mean, variance, inner);
                Batch(x, settings[0], settings[1], mean, variance, y, inner, epsilon);
            },
            2L * x.Count);
        Running(c, 1, settings[2], mean, momentum);
        Running(c, 2, settings[3], variance, momentum);
    }

    /// <summary>Each channel of each sample by its own mean and variance.</summary>
    public static void PlanInstance(NodeContext c)
    {
        Operand x = c.Float(0);
        Operand scale = c.Float(1);
        Operand bias = c.Float(2);
        if (x.Rank < 3 || scale.Count != x.Shape[1] || bias.Count != x.Shape[1])
        {
            throw c.RefuseShapes("[n, channels, ...] and one number for each channel", x, scale, bias);
        }

        float epsilon = c.Single("epsilon", 1e-5f);
        int channels = x.Shape[1];
        int inner = ShapeOperators.Product(x.Shape.AsSpan(2));
        Operand y = c.Output(0, x.Type, x.Shape);
        c.Emit(
            () =>
            {
                for (int row = 0; inner > 0 && row < x.Count / inner; row++)
                {
                    ReadOnlySpan<float> from = x.As<float>().Slice(row * inner, inner);
                    float mean = LaneSums.Sum(from) / inner;
                    float variance = LaneSums.SumSquares(from, mean) / inner;
                    float factor = scale.As<float>()[row % channels] / MathF.Sqrt(variance + epsilon);
                    Shift(from, y.As<float>().Slice(row * inner, inner), mean, factor, bias.As<float>()[row % channels]);
                }
            },
            4L * x.Count);
    }

    /// <summary>The axes from the given one on by their mean and variance; also gives mean and 1 ⁄ √(variance + ε).</summary>
    public static void PlanLayer(NodeContext c)
    {
        Operand x = c.Float(0);
        Operand scale = c.Float(1);
        Operand? bias = c.OptionalFloat(2);
        int axis = c.Axis(c.Whole("axis", -1), x.Rank);
        float epsilon = c.Single("epsilon", 1e-5f);
        int[] normal = x.Shape[axis..];
        int size = ShapeOperators.Product(normal);
        if (scale.Count != size || (bias is not null && bias.Count != size) || size == 0)
        {
            throw c.RefuseShapes($"a scale and a bias of {size} numbers", x, scale);
        }

        Operand y = c.Output(0, x.Type, x.Shape);
        int[] statistics = [.. x.Shape[..axis], .. normal.Select(_ => 1)];
        Operand? means = c.Wants(1) ? c.Output(1, x.Type, statistics) : null;
        Operand? inverses = c.Wants(2) ? c.Output(2, x.Type, statistics) : null;
        c.Emit(
            () =>
            {
                for (int row = 0; row < x.Count / size; row++)
                {
                    ReadOnlySpan<float> from = x.As<float>().Slice(row * size, size);
                    float mean = LaneSums.Sum(from) / size;
                    float inverse = 1f / MathF.Sqrt((LaneSums.SumSquares(from, mean) / size) + epsilon);
                    Scale(from, y.As<float>().Slice(row * size, size), mean, inverse, scale.As<float>(), bias is null ? default : bias.As<float>());
                    if (means is not null)
                    {
                        means.As<float>()[row] = mean;
                    }

                    if (inverses is not null)
                    {
                        inverses.As<float>()[row] = inverse;
                    }
                }
            },
            6L * x.Count);
    }

    /// <summary>(x − mean) ⁄ (√variance + 1e-9) over the given axes.</summary>
    public static void PlanMeanVariance(NodeContext c)
    {
        Operand x = c.Float(0);
        int[] axes = c.Axes(c.Wholes("axes") ?? [0, 2, 3], x.Rank);
        int[] kept = [.. x.Shape.Select((s, a) => axes.Contains(a) ? 1 : s)];
        int count = ShapeOperators.Product([.. axes.Select(a => x.Shape[a])]);
        Operand mean = c.Scratch(OnnxElementType.Float64, kept);
        Operand variance = c.Scratch(OnnxElementType.Float64, kept);
        Operand y = c.Output(0, x.Type, x.Shape);
        BroadcastLoop loop = BroadcastLoop.Over(x.Shape, x.Shape, kept);
        c.Emit(() => MeanVariance(loop, x.As<float>(), mean.As<double>(), variance.As<double>(), y.As<float>(), count), 6L * x.Count);
    }

    /// <summary>x ⁄ (bias + α ⁄ size · Σ x²)^β, the sum over neighbouring channels.</summary>
    public static void PlanLocalResponse(NodeContext c)
    {
        Operand x = c.Float(0);
        int size = c.Small("size", 0, 1, 10_000);
        if (x.Rank < 3)
        {
            throw c.RefuseShapes("[n, channels, ...]", x);
        }

        float alpha = c.Single("alpha", 1e-4f) / size;
        float beta = c.Single("beta", 0.75f);
        float bias = c.Single("bias", 1f);
        (int channels, int inner) = (x.Shape[1], ShapeOperators.Product(x.Shape.AsSpan(2)));
        Operand y = c.Output(0, x.Type, x.Shape);
        c.Emit(
            () =>
            {
                ReadOnlySpan<float> from = x.As<float>();
                for (int i = 0; i < from.Length; i++)
                {
                    int channel = i / inner % channels;
                    int low = Math.Max(channel - ((size - 1) / 2), 0);
                    int high = Math.Min(channel + (size / 2), channels - 1);
                    float sum = 0;
                    for (int other = low; other <= high; other++)
                    {
                        float value = from[i + ((other - channel) * inner)];
                        sum += value * value;
                    }

                    y.As<float>()[i] = from[i] / (float)Math.Pow(bias + (alpha * sum), beta);
                }
            },
            (long)x.Count * (PowerWork + Math.Min(size, channels)));
    }

    private static void Running(NodeContext c, int output, Operand old, Operand now, float momentum)
    {
        if (!c.Wants(output))
        {
            return;
        }

        Operand y = c.Output(output, old.Type, old.Shape);
        c.Emit(() =>
        {
            for (int i = 0; i < y.Count; i++)
            {
                y.As<float>()[i] = (old.As<float>()[i] * momentum) + (now.As<float>()[i] * (1 - momentum));
            }
        });
    }

    private static void Batch(Operand x, Operand scale, Operand bias, Operand mean, Operand variance, Operand y, int inner, float epsilon)
    {
        int channels = scale.Count;
        for (int row = 0; inner > 0 && row < x.Count / inner; row++)
        {
            int channel = row % channels;
            float factor = scale.As<float>()[channel] / MathF.Sqrt(variance.As<float>()[channel] + epsilon);
            Shift(x.As<float>().Slice(row * inner, inner), y.As<float>().Slice(row * inner, inner), mean.As<float>()[channel], factor, bias.As<float>()[channel]);
        }
    }

    // Of each channel over samples and places, in double: a batch may be large.
    private static void Moments(Operand x, Operand mean, Operand variance, int inner)
    {
        int channels = mean.Count;
        ReadOnlySpan<float> from = x.As<float>();
        for (int channel = 0; channel < channels; channel++)
        {
            double sum = 0;
            double squares = 0;
            long count = 0;
            for (int row = channel; inner > 0 && row < from.Length / inner; row += channels)
            {
                foreach (float value in from.Slice(row * inner, inner))
                {
                    sum += value;
                    squares += (double)value * value;
                    count++;
                }
            }

            double centre = sum / count;
            mean.As<float>()[channel] = (float)centre;
            variance.As<float>()[channel] = (float)((squares / count) - (centre * centre));
        }
    }

    private static void MeanVariance(BroadcastLoop loop, ReadOnlySpan<float> x, Span<double> mean, Span<double> variance, Span<float> y, int count)
    {
        mean.Clear();
        variance.Clear();
        for (int pass = 0; loop.Run > 0 && pass < 3; pass++)
        {
            loop.Reset();
            do
            {
                for (int i = 0; i < loop.Run; i++)
                {
                    int at = loop.Start(0) + (i * loop.Steps[0]);
                    int statistic = loop.Start(1) + (i * loop.Steps[1]);
                    double distance = x[at] - mean[statistic];
                    switch (pass)
                    {
                        case 0:
                            mean[statistic] += x[at] / (double)count;
                            break;
                        case 1:
                            variance[statistic] += distance * distance / count;
                            break;
                        default:
                            y[at] = (float)(distance / (Math.Sqrt(variance[statistic]) + 1e-9));
                            break;
                    }
                }
            }
            while (loop.MoveNext());

        }
    }

    private static void Shift(ReadOnlySpan<float> x, Span<float> y, float mean, float factor, float bias)
    {
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = ((x[i] - mean) * factor) + bias;
        }
    }

    private static void Scale(ReadOnlySpan<float> x, Span<float> y, float mean, float inverse, ReadOnlySpan<float> scale, ReadOnlySpan<float> bias)
    {
        for (int i = 0; i < y.Length; i++)
        {
            float value = (x[i] - mean) * inverse * scale[i];
            y[i] = bias.IsEmpty ? value : value + bias[i];
        }
    }
}
