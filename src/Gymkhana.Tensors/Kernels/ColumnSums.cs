namespace Gymkhana.Tensors.Kernels;

/// <summary>Sums over the rows of a matrix.</summary>
internal static unsafe class ColumnSums
{
    /// <summary>sums[j] += Σᵢ x[i, j], rows added one after another.</summary>
    /// <param name="x">[rows, columns], row-major.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="sums">[columns], added to.</param>
    public static void Add(float* x, int rows, int columns, float* sums)
    {
        for (int row = 0; row < rows; row++)
        {
            Elementwise.Map(default(Same), x + ((nint)row * columns), sums, columns, add: true);
        }
    }
}
