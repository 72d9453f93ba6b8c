using Gymkhana.Core;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tensors.Statistics;

/// <summary>
/// Mean and variance of each feature over all that has been seen, in double, batch by batch (Chan, Golub and LeVeque 1979), and
/// what they are for: observations of mean 0 and variance 1. As Gymnasium's RunningMeanStd: it begins with mean 0, variance 1
/// and a count of 10⁻⁴, variances are biased.
/// </summary>
public sealed class RunningMeanVariance
{
    private const double FirstCount = 1e-4;
    private readonly double[] _means;
    private readonly double[] _variances;
    private readonly double[] _batchMeans;
    private readonly double[] _batchSquares;

    /// <summary>Nothing seen yet.</summary>
    /// <param name="features">Numbers of an observation, at least 1.</param>
    public RunningMeanVariance(int features)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        _means = new double[features];
        _variances = new double[features];
        _batchMeans = new double[features];
        _batchSquares = new double[features];
        Array.Fill(_variances, 1);
    }

    /// <summary>Numbers of an observation.</summary>
    public int Features => _means.Length;

    /// <summary>Rows seen, and 10⁻⁴ for the beginning.</summary>
    public double Count { get; private set; } = FirstCount;

    /// <summary>Means, one for each feature.</summary>
    public ReadOnlySpan<double> Means => _means;

    /// <summary>Biased variances, one for each feature.</summary>
    public ReadOnlySpan<double> Variances => _variances;

    /// <summary>Counts a batch in. Allocates nothing; the batch's own figures come from two passes in row order.</summary>
    /// <param name="rows">[rows, features], row-major.</param>
    /// <exception cref="ArgumentException">It is not whole rows.</exception>
    public void Update(ReadOnlySpan<float> rows)
    {
        int count = RowsOf(rows.Length);
        if (count == 0)
        {
            return;
        }

        Array.Clear(_batchMeans);
        Array.Clear(_batchSquares);
        for (int i = 0; i < rows.Length; i += Features)
        {
            for (int f = 0; f < Features; f++)
            {
                _batchMeans[f] += rows[i + f];
            }
        }

        for (int f = 0; f < Features; f++)
        {
            _batchMeans[f] /= count;
        }

        for (int i = 0; i < rows.Length; i += Features)
        {
            for (int f = 0; f < Features; f++)
            {
                double difference = rows[i + f] - _batchMeans[f];
                _batchSquares[f] += difference * difference;
            }
        }

        double total = Count + count;
        for (int f = 0; f < Features; f++)
        {
            double delta = _batchMeans[f] - _means[f];
            double squares = (_variances[f] * Count) + _batchSquares[f] + (delta * delta * Count * count / total);
            _means[f] += delta * count / total;
            _variances[f] = squares / total;
        }

        Count = total;
    }

    /// <summary>(x − mean) / √(variance + ε), held within ±<paramref name="limit"/>.</summary>
    /// <param name="rows">[rows, features], row-major.</param>
    /// <param name="destination">As many numbers; may be the same memory.</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="limit">Largest size of a result; infinity for none.</param>
    /// <exception cref="ArgumentException">It is not whole rows, or there is no room.</exception>
    public void Normalize(ReadOnlySpan<float> rows, Span<float> destination, double epsilon = 1e-8, double limit = 10)
    {
        _ = RowsOf(rows.Length);
        if (destination.Length < rows.Length)
        {
            throw new ArgumentException($"{rows.Length} numbers do not fit {destination.Length}.", nameof(destination));
        }

        for (int f = 0; f < Features; f++)
        {
            double mean = _means[f], scale = 1 / Math.Sqrt(_variances[f] + epsilon);
            for (int i = f; i < rows.Length; i += Features)
            {
                destination[i] = (float)Math.Clamp((rows[i] - mean) * scale, -limit, limit);
            }
        }
    }

    /// <summary>Writes the whole state.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Count);
        FloatBlock.Write(writer, (ReadOnlySpan<double>)_means);
        FloatBlock.Write(writer, (ReadOnlySpan<double>)_variances);
    }

    /// <summary>Reads what <see cref="Save"/> wrote for as many features.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="GymkhanaException">For another number of features, or damaged.</exception>
    public void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        Count = reader.ReadDouble();
        FloatBlock.Read(reader, _means.AsSpan(), "running means");
        FloatBlock.Read(reader, _variances.AsSpan(), "running variances");
    }

    private int RowsOf(int length) => length % Features == 0
        ? length / Features
        : throw new ArgumentException($"{length} numbers are not whole rows of {Features} features.");
}
