using Gymkhana.Learning.Datasets;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Learning.Datasets;

/// <summary>Datasets of which something is missing or damaged.</summary>
public sealed class DatasetDamageTests
{
    private const string Shard = "shard-00001.npz";

    [Theory]
    [InlineData("missing")]
    [InlineData("short")]
    [InlineData("empty")]
    public void Open_ShardIsDamaged_NamesItOrGoesOnWithoutIt(string damage)
    {
        using var folder = new TemporaryFolder();
        DatasetManifest manifest = DatasetSamples.WritePictures(folder["d"], 12);
        Spoil(folder[$"d/{Shard}"], damage);
        string line = Assert.Throws<DatasetException>(() => DatasetSamples.Open(folder["d"])).Message;
        Assert.Contains(Shard, line, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", line, StringComparison.Ordinal);

        var notes = new List<string>();
        Dataset dataset = DatasetSamples.Open(folder["d"], new DatasetOptions(SkipDamaged: true), notes);
        Assert.Equal(manifest.Transitions - manifest.Shards[1].Transitions, dataset.Transitions);
        Assert.Contains(Shard, Assert.Single(dataset.LeftOut), StringComparison.Ordinal);
        Assert.Contains(Shard, Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_FramesChanged_StopsOrGoesOnAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], 12);
        Spoil(folder[$"d/{Shard}"], "changed");
        Dataset dataset = DatasetSamples.Open(folder["d"]);
        using (TransitionStream stream = Stream(dataset, skip: false, []))
        {
            DatasetException failure = Assert.Throws<DatasetException>(() => stream.Next());
            Assert.Contains(Shard, failure.Message, StringComparison.Ordinal);
            Assert.Contains("checksum", failure.Message, StringComparison.Ordinal);
            Assert.Throws<DatasetException>(() => stream.Next());
        }

        var notes = new List<string>();
        using TransitionStream going = Stream(dataset, skip: true, notes);
        for (int i = 0; i < 20; i++)
        {
            going.Next();
        }

        Assert.Contains(Shard, Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_AllShardsChanged_EndsInsteadOfSearchingForEver()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], 12);
        foreach (string file in Directory.GetFiles(folder["d"], "*.npz"))
        {
            Spoil(file, "changed");
        }

        using TransitionStream stream = Stream(DatasetSamples.Open(folder["d"]), skip: true, []);
        Assert.Contains("Every shard", Assert.Throws<DatasetException>(() => stream.Next()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_OneByteChanged_NamesTheFirstFault()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], 12);
        Verify(folder["d"]);
        Spoil(folder[$"d/{Shard}"], "changed");
        Assert.Contains(Shard, Assert.Throws<DatasetException>(() => Verify(folder["d"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"format\": 1}")]
    public void Open_ManifestDamaged_IsOneLine(string content)
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], 4);
        File.WriteAllText(folder["d/dataset.json"], content);
        string line = Assert.Throws<DatasetException>(() => DatasetSamples.Open(folder["d"])).Message;
        Assert.Contains("dataset.json", line, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2", "format 2")]
    [InlineData("\"actions\": 3", "\"actions\": 2", "action 2")]
    [InlineData("shard-00001", "../shard-00001", "../shard-00001")]
    [InlineData("\"elementType\": \"uint8\"", "\"elementType\": \"int8\"", "int8")]
    public void Open_ManifestLies_IsRefused(string was, string becomes, string expected)
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], 12);
        File.WriteAllText(folder["d/dataset.json"], File.ReadAllText(folder["d/dataset.json"]).Replace(was, becomes, StringComparison.Ordinal));
        Assert.Contains(expected, Assert.Throws<DatasetException>(() => DatasetSamples.Open(folder["d"])).Message, StringComparison.Ordinal);
    }

    private static void Verify(string path) => DatasetVerification.Verify(path, new DatasetOptions(), (_, _) => { }, _ => { }, CancellationToken.None);

    private static void Spoil(string path, string damage)
    {
        byte[] bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "missing": File.Delete(path); return;
            case "short": bytes = bytes[..^100]; break;
            case "empty": bytes = []; break;
            default: bytes[1000] ^= 1; break; // within the frames, which come first
        }

        File.WriteAllBytes(path, bytes);
    }

    private static TransitionStream Stream(Dataset dataset, bool skip, List<string> notes) =>
        new(dataset, EpisodeSelection.Split(dataset, 1, 0).Learning, new StreamOptions(16, 1 << 20, 1, skip), default, notes.Add);
}
