using Gymkhana.Core.Randomness;
using Gymkhana.Environments.CarRacing;

namespace Gymkhana.Tests.CarRacing;

public sealed class CarAngleTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(5000)]
    public void SinCos_RandomAngles_AreWithinALittleMoreThanHalfAnUlp(double scale)
    {
        var random = new KeyedStream(3, 0, StreamPurpose.Scenario);
        for (int i = 0; i < 100_000; i++)
        {
            float angle = (float)(((random.NextDouble() * 2) - 1) * scale);
            CarAngle.SinCos(angle, out float sine, out float cosine);
            AssertNear(Math.Sin(angle), sine, angle);
            AssertNear(Math.Cos(angle), cosine, angle);
        }
    }

    // From the C library's sinf and cosf (glibc on x64), which the recorded drives used.
    [Theory]
    [InlineData(0f, 0x00000000u, 0x3f800000u)]
    [InlineData(-0.08902f, 0xbdb61280u, 0x3f7efc80u)]
    [InlineData(3f, 0x3e1081c3u, 0xbf7d7026u)]
    [InlineData(-17.5f, 0x3f79c2a0u, 0x3e60b4dfu)]
    [InlineData(150.25f, 0xbf050820u, 0x3f5ab864u)]
    [InlineData(1234.5f, 0x3e14e299u, 0xbf7d4796u)]
    public void SinCos_KnownAngles_HaveTheRecordedBits(float angle, uint sineBits, uint cosineBits)
    {
        CarAngle.SinCos(angle, out float sine, out float cosine);

        Assert.Equal((sineBits, cosineBits), (BitConverter.SingleToUInt32Bits(sine), BitConverter.SingleToUInt32Bits(cosine)));
    }

    // The polynomials err by up to 0.56 units in the last place.
    private static void AssertNear(double expected, float actual, float angle)
    {
        double ulp = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(Math.Abs(actual)) + 1) - Math.Abs(actual);
        Assert.True(Math.Abs(expected - actual) <= 0.57 * ulp, $"{angle:R}: expected {expected:R}, got {actual:R}");
    }
}
