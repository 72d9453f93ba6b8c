using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors.Operations;

/// <summary>A function of a row of numbers with its derivatives.</summary>
internal unsafe interface IRowReduction
{
    /// <summary>f(x).</summary>
    /// <param name="x">The row.</param>
    /// <param name="count">Its elements.</param>
    /// <param name="scratch">Room for as many.</param>
    static abstract float Value(float* x, int count, float* scratch);

    /// <summary>gradient = ∂f/∂x × upstream, or += that.</summary>
    static abstract void Gradient(float* x, int count, float y, float upstream, float* gradient, bool add, float* scratch);

    /// <summary>f(x), plainly in double.</summary>
    static abstract double Exact(ReadOnlySpan<double> x);

    /// <summary>ONNX's operator for it.</summary>
    static abstract string Operator { get; }
}

/// <summary>y[o] = f(x[o, :]).</summary>
internal sealed unsafe class RowReduction<TFunction> : Operation
    where TFunction : struct, IRowReduction
{
    private int _count;

    public static Tensor Of(Tensor x, ReadOnlySpan<int> axes, bool keepDimensions)
    {
        ReducedAxes walk = ReducedAxes.Of(x, axes, keepDimensions, contiguous: true);
        RowReduction<TFunction> operation = x.Tape.Rent<RowReduction<TFunction>>();
        operation.Take(walk.Tensor);
        operation._count = walk.Count;
        return x.Tape.Run(operation, walk.Shape);
    }

    public override void Forward() => RowBlocks.Run(Workers, new ValueRows(X(0), _count, Output.Values, Workers.Scratch), Output.Count, _count);

    public override void Backward() =>
        RowBlocks.Run(Workers, new GradientRows(X(0), _count, Output.Values, Output.Gradient, PlaceFor(0), Workers.Scratch), Output.Count, _count);

    public override void Emit(OnnxEmitter emitter) => emitter.ReduceRun(this, TFunction.Operator, Output.Count, _count, 1);

    public override void Reference()
    {
        for (int row = 0; row < Output.Count; row++)
        {
            Output.Exact![row] = TFunction.Exact(ExactX(0).AsSpan(row * _count, _count)); // a checking tape gives it
        }
    }

    private readonly struct ValueRows(float* x, int count, float* y, Scratch memory) : IRowKernel
    {
        public void Rows(int first, int rows, int worker)
        {
            float* scratch = memory.Floats(worker, ScratchSlot.First, count);
            for (int row = first; row < first + rows; row++)
            {
                y[row] = TFunction.Value(x + ((nint)row * count), count, scratch);
            }
        }
    }

    private readonly struct GradientRows(float* x, int count, float* y, float* upstream, GradientPlace place, Scratch memory) : IRowKernel
    {
        public void Rows(int first, int rows, int worker)
        {
            float* scratch = memory.Floats(worker, ScratchSlot.First, count);
            for (int row = first; row < first + rows; row++)
            {
                nint start = (nint)row * count;
                TFunction.Gradient(x + start, count, y[row], upstream[row], place.Values + start, place.Add, scratch);
            }
        }
    }
}

/// <summary>ln Σ eˣ, by way of the largest element; ∂ = e^(x − y).</summary>
internal readonly unsafe struct LogSumExpReduction : IRowReduction
{
    public static string Operator => "ReduceLogSumExp";

    public static float Value(float* x, int count, float* scratch)
    {
        float max = count == 0 ? float.NegativeInfinity : LaneSums.Max(x, count);
        if (float.IsInfinity(max))
        {
            return max;
        }

        Elementwise.Map(new Exponential(max, 1), x, scratch, count, add: false);
        return max + TensorMath.Log(new Wide1(LaneSums.Sum(scratch, count))).Value;
    }

    public static void Gradient(float* x, int count, float y, float upstream, float* gradient, bool add, float* scratch) =>
        Elementwise.Map(new Exponential(y, upstream), x, gradient, count, add);

    public static double Exact(ReadOnlySpan<double> x)
    {
        double max = double.NegativeInfinity, sum = 0;
        foreach (double value in x)
        {
            max = Math.Max(max, value);
        }

        foreach (double value in x)
        {
            sum += Math.Exp(value - max);
        }

        return max + Math.Log(sum);
    }

    private readonly struct Exponential(float shift, float factor) : IUnaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TWide.Multiply(TensorMath.Exp(x - TWide.Broadcast(shift)), factor);
    }
}

/// <summary>√Σ x²; ∂ = x/y.</summary>
internal readonly unsafe struct NormReduction : IRowReduction
{
    public static string Operator => "ReduceL2";

    public static float Value(float* x, int count, float* scratch) => MathF.Sqrt(LaneSums.Dot(x, x, count));

    public static void Gradient(float* x, int count, float y, float upstream, float* gradient, bool add, float* scratch) =>
        Elementwise.Map(new Scaled(y == 0 ? 0 : upstream / y), x, gradient, count, add);

    public static double Exact(ReadOnlySpan<double> x)
    {
        double sum = 0;
        foreach (double value in x)
        {
            sum += value * value;
        }

        return Math.Sqrt(sum);
    }
}

/// <summary>Π x; ∂ = the product of the others, without a division, so that zeros are no exception.</summary>
internal readonly unsafe struct ProductReduction : IRowReduction
{
    public static string Operator => "ReduceProd";

    public static float Value(float* x, int count, float* scratch)
    {
        float product = 1;
        for (int i = 0; i < count; i++)
        {
            product *= x[i];
        }

        return product;
    }

    public static void Gradient(float* x, int count, float y, float upstream, float* gradient, bool add, float* scratch)
    {
        float before = 1, after = upstream;
        for (int i = 0; i < count; i++)
        {
            scratch[i] = before;
            before *= x[i];
        }

        for (int i = count - 1; i >= 0; i--)
        {
            scratch[i] *= after;
            after *= x[i];
        }

        Blocks.Put(scratch, gradient, count, add);
    }

    public static double Exact(ReadOnlySpan<double> x)
    {
        double product = 1;
        foreach (double value in x)
        {
            product *= value;
        }

        return product;
    }
}
