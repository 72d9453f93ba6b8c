namespace Gymkhana.Tensors.Kernels;

/// <summary>Work on rows that do not depend on each other.</summary>
internal interface IRowKernel
{
    /// <summary>Does some rows.</summary>
    /// <param name="first">First of them.</param>
    /// <param name="count">Number of them.</param>
    /// <param name="worker">Who does it: the owner of scratch memory.</param>
    void Rows(int first, int count, int worker);
}

/// <summary>Shares rows out among threads, in blocks that are worth waking one for.</summary>
internal static class RowBlocks
{
    private const long Worthwhile = 1 << 14;

    /// <summary>Does all rows.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="kernel">What is done.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="rowLength">Elements of a row: the cost of it.</param>
    public static void Run<TKernel>(Workers workers, TKernel kernel, int rows, int rowLength)
        where TKernel : struct, IRowKernel
    {
        int block = (int)Math.Clamp(Worthwhile / Math.Max(1, rowLength), 1, int.MaxValue);
        int parts = (int)(((long)rows + block - 1) / block);
        if (workers.Count > 1 && parts > 3)
        {
            workers.Run(new Job<TKernel>(kernel, rows, block), parts);
        }
        else if (rows > 0)
        {
            kernel.Rows(0, rows, 0);
        }
    }

    private readonly struct Job<TKernel>(TKernel kernel, int rows, int block) : IJob
        where TKernel : struct, IRowKernel
    {
        public void Execute(int part, int worker)
        {
            int first = part * block;
            kernel.Rows(first, Math.Min(block, rows - first), worker);
        }
    }
}
