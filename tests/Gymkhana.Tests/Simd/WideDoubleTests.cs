using Gymkhana.Core.Randomness;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tests.Simd;

/// <summary>Bundles of doubles: every operation has the same bits at every width, and the functions keep their bounds.</summary>
public sealed unsafe class WideDoubleTests
{
    private const int Count = 4096;

    [Theory]
    [Trait("Category", "Determinism")]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Operations_AnyWidth_HaveTheBitsOfOneLane(int width)
    {
        double[] x = Draw(1, -1, 1), y = Draw(2, -3, 3);
        x[5] = double.NaN;
        y[6] = double.NaN;
        (x[7], y[7]) = (0.0, -0.0);
        (x[8], y[8]) = (2, 2);
        var operations = new Operations(x, y);
        ulong[] one = WideWidth.DispatchDouble(1, operations), many = WideWidth.DispatchDouble(width, operations);
        for (int i = 0; i < one.Length; i++)
        {
            Assert.True(one[i] == many[i], $"result {i / Count}, element {i % Count}: {one[i]:x16} at one lane, {many[i]:x16} at width {width}");
        }
    }

    [Fact]
    public void Exp_WholeRange_IsWithinItsBound()
    {
        foreach (double x in Draw(3, -707, 700).Concat(Draw(4, -1, 1)))
        {
            double expected = Math.Exp(x), actual = WideDoubleMath.Exp(new WideDouble1(x)).Value;

            // The stated 2.5e-16, and as much again for the platform's own.
            Assert.True(Math.Abs(actual - expected) <= 4e-16 * expected, $"e^{x:R}: expected {expected:R}, got {actual:R}");
        }

        Assert.Equal(1.0, WideDoubleMath.Exp(new WideDouble1(0)).Value);
        Assert.Equal(WideDoubleMath.Exp(new WideDouble1(-708)).Value, WideDoubleMath.Exp(new WideDouble1(-5000)).Value);
        Assert.True(double.IsNormal(WideDoubleMath.Exp(new WideDouble1(-5000)).Value));
    }

    [Fact]
    public void LogOnePlus_ZeroToOne_IsWithinItsBound()
    {
        foreach (double x in Draw(5, 0, 1).Concat(Draw(6, -40, 0).Select(Math.Exp)))
        {
            // ln(1 + x) from the logarithm of the rounded 1 + x and what the rounding lost.
            double sum = 1 + x, lost = x - (sum - 1);
            double expected = Math.Log(sum) + (lost / sum), actual = WideDoubleMath.LogOnePlus(new WideDouble1(x)).Value;
            Assert.True(Math.Abs(actual - expected) <= 6e-16 * expected, $"ln(1 + {x:R}): expected {expected:R}, got {actual:R}");
        }

        Assert.Equal(0.0, WideDoubleMath.LogOnePlus(new WideDouble1(0)).Value);
    }

    private static double[] Draw(ulong stream, double low, double high)
    {
        var random = new KeyedStream(17, stream, StreamPurpose.Sampling);
        double[] values = new double[Count];
        foreach (ref double value in values.AsSpan())
        {
            value = random.Uniform(low, high);
        }

        return values;
    }

    private sealed class Operations(double[] x, double[] y) : IWideDoubleFactory<ulong[]>
    {
        public ulong[] Create<TWide>()
            where TWide : unmanaged, IWideDouble<TWide>
        {
            var results = new List<ulong[]>();
            void Each(Func<TWide, TWide, TWide> operation)
            {
                double[] to = new double[Count];
                fixed (double* px = x, py = y, pt = to)
                {
                    for (int i = 0; i < Count; i += TWide.Lanes) TWide.Store(operation(TWide.Load(px + i), TWide.Load(py + i)), pt + i);
                }

                results.Add([.. to.Select(BitConverter.DoubleToUInt64Bits)]);
            }

            Each((a, b) => a + b);
            Each((a, b) => a - b);
            Each((a, b) => a * b);
            Each((a, b) => a / TWide.Select(TWide.Equal(b, TWide.Broadcast(0)), TWide.Broadcast(1), b));
            Each((a, b) => TWide.MultiplyAdd(a, b, 0.3));
            Each((a, _) => TWide.Multiply(a, 0.7));
            Each((a, _) => TWide.Sqrt(TWide.Abs(a)));
            Each(TWide.LessThan);
            Each(TWide.Equal);
            Each(TWide.Min);
            Each(TWide.Max);
            Each((a, b) => TWide.Select(TWide.LessThan(a, b) | TWide.Equal(a, b), a, b));
            Each((a, b) => TWide.LessThan(a, b) & TWide.Broadcast(1));
            Each((a, b) => WideDoubleMath.Exp(TWide.Multiply(a * b, 200)));
            Each((a, _) => WideDoubleMath.LogOnePlus(TWide.Min(TWide.Abs(a), TWide.Broadcast(1))));
            results.Add([.. Singles<TWide>().Select(f => (ulong)BitConverter.SingleToUInt32Bits(f))]);
            results.Add([.. Signs<TWide>()]);
            return [.. results.SelectMany(r => r)];
        }

        private float[] Singles<TWide>()
            where TWide : unmanaged, IWideDouble<TWide>
        {
            float[] to = new float[Count];
            fixed (double* px = x)
            fixed (float* pt = to)
            {
                for (int i = 0; i < Count; i += 2 * TWide.Lanes) TWide.StoreAsSingles(TWide.Load(px + i), TWide.Load(px + i + TWide.Lanes), pt + i);
            }

            return to;
        }

        private ulong[] Signs<TWide>()
            where TWide : unmanaged, IWideDouble<TWide>
        {
            ulong[] to = new ulong[Count];
            fixed (double* py = y)
            {
                for (int i = 0; i < Count; i += TWide.Lanes)
                {
                    uint bits = TWide.SignBits(TWide.Load(py + i));
                    for (int lane = 0; lane < TWide.Lanes; lane++) to[i + lane] = (bits >> lane) & 1;
                }
            }

            return to;
        }
    }
}
