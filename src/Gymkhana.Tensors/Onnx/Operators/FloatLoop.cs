using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>A function over many single-precision numbers: an operator of its own, or the activation of a product.</summary>
internal abstract class FloatLoop
{
    /// <summary>y[i] = f(x[i]); x and y may be the same.</summary>
    public abstract void Run(ReadOnlySpan<float> x, Span<float> y);

    /// <summary>The function of a node, its attributes read.</summary>
    /// <returns>Null when the operator is no function of one number.</returns>
    public static FloatLoop? Find(NodeContext c) => c.Node.Operator switch
    {
        "Relu" => (FloatLoop)Of(new ReluFunction()),
        "LeakyRelu" => Of(new LeakyReluFunction(c.Single("alpha", 0.01f))),
        "ThresholdedRelu" => Of(new ThresholdedReluFunction(c.Single("alpha", 1f))),
        "Elu" => Of(new EluFunction(c.Single("alpha", 1f), 1f, 1f)),
        "Selu" => Of(new EluFunction(c.Single("alpha", 1.67326319f), c.Single("gamma", 1.05070102f), 1f)),
        "Celu" => Of(new EluFunction(c.Single("alpha", 1f), 1f, c.Single("alpha", 1f))),
        "Tanh" => Of(new TanhFunction()),
        "Sigmoid" => Of(new SigmoidFunction()),
        "HardSigmoid" => Of(new HardSigmoidFunction(c.Single("alpha", 0.2f), c.Single("beta", 0.5f))),
        "HardSwish" => Of(new HardSwishFunction()),
        "Exp" => Of(new ExpFunction()),
        "Erf" => Of(new ErfFunction()),
        "Softsign" => Of(new SoftsignFunction()),
        "Sqrt" => Of(new SqrtFunction()),
        "Reciprocal" => Of(new ReciprocalFunction()),
        "Abs" => Of(new AbsFunction()),
        "Neg" => Of(new NegFunction()),
        "Sin" => Of(new SinFunction()),
        "Cos" => Of(new CosFunction()),
        "Log" => Of(new LogFunction()),
        "Softplus" => Of(new SoftplusFunction()),
        _ => Double(c) is { } function ? Of(new ScalarFunction(function)) : null,
    };

    /// <summary>The same in double precision.</summary>
    /// <returns>Null when the operator is no function of one number.</returns>
    public static Func<double, double>? Double(NodeContext c)
    {
        double alpha = c.Single("alpha", c.Node.Operator switch { "LeakyRelu" => 0.01f, "HardSigmoid" => 0.2f, "Selu" => 1.67326319f, _ => 1f });
        return c.Node.Operator switch
        {
            "Relu" => x => x < 0 ? 0 : x,
            "LeakyRelu" => x => x < 0 ? alpha * x : x,
            "Elu" => x => x < 0 ? alpha * (Math.Exp(x) - 1) : x,
            "Tanh" => Math.Tanh,
            "Sigmoid" => x => 1 / (1 + Math.Exp(-x)),
            "Exp" => Math.Exp,
            "Log" => Math.Log,
            "Sqrt" => Math.Sqrt,
            "Reciprocal" => x => 1 / x,
            "Abs" => Math.Abs,
            "Neg" => x => -x,
            "Floor" => Math.Floor,
            "Ceil" => Math.Ceiling,
            "Round" => x => Math.Round(x, MidpointRounding.ToEven),
            "Sign" => x => x > 0 ? 1 : x < 0 ? -1 : x,
            "Sin" => Math.Sin,
            "Cos" => Math.Cos,
            "Tan" => Math.Tan,
            "Asin" => Math.Asin,
            "Acos" => Math.Acos,
            "Atan" => Math.Atan,
            "Sinh" => Math.Sinh,
            "Cosh" => Math.Cosh,
            "Asinh" => Math.Asinh,
            "Acosh" => Math.Acosh,
            "Atanh" => Math.Atanh,
            "Softplus" => Softplus,
            "Mish" => x => x * Math.Tanh(Softplus(x)),
            "Shrink" => Shrink(c.Single("bias", 0f), c.Single("lambd", 0.5f)),
            _ => null,
        };
    }

    private static Loop<TFunction> Of<TFunction>(TFunction function)
        where TFunction : struct, IFloatFunction => new Loop<TFunction>(function);

    // ln(1 + eˣ) without overflow.
    private static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    private static Func<double, double> Shrink(double bias, double lambda) => x => x < -lambda ? x + bias : x > lambda ? x - bias : 0;

    private sealed class Loop<TFunction>(TFunction function) : FloatLoop
        where TFunction : struct, IFloatFunction
    {
        public override void Run(ReadOnlySpan<float> x, Span<float> y) => ElementLoops.Apply(function, x, y);
    }
}
