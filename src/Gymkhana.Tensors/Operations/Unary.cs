using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors.Operations;

/// <summary>A function of one number with its derivative: what an elementwise operation consists of (see UnaryFunctions.cs).</summary>
internal interface IUnaryFunction
{
    /// <summary>f(x), by lanes.</summary>
    TWide Value<TWide>(TWide x)
        where TWide : unmanaged, IWide<TWide>;

    /// <summary>f′(x), by lanes, from x and y = f(x).</summary>
    TWide Slope<TWide>(TWide x, TWide y)
        where TWide : unmanaged, IWide<TWide>;

    /// <summary>f(x), plainly in double.</summary>
    double Exact(double x);

    /// <summary>f(x) as ONNX nodes.</summary>
    /// <param name="emitter">What they are written with.</param>
    /// <param name="x">Name of x.</param>
    /// <returns>Name of f(x), or null when there are no such nodes.</returns>
    string? Emit(OnnxEmitter emitter, string x);
}

/// <summary>y = f(x) for each element.</summary>
internal sealed unsafe class Unary<TFunction> : Operation
    where TFunction : struct, IUnaryFunction
{
    public TFunction Function { get; set; }

    public static Tensor Of(Tensor x, TFunction function = default)
    {
        Tape tape = x.Tape;
        Unary<TFunction> operation = tape.Rent<Unary<TFunction>>();
        operation.Function = function;
        operation.Take(x);
        return tape.Run(operation, x.Shape);
    }

    public override void Forward() => Elementwise.Map(Workers, new ValueKernel(Function), X(0), Output.Values, Output.Count);

    public override void Backward()
    {
        GradientPlace place = PlaceFor(0);
        Elementwise.Map(Workers, new SlopeKernel(Function), X(0), Output.Values, Output.Gradient, place.Values, place.Count, place.Add);
    }

    public override void Reference()
    {
        double[] x = ExactX(0);
        for (int i = 0; i < x.Length; i++)
        {
            Output.Exact![i] = Function.Exact(x[i]); // a checking tape gives it
        }
    }

    public override void Emit(OnnxEmitter emitter) =>
        emitter.Set(Output, Function.Emit(emitter, emitter.Input(this, 0)) ?? throw OnnxEmitter.Refuse(this, "ONNX has no such function. Leave it out of the network that is exported."));

    private readonly struct ValueKernel(TFunction function) : IUnaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => function.Value(x);
    }

    private readonly struct SlopeKernel(TFunction function) : ITernaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide x, TWide y, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => function.Slope(x, y) * upstream;
    }
}
