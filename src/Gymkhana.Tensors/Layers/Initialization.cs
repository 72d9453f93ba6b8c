using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Layers;

/// <summary>
/// First weights. A weight is [out, in] or, for convolutions, [out, in, height, width]; its fan-in is in × height × width, its
/// fan-out out × height × width. Numbers are drawn in row-major order from the stream that is given.
/// </summary>
public static class Initialization
{
    /// <summary>The same number everywhere.</summary>
    /// <param name="parameter">What to fill.</param>
    /// <param name="value">The number.</param>
    public static void Constant(Parameter parameter, float value)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        parameter.Values.Fill(value);
    }

    /// <summary>Numbers drawn evenly from [low, high).</summary>
    /// <param name="parameter">What to fill.</param>
    /// <param name="random">Where from.</param>
    /// <param name="low">Lower end.</param>
    /// <param name="high">Upper end.</param>
    public static void Uniform(Parameter parameter, KeyedStream random, double low, double high)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(random);
        foreach (ref float value in parameter.Values)
        {
            value = (float)random.Uniform(low, high);
        }
    }

    /// <summary>Normal numbers.</summary>
    /// <param name="parameter">What to fill.</param>
    /// <param name="random">Where from.</param>
    /// <param name="mean">Their mean.</param>
    /// <param name="deviation">Their standard deviation, at least 0.</param>
    public static void Normal(Parameter parameter, KeyedStream random, double mean = 0, double deviation = 1)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(random);
        foreach (ref float value in parameter.Values)
        {
            value = (float)random.NextNormal(mean, deviation);
        }
    }

    /// <summary>Even in ±gain √(3 / fan-in) (He et al. 2015): a layer of ReLUs keeps the size of what passes forward.</summary>
    /// <param name="weight">What to fill.</param>
    /// <param name="random">Where from.</param>
    /// <param name="gain">√2 for ReLU, 1 for none, 5/3 for tanh.</param>
    public static void KaimingUniform(Parameter weight, KeyedStream random, double gain = 1.4142135623730951)
    {
        double bound = gain * Math.Sqrt(3.0 / FanIn(weight));
        Uniform(weight, random, -bound, bound);
    }

    /// <summary>Normal with deviation gain / √fan-in (He et al. 2015).</summary>
    /// <param name="weight">What to fill.</param>
    /// <param name="random">Where from.</param>
    /// <param name="gain">√2 for ReLU, 1 for none, 5/3 for tanh.</param>
    public static void KaimingNormal(Parameter weight, KeyedStream random, double gain = 1.4142135623730951) =>
        Normal(weight, random, 0, gain / Math.Sqrt(FanIn(weight)));

    /// <summary>Even in ±gain √(6 / (fan-in + fan-out)) (Glorot and Bengio 2010).</summary>
    /// <param name="weight">What to fill.</param>
    /// <param name="random">Where from.</param>
    /// <param name="gain">1 for none, 5/3 for tanh.</param>
    public static void XavierUniform(Parameter weight, KeyedStream random, double gain = 1)
    {
        double bound = gain * Math.Sqrt(6.0 / (FanIn(weight) + FanOut(weight)));
        Uniform(weight, random, -bound, bound);
    }

    /// <summary>Normal with deviation gain √(2 / (fan-in + fan-out)) (Glorot and Bengio 2010).</summary>
    /// <param name="weight">What to fill.</param>
    /// <param name="random">Where from.</param>
    /// <param name="gain">1 for none, 5/3 for tanh.</param>
    public static void XavierNormal(Parameter weight, KeyedStream random, double gain = 1) =>
        Normal(weight, random, 0, gain * Math.Sqrt(2.0 / (FanIn(weight) + FanOut(weight))));

    /// <summary>PyTorch's default for linear layers and convolutions: weight and bias even in ±1/√fan-in.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="bias">The bias, or none.</param>
    /// <param name="random">Where from.</param>
    public static void FanInUniform(Parameter weight, Parameter? bias, KeyedStream random)
    {
        double bound = 1 / Math.Sqrt(FanIn(weight));
        Uniform(weight, random, -bound, bound);
        if (bias is not null)
        {
            Uniform(bias, random, -bound, bound);
        }
    }

    /// <summary>
    /// A matrix [out, in × ...] whose rows, or columns if there are fewer of them, are orthogonal and have length
    /// <paramref name="gain"/> (Saxe et al. 2014): Q of the QR decomposition of normal numbers, with R's diagonal positive.
    /// </summary>
    /// <param name="weight">What to fill; at least two axes.</param>
    /// <param name="random">Where from.</param>
    /// <param name="gain">√2 for ReLU or tanh layers of PPO, 0.01 for a policy's last layer, 1 for a value's.</param>
    /// <exception cref="ArgumentException">It has fewer than two axes.</exception>
    public static void Orthogonal(Parameter weight, KeyedStream random, double gain = 1)
    {
        Normal(weight, random);
        Orthogonalize(weight, gain);
    }

    /// <summary>The second half of <see cref="Orthogonal"/>: from the normal numbers that are in the weight.</summary>
    internal static void Orthogonalize(Parameter weight, double gain)
    {
        int rows = FanRows(weight), columns = weight.Shape.Count / Math.Max(1, rows);
        bool wide = rows < columns;
        int tall = Math.Max(rows, columns), narrow = Math.Min(rows, columns);
        Span<float> values = weight.Values;
        double[] matrix = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            matrix[wide ? (i % columns * rows) + (i / columns) : i] = values[i];
        }

        double[] q = QrDecomposition.OrthogonalFactor(matrix, tall, narrow);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(gain * q[wide ? (i % columns * rows) + (i / columns) : i]);
        }
    }

    private static int FanRows(Parameter weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return weight.Shape.Rank >= 2
            ? weight.Shape[0]
            : throw new ArgumentException($"a weight has at least two axes [out, in, ...], got {weight.Shape}.", nameof(weight));
    }

    private static int FanIn(Parameter weight) => FanRows(weight) is var rows and > 0 ? weight.Shape.Count / rows : 1;

    private static int FanOut(Parameter weight) => FanRows(weight) * weight.Shape.Product(2, weight.Shape.Rank);
}
