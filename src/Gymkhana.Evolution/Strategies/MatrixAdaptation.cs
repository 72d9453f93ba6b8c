using System.Numerics;
using System.Runtime.InteropServices;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Evolution.Strategies;

/// <summary>
/// The matrix adaptation evolution strategy, (μ/μ_w, λ)-MA-ES: it learns which combinations of parameters to change together
/// and by how much. Beyer and Sendhoff, "Simplify Your Covariance Matrix Adaptation Evolution Strategy", IEEE Transactions
/// on Evolutionary Computation 21(5), 2017, figure 3; parameters as recommended there. Maximises.
/// </summary>
public sealed class MatrixAdaptation
{
    private const double MaxStep = 5;
    private readonly int _n;
    private readonly int _mu;
    private readonly double[] _weights;
    private readonly double _muEffective;
    private readonly double _cs;
    private readonly double _c1;
    private readonly double _cw;
    private readonly double _damping;
    private readonly double _expectedLength;
    private readonly double[] _path;
    private readonly double[][] _columns;
    private readonly double[][] _z;
    private readonly double[][] _d;
    private readonly int[] _order;
    private readonly double[] _scratch;

    /// <summary>A strategy.</summary>
    /// <param name="mean">Where the search begins; copied.</param>
    /// <param name="step">Standard deviation of a step in each parameter at first, above 0.</param>
    /// <param name="offspring">Candidates of a generation, λ, at least 4.</param>
    public MatrixAdaptation(ReadOnlySpan<double> mean, double step, int offspring)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mean.Length, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(offspring, 4);
        _n = mean.Length;
        Mean = mean.ToArray();
        Step = step;
        _mu = offspring / 2;
        _weights = RankWeights(_mu);
        double squares = 0;
        foreach (double weight in _weights)
        {
            squares += weight * weight;
        }

        _muEffective = 1 / squares;
        double n = _n;
        _cs = (_muEffective + 2) / (n + _muEffective + 5);
        _c1 = 2 / (((n + 1.3) * (n + 1.3)) + _muEffective);
        _cw = Math.Min(1 - _c1, 2 * (_muEffective - 2 + (1 / _muEffective)) / (((n + 2) * (n + 2)) + _muEffective));
        _damping = 1 + _cs + (2 * Math.Max(0, Math.Sqrt((_muEffective - 1) / (n + 1)) - 1));
        _expectedLength = Math.Sqrt(n) * (1 - (1 / (4 * n)) + (1 / (21 * n * n)));
        _path = new double[_n];
        _scratch = new double[_n];
        _columns = new double[_n][];
        for (int j = 0; j < _n; j++)
        {
            _columns[j] = new double[_n];
            _columns[j][j] = 1;
        }

        _z = new double[offspring][];
        _d = new double[offspring][];
        for (int k = 0; k < offspring; k++)
        {
            _z[k] = new double[_n];
            _d[k] = new double[_n];
        }

        _order = new int[offspring];
    }

    /// <summary>Candidates of a generation, λ.</summary>
    public int Offspring => _z.Length;

    /// <summary>The middle of the search: the best guess at the optimum.</summary>
    public double[] Mean { get; }

    /// <summary>Standard deviation of a step, σ.</summary>
    public double Step { get; private set; }

    /// <summary>Draws the candidates of a generation.</summary>
    /// <param name="rng">The generation's own stream.</param>
    public void Sample(KeyedStream rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        for (int k = 0; k < Offspring; k++)
        {
            foreach (ref double draw in _z[k].AsSpan())
            {
                draw = rng.NextNormal();
            }

            // d = M z, column by column: lanes run along a column, so no sum depends on their number.
            Array.Clear(_d[k]);
            for (int j = 0; j < _n; j++)
            {
                AddScaled(_d[k], _columns[j], _z[k][j]);
            }
        }
    }

    /// <summary>Writes a candidate.</summary>
    /// <param name="index">0 to <see cref="Offspring"/> − 1.</param>
    /// <param name="candidate">Receives its parameters.</param>
    public void Candidate(int index, Span<double> candidate)
    {
        for (int i = 0; i < _n; i++)
        {
            candidate[i] = Mean[i] + (Step * _d[index][i]);
        }
    }

    /// <summary>Learns from the candidates' fitness; only its order counts.</summary>
    /// <param name="fitness">Fitness of each candidate, larger is better.</param>
    public void Update(ReadOnlySpan<double> fitness)
    {
        Rank(fitness);
        double[] recombined = _scratch;
        Array.Clear(recombined);
        for (int rank = 0; rank < _mu; rank++)
        {
            AddScaled(Mean, _d[_order[rank]], Step * _weights[rank]);
            AddScaled(recombined, _z[_order[rank]], _weights[rank]);
        }

        double pull = Math.Sqrt(_muEffective * _cs * (2 - _cs));
        double squared = 0;
        for (int i = 0; i < _n; i++)
        {
            _path[i] = ((1 - _cs) * _path[i]) + (pull * recombined[i]);
            squared += _path[i] * _path[i];
        }

        Adapt();

        // exp(x) to first order and beyond matters little; the bounded rational form below has the same bits everywhere.
        double x = Math.Clamp(_cs / _damping * ((Math.Sqrt(squared) / _expectedLength) - 1), -1, 1);
        Step = Math.Clamp(Step * (1 + (x / 2) + (x * x / 12)) / (1 - (x / 2) + (x * x / 12)), 1e-8, MaxStep);
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(_n);
        writer.Write(Offspring);
        writer.Write(Step);
        WriteAll(writer, Mean);
        WriteAll(writer, _path);
        foreach (double[] column in _columns)
        {
            WriteAll(writer, column);
        }
    }

    internal static MatrixAdaptation Load(BinaryReader reader)
    {
        int n = reader.ReadInt32();
        int offspring = reader.ReadInt32();
        double step = reader.ReadDouble();
        MatrixAdaptation loaded = new(new double[n], step, offspring);
        ReadAll(reader, loaded.Mean);
        ReadAll(reader, loaded._path);
        foreach (double[] column in loaded._columns)
        {
            ReadAll(reader, column);
        }

        return loaded;
    }

    /// <summary>M ← M + c1/2 (M s sᵀ − M) + cw/2 (Σ w d zᵀ − M), column by column.</summary>
    private void Adapt()
    {
        double[] turned = _scratch;
        Array.Clear(turned);
        for (int j = 0; j < _n; j++)
        {
            AddScaled(turned, _columns[j], _path[j]);
        }

        double keep = 1 - (_c1 / 2) - (_cw / 2);
        for (int j = 0; j < _n; j++)
        {
            double[] column = _columns[j];
            for (int i = 0; i < _n; i++)
            {
                column[i] *= keep;
            }

            AddScaled(column, turned, _c1 / 2 * _path[j]);
            for (int rank = 0; rank < _mu; rank++)
            {
                AddScaled(column, _d[_order[rank]], _cw / 2 * _weights[rank] * _z[_order[rank]][j]);
            }
        }
    }

    private void Rank(ReadOnlySpan<double> fitness)
    {
        // Insertion by fitness, ties by number: a few dozen candidates.
        for (int k = 0; k < _order.Length; k++)
        {
            int place = k;
            for (; place > 0 && fitness[_order[place - 1]] < fitness[k]; place--)
            {
                _order[place] = _order[place - 1];
            }

            _order[place] = k;
        }
    }

    // w_i ∝ ln(μ + 1/2) − ln i, with the sum 1.
    private static double[] RankWeights(int mu)
    {
        double[] weights = new double[mu];
        double sum = 0;
        for (int i = 0; i < mu; i++)
        {
            weights[i] = PortableMath.Log((mu + 0.5) / (i + 1));
            sum += weights[i];
        }

        for (int i = 0; i < mu; i++)
        {
            weights[i] /= sum;
        }

        return weights;
    }

    /// <summary>target += source × factor, lanes along the vectors.</summary>
    private static void AddScaled(double[] target, double[] source, double factor)
    {
        Span<Vector<double>> wideTarget = MemoryMarshal.Cast<double, Vector<double>>(target.AsSpan());
        Span<Vector<double>> wideSource = MemoryMarshal.Cast<double, Vector<double>>(source.AsSpan());
        Vector<double> wideFactor = new(factor);
        for (int i = 0; i < wideTarget.Length; i++)
        {
            wideTarget[i] += wideSource[i] * wideFactor;
        }

        for (int i = wideTarget.Length * Vector<double>.Count; i < target.Length; i++)
        {
            target[i] += source[i] * factor;
        }
    }

    private static void WriteAll(BinaryWriter writer, double[] values) => writer.Write(MemoryMarshal.AsBytes<double>(values));

    private static void ReadAll(BinaryReader reader, double[] values) => reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
}
