using System.Runtime.CompilerServices;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;
using Gymkhana.Tensors.Operations;

namespace Gymkhana.Tensors;

/// <content>Arithmetic of a tensor and a number.</content>
public readonly unsafe partial struct Tensor
{
    /// <summary>x + c.</summary>
    /// <param name="tensor">x.</param>
    /// <param name="number">c.</param>
    public static Tensor operator +(Tensor tensor, float number) => Unary<AddNumberFunction>.Of(tensor, new AddNumberFunction(number));

    /// <summary>c + x.</summary>
    /// <param name="number">c.</param>
    /// <param name="tensor">x.</param>
    public static Tensor operator +(float number, Tensor tensor) => Unary<AddNumberFunction>.Of(tensor, new AddNumberFunction(number));

    /// <summary>x − c.</summary>
    /// <param name="tensor">x.</param>
    /// <param name="number">c.</param>
    public static Tensor operator -(Tensor tensor, float number) => Unary<AddNumberFunction>.Of(tensor, new AddNumberFunction(-number));

    /// <summary>c − x.</summary>
    /// <param name="number">c.</param>
    /// <param name="tensor">x.</param>
    public static Tensor operator -(float number, Tensor tensor) => Unary<SubtractFromNumberFunction>.Of(tensor, new SubtractFromNumberFunction(number));

    /// <summary>c x.</summary>
    /// <param name="tensor">x.</param>
    /// <param name="number">c.</param>
    public static Tensor operator *(Tensor tensor, float number) => Unary<ScaleFunction>.Of(tensor, new ScaleFunction(number));

    /// <summary>c x.</summary>
    /// <param name="number">c.</param>
    /// <param name="tensor">x.</param>
    public static Tensor operator *(float number, Tensor tensor) => Unary<ScaleFunction>.Of(tensor, new ScaleFunction(number));

    /// <summary>x ÷ c.</summary>
    /// <param name="tensor">x.</param>
    /// <param name="number">c.</param>
    public static Tensor operator /(Tensor tensor, float number) => Unary<DivideByNumberFunction>.Of(tensor, new DivideByNumberFunction(number));

    /// <summary>c ÷ x.</summary>
    /// <param name="number">c.</param>
    /// <param name="tensor">x.</param>
    public static Tensor operator /(float number, Tensor tensor) => Unary<DivideNumberFunction>.Of(tensor, new DivideNumberFunction(number));

    /// <summary>xᶜ. The powers −1, −½, ½, 1, 2 and 3 are computed directly, others in double by way of the logarithm, which takes some twenty times as long. NaN for x &lt; 0 unless the power is whole.</summary>
    /// <param name="exponent">c, finite.</param>
    /// <returns>The power of each element.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The exponent is not finite.</exception>
    public Tensor Pow(float exponent)
    {
        if (!float.IsFinite(exponent))
        {
            throw new ArgumentOutOfRangeException(nameof(exponent), exponent, "a power must be finite.");
        }

        return exponent switch
        {
            -1f => Reciprocal(),
            -0.5f => ReciprocalSqrt(),
            0.5f => Sqrt(),
            1f => this * 1f,
            2f => Square(),
            3f => Unary<CubeFunction>.Of(this),
            _ => Unary<PowerFunction>.Of(this, new PowerFunction(exponent)),
        };
    }

    private readonly struct AddNumberFunction(float number) : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => x + TWide.Broadcast(number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Broadcast(1);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Add", [x, emitter.Scalar(number)]);

        public double Exact(double x) => x + number;
    }

    private readonly struct SubtractFromNumberFunction(float number) : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TWide.Broadcast(number) - x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Broadcast(-1);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Sub", [emitter.Scalar(number), x]);

        public double Exact(double x) => number - x;
    }

    private readonly struct ScaleFunction(float number) : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TWide.Multiply(x, number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Broadcast(number);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Mul", [x, emitter.Scalar(number)]);

        public double Exact(double x) => x * number;
    }

    private readonly struct DivideByNumberFunction(float number) : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => x / TWide.Broadcast(number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Broadcast(1) / TWide.Broadcast(number);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Div", [x, emitter.Scalar(number)]);

        public double Exact(double x) => x / number;
    }

    private readonly struct DivideNumberFunction(float number) : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TWide.Broadcast(number) / x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => -(y / x);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Div", [emitter.Scalar(number), x]);

        public double Exact(double x) => number / x;
    }

    private readonly struct CubeFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => x * x * x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Multiply(x * x, 3);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Mul", [emitter.Add("Mul", [x, x]), x]);

        public double Exact(double x) => x * x * x;
    }

    private readonly struct PowerFunction(float exponent) : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => LaneByLane.Map(new PowerOf(exponent, 1), x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => LaneByLane.Map(new PowerOf(exponent - 1, exponent), x);

        public string? Emit(OnnxEmitter emitter, string x) => emitter.Add("Pow", [x, emitter.Scalar(exponent)]);

        public double Exact(double x) => Math.Pow(x, exponent);
    }

    // factor · xᶜ of one number.
    private readonly struct PowerOf(double exponent, double factor) : INumberFunction
    {
        public double Of(double x)
        {
            if (double.IsNaN(x) || exponent == 0)
            {
                return double.IsNaN(x) ? x : factor;
            }

            bool whole = Math.Floor(exponent) == exponent;
            if (x < 0 && !whole)
            {
                return double.NaN;
            }

            double size = Math.Abs(x);
            double power = size == 0 || double.IsInfinity(size)
                ? size == 0 == exponent > 0 ? 0 : double.PositiveInfinity
                : PortableMath.Exp(Math.Clamp(exponent * PortableMath.Log(size), -700, 700));
            bool odd = whole && Math.Abs(exponent % 2) == 1;
            return factor * (x < 0 && odd ? -power : power);
        }
    }
}
