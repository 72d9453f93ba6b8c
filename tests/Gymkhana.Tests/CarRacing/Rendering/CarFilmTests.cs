using Gymkhana.Environments.CarRacing.Rendering;

namespace Gymkhana.Tests.CarRacing.Rendering;

/// <summary>
/// Against stills of pygame 2.1.2, which rounds the sides of the car's polygons otherwise than pygame-ce 2.5.5, whose frames of 96×96 the
/// <see cref="ExactPainterTests"/> hold: the car is left out here. So is the score, whose figures are our own.
/// </summary>
public sealed class CarFilmTests
{
    [Fact]
    public void PaintWindow_RecordedSlalom_IsTheOriginalOutsideCarAndScore()
    {
        var drive = new RecordedDrive("cont_slalom_s0");
        var film = new CarFilm();
        byte[] actual = new byte[CarFilm.WindowWidth * CarFilm.WindowHeight * 3];
        foreach (int step in RecordedPictures.Steps)
        {
            film.PaintWindow(drive.To(step), showsTraces: false, actual);
            byte[] expected = RecordedPictures.Png(step, "raw1000x800", CarFilm.WindowWidth, CarFilm.WindowHeight);
            (int count, string first) = RecordedPictures.Differences(
                expected, actual, CarFilm.WindowWidth, (x, y) => (y is >= 729 and < 771 && x < 125) || (x is >= 470 and <= 530 && y is >= 555 and <= 645));
            Assert.True(count == 0, $"step {step}: {count} pixels differ, {first}");
        }
    }

    [Fact]
    public void Paint_RecordedSlalom_IsTheOriginalWithItsTraces()
    {
        var drive = new RecordedDrive("cont_slalom_s0");
        var film = new CarFilm();
        byte[] actual = new byte[CarFilm.Width * CarFilm.Height * 3];
        foreach (int step in RecordedPictures.Steps)
        {
            film.Paint(drive.To(step), actual);
            byte[] expected = RecordedPictures.Png(step, "rgb_array600x400", CarFilm.Width, CarFilm.Height);

            // In the last still traces cross the left rim, where pygame 2.1.2 cuts lines before it draws them.
            (int count, string first) = RecordedPictures.Differences(
                expected, actual, CarFilm.Width, (x, y) => (y is >= 364 and < 386 && x < 75) || (x is >= 281 and <= 319 && y is >= 276 and <= 323) || (step == 399 && x < 12));
            Assert.True(count == 0, $"step {step}: {count} pixels differ, {first}");
        }
    }
}
