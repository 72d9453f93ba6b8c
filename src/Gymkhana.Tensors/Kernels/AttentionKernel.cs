using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>Sizes of an attention, and where in memory its factors lie; one head's factor is <paramref name="HeadSize"/> consecutive columns.</summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Queries">Places that ask.</param>
/// <param name="Keys">Places that are asked.</param>
/// <param name="HeadSize">Numbers of a place in one head.</param>
/// <param name="QueryStride">Floats from a place's queries to the next one's.</param>
/// <param name="KeyStride">Floats from a place's keys to the next one's; the same for values.</param>
internal readonly record struct AttentionSizes(int Batch, int Heads, int Queries, int Keys, int HeadSize, int QueryStride, int KeyStride)
{
    /// <summary>Floats of one place in the result: all heads side by side.</summary>
    public int Embedding => Heads * HeadSize;

    /// <summary>Factor of the scores, 1/√size.</summary>
    public float Scale => 1 / MathF.Sqrt(HeadSize);

    /// <summary>Multiply-adds of one product for all heads.</summary>
    public long Work => (long)Batch * Heads * Queries * Keys * HeadSize;
}

/// <summary>
/// Scaled dot-product attention, softmax(Q Kᵀ / √d) V for each sequence and head, and its gradients (Vaswani et al., "Attention
/// Is All You Need", 2017, equation 1). Sequences are shared out among the threads.
/// </summary>
internal static unsafe class AttentionKernel
{
    /// <summary>Weights and result.</summary>
    /// <param name="workers">Who computes.</param>
    /// <param name="sizes">Sizes.</param>
    /// <param name="queries">First head's queries of the first place.</param>
    /// <param name="keys">Keys.</param>
    /// <param name="values">Values.</param>
    /// <param name="allowed">[batch or 1, queries, keys], 0 where a place may not be looked at; or null. A row of zeros gives zeros.</param>
    /// <param name="allowedStride">Floats from a sequence's part of it to the next, or 0.</param>
    /// <param name="weights">[batch, heads, queries, keys], receives the softmax.</param>
    /// <param name="result">[batch, queries, embedding].</param>
    public static void Forward(Workers workers, in AttentionSizes sizes, float* queries, float* keys, float* values, float* allowed, nint allowedStride, float* weights, float* result) =>
        Width.Run(new ForwardAction(workers, sizes, queries, keys, values, allowed, allowedStride, weights, result));

    /// <summary>Gradients of queries, keys and values, from the result's.</summary>
    /// <param name="workers">Who computes.</param>
    /// <param name="sizes">Sizes.</param>
    /// <param name="queries">Queries.</param>
    /// <param name="keys">Keys.</param>
    /// <param name="values">Values.</param>
    /// <param name="weights">The softmax.</param>
    /// <param name="upstream">[batch, queries, embedding].</param>
    /// <param name="queryGradient">Where the queries' goes, laid out as they are; null for nowhere.</param>
    /// <param name="addQueries">Whether to add to what is there.</param>
    /// <param name="keyGradient">Where the keys' goes; null for nowhere.</param>
    /// <param name="valueGradient">Where the values' goes; null when <paramref name="keyGradient"/> is.</param>
    /// <param name="addKeys">Whether to add to what is there.</param>
    public static void Backward(
        Workers workers, in AttentionSizes sizes, float* queries, float* keys, float* values, float* weights, float* upstream, float* queryGradient, bool addQueries, float* keyGradient, float* valueGradient, bool addKeys) =>
        Width.Run(new BackwardAction(workers, sizes, queries, keys, values, weights, upstream, queryGradient, addQueries, keyGradient, valueGradient, addKeys));

    /// <summary>x = softmax(scale · x) by rows, over what is allowed, as <see cref="SoftmaxRows"/> computes it.</summary>
    /// <param name="x">[blocks, rows, columns].</param>
    /// <param name="blocks">Blocks, one a head.</param>
    /// <param name="rows">Rows of a block.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="scale">Factor.</param>
    /// <param name="allowed">[rows, columns], 0 where a weight is to be 0, the same for all blocks; or null.</param>
    public static void Softmax(float* x, int blocks, int rows, int columns, float scale, float* allowed)
    {
        if (scale != 1)
        {
            Elementwise.Map(new Scaled(scale), x, x, blocks * rows * columns, add: false);
        }

        if (allowed == null)
        {
            SoftmaxRows.Forward(x, x, blocks * rows, columns, logarithm: false);
        }
        else
        {
            SoftmaxRows.Masked(x, allowed, x, blocks, rows, columns);
        }
    }

    /// <summary>upstream = scale · weights · (upstream − Σ upstream · weights), by rows: through the softmax to the products.</summary>
    /// <param name="weights">The softmax, [rows, columns].</param>
    /// <param name="upstream">Its gradient; receives that of what was under it.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="scale">Factor of the softmax's argument.</param>
    public static void SoftmaxGradient(float* weights, float* upstream, int rows, int columns, float scale)
    {
        for (int row = 0; row < rows; row++)
        {
            float* w = weights + ((nint)row * columns);
            float* u = upstream + ((nint)row * columns);
            float sum = 0;
            for (int j = 0; j < columns; j++)
            {
                sum += u[j] * w[j];
            }

            for (int j = 0; j < columns; j++)
            {
                u[j] = scale * w[j] * (u[j] - sum);
            }
        }
    }

    private readonly struct ForwardAction(
        Workers workers, AttentionSizes sizes, float* queries, float* keys, float* values, float* allowed, nint allowedStride, float* weights, float* result) : IWideAction
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide> =>
            workers.Share(new ForwardJob<TWide>(workers.Scratch, sizes, queries, keys, values, allowed, allowedStride, weights, result), sizes.Batch, sizes.Work);
    }

    private readonly struct ForwardJob<TWide>(
        Scratch scratch, AttentionSizes sizes, float* queries, float* keys, float* values, float* allowed, nint allowedStride, float* weights, float* result) : IJob
        where TWide : unmanaged, IWide<TWide>
    {
        public void Execute(int part, int worker)
        {
            nint query = (nint)part * sizes.Queries * sizes.QueryStride, key = (nint)part * sizes.Keys * sizes.KeyStride, block = (nint)sizes.Queries * sizes.Keys;
            float* mask = allowed == null ? null : allowed + (part * allowedStride);
            float* w = weights + ((nint)part * sizes.Heads * block);
            for (int head = 0; head < sizes.Heads; head++)
            {
                int column = head * sizes.HeadSize;
                Multiply<TWide>(sizes.Queries, sizes.Keys, sizes.HeadSize, new Matrix(queries + query + column, sizes.QueryStride), new Matrix(keys + key + column, sizes.KeyStride).Transposed, w + (head * block), sizes.Keys, false, scratch, worker);
            }

            // All heads at once: rows of few columns are done sixteen at a time.
            Softmax(w, sizes.Heads, sizes.Queries, sizes.Keys, sizes.Scale, mask);
            for (int head = 0; head < sizes.Heads; head++)
            {
                int column = head * sizes.HeadSize;
                float* y = result + ((nint)part * sizes.Queries * sizes.Embedding) + column;
                Multiply<TWide>(sizes.Queries, sizes.HeadSize, sizes.Keys, new Matrix(w + (head * block), sizes.Keys), new Matrix(values + key + column, sizes.KeyStride), y, sizes.Embedding, false, scratch, worker);
            }
        }
    }

    private readonly struct BackwardAction(
        Workers workers, AttentionSizes sizes, float* queries, float* keys, float* values, float* weights, float* upstream, float* queryGradient, bool addQueries, float* keyGradient, float* valueGradient, bool addKeys) : IWideAction
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide> =>
            workers.Share(new BackwardJob<TWide>(workers.Scratch, sizes, queries, keys, values, weights, upstream, queryGradient, addQueries, keyGradient, valueGradient, addKeys), sizes.Batch, 2 * sizes.Work);
    }

    /// <summary>With O = W V and δ the gradient of the scores: ∂V = Wᵀ ∂O, ∂W = ∂O Vᵀ, ∂Q = δ K, ∂K = δᵀ Q.</summary>
    private readonly struct BackwardJob<TWide>(
        Scratch scratch, AttentionSizes sizes, float* queries, float* keys, float* values, float* weights, float* upstream, float* queryGradient, bool addQueries, float* keyGradient, float* valueGradient, bool addKeys) : IJob
        where TWide : unmanaged, IWide<TWide>
    {
        public void Execute(int part, int worker)
        {
            nint query = (nint)part * sizes.Queries * sizes.QueryStride, key = (nint)part * sizes.Keys * sizes.KeyStride, block = (nint)sizes.Queries * sizes.Keys;
            float* scores = scratch.Floats(worker, ScratchSlot.First, block);
            for (int head = 0; head < sizes.Heads; head++)
            {
                int column = head * sizes.HeadSize;
                float* w = weights + ((((nint)part * sizes.Heads) + head) * block);
                Matrix above = new(upstream + ((nint)part * sizes.Queries * sizes.Embedding) + column, sizes.Embedding);
                Multiply<TWide>(sizes.Queries, sizes.Keys, sizes.HeadSize, above, new Matrix(values + key + column, sizes.KeyStride).Transposed, scores, sizes.Keys, false, scratch, worker);
                SoftmaxGradient(w, scores, sizes.Queries, sizes.Keys, sizes.Scale);
                Matrix delta = new(scores, sizes.Keys);
                if (queryGradient != null)
                {
                    Multiply<TWide>(sizes.Queries, sizes.HeadSize, sizes.Keys, delta, new Matrix(keys + key + column, sizes.KeyStride), queryGradient + query + column, sizes.QueryStride, addQueries, scratch, worker);
                }

                if (keyGradient != null)
                {
                    Multiply<TWide>(sizes.Keys, sizes.HeadSize, sizes.Queries, delta.Transposed, new Matrix(queries + query + column, sizes.QueryStride), keyGradient + key + column, sizes.KeyStride, addKeys, scratch, worker);
                    Multiply<TWide>(sizes.Keys, sizes.HeadSize, sizes.Queries, new Matrix(w, sizes.Keys).Transposed, above, valueGradient + key + column, sizes.KeyStride, addKeys, scratch, worker);
                }
            }
        }
    }

    private static void Multiply<TWide>(int rows, int columns, int depth, Matrix a, Matrix b, float* c, nint cStride, bool accumulate, Scratch scratch, int worker)
        where TWide : unmanaged, IWide<TWide> => new Product(rows, columns, depth, a, b, c, cStride, accumulate, default).Compute<TWide>(0, rows, 0, columns, scratch, worker);
}
