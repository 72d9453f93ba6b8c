using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Matrix products: Gemm and MatMul, the latter with a bias where fusion gave it one.</summary>
internal static class ProductOperators
{
    /// <summary>y = α A' B' + β C, each of A and B transposed if asked for.</summary>
    public static unsafe void PlanGemm(NodeContext c)
    {
        Operand a = c.Float(0);
        Operand b = c.Float(1);
        Operand? addend = c.OptionalFloat(2);
        if (a.Rank != 2 || b.Rank != 2)
        {
            throw c.RefuseShapes("two matrices", a, b);
        }

        a = c.Flag("transA") ? Transposed(c, a) : a;
        b = c.Flag("transB") ? Transposed(c, b) : b;
        (int m, int k, int n) = (a.Shape[0], a.Shape[1], b.Shape[1]);
        int[] shape = [m, n];
        if (b.Shape[0] != k || (addend is not null && !(BroadcastLoop.Broadcast(shape, addend.Shape) is { } both && both.AsSpan().SequenceEqual(shape))))
        {
            throw addend is null ? c.RefuseShapes("matrices that fit", a, b) : c.RefuseShapes("matrices that fit, and an addend that broadcasts to their product", a, b, addend);
        }

        Workers workers = c.Workers;
        float alpha = c.Single("alpha", 1f);
        float beta = c.Single("beta", 1f);
        Operand y = c.Output(0, a.Type, shape);
        bool isBias = addend is not null && alpha == 1f && beta == 1f && addend.Count == n && (addend.Rank < 2 || addend.Shape[0] == 1) && addend.Rank > 0;
        c.Emit(() => Products.Multiply(workers, a.Floats, b.Floats, isBias ? addend!.Floats : null, y.Floats, m, n, k), Work(m, n, k));
        if (alpha != 1f)
        {
            c.Emit(() => Scale(y.As<float>(), alpha));
        }

        if (addend is not null && !isBias)
        {
            BroadcastLoop loop = BroadcastLoop.Over(shape, shape, addend.Shape);
            c.Emit(() => Add(loop, y.As<float>(), addend.As<float>(), beta), y.Count);
        }

        Activate(c, y);
    }

    /// <summary>Products of the last two axes, the others broadcasting; a vector counts as one row or one column.</summary>
    public static unsafe void PlanMatMul(NodeContext c)
    {
        Operand a = c.Float(0);
        Operand b = c.Float(1);
        Operand? bias = c.OptionalFloat(2);
        if (a.Rank == 0 || b.Rank == 0)
        {
            throw c.RefuseShapes("two tensors with axes", a, b);
        }

        int[] left = a.Rank == 1 ? [1, a.Shape[0]] : a.Shape;
        int[] right = b.Rank == 1 ? [b.Shape[0], 1] : b.Shape;
        (int m, int k, int n) = (left[^2], left[^1], right[^1]);
        int[]? batch = BroadcastLoop.Broadcast(left[..^2], right[..^2]);
        if (right[^2] != k || batch is null || (bias is not null && (bias.Rank != 1 || bias.Count != n)))
        {
            throw c.RefuseShapes("matrices that fit", a, b);
        }

        Operand y = c.Output(0, a.Type, [.. batch, .. a.Rank == 1 ? Array.Empty<int>() : [m], .. b.Rank == 1 ? Array.Empty<int>() : [n]]);
        int batches = ShapeOperators.Product(batch);
        Workers workers = c.Workers;
        if (right.Length == 2)
        {
            // One matrix on the right: all rows on the left are one product.
            int rows = (int)Math.Min((long)batches * m, int.MaxValue);
            c.Emit(() => Products.Multiply(workers, a.Floats, b.Floats, bias is null ? null : bias.Floats, y.Floats, rows, n, k), Work(rows, n, k));
        }
        else
        {
            BroadcastLoop loop = BroadcastLoop.Over(batch, left[..^2], right[..^2]);
            c.Emit(() => Batched(workers, loop, a.Floats, b.Floats, y.Floats, m, n, k), Work(m, n, k) * batches);
        }

        Activate(c, y);
    }

    /// <summary>Arithmetic operations of a product, at most a number that is beyond every limit.</summary>
    public static long Work(double m, double n, double k) => (long)Math.Min(2 * m * n * k, 1e15);

    /// <summary>Adds the activation that was fused with the node, in place.</summary>
    public static void Activate(NodeContext c, Operand y)
    {
        if (c.Activation() is { } loop)
        {
            c.Emit(() => loop.Run(y.As<float>(), y.As<float>()), y.Count);
        }
    }

    /// <summary>The transpose of a matrix: at once for a constant, else each time.</summary>
    public static Operand Transposed(NodeContext c, Operand x)
    {
        int[] shape = [x.Shape[1], x.Shape[0]];
        StridedCopy copy = new(x.Type.Size(), shape, [1, x.Shape[1]], 0, StridedCopy.Strides(shape), 0);
        Operand turned = c.Scratch(x.Type, shape);
        if (x.IsConstant)
        {
            c.Fill(turned, () => copy.Run(x.As<byte>(), turned.As<byte>()));
        }
        else
        {
            c.Emit(() => copy.Run(x.As<byte>(), turned.As<byte>()));
        }

        return turned;
    }

    private static unsafe void Batched(Workers workers, BroadcastLoop loop, float* a, float* b, float* y, int m, int n, int k)
    {
        if (loop.Run == 0)
        {
            return;
        }

        loop.Reset();
        do
        {
            for (int i = 0; i < loop.Run; i++)
            {
                long first = loop.Start(0) + (i * loop.Steps[0]);
                long second = loop.Start(1) + (i * loop.Steps[1]);
                Products.Multiply(workers, a + (first * m * k), b + (second * k * n), null, y, m, n, k);
                y += (long)m * n;
            }
        }
        while (loop.MoveNext());
    }

    private static void Scale(Span<float> y, float alpha)
    {
        foreach (ref float value in y)
        {
            value *= alpha;
        }
    }

    private static void Add(BroadcastLoop loop, Span<float> y, ReadOnlySpan<float> addend, float beta)
    {
        if (loop.Run == 0)
        {
            return;
        }

        loop.Reset();
        do
        {
            for (int i = 0; i < loop.Run; i++)
            {
                y[loop.Start(0) + (i * loop.Steps[0])] += beta * addend[loop.Start(1) + (i * loop.Steps[1])];
            }
        }
        while (loop.MoveNext());
    }
}
