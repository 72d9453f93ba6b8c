using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors.Operations;

/// <summary>A function of two numbers with its partial derivatives (see BinaryFunctions.cs).</summary>
internal interface IBinaryFunction
{
    /// <summary>f(a, b), by lanes.</summary>
    TWide Value<TWide>(TWide a, TWide b)
        where TWide : unmanaged, IWide<TWide>;

    /// <summary>∂f/∂a × upstream, by lanes; 0 for an upstream of 0.</summary>
    TWide TowardsA<TWide>(TWide a, TWide b, TWide upstream)
        where TWide : unmanaged, IWide<TWide>;

    /// <summary>∂f/∂b × upstream, by lanes; 0 for an upstream of 0.</summary>
    TWide TowardsB<TWide>(TWide a, TWide b, TWide upstream)
        where TWide : unmanaged, IWide<TWide>;

    /// <summary>f(a, b), plainly in double.</summary>
    double Exact(double a, double b);

    /// <summary>ONNX's operator for it.</summary>
    string Operator { get; }
}

/// <summary>
/// y = f(a, b) for each pair of elements. Shapes are aligned at the innermost axis and axes of size 1 (or missing ones) are
/// repeated, as NumPy does; the gradient of what was repeated is the sum over the repetitions, in the order of the output.
/// </summary>
internal sealed unsafe class Binary<TFunction> : Operation
    where TFunction : struct, IBinaryFunction
{
    private Broadcast _broadcast;

    public static Tensor Of(Tensor a, Tensor b)
    {
        Tape tape = a.Tape;
        Binary<TFunction> operation = tape.Rent<Binary<TFunction>>();
        operation.Take(a);
        operation.Take(b);
        Shape shape = Broadcast.Join(a.Shape, b.Shape);
        operation._broadcast = new Broadcast(a.Shape, b.Shape, shape);
        return tape.Run(operation, shape);
    }

    public override void Forward()
    {
        if (_broadcast.IsPlain)
        {
            Elementwise.Map(Workers, default(ValueKernel), X(0), X(1), Output.Values, Output.Count);
            return;
        }

        for (BroadcastRow row = BroadcastRow.First; row.Output < Output.Count; row = _broadcast.Next(row))
        {
            Elementwise.Map(default(ValueKernel), X(0) + row.A, _broadcast.InnerA, X(1) + row.B, _broadcast.InnerB, Output.Values + row.Output, _broadcast.InnerCount, add: false);
        }
    }

    public override void Backward()
    {
        // Both inputs may be the same tensor: the second place then adds to what the first wrote.
        if (Input(0).NeedsGradient)
        {
            Backward(default(KernelA), PlaceFor(0), _broadcast.InnerA, ofB: false);
        }

        if (Input(1).NeedsGradient)
        {
            Backward(default(KernelB), PlaceFor(1), _broadcast.InnerB, ofB: true);
        }
    }

    public override void Reference()
    {
        double[] a = ExactX(0), b = ExactX(1);
        for (BroadcastRow row = BroadcastRow.First; row.Output < Output.Count; row = _broadcast.Next(row))
        {
            for (int i = 0; i < _broadcast.InnerCount; i++)
            {
                Output.Exact![row.Output + i] = default(TFunction).Exact(a[row.A + (i * _broadcast.InnerA)], b[row.B + (i * _broadcast.InnerB)]); // a checking tape gives it
            }
        }
    }

    public override void Emit(OnnxEmitter emitter) => emitter.Set(Output, emitter.Add(default(TFunction).Operator, [emitter.Input(this, 0), emitter.Input(this, 1)]));

    private void Backward<TKernel>(TKernel kernel, GradientPlace place, int innerStride, bool ofB)
        where TKernel : struct, ITernaryKernel
    {
        if (_broadcast.IsPlain)
        {
            Elementwise.Map(Workers, kernel, X(0), X(1), Output.Gradient, place.Values, place.Count, place.Add);
            return;
        }

        float* gradient = place.ToAddTo();
        float* products = innerStride == 0 ? Tape.Memory.Rent(_broadcast.InnerCount) : null;
        for (BroadcastRow row = BroadcastRow.First; row.Output < Output.Count; row = _broadcast.Next(row))
        {
            float* target = gradient + (ofB ? row.B : row.A);
            float* upstream = Output.Gradient + row.Output;
            float* a = X(0) + row.A;
            float* b = X(1) + row.B;
            if (innerStride != 0)
            {
                Elementwise.Map(kernel, a, _broadcast.InnerA, b, _broadcast.InnerB, upstream, 1, target, _broadcast.InnerCount, add: true);
                continue;
            }

            Elementwise.Map(kernel, a, _broadcast.InnerA, b, _broadcast.InnerB, upstream, 1, products, _broadcast.InnerCount, add: false);
            *target += LaneSums.Sum(products, _broadcast.InnerCount);
        }
    }

    private readonly struct ValueKernel : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => default(TFunction).Value(a, b);
    }

    private readonly struct KernelA : ITernaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b, TWide c)
            where TWide : unmanaged, IWide<TWide> => default(TFunction).TowardsA(a, b, c);
    }

    private readonly struct KernelB : ITernaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b, TWide c)
            where TWide : unmanaged, IWide<TWide> => default(TFunction).TowardsB(a, b, c);
    }
}
