using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>Normalisation of rows to mean 0 and variance 1 with an affine map after it, and what its gradient needs.</summary>
internal static unsafe class NormalisedRows
{
    private const int Strip = 16;

    /// <summary>Mean of a row and 1/√(variance + ε), the variance divided by the number of elements.</summary>
    public static (float Mean, float Scale) Statistics(float* x, int count, float epsilon)
    {
        float mean = LaneSums.Sum(x, count) / count;
        float variance = SquaredDistances(x, mean, count) / count;
        return (mean, 1 / MathF.Sqrt(variance + epsilon));
    }

    /// <summary>Σ (x − mean)².</summary>
    public static float SquaredDistances(float* x, float mean, int count) => LaneSums.Sum(default(SquaredDistance), x, 1, &mean, 0, count);

    /// <summary>Σ upstream · (x − mean) · scale.</summary>
    public static float DotNormalised(float* upstream, float* x, float mean, float scale, int count) => LaneSums.Sum(new TimesNormalised(mean, scale), upstream, 1, x, 1, count);

    /// <summary>y = (x − mean) · scale · weight + bias, with one weight and bias for all.</summary>
    public static void ApplyOne(float* x, float mean, float scale, float weight, float bias, float* y, int count) =>
        Elementwise.Map(new Affine(mean, scale), x, 1, &weight, 0, &bias, 0, y, count, add: false);

    /// <summary>gradient = weight · scale · (upstream − sum − x̂ · dot), with one weight for all.</summary>
    public static void GradientOne(float* x, float mean, float scale, float weight, float sum, float dot, float* upstream, float* gradient, int count, bool add) =>
        Elementwise.Map(new RowSlope(mean, scale, weight * scale, sum, dot), upstream, 1, x, 1, gradient, count, add);

    /// <summary>y = (x − mean) · scale · weight + bias.</summary>
    /// <param name="x">[count].</param>
    /// <param name="mean">Mean.</param>
    /// <param name="scale">Scale.</param>
    /// <param name="weight">[count], or null for 1.</param>
    /// <param name="bias">[count], or null for 0.</param>
    /// <param name="y">[count].</param>
    /// <param name="count">Elements.</param>
    public static void Apply(float* x, float mean, float scale, float* weight, float* bias, float* y, int count)
    {
        float one = 1, zero = 0;
        Elementwise.Map(new Affine(mean, scale), x, 1, weight == null ? &one : weight, weight == null ? 0 : 1, bias == null ? &zero : bias, bias == null ? 0 : 1, y, count, add: false);
    }

    /// <summary>
    /// Gradient of the row: with x̂ = (x − mean) · scale and g = upstream · weight, scale · (g − mean(g) − x̂ mean(g x̂)).
    /// </summary>
    /// <param name="x">[count].</param>
    /// <param name="mean">Mean.</param>
    /// <param name="scale">Scale.</param>
    /// <param name="weight">[count], or null for 1.</param>
    /// <param name="upstream">[count].</param>
    /// <param name="gradient">[count].</param>
    /// <param name="count">Elements.</param>
    /// <param name="add">Whether the gradient is added to what is there.</param>
    /// <param name="scratch">Room for [count].</param>
    public static void Gradient(float* x, float mean, float scale, float* weight, float* upstream, float* gradient, int count, bool add, float* scratch)
    {
        float* g = upstream;
        if (weight != null)
        {
            g = scratch;
            Elementwise.Map(default(Times), upstream, 1, weight, 1, g, count, add: false);
        }

        float sum = LaneSums.Sum(g, count) / count;
        float dot = DotNormalised(g, x, mean, scale, count) / count;
        Elementwise.Map(new RowSlope(mean, scale, scale, sum, dot), g, 1, x, 1, gradient, count, add);
    }

    /// <summary>weights[c] += Σ upstream[r, c] x̂[r, c] and biases[c] += Σ upstream[r, c], row after row.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="upstream">[rows, columns].</param>
    /// <param name="means">[rows].</param>
    /// <param name="scales">[rows].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="weights">[columns], or null when not wanted.</param>
    /// <param name="biases">[columns], or null when not wanted.</param>
    public static void AffineGradients(Workers workers, float* x, float* upstream, float* means, float* scales, int rows, int columns, float* weights, float* biases) =>
        RowBlocks.Run(workers, new Strips(x, upstream, means, scales, rows, columns, weights, biases), (columns + Strip - 1) / Strip, Math.Max(1, rows) * Strip);

    private readonly struct Strips(float* x, float* upstream, float* means, float* scales, int rows, int columns, float* weights, float* biases) : IRowKernel
    {
        public void Rows(int first, int count, int worker) => Width.Run(new StripSums(this, first * Strip, Math.Min(columns, (first + count) * Strip)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sum<TWide>(int column)
            where TWide : unmanaged, IWide<TWide>
        {
            TWide weight = default, bias = default;
            nint place = column;
            for (int row = 0; row < rows; row++, place += columns)
            {
                var up = TWide.Load(upstream + place);
                TWide normalised = (TWide.Load(x + place) - TWide.Broadcast(means[row])) * TWide.Broadcast(scales[row]);
                weight += up * normalised;
                bias += up;
            }

            if (weights != null)
            {
                TWide.Store(TWide.Load(weights + column) + weight, weights + column);
            }

            if (biases != null)
            {
                TWide.Store(TWide.Load(biases + column) + bias, biases + column);
            }
        }
    }

    private readonly struct StripSums(Strips strips, int from, int to) : IWideAction
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            int column = from;
            for (; column + TWide.Lanes <= to; column += TWide.Lanes)
            {
                strips.Sum<TWide>(column);
            }

            for (; column < to; column++)
            {
                strips.Sum<Wide1>(column);
            }
        }
    }

    private readonly struct SquaredDistance : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide>
        {
            TWide distance = a - b;
            return distance * distance;
        }
    }

    private readonly struct Affine(float mean, float scale) : ITernaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b, TWide c)
            where TWide : unmanaged, IWide<TWide> => TWide.MultiplyAdd(TWide.Multiply(a - TWide.Broadcast(mean), scale), b, c);
    }

    private readonly struct Times : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => a * b;
    }

    private readonly struct TimesNormalised(float mean, float scale) : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => a * TWide.Multiply(b - TWide.Broadcast(mean), scale);
    }

    private readonly struct RowSlope(float mean, float scale, float factor, float sum, float dot) : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide>
        {
            TWide normalised = TWide.Multiply(b - TWide.Broadcast(mean), scale);
            return TWide.Multiply(a - TWide.Broadcast(sum) - TWide.Multiply(normalised, dot), factor);
        }
    }
}
