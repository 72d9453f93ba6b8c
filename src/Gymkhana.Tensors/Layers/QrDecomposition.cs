using System.Numerics;
using System.Runtime.InteropServices;

namespace Gymkhana.Tensors.Layers;

/// <summary>
/// The orthogonal factor of A = QR by Householder's reflections (Golub and Van Loan, <i>Matrix Computations</i>, 5.2), in double.
/// Rows are swept in order and lanes run along columns, so the result has the same bits at any SIMD width.
/// </summary>
internal static class QrDecomposition
{
    // Columns that are worked on together: some thousand rows of them stay in the processor's second cache.
    private const int Panel = 64;

    /// <summary>Q, with the signs chosen so that R's diagonal is positive: the only such Q.</summary>
    /// <param name="a">A, [rows, columns] row-major.</param>
    /// <param name="rows">At least <paramref name="columns"/>.</param>
    /// <param name="columns">Number of columns.</param>
    /// <returns>Q, [rows, columns] row-major, with QᵀQ = I.</returns>
    public static double[] OrthogonalFactor(double[] a, int rows, int columns)
    {
        double[] reflectors = new double[rows * columns];
        double[] panel = new double[rows * Panel];
        bool[] negative = new bool[columns];
        for (int start = 0; start < columns; start += Panel)
        {
            int width = Math.Min(Panel, columns - start);
            Copy(a, columns, start, panel, Panel, 0, rows, width);
            for (int k = 0; k < start; k++)
            {
                Reflect(panel, k, reflectors.AsSpan(k * rows, rows));
            }

            for (int k = start; k < start + width; k++)
            {
                Span<double> reflector = reflectors.AsSpan(k * rows, rows);
                negative[k] = MakeReflector(panel, k - start, k, reflector);
                Reflect(panel, k, reflector);
            }
        }

        double[] q = new double[rows * columns];
        for (int start = 0; start < columns; start += Panel)
        {
            int width = Math.Min(Panel, columns - start);
            Array.Clear(panel);
            for (int j = start; j < start + width; j++)
            {
                panel[(j * Panel) + j - start] = negative[j] ? -1 : 1;
            }

            // Reflectors behind the panel find zeros.
            for (int k = start + width - 1; k >= 0; k--)
            {
                Reflect(panel, k, reflectors.AsSpan(k * rows, rows));
            }

            Copy(panel, Panel, 0, q, columns, start, rows, width);
        }

        return q;
    }

    // v such that (I − v vᵀ) takes a column, from row k on, to a multiple of its first unit vector: |v|² = 2, or v = 0 for zeros.
    private static bool MakeReflector(double[] panel, int column, int k, Span<double> v)
    {
        double square = 0;
        for (int i = k; i < v.Length; i++)
        {
            v[i] = panel[(i * Panel) + column];
            square += v[i] * v[i];
        }

        double length = Math.Sqrt(square);
        double first = v[k];
        double diagonal = first > 0 ? -length : length;
        v[k] = first - diagonal;
        double scale = length * (length + Math.Abs(first));
        double factor = scale > 0 ? 1 / Math.Sqrt(scale) : 0;
        for (int i = k; i < v.Length; i++)
        {
            v[i] *= factor;
        }

        return diagonal < 0;
    }

    // P ← (I − v vᵀ) P in rows from k on.
    private static void Reflect(double[] panel, int k, ReadOnlySpan<double> v)
    {
        Span<double> products = stackalloc double[Panel];
        products.Clear();
        for (int i = k; i < v.Length; i++)
        {
            AddMultiple(products, panel.AsSpan(i * Panel, Panel), v[i]);
        }

        for (int i = k; i < v.Length; i++)
        {
            AddMultiple(panel.AsSpan(i * Panel, Panel), products, -v[i]);
        }
    }

    private static void AddMultiple(Span<double> target, ReadOnlySpan<double> source, double factor)
    {
        // 64 numbers are whole vectors at any width there is.
        Span<Vector<double>> wideTarget = MemoryMarshal.Cast<double, Vector<double>>(target);
        ReadOnlySpan<Vector<double>> wideSource = MemoryMarshal.Cast<double, Vector<double>>(source)[..wideTarget.Length];
        Vector<double> wideFactor = new(factor);
        for (int i = 0; i < wideTarget.Length; i++)
        {
            wideTarget[i] += wideSource[i] * wideFactor;
        }
    }

    private static void Copy(double[] from, int fromStride, int fromColumn, double[] to, int toStride, int toColumn, int rows, int width)
    {
        for (int i = 0; i < rows; i++)
        {
            from.AsSpan((i * fromStride) + fromColumn, width).CopyTo(to.AsSpan((i * toStride) + toColumn, width));
        }
    }
}
