using Gymkhana.Learning.Datasets;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Learning.Datasets;

public sealed class PictureShiftTests
{
    [Theory]
    [InlineData(new[] { 9, 11 }, 2)]
    [InlineData(new[] { 3, 9, 11 }, 1)]
    [InlineData(new[] { 9, 11, 3 }, 1)]
    public void Move_AnyLayout_IsThePictureReadElsewhereWithItsRimsRepeated(int[] frame, int stack)
    {
        var layout = new DatasetLayout([.. frame], stack, isPixels: true);
        bool colour = frame[^1] == 3;
        int channels = colour ? 3 : 1, planes = layout.ObservationBytes / (9 * 11 * channels);
        var shift = new PictureShift(layout, 4);
        byte[] before = [.. Enumerable.Range(0, layout.ObservationBytes).Select(i => (byte)((i * 7) + (i / 5)))];
        HashSet<(int, int)> seen = [];
        for (ulong key = 0; key < 300; key++)
        {
            byte[] state = [.. before], next = [.. before];
            shift.Move(state, next, key);
            seen.Add(OffsetOf(state));
            OffsetOf(next);
        }

        Assert.InRange(seen.Count, 70, 81); // of 9 × 9

        (int, int) OffsetOf(byte[] moved)
        {
            for (int right = -4; right <= 4; right++)
            {
                for (int down = -4; down <= 4; down++)
                {
                    if (moved.AsSpan().SequenceEqual(Plain(right, down)))
                    {
                        return (right, down);
                    }
                }
            }

            throw new InvalidOperationException("The picture is at no offset of at most four pixels.");
        }

        byte[] Plain(int right, int down)
        {
            byte[] result = new byte[before.Length];
            for (int i = 0; i < result.Length; i++)
            {
                int channel = i % channels, x = i / channels % 11, y = i / channels / 11 % 9, plane = i / channels / 99;
                int fromX = Math.Clamp(x - right, 0, 10), fromY = Math.Clamp(y - down, 0, 8);
                result[i] = before[(((((plane * 9) + fromY) * 11) + fromX) * channels) + channel];
            }

            Assert.Equal(planes, (result.Length / channels) / 99);
            return result;
        }
    }

    [Fact]
    public void Next_WithShift_MovesWhatIsReadAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], 12);
        Dataset dataset = DatasetSamples.Open(folder["d"]);
        EpisodeSelection all = EpisodeSelection.Split(dataset, 1, 0).Learning;
        using TransitionStream plain = new(dataset, all, new StreamOptions(16, 1 << 20, 1, false), default, _ => { });
        using TransitionStream moved = new(dataset, all, new StreamOptions(16, 1 << 20, 1, false) { Shift = 2 }, default, _ => { });
        using TransitionStream later = new(dataset, all, new StreamOptions(16, 1 << 20, 1, false) { Shift = 2 }, new StreamPosition(0, 0, 16), _ => { });
        Assert.Equal(plain.Next().Actions, moved.Next().Actions);
        byte[] unmoved = DatasetSamples.ContentOf(plain.Next());
        byte[] second = DatasetSamples.ContentOf(moved.Next());
        Assert.NotEqual(unmoved, second);
        Assert.Equal(second, DatasetSamples.ContentOf(later.Next())); // what is drawn depends on the place in the order alone
    }
}
