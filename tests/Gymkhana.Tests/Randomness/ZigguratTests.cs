using Gymkhana.Core.Randomness;

namespace Gymkhana.Tests.Randomness;

public sealed class ZigguratTests
{
    private const double TwoTo52 = 4503599627370496.0;

    // The common area of the layers, r f(r) plus the tail beyond r.
    private const double Area = 0.0049286732339746519;

    [Fact]
    public void Tables_AgainstTheConstruction_AgreeToRounding()
    {
        double x = ZigguratTables.TailStart;
        Check(255, x, ZigguratTables.Inside[255]);
        Assert.Equal(1.0, ZigguratTables.InverseTailStart * x, 1e-15);
        double strip = Area / Math.Exp(-0.5 * x * x);
        Assert.Equal(strip, Width(0) * TwoTo52, 1e-13);
        Assert.Equal(x / strip, ZigguratTables.Inside[0] / TwoTo52, 1e-13);
        Assert.Equal(0UL, ZigguratTables.Inside[1]);
        Assert.Equal(1.0, Height(0));
        for (int layer = 254; layer >= 1; layer--)
        {
            double next = Math.Sqrt(-2.0 * Math.Log((Area / x) + Math.Exp(-0.5 * x * x)));
            Assert.Equal(next / x, ZigguratTables.Inside[layer + 1] / TwoTo52, 1e-12);
            x = next;
            Check(layer, x, ZigguratTables.Inside[layer]);
        }
    }

    [Fact]
    public void Log_ManyPlaces_WithinOneUnitOfTheLibrary()
    {
        KeyedStream stream = new(11, 0, StreamPurpose.None);
        Assert.Equal(0.0, PortableMath.Log(1.0));
        for (int i = 0; i < 50_000; i++)
        {
            double x = 1.0 - stream.NextDouble();
            x = (i % 4) switch { 0 => x, 1 => x * Math.ScaleB(1, -(i % 50)), 2 => 1.0 - (x * 1e-6), _ => 1.0 - Math.ScaleB(1, -53) };
            AssertClose(Math.Log(x), PortableMath.Log(x));
        }
    }

    [Fact]
    public void Exp_ManyPlaces_WithinOneUnitOfTheLibrary()
    {
        KeyedStream stream = new(12, 0, StreamPurpose.None);
        Assert.Equal(1.0, PortableMath.Exp(0.0));
        for (int i = 0; i < 50_000; i++)
        {
            double x = (i % 2 == 0 ? -8.0 : 700.0) * stream.NextDouble() * (i % 3 == 0 ? -1 : 1);
            AssertClose(Math.Exp(x), PortableMath.Exp(x));
        }
    }

    private static void AssertClose(double expected, double actual) =>
        Assert.InRange(BitConverter.DoubleToInt64Bits(actual) - BitConverter.DoubleToInt64Bits(expected), -1, 1);

    private static double Width(int layer) => BitConverter.UInt64BitsToDouble(ZigguratTables.Widths[layer]);

    private static double Height(int layer) => BitConverter.UInt64BitsToDouble(ZigguratTables.Heights[layer]);

    // The recurrence magnifies rounding about a hundredfold on its way to the top layer.
    private static void Check(int layer, double x, ulong inside)
    {
        Assert.Equal(x, Width(layer) * TwoTo52, 1e-12);
        Assert.Equal(Math.Exp(-0.5 * x * x), Height(layer), 1e-12);
        Assert.InRange(inside, 0UL, (1UL << 52) - 1);
    }
}
