using Gymkhana.Environments.CarRacing;
using Gymkhana.Environments.CarRacing.Rendering;

namespace Gymkhana.Tests.CarRacing.Rendering;

public sealed class ExactPainterTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void PaintColour_RecordedSlalom_IsTheOriginalOutsideTheScore(int seed)
    {
        var drive = new RecordedDrive($"cont_slalom_s{seed}");
        var painter = new ExactPainter();
        byte[] actual = new byte[96 * 96 * 3];
        foreach (int step in RecordedPictures.Steps)
        {
            painter.PaintColour(drive.To(step), actual);
            (int count, string first) = RecordedPictures.Differences(RecordedPictures.Frame(seed, step), actual, 96, (x, y) => y >= 84 && x <= 13);
            Assert.True(count == 0, $"step {step}: {count} pixels differ, {first}");
        }
    }

    [Fact]
    public void PaintGrey_AnyPicture_IsTheGreyOfItsColours()
    {
        var drive = new RecordedDrive("cont_random_s1");
        var painter = new ExactPainter();
        byte[] rgb = new byte[96 * 96 * 3], grey = new byte[96 * 96];
        for (int step = 0; step < 120; step += 17)
        {
            CarSnapshot car = drive.To(step);
            painter.PaintColour(car, rgb);
            painter.PaintGrey(car, grey);
            for (int i = 0; i < grey.Length; i++)
            {
                Assert.Equal((byte)decimal.Round((0.299m * rgb[3 * i]) + (0.587m * rgb[(3 * i) + 1]) + (0.114m * rgb[(3 * i) + 2]), MidpointRounding.AwayFromZero), grey[i]);
            }
        }
    }

    [Fact]
    public void Paint_AfterWarmUp_AllocatesNothing()
    {
        CarSnapshot car = new RecordedDrive("cont_slalom_s0").To(60);
        var painter = new ExactPainter();
        byte[] rgb = new byte[96 * 96 * 3], grey = new byte[96 * 96];
        Assert.Equal(0, Allocations.Least(() =>
        {
            painter.PaintColour(car, rgb);
            painter.PaintGrey(car, grey);
        }));
    }
}
