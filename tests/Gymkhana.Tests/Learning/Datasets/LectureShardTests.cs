using Gymkhana.Core.Files;
using Gymkhana.Learning.Datasets;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Learning.Datasets;

/// <summary>Shards as the lecture exercise has them.</summary>
public sealed class LectureShardTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Open_BytesOrFloatsDoneOrMask_MeansTheSame(bool floats, bool mask)
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WriteLecture(folder["d"], shards: 3, rows: 40, floats, mask);
        DatasetSamples.WriteLecture(folder["plain"], shards: 3, rows: 40, floats: false, mask: false);
        var notes = new List<string>();
        Dataset dataset = DatasetSamples.Open(folder["d"], notes: notes);
        Assert.Equal((120, 5, 15), (dataset.Transitions, dataset.Actions, dataset.Episodes.Count()));
        Assert.True(dataset.Layout.IsPixels);
        Assert.Contains(notes, n => n.Contains(mask ? "not done" : "is taken to mean done", StringComparison.Ordinal));
        Assert.Equal(floats, notes.Exists(n => n.Contains("read as bytes", StringComparison.Ordinal)));
        Assert.Equal(Batches(DatasetSamples.Open(folder["plain"])), Batches(dataset));
    }

    [Fact]
    public void Open_MeaningOfDonesIsSaid_IsBelieved()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WriteLecture(folder["d"], shards: 1, rows: 40, floats: false, mask: true);
        var notes = new List<string>();
        Assert.Equal(5, DatasetSamples.Open(folder["d"], new DatasetOptions(Dones: DonesMeaning.NotDone), notes).Episodes.Count());
        Assert.Empty(notes);
        Assert.Equal(35 + 1, DatasetSamples.Open(folder["d"], new DatasetOptions(Dones: DonesMeaning.Done)).Episodes.Count());
    }

    [Fact]
    public void Open_FloatsThatAreNoBytes_StayFloats()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WriteLecture(folder["d"], shards: 1, rows: 40, floats: true, mask: false);
        Assert.False(DatasetSamples.Open(folder["d"], new DatasetOptions(KeepFloats: true)).Layout.IsPixels);

        Replace(folder["d/part0.npz"], "states", array =>
        {
            float[] values = array.ToArray<float>();
            values[17] = 0.001f;
            return NpyArray.Create<float>(values, array.Shape.AsSpan());
        });
        var notes = new List<string>();
        Assert.False(DatasetSamples.Open(folder["d"], notes: notes).Layout.IsPixels);
        Assert.Contains(notes, n => n.Contains("kept as floats", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("actions", 0.5, "number of an action")]
    [InlineData("dones", 2, "something else than 0 and 1")]
    [InlineData("rewards", double.NaN, "not a finite number")]
    public void Open_ImpossibleNumbers_NamesShardArrayAndPlace(string name, double value, string expected)
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WriteLecture(folder["d"], shards: 2, rows: 16, floats: false, mask: false);
        Replace(folder["d/part1.npz"], name, _ => NpyArray.Create<double>([.. Enumerable.Repeat(0.0, 3), value, .. Enumerable.Repeat(0.0, 12)], 16));
        string line = Assert.Throws<DatasetException>(() => DatasetSamples.Open(folder["d"])).Message;
        Assert.Contains("part1.npz", line, StringComparison.Ordinal);
        Assert.Contains($"'{name}'", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.Contains("place 3", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ArrayMissingOrOfAnotherLength_NamesTheShard()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WriteLecture(folder["d"], shards: 1, rows: 16, floats: false, mask: false);
        Replace(folder["d/part0.npz"], "rewards", _ => NpyArray.Create<double>(new double[15], 15));
        Assert.Contains("15 rows, expected 16", Assert.Throws<DatasetException>(() => DatasetSamples.Open(folder["d"])).Message, StringComparison.Ordinal);
        Replace(folder["d/part0.npz"], "rewards", _ => null);
        Assert.Contains("no array 'rewards'", Assert.Throws<DatasetException>(() => DatasetSamples.Open(folder["d"])).Message, StringComparison.Ordinal);
        Assert.Contains("neither", Assert.Throws<DatasetException>(() => DatasetSamples.Open(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("no dataset", Assert.Throws<DatasetException>(() => DatasetSamples.Open(folder["nowhere"])).Message, StringComparison.Ordinal);
    }

    private static List<byte[]> Batches(Dataset dataset)
    {
        using TransitionStream stream = new(dataset, EpisodeSelection.Split(dataset, 1, 0).Learning, new StreamOptions(16, 1 << 20, 1, false), default, _ => { });
        return [.. Enumerable.Range(0, 12).Select(_ => DatasetSamples.ContentOf(stream.Next()))];
    }

    private static void Replace(string path, string name, Func<NpyArray, NpyArray?> change)
    {
        List<(string, NpyArray)> arrays = [];
        using (NpzReader reader = new(path))
        {
            foreach (string key in reader.Names)
            {
                NpyArray array = reader.Read(key);
                if ((key == name ? change(array) : array) is NpyArray kept)
                {
                    arrays.Add((key, kept));
                }
            }
        }

        NpzFile.Write(path, arrays, compress: false);
    }
}
