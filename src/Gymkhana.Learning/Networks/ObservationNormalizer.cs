using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tensors.Statistics;

namespace Gymkhana.Learning.Networks;

/// <summary>
/// Brings each number of an observation to mean 0 and deviation 1, held within ±10, by figures that are kept with a network's weights
/// but not trained: "mean" and "scale" (1/deviation), [features]. The network of an unfinished training and the one read from a file
/// thus see the same bits.
/// </summary>
public sealed class ObservationNormalizer : Module
{
    private const float Limit = 10;
    private const double Epsilon = 1e-8;
    private readonly Parameter _mean;
    private readonly Parameter _scale;

    /// <summary>A normaliser that changes nothing but numbers beyond ±10.</summary>
    /// <param name="features">Numbers of an observation.</param>
    public ObservationNormalizer(int features)
    {
        _mean = AddBuffer("mean", new Shape(features));
        _scale = AddBuffer("scale", new Shape(features));
        _scale.Values.Fill(1);
    }

    /// <summary>Takes the figures of what has been seen so far.</summary>
    /// <param name="seen">Of as many features.</param>
    public void Take(RunningMeanVariance seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        for (int i = 0; i < seen.Features; i++)
        {
            _mean.Values[i] = (float)seen.Means[i];
            _scale.Values[i] = (float)(1 / Math.Sqrt(seen.Variances[i] + Epsilon));
        }
    }

    /// <summary>(x − mean) · scale within ±10.</summary>
    /// <param name="rows">[rows, features], row-major.</param>
    /// <param name="destination">As many numbers; may be the same memory.</param>
    public void Normalize(ReadOnlySpan<float> rows, Span<float> destination)
    {
        ReadOnlySpan<float> mean = _mean.Values, scale = _scale.Values;
        for (int i = 0; i < rows.Length; i += mean.Length)
        {
            for (int f = 0; f < mean.Length; f++)
            {
                destination[i + f] = Math.Clamp((rows[i + f] - mean[f]) * scale[f], -Limit, Limit);
            }
        }
    }

    /// <summary>The same on a tape, for networks that are exported.</summary>
    /// <param name="rows">[rows, features].</param>
    /// <returns>[rows, features].</returns>
    public Tensor Forward(Tensor rows) => ((rows - rows.Tape.Use(_mean)) * rows.Tape.Use(_scale)).Clamp(-Limit, Limit);
}
