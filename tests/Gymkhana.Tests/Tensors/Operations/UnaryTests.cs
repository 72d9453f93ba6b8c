using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

public sealed class UnaryTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Everywhere = new()
    {
        ["relu"] = x => x.Relu(),
        ["leaky_relu_0.01"] = x => x.LeakyRelu(),
        ["leaky_relu_0.2"] = x => x.LeakyRelu(0.2f),
        ["elu"] = x => x.Elu(),
        ["selu"] = x => x.Selu(),
        ["gelu"] = x => x.Gelu(),
        ["gelu_tanh"] = x => x.GeluTanh(),
        ["tanh"] = x => x.Tanh(),
        ["sigmoid"] = x => x.Sigmoid(),
        ["softplus"] = x => x.Softplus(),
        ["silu"] = x => x.Silu(),
        ["mish"] = x => x.Mish(),
        ["hardswish"] = x => x.HardSwish(),
        ["hardsigmoid"] = x => x.HardSigmoid(),
        ["hardtanh"] = x => x.HardTanh(),
        ["relu6"] = x => x.Relu6(),
        ["logsigmoid"] = x => x.LogSigmoid(),
        ["exp"] = x => x.Exp(),
        ["abs"] = x => x.Abs(),
        ["square"] = x => x.Square(),
        ["sin"] = x => x.Sin(),
        ["cos"] = x => x.Cos(),
    };

    private static readonly Dictionary<string, Func<Tensor, Tensor>> Positive = new()
    {
        ["log"] = x => x.Log(),
        ["sqrt"] = x => x.Sqrt(),
        ["rsqrt"] = x => x.ReciprocalSqrt(),
        ["reciprocal"] = x => x.Reciprocal(),
        ["pow2.5"] = x => x.Pow(2.5f),
        ["lgamma"] = x => x.LogGamma(),
        ["digamma"] = x => x.Digamma(),
        ["log1p"] = x => x.LogOnePlus(),
    };

    private static readonly Dictionary<string, Func<Tensor, Tensor>> WithNumbers = new()
    {
        ["-x"] = x => -x,
        ["x + 3"] = x => x + 3,
        ["3 + x"] = x => 3 + x,
        ["x - 3"] = x => x - 3,
        ["3 - x"] = x => 3 - x,
        ["x * 3"] = x => x * 3,
        ["3 * x"] = x => 3 * x,
        ["x / 3"] = x => x / 3,
        ["3 / x"] = x => 3 / x,
        ["x^-1"] = x => x.Pow(-1),
        ["x^-1/2"] = x => x.Pow(-0.5f),
        ["x^1/2"] = x => x.Pow(0.5f),
        ["x^1"] = x => x.Pow(1),
        ["x^2"] = x => x.Pow(2),
        ["x^3"] = x => x.Pow(3),
        ["x^0"] = x => x.Pow(0),
        ["x^-1.3"] = x => x.Pow(-1.3f),
        ["clamp"] = x => x.Clamp(0.8f, 1.7f),
    };

    public static TheoryData<string> EverywhereNames => [.. Everywhere.Keys];

    public static TheoryData<string> PositiveNames => [.. Positive.Keys, .. WithNumbers.Keys];

    [Fact]
    public void Activations_Recorded_GiveTheirResultAndGradients() => CheckAll(new GoldenCase("activations"), Everywhere, g => g.Floats("c.gout"));

    [Fact]
    public void PositiveFunctions_Recorded_GiveTheirResultAndDerivatives() =>
        CheckAll(new GoldenCase("elementwise_positive"), Positive, g => [.. Enumerable.Repeat(1f, g.Shape("in.x").Count)]);

    [Fact]
    public void ClampAndExtremes_Recorded_GiveTheirResultAndGradients()
    {
        GoldenCase golden = new("clamp_minmax");
        Tape tape = new();
        Tensor a = golden.Variable(tape, "in.a"), b = golden.Variable(tape, "in.b");
        (string Key, Tensor Value)[] results = [("c", a.Clamp(-0.7f, 0.9f)), ("mx", a.Maximum(b)), ("mn", a.Minimum(b))];
        foreach ((string key, Tensor value) in results)
        {
            golden.Check("out." + key, value.Values);
            golden.Seed(value, "gout." + key);
        }

        tape.Backward();
        golden.Check("g.a", a.Gradient);
        golden.Check("g.b", b.Gradient);
    }

    [Theory]
    [MemberData(nameof(EverywhereNames))]
    public void Function_OfNumbersOfBothSigns_HasTheGradientOfFiniteDifferences(string name)
    {
        // Away from the kinks at 0, ±1, ±3 and 6.
        (Shape, float[]) input = (new Shape(2, 19), [.. Enumerable.Range(0, 38).Select(i => ((i - 19) * 0.413f) + 0.05f)]);
        GradientFindings findings = GradientCheck.Run((_, x) => Everywhere[name](x[0]), [input]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Theory]
    [MemberData(nameof(PositiveNames))]
    public void Function_OfPositiveNumbers_HasTheGradientOfFiniteDifferences(string name)
    {
        Func<Tensor, Tensor> function = Positive.TryGetValue(name, out Func<Tensor, Tensor>? found) ? found : WithNumbers[name];
        GradientFindings findings = GradientCheck.Run((_, x) => function(x[0]), [Draw.Uniform(new Shape(3, 7), 0.3, 4, 1)]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Theory]
    [MemberData(nameof(EverywhereNames))]
    [MemberData(nameof(PositiveNames))]
    public void Function_OfNaN_StaysNaN(string name)
    {
        Func<Tensor, Tensor> function = Everywhere.TryGetValue(name, out Func<Tensor, Tensor>? found) ? found : Positive.TryGetValue(name, out found) ? found : WithNumbers[name];
        Tape tape = new();
        Tensor x = tape.Constant(new Shape(18), [.. Enumerable.Repeat(float.NaN, 18)]);
        Assert.All(function(x).Values.ToArray(), v => Assert.True(float.IsNaN(v) || name == "x^0", $"{name}(NaN) is {v}"));
    }

    [Fact]
    public void Functions_AtTheirEnds_HaveTheirLimits()
    {
        Tape tape = new();
        Tensor ends = tape.Constant(new Shape(5), [float.NegativeInfinity, -200, 0, 200, float.PositiveInfinity]);
        Assert.Equal([0, 0, 1, float.PositiveInfinity, float.PositiveInfinity], ends.Exp().Values.ToArray());
        Assert.Equal([float.NaN, float.NaN, float.NegativeInfinity, float.PositiveInfinity], Values(tape.Constant(new Shape(4), [float.NegativeInfinity, -1, 0, float.PositiveInfinity]).Log()));
        Assert.Equal([0, 0, 0.5f, 1, 1], ends.Sigmoid().Values.ToArray());
        Assert.Equal([-1, -1, 0, 1, 1], ends.Tanh().Values.ToArray());
        Assert.Equal([-1, -1, 0, 200, float.PositiveInfinity], ends.Elu().Values.ToArray());
        Assert.Equal([0, 0, MathF.Log(2), 200, float.PositiveInfinity], ends.Softplus().Values.ToArray(), new Within(1e-7f));
        Assert.Equal([float.NegativeInfinity, -200, -MathF.Log(2), 0, 0], ends.LogSigmoid().Values.ToArray(), new Within(1e-7f));
        Assert.Equal([float.NegativeInfinity, float.NaN], Values(tape.Constant(new Shape(2), [-1, -1.5f]).LogOnePlus()));
    }

    [Fact]
    public void LogOnePlus_OfSmallNumbers_KeepsRelativePrecision()
    {
        Tape tape = new();
        float[] x = [1e-10f, -1e-7f, 3e-5f, -4e-3f, 0.2f];
        float[] y = Values(tape.Constant(new Shape(5), x).LogOnePlus());
        for (int i = 0; i < x.Length; i++)
        {
            double truth = Math.Abs(x[i]) < 1e-3 ? x[i] - (0.5 * x[i] * x[i]) : Math.Log(1.0 + x[i]);
            Assert.Equal(1, y[i] / truth, 4e-7); // a few roundings
        }
    }

    [Fact]
    public void Pow_OfNegativeNumbers_IsDefinedForWholePowers()
    {
        Tape tape = new();
        Tensor x = tape.Constant(new Shape(3), [-2, 0, 3]);
        Assert.Equal([-32, 0, 243], Values(x.Pow(5)), new Within(1e-4f));
        Assert.Equal([1f / 16, float.PositiveInfinity, 1f / 81], Values(x.Pow(-4)), new Within(1e-8f));
        Assert.Equal([float.NaN, 0, (float)Math.Pow(3, 1.5)], Values(x.Pow(1.5f)), new Within(1e-6f));
    }

    [Fact]
    public void GammaFunctions_KnownValues_AreMet()
    {
        Tape tape = new();
        Tensor x = tape.Constant(new Shape(6), [0.5f, 1, 2, 10, -0.5f, -1]);
        Assert.Equal([0.57236494f, 0, 0, 12.801827f, 1.2655121f, float.PositiveInfinity], Values(x.LogGamma()), new Within(1e-6f));
        Assert.Equal([-1.9635100f, -0.57721566f, 0.42278434f, 2.2517526f, 0.03648998f, float.NaN], Values(x.Digamma()), new Within(1e-6f));
    }

    [Fact]
    public void Clamp_BoundsTheWrongWayRound_SaysSo()
    {
        Tape tape = new();
        ArgumentException refused = Assert.Throws<ArgumentException>(() => tape.Filled(new Shape(2), 1).Clamp(2, 1));
        Assert.Contains("low ≤ high", refused.Message, StringComparison.Ordinal);
    }

    private static float[] Values(Tensor x) => x.Values.ToArray();

    private static void CheckAll(GoldenCase golden, Dictionary<string, Func<Tensor, Tensor>> functions, Func<GoldenCase, float[]> upstream)
    {
        Assert.Equal(golden.Keys("out.").Order(), functions.Keys.Select(k => "out." + k).Order());
        foreach ((string name, Func<Tensor, Tensor> function) in functions)
        {
            Tape tape = new();
            Tensor x = golden.Variable(tape, "in.x");
            Tensor y = function(x);
            golden.Check("out." + name, y.Values);
            tape.SeedGradient(y, upstream(golden));
            tape.Backward();
            golden.Check("g." + name, x.Gradient);
        }
    }

    private sealed class Within(float tolerance) : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => x.Equals(y) || Math.Abs(x - y) <= tolerance;

        public int GetHashCode(float obj) => 0;
    }
}
