using System.Diagnostics;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Matrix products C = A·B and C += A·B, alone or in batches. Each element of C is one chain of fused multiply-adds over k
/// in ascending order, from 0 or from the old element, whatever the blocking, the threads and the width.
/// </summary>
internal static unsafe class Gemm
{
    /// <summary>C (+)= A·B, then the epilogue.</summary>
    /// <param name="workers">Who computes.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="depth">Columns of A, rows of B; with 0 the products are 0.</param>
    /// <param name="a">Left factor.</param>
    /// <param name="b">Right factor. Fastest with a column stride of 1, then with a row stride of 1.</param>
    /// <param name="c">Element (0, 0) of the result, row-major; overlaps neither factor.</param>
    /// <param name="cStride">Floats from a row of it to the next.</param>
    /// <param name="accumulate">Whether the product is added to what is there.</param>
    /// <param name="epilogue">Bias and activation.</param>
    public static void Multiply(
        Workers workers, int rows, int columns, int depth, Matrix a, Matrix b, float* c, nint cStride, bool accumulate = false, Epilogue epilogue = default)
    {
        Width.Run(new ProductAction(workers, new Product(rows, columns, depth, a, b, c, cStride, accumulate, epilogue)));
    }

    /// <summary>The same product for each item of a batch, whose matrices lie at equal distances.</summary>
    /// <param name="workers">Who computes.</param>
    /// <param name="batch">Number of items.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="depth">Columns of A, rows of B.</param>
    /// <param name="a">Left factor of item 0.</param>
    /// <param name="aBatch">Floats from an item's left factor to the next.</param>
    /// <param name="b">Right factor of item 0.</param>
    /// <param name="bBatch">Floats from an item's right factor to the next; 0 for one that all share.</param>
    /// <param name="c">Result of item 0.</param>
    /// <param name="cStride">Floats from a row of it to the next.</param>
    /// <param name="cBatch">Floats from an item's result to the next.</param>
    /// <param name="accumulate">Whether the products are added to what is there.</param>
    /// <param name="epilogue">Bias and activation, the same for all.</param>
    public static void MultiplyBatch(
        Workers workers, int batch, int rows, int columns, int depth, Matrix a, nint aBatch, Matrix b, nint bBatch, float* c, nint cStride, nint cBatch, bool accumulate = false, Epilogue epilogue = default)
    {
        var first = new Product(rows, columns, depth, a, b, c, cStride, accumulate, epilogue);
        var products = new ProductBatch(first, batch, aBatch, bBatch, cBatch);
        Width.Run(new BatchAction(workers, products));
    }

    /// <summary><see cref="Multiply(Workers, int, int, int, Matrix, Matrix, float*, nint, bool, Epilogue)"/> at one width.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="workers">Who computes.</param>
    /// <param name="product">What.</param>
    public static void Multiply<TWide>(Workers workers, Product product)
        where TWide : unmanaged, IWide<TWide>
    {
        Debug.Assert(product.Rows >= 0 && product.Columns >= 0 && product.Depth >= 0, "sizes are not negative");
        if (product.Rows == 0 || product.Columns == 0)
        {
            return;
        }

        if (TWide.Lanes > 8 && product.Columns <= 8)
        {
            // Half of each bundle would be padding.
            Multiply<Wide8>(workers, product);
            return;
        }

        if (workers.Count == 1 || product.Work < Workers.WorthSharing)
        {
            product.Compute<TWide>(0, product.Rows, 0, product.Columns, workers.Scratch, 0);
            return;
        }

        product.Reserve<TWide>(workers.Scratch);

        // Blocks of whole panels first, because a panel is packed once for all rows; then of rows, when there are few panels.
        int panel = 2 * TWide.Lanes;
        int panels = (product.Columns + panel - 1) / panel;
        int wanted = 4 * workers.Count;
        int panelsEach = Math.Max(1, panels / wanted);
        int columnBlocks = (panels + panelsEach - 1) / panelsEach;
        int rowBlocks = Math.Clamp((wanted + columnBlocks - 1) / columnBlocks, 1, (product.Rows + 31) / 32);
        int rowsEach = ((((product.Rows + rowBlocks - 1) / rowBlocks) + 7) / 8) * 8;
        rowBlocks = (product.Rows + rowsEach - 1) / rowsEach;
        workers.Run(new BlockJob<TWide>(product, rowsEach, rowBlocks, panelsEach * panel, workers.Scratch), rowBlocks * columnBlocks);
    }

    /// <summary>The products of a batch at one width.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="workers">Who computes.</param>
    /// <param name="products">What.</param>
    public static void MultiplyBatch<TWide>(Workers workers, ProductBatch products)
        where TWide : unmanaged, IWide<TWide>
    {
        if (products.First.Rows == 0 || products.First.Columns == 0)
        {
            return;
        }

        if (TWide.Lanes > 8 && products.First.Columns <= 8)
        {
            MultiplyBatch<Wide8>(workers, products);
            return;
        }

        products.First.Reserve<TWide>(workers.Scratch);
        bool shared = workers.Count > 1 && products.Count > 1 && products.First.Work * products.Count >= Workers.WorthSharing;
        int parts = shared ? Math.Min(products.Count, 4 * workers.Count) : 1;
        workers.Run(new BatchJob<TWide>(products, parts, workers.Scratch), parts);
    }

    private readonly struct ProductAction(Workers workers, Product product) : IWideAction
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide> => Multiply<TWide>(workers, product);
    }

    private readonly struct BatchAction(Workers workers, ProductBatch products) : IWideAction
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide> => MultiplyBatch<TWide>(workers, products);
    }

    private readonly struct BlockJob<TWide>(Product product, int rowsEach, int rowBlocks, int columnsEach, Scratch scratch) : IJob
        where TWide : unmanaged, IWide<TWide>
    {
        public void Execute(int part, int worker)
        {
            int row = part % rowBlocks * rowsEach;
            int column = part / rowBlocks * columnsEach;
            int rows = Math.Min(rowsEach, product.Rows - row);
            int columns = Math.Min(columnsEach, product.Columns - column);
            product.Compute<TWide>(row, rows, column, columns, scratch, worker);
        }
    }

    private readonly struct BatchJob<TWide>(ProductBatch products, int parts, Scratch scratch) : IJob
        where TWide : unmanaged, IWide<TWide>
    {
        public void Execute(int part, int worker)
        {
            int end = (int)((long)products.Count * (part + 1) / parts);
            for (int item = (int)((long)products.Count * part / parts); item < end; item++)
            {
                Product product = products[item];
                product.Compute<TWide>(0, product.Rows, 0, product.Columns, scratch, worker);
            }
        }
    }
}
