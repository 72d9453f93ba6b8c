using Gymkhana.Core.Randomness;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Distributions;

/// <summary>Draws from distributions, in arithmetic that has the same bits everywhere.</summary>
internal static class Drawing
{
    /// <summary>The class that a number in [0, 1) falls on when classes lie side by side with widths eˡ; one of no width is never drawn.</summary>
    public static int Category(ReadOnlySpan<float> logits, double uniform)
    {
        float max = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            max = logit > max ? logit : max;
        }

        double total = 0;
        foreach (float logit in logits)
        {
            total += Width(logit - max);
        }

        double target = uniform * total, sum = 0;
        int last = -1;
        for (int i = 0; i < logits.Length; i++)
        {
            double width = Width(logits[i] - max);
            if (width > 0)
            {
                sum += width;
                last = i;
                if (target < sum)
                {
                    return i;
                }
            }
        }

        return last >= 0 ? last : throw new ArgumentException("no class can be drawn: the logits are not numbers, or all −∞.", nameof(logits));
    }

    /// <summary>A draw from the gamma distribution of a shape and rate 1, by Marsaglia and Tsang's method (2000).</summary>
    public static double Gamma(double shape, KeyedStream random)
    {
        if (shape < 1)
        {
            // Γ(a) = Γ(a + 1) u^(1/a).
            double larger = Gamma(shape + 1, random);
            double power = PortableMath.Log(1 - random.NextDouble()) / shape;
            return power < -700 ? 0 : larger * PortableMath.Exp(power);
        }

        double d = shape - (1.0 / 3);
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.NextNormal();
            double root = 1 + (c * x);
            if (root <= 0)
            {
                continue;
            }

            double v = root * root * root;
            double u = 1 - random.NextDouble();
            if (PortableMath.Log(u) < (0.5 * x * x) + (d * (1 - v + PortableMath.Log(v))))
            {
                return d * v;
            }
        }
    }

    // Below e⁻⁸⁷ the exponential is clamped; such a class is as good as impossible.
    private static double Width(float logit) => logit >= -87 ? WideMath.Exp(new Wide1(logit)).Value : 0;
}
