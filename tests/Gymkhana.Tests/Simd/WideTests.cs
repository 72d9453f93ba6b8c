using Gymkhana.Core.Simd;

namespace Gymkhana.Tests.Simd;

/// <summary>Every operation of every bundle against plain floats, on values that include the awkward ones.</summary>
public sealed unsafe class WideTests
{
    private static readonly float[] Values =
    [
        0f, -0f, 1f, -1f, 0.1f, -3.75f, 1e-40f, -1e-40f, 1e30f, -1e30f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 2f, 16777216f, 0.3333333f,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Operations_AllPairs_MatchPlainFloats(int width)
    {
        // Each value meets each other one, in every lane.
        for (int shift = 0; shift < Values.Length; shift++)
        {
            float[] right = [.. Values[shift..], .. Values[..shift]];
            Assert.Equal(width, WideWidth.Dispatch(width, new Compared(Values, right)));
        }
    }

    [Fact]
    public void Pad_AnyCount_IsTheNextMultipleOfSixteen()
    {
        Assert.Equal(0, WideWidth.Pad(0));
        Assert.Equal(16, WideWidth.Pad(1));
        Assert.Equal(16, WideWidth.Pad(16));
        Assert.Equal(32, WideWidth.Pad(17));
    }

    [Fact]
    public void Dispatch_OtherWidth_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WideWidth.Dispatch(2, new Compared(Values, Values)));

    [Fact]
    public void Best_IsAWidthThereIs() => Assert.Contains(WideWidth.Best, (int[])[1, 4, 8, 16]);

    /// <summary>Compares each operation lane by lane; gives the number of lanes.</summary>
    private sealed class Compared(float[] left, float[] right) : IWideFactory<int>
    {
        public int Create<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            double* widened = stackalloc double[16];
            double* summed = stackalloc double[16];
            for (int i = 0; i < left.Length; i += TWide.Lanes)
            {
                float first = right[i];
                fixed (float* a = &left[i], b = &right[i])
                {
                    var x = TWide.Load(a);
                    var y = TWide.Load(b);
                    Check("+", i, x + y, (p, q) => p + q, arithmetic: true);
                    Check("-", i, x - y, (p, q) => p - q, arithmetic: true);
                    Check("*", i, x * y, (p, q) => p * q, arithmetic: true);
                    Check("/", i, x / y, (p, q) => p / q, arithmetic: true);
                    Check("negate", i, -x, (p, _) => Float(Bits(p) ^ int.MinValue));
                    Check("and", i, x & y, (p, q) => Float(Bits(p) & Bits(q)));
                    Check("or", i, x | y, (p, q) => Float(Bits(p) | Bits(q)));
                    Check("xor", i, x ^ y, (p, q) => Float(Bits(p) ^ Bits(q)));
                    Check("sqrt", i, TWide.Sqrt(x), (p, _) => MathF.Sqrt(p), arithmetic: true);
                    Check("abs", i, TWide.Abs(x), (p, _) => Float(Bits(p) & int.MaxValue));
                    Check("less", i, TWide.LessThan(x, y), (p, q) => Float(p < q ? -1 : 0));
                    Check("equal", i, TWide.Equal(x, y), (p, q) => Float(p == q ? -1 : 0));
                    Check("select", i, TWide.Select(TWide.LessThan(x, y), x, y), (p, q) => p < q ? p : q);
                    Check("min", i, TWide.Min(x, y), (p, q) => p < q ? p : q);
                    Check("max", i, TWide.Max(x, y), (p, q) => q < p ? p : q);
                    Check("add bits", i, TWide.AddBits(x, y), (p, q) => Float(unchecked(Bits(p) + Bits(q))));
                    Check("shift", i, TWide.ShiftBitsLeft(x, 5), (p, _) => Float(Bits(p) << 5));
                    Check("broadcast", i, TWide.Broadcast(left[0]), (_, _) => left[0]);
                    Check("broadcast from", i, TWide.BroadcastFrom(b), (_, _) => first);
                    Check("clamp", i, TWide.Clamp(x, -2f, 1.5f), (p, _) => Upper(-2f, p < 1.5f ? p : 1.5f));
                    Check("multiply", i, TWide.Multiply(x, 0.1f), (p, _) => p * 0.1f, arithmetic: true);
                    Check("multiply add one", i, TWide.MultiplyAdd(x, y, 0.1f), (p, q) => Rounded(p * q) + 0.1f, arithmetic: true);
                    Check("multiply add", i, TWide.MultiplyAdd(x, y, TWide.Broadcast(-0.7f)), (p, q) => Rounded(p * q) + -0.7f, arithmetic: true);
                    Check("fused multiply add", i, TWide.FusedMultiplyAdd(x, y, TWide.Broadcast(-0.7f)), (p, q) => MathF.FusedMultiplyAdd(p, q, -0.7f), arithmetic: true);
                    uint signs = TWide.SignBits(x);
                    TWide.StoreAsDouble(x, widened);
                    TWide.StoreSumAsDouble(x, y, x, y, summed);
                    for (int lane = 0; lane < TWide.Lanes; lane++)
                    {
                        Assert.Equal(Bits(a[lane]) < 0, (signs & (1u << lane)) != 0);
                        Assert.Equal(a[lane], widened[lane]);
                        Assert.Equal((double)a[lane] + b[lane] + a[lane] + b[lane], summed[lane]);
                    }
                }
            }

            return TWide.Lanes;
        }

        private void Check<TWide>(string operation, int first, TWide result, Func<float, float, float> plain, bool arithmetic = false)
            where TWide : unmanaged, IWide<TWide>
        {
            float* lanes = stackalloc float[16];
            TWide.Store(result, lanes);
            for (int lane = 0; lane < TWide.Lanes; lane++)
            {
                float expected = plain(left[first + lane], right[first + lane]);

                // IEEE 754 leaves the payload of a NaN that arithmetic makes open.
                bool same = Bits(expected) == Bits(lanes[lane]) || (arithmetic && float.IsNaN(expected) && float.IsNaN(lanes[lane]));
                Assert.True(same, $"{operation} of {left[first + lane]:R} and {right[first + lane]:R} in lane {lane} of {TWide.Lanes}: expected {expected:R}, got {lanes[lane]:R}");
            }
        }

        // TWide.Max's rule: the right one unless the left is greater.
        private static float Upper(float right, float left) => right < left ? left : right;

        // Keeps the product from being fused with the sum that follows, whatever the compiler.
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        private static float Rounded(float value) => value;

        private static int Bits(float value) => BitConverter.SingleToInt32Bits(value);

        private static float Float(int bits) => BitConverter.Int32BitsToSingle(bits);
    }
}
