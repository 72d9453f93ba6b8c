using System.Numerics;
using System.Runtime.InteropServices;

namespace Gymkhana.Tensors.Layers;

/// <summary>
/// The orthogonal factor of A = QR by Householder's reflections (Golub and Van Loan, <i>Matrix Computations</i>, 5.2), in double.
/// Rows are swept in order and lanes run along columns, so the result has the same bits at any SIMD width.
/// </summary>
internal static class QrDecomposition
{
    /// <summary>Q, with the signs chosen so that R's diagonal is positive: the only such Q.</summary>
    /// <param name="a">A, [rows, columns] row-major; overwritten.</param>
    /// <param name="rows">At least <paramref name="columns"/>.</param>
    /// <param name="columns">Number of columns.</param>
    /// <returns>Q, [rows, columns] row-major, with QᵀQ = I.</returns>
    public static double[] OrthogonalFactor(double[] a, int rows, int columns)
    {
        double[] reflectors = new double[rows * columns];
        double[] products = new double[columns];
        bool[] negative = new bool[columns];
        for (int k = 0; k < columns; k++)
        {
            Span<double> reflector = reflectors.AsSpan(k * rows, rows);
            negative[k] = MakeReflector(a, rows, columns, k, reflector);
            Reflect(a, rows, columns, k, reflector, products);
        }

        double[] q = new double[rows * columns];
        for (int k = columns - 1; k >= 0; k--)
        {
            q[(k * columns) + k] = 1;
            Reflect(q, rows, columns, k, reflectors.AsSpan(k * rows, rows), products);
        }

        for (int i = 0; i < q.Length; i++)
        {
            q[i] = negative[i % columns] ? -q[i] : q[i];
        }

        return q;
    }

    // v such that (I − v vᵀ) takes column k, from row k on, to a multiple of its first unit vector: |v|² = 2, or v = 0 for a column of zeros.
    private static bool MakeReflector(double[] a, int rows, int columns, int k, Span<double> v)
    {
        double square = 0;
        for (int i = k; i < rows; i++)
        {
            v[i] = a[(i * columns) + k];
            square += v[i] * v[i];
        }

        double length = Math.Sqrt(square);
        double first = v[k];
        double diagonal = first > 0 ? -length : length;
        v[k] = first - diagonal;
        double scale = length * (length + Math.Abs(first));
        double factor = scale > 0 ? 1 / Math.Sqrt(scale) : 0;
        for (int i = k; i < rows; i++)
        {
            v[i] *= factor;
        }

        return diagonal < 0;
    }

    // M ← (I − v vᵀ) M in rows and columns from k on.
    private static void Reflect(double[] m, int rows, int columns, int k, ReadOnlySpan<double> v, double[] products)
    {
        Span<double> w = products.AsSpan(k, columns - k);
        w.Clear();
        for (int i = k; i < rows; i++)
        {
            AddMultiple(w, m.AsSpan((i * columns) + k, w.Length), v[i]);
        }

        for (int i = k; i < rows; i++)
        {
            AddMultiple(m.AsSpan((i * columns) + k, w.Length), w, -v[i]);
        }
    }

    private static void AddMultiple(Span<double> target, ReadOnlySpan<double> source, double factor)
    {
        Span<Vector<double>> wideTarget = MemoryMarshal.Cast<double, Vector<double>>(target);
        ReadOnlySpan<Vector<double>> wideSource = MemoryMarshal.Cast<double, Vector<double>>(source);
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
}
