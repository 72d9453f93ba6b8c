using System.Runtime.Intrinsics;

namespace Gymkhana.Tensors.Onnx.Kernels;

/// <summary>
/// Sums along contiguous numbers in sixteen virtual lanes: lane j adds the elements j, j + 16, j + 32, ... in this order, then lane j
/// takes lane j + 8, j + 4, j + 2, j + 1. The order is the same at every width, so are the bits.
/// </summary>
internal static class LaneSums
{
    private const int Lanes = 16;

    /// <summary>Σ x.</summary>
    public static float Sum(ReadOnlySpan<float> x)
    {
        Vector512<float> sums = Vector512<float>.Zero;
        int i = 0;
        for (; i + Lanes <= x.Length; i += Lanes)
        {
            sums += Vector512.Create(x.Slice(i, Lanes));
        }

        Span<float> lanes = stackalloc float[Lanes];
        sums.CopyTo(lanes);
        for (int j = 0; i < x.Length; i++, j++)
        {
            lanes[j] += x[i];
        }

        return Fold(lanes);
    }

    /// <summary>Σ (x − centre)².</summary>
    public static float SumSquares(ReadOnlySpan<float> x, float centre)
    {
        Vector512<float> sums = Vector512<float>.Zero;
        Vector512<float> centres = Vector512.Create(centre);
        int i = 0;
        for (; i + Lanes <= x.Length; i += Lanes)
        {
            Vector512<float> d = Vector512.Create(x.Slice(i, Lanes)) - centres;
            sums += d * d;
        }

        Span<float> lanes = stackalloc float[Lanes];
        sums.CopyTo(lanes);
        for (int j = 0; i < x.Length; i++, j++)
        {
            float d = x[i] - centre;
            lanes[j] += d * d;
        }

        return Fold(lanes);
    }

    /// <summary>The largest, which no order changes; −∞ of nothing.</summary>
    public static float Max(ReadOnlySpan<float> x)
    {
        float max = float.NegativeInfinity;
        foreach (float value in x)
        {
            max = value > max || float.IsNaN(value) ? value : max;
        }

        return max;
    }

    private static float Fold(Span<float> lanes)
    {
        for (int half = Lanes / 2; half > 0; half /= 2)
        {
            for (int j = 0; j < half; j++)
            {
                lanes[j] += lanes[j + half];
            }
        }

        return lanes[0];
    }
}
