using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Tests.Simd;

/// <summary>The functions of <see cref="WideMath"/>: the same bits at every width, and the stated error against double precision.</summary>
public sealed unsafe class WideMathTests
{
    private const int Points = 200_000;

    public enum Function
    {
        Tanh,
        Exp,
        Sigmoid,
        Sin,
        Cos,
        ReciprocalSqrt,
        Log,
        Erf,
    }

    [Theory]
    [InlineData(Function.Tanh)]
    [InlineData(Function.Exp)]
    [InlineData(Function.Sigmoid)]
    [InlineData(Function.Sin)]
    [InlineData(Function.Cos)]
    [InlineData(Function.ReciprocalSqrt)]
    [InlineData(Function.Log)]
    [InlineData(Function.Erf)]
    public void Function_EveryWidth_GivesTheSameBits(Function function)
    {
        float[] x = [.. Sweep(-10000, 10000), .. Sweep(-100, 100), .. Sweep(-1, 1), .. Awkward()];
        float[] one = WideWidth.Dispatch(1, new Applied(function, x));
        foreach (int width in (int[])[4, 8, 16])
        {
            float[] wide = WideWidth.Dispatch(width, new Applied(function, x));
            AssertSameBits(x, one, wide, width);
        }
    }

    [Theory]
    [InlineData(Function.Tanh, -12, 12, 4e-7, true)]
    [InlineData(Function.Tanh, -0.01, 0.01, 4e-7, true)]
    [InlineData(Function.Tanh, 5.4f, 5.6f, 4e-7, true)] // where it is worst, 3.73e-7, of all floats
    [InlineData(Function.Exp, -87, 88, 2e-7, true)]
    [InlineData(Function.Exp, -1, 1, 2e-7, true)]
    [InlineData(Function.Sigmoid, -80, 80, 2e-7, false)]
    [InlineData(Function.Sigmoid, -4, 4, 2e-7, false)]
    [InlineData(Function.Sin, -8192, 8192, 2e-7, false)]
    [InlineData(Function.Sin, -7, 7, 2e-7, false)]
    [InlineData(Function.Cos, -8192, 8192, 2e-7, false)]
    [InlineData(Function.Cos, -7, 7, 2e-7, false)]
    [InlineData(Function.ReciprocalSqrt, 1, 4, 3e-7, true)] // the guess repeats itself every factor of 4
    [InlineData(Function.ReciprocalSqrt, 1e-3f, 1, 3e-7, true)]
    [InlineData(Function.ReciprocalSqrt, 1e6f, 1e12f, 3e-7, true)]
    [InlineData(Function.Log, 1e-30f, 1e-3f, 3e-7, true)]
    [InlineData(Function.Log, 1e-3f, 0.9f, 3e-7, true)]
    [InlineData(Function.Log, 0.9f, 1.1f, 6e-8, false)]
    [InlineData(Function.Log, 1.1f, 100, 3e-7, true)]
    [InlineData(Function.Log, 1e3f, 1e38f, 3e-7, true)]
    [InlineData(Function.Erf, -6, 6, 2e-7, false)]
    [InlineData(Function.Erf, 0.9f, 1.1f, 2e-7, false)] // where the two halves meet
    public void Function_DenseSweep_StaysWithinItsStatedError(Function function, float low, float high, double bound, bool relative)
    {
        float[] x = Sweep(low, high);
        float[] y = WideWidth.Dispatch(16, new Applied(function, x));
        double worst = 0;
        float where = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double truth = Truth(function, x[i]);
            double error = Math.Abs(y[i] - truth) / (relative && truth != 0 ? Math.Abs(truth) : 1);
            if (error > worst)
            {
                (worst, where) = (error, x[i]);
            }
        }

        Assert.True(worst <= bound, $"{function}: error {worst:E2} at x = {where:R}, stated {bound:E2}");
    }

    [Fact]
    public void Tanh_FarOut_IsExactlyOne()
    {
        Assert.Equal(1f, WideMath.Tanh(9.1f));
        Assert.Equal(-1f, WideMath.Tanh(-9.1f));
        Assert.Equal(1f, WideMath.Tanh(float.PositiveInfinity));
        Assert.Equal(-1f, WideMath.Tanh(float.NegativeInfinity));
        Assert.Equal(0f, WideMath.Tanh(0f));
        Assert.Equal(1f, Math.Abs(WideMath.Tanh(float.NaN)));
        foreach (float y in WideWidth.Dispatch(8, new Applied(Function.Tanh, Sweep(-20, 20))))
        {
            Assert.InRange(y, -1, 1);
        }
    }

    [Fact]
    public void Exp_BeyondItsRange_IsClampedAndFinite()
    {
        Assert.Equal(1f, WideMath.Exp(0));
        Assert.Equal(WideMath.Exp(88), WideMath.Exp(1000));
        Assert.Equal(WideMath.Exp(-87), WideMath.Exp(float.NegativeInfinity));
        Assert.True(float.IsNormal(WideMath.Exp(-87)));
        Assert.True(float.IsFinite(WideMath.Exp(88)));
    }

    [Fact]
    public void Log_BeyondItsRange_IsThatOfTheSmallestNormalNumber()
    {
        float[] ends = WideWidth.Dispatch(4, new Applied(Function.Log, [1, 0, -1, float.Epsilon, float.NaN, 1.17549435e-38f, float.PositiveInfinity]));
        Assert.Equal(0f, ends[0]);
        Assert.All(ends[1..5], y => Assert.Equal(ends[5], y));
        Assert.Equal(-87.3365, ends[5], 1e-4);
        Assert.InRange(ends[6], 88.7f, 88.8f);
    }

    [Fact]
    public void Erf_OfSmallAndLargeNumbers_IsOddAndBounded()
    {
        float[] x = [.. Sweep(-0.5f, 0.5f), .. Sweep(-30, 30), float.PositiveInfinity, float.NegativeInfinity];
        float[] y = WideWidth.Dispatch(8, new Applied(Function.Erf, x));
        float[] mirrored = WideWidth.Dispatch(8, new Applied(Function.Erf, [.. x.Select(v => -v)]));
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(y[i], -mirrored[i]);
            Assert.InRange(y[i], -1, 1);
            if (i < Points)
            {
                Assert.Equal(ErrorFunction.Of(x[i]), y[i], 3e-7 * Math.Abs(x[i])); // relative precision near 0
            }
        }

        Assert.Equal(1f, y[^2]);
    }

    [Fact]
    public void SinCos_BeyondItsRange_StaysWithinOne()
    {
        float[] far = [.. Sweep(-1e9f, 1e9f), 1e20f, float.MaxValue, -float.MaxValue];
        foreach (Function function in (Function[])[Function.Sin, Function.Cos])
        {
            foreach (float y in WideWidth.Dispatch(8, new Applied(function, far)))
            {
                Assert.InRange(y, -1.0000001f, 1.0000001f);
            }
        }
    }

    [Fact]
    public void Sin_OfSmallAngles_KeepsRelativePrecision()
    {
        foreach (float x in Sweep(-0.5f, 0.5f))
        {
            Assert.Equal(Math.Sin(x), WideMath.Sin(x), 2e-7 * Math.Abs(x));
        }
    }

    [Fact]
    public void Atan2_EveryWidth_GivesTheSameBits()
    {
        (float[] y, float[] x) = Vectors();
        float[] one = WideWidth.Dispatch(1, new Turned(y, x));
        foreach (int width in (int[])[4, 8, 16])
        {
            AssertSameBits(y, one, WideWidth.Dispatch(width, new Turned(y, x)), width);
        }
    }

    [Fact]
    public void Atan2_AllDirections_StaysWithinItsStatedError()
    {
        (float[] y, float[] x) = Vectors();
        float[] angle = WideWidth.Dispatch(8, new Turned(y, x));
        for (int i = 0; i < x.Length; i++)
        {
            Assert.True(Math.Abs(angle[i] - Math.Atan2(y[i], x[i])) <= 4e-7, $"atan2({y[i]:R}, {x[i]:R}) = {angle[i]:R}, expected {Math.Atan2(y[i], x[i]):R}");
        }
    }

    [Fact]
    public void Atan2_Axes_AreTheKnownAngles()
    {
        Assert.Equal(0f, WideMath.Atan2(0, 0));
        Assert.Equal(0f, WideMath.Atan2(0, 3));
        Assert.Equal((float)Math.PI, WideMath.Atan2(0, -3));
        Assert.Equal((float)(Math.PI / 2), WideMath.Atan2(2, 0));
        Assert.Equal((float)(-Math.PI / 2), WideMath.Atan2(-2, 0));
        Assert.Equal(Math.PI / 4, WideMath.Atan2(5, 5), 4e-7);
    }

    [Fact]
    public void Scalars_AreLaneZeroOfTheBundles()
    {
        float[] x = Sweep(-5, 5);
        float[] tanh = WideWidth.Dispatch(4, new Applied(Function.Tanh, x));
        float[] exp = WideWidth.Dispatch(4, new Applied(Function.Exp, x));
        float[] sin = WideWidth.Dispatch(4, new Applied(Function.Sin, x));
        float[] cos = WideWidth.Dispatch(4, new Applied(Function.Cos, x));
        for (int i = 0; i < x.Length; i += 97)
        {
            Assert.Equal(tanh[i], WideMath.Tanh(x[i]));
            Assert.Equal(exp[i], WideMath.Exp(x[i]));
            Assert.Equal(sin[i], WideMath.Sin(x[i]));
            Assert.Equal(cos[i], WideMath.Cos(x[i]));
        }
    }

    private static double Truth(Function function, double x) => function switch
    {
        Function.Tanh => Math.Tanh(x),
        Function.Exp => Math.Exp(x),
        Function.Sigmoid => 1 / (1 + Math.Exp(-x)),
        Function.Sin => Math.Sin(x),
        Function.ReciprocalSqrt => 1 / Math.Sqrt(x),
        Function.Log => Math.Log(x),
        Function.Erf => ErrorFunction.Of(x),
        _ => Math.Cos(x),
    };

    private static float[] Sweep(float low, float high)
    {
        float[] x = new float[Points];
        for (int i = 0; i < Points; i++)
        {
            x[i] = (float)(low + (((double)high - low) * i / (Points - 1)));
        }

        return x;
    }

    private static float[] Awkward() =>
    [
        0f, -0f, float.Epsilon, -float.Epsilon, 1e-38f, 1e38f, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity,
        float.NaN, 9.1f, -9.1f, 88f, -87f, (float)Math.PI, (float)(Math.PI / 2), (float)(Math.PI / 4), 8192f,
    ];

    private static (float[] Y, float[] X) Vectors()
    {
        var y = new List<float>();
        var x = new List<float>();
        for (int i = 0; i < Points; i++)
        {
            double angle = 2 * Math.PI * i / Points;
            double length = Math.Pow(10, (i % 13) - 6);
            y.Add((float)(length * Math.Sin(angle)));
            x.Add((float)(length * Math.Cos(angle)));
        }

        y.AddRange([0, 0, 0, 1, -1, 1e-30f]);
        x.AddRange([0, 1, -1, 0, 0, 1e30f]);
        return ([.. y], [.. x]);
    }

    private static void AssertSameBits(float[] x, float[] expected, float[] actual, int width)
    {
        for (int i = 0; i < x.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            {
                Assert.Fail($"at {x[i]:R} one lane gives {expected[i]:R}, {width} lanes give {actual[i]:R}");
            }
        }
    }

    private sealed class Applied(Function function, float[] x) : IWideFactory<float[]>
    {
        public float[] Create<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            // Padded, so that the last bundle is whole.
            float[] source = new float[WideWidth.Pad(x.Length)];
            float[] result = new float[source.Length];
            x.CopyTo(source, 0);
            fixed (float* from = source, to = result)
            {
                for (int i = 0; i < source.Length; i += TWide.Lanes)
                {
                    var value = TWide.Load(from + i);
                    TWide.Store(
                        function switch
                        {
                            Function.Tanh => WideMath.Tanh(value),
                            Function.Exp => WideMath.Exp(value),
                            Function.Sigmoid => WideMath.Sigmoid(value),
                            Function.Sin => WideMath.Sin(value),
                            Function.ReciprocalSqrt => WideMath.ReciprocalSqrt(value),
                            Function.Log => WideMath.Log(value),
                            Function.Erf => WideMath.Erf(value),
                            _ => WideMath.Cos(value),
                        },
                        to + i);
                }
            }

            return result[..x.Length];
        }
    }

    private sealed class Turned(float[] y, float[] x) : IWideFactory<float[]>
    {
        public float[] Create<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            float[] ys = new float[WideWidth.Pad(x.Length)];
            float[] xs = new float[ys.Length];
            float[] result = new float[ys.Length];
            y.CopyTo(ys, 0);
            x.CopyTo(xs, 0);
            fixed (float* fromY = ys, fromX = xs, to = result)
            {
                for (int i = 0; i < ys.Length; i += TWide.Lanes)
                {
                    TWide.Store(WideMath.Atan2(TWide.Load(fromY + i), TWide.Load(fromX + i)), to + i);
                }
            }

            return result[..x.Length];
        }
    }
}
