using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Gymkhana.Core;
using Gymkhana.Core.Files;

namespace Gymkhana.Tests.Files;

public sealed class NpzTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_SeveralArrays_ComeBackInOrder(bool compress)
    {
        NpzFile.Write(_folder["a.npz"], Arrays(), compress);
        using NpzReader reader = new(_folder["a.npz"]);
        Assert.Equal(["states", "names", "rewards/é", "empty"], reader.Names);
        Assert.Equal(Arrays()[2].Array.ToArray<double>(), reader.Read("rewards/é").ToArray<double>());
        Assert.Equal(Arrays()[0].Array.ToArray<byte>(), reader.Read("states").ToArray<byte>());
        Assert.Equal(["left", "right"], reader.Read("names").ToText());
        Assert.Equal([0L, 4L], reader.Read("empty").Shape);
        Assert.Equal(Arrays()[0].Array.ToArray<byte>(), reader.Read("states").ToArray<byte>());
    }

    // Checked by hand against numpy.load and `unzip -t`; packed bytes depend on the runtime, so only stored ones are pinned.
    [Fact]
    public void Write_Stored_HasGoldenBytes()
    {
        NpzFile.Write(_folder["a.npz"], Arrays(), compress: false);
        byte[] bytes = File.ReadAllBytes(_folder["a.npz"]);
        Assert.Equal("51a99290fb19dfd33853b00360da3e8319197295320cf324009dba073820cbf8", Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Fact]
    public void Write_Compressed_IsSmallerAndTheSameEachTime()
    {
        NpzFile.Write(_folder["a.npz"], Arrays(), compress: true);
        NpzFile.Write(_folder["b.npz"], Arrays(), compress: true);
        NpzFile.Write(_folder["c.npz"], Arrays(), compress: false);
        Assert.Equal(File.ReadAllBytes(_folder["a.npz"]), File.ReadAllBytes(_folder["b.npz"]));
        Assert.True(new FileInfo(_folder["a.npz"]).Length < new FileInfo(_folder["c.npz"]).Length / 2);
    }

    [Fact]
    public void Write_NoArrays_IsAnEmptyArchive()
    {
        NpzFile.Write(_folder["a.npz"], [], compress: true);
        using NpzReader reader = new(_folder["a.npz"]);
        Assert.Empty(reader.Names);
        GymkhanaException missing = Assert.Throws<GymkhanaException>(() => reader.Read("x"));
        Assert.Equal($"{_folder["a.npz"]} has no array 'x': it has none. Ask for one of these.", missing.Message);
    }

    [Fact]
    public void Write_ManyMembers_UsesZip64AndComesBack()
    {
        NpyArray one = NpyArray.Create<byte>([7], 1);
        NpzFile.Write(_folder["many.npz"], Enumerable.Range(0, 65_600).Select(i => ($"a{i}", one)), compress: false);
        using NpzReader reader = new(_folder["many.npz"]);
        Assert.Equal(65_600, reader.Names.Count);
        Assert.Equal([(byte)7], reader.Read("a65599").ToArray<byte>());
    }

    [Fact]
    public void Add_BeyondFourGigabytes_UsesZip64AndComesBack()
    {
        using FarStream stream = new(5L << 30);
        ZipWriter writer = new(stream);
        int[] values = [.. Enumerable.Range(0, 5000)];
        NpyArray array = NpyArray.Create<int>(values, values.Length);
        writer.Add("near.npy", NpyHeader.Format(array), array.Bytes.Span, CompressionLevel.NoCompression);
        writer.Add("far.npy", NpyHeader.Format(array), array.Bytes.Span, CompressionLevel.Optimal);
        writer.Finish();
        using NpzReader reader = new(stream, "far.npz");
        Assert.Equal(["near", "far"], reader.Names);
        Assert.Equal(values, reader.Read("near").ToArray<int>());
        Assert.Equal(values, reader.Read("far").ToArray<int>());
    }

    [Fact]
    public void Write_SameNameTwice_KeepsTheOldFile()
    {
        NpzFile.Write(_folder["a.npz"], Arrays(), compress: false);
        byte[] before = File.ReadAllBytes(_folder["a.npz"]);
        NpyArray one = NpyArray.Create([1], 1);
        Assert.Throws<ArgumentException>(() => NpzFile.Write(_folder["a.npz"], [("x", one), ("x", one)], compress: false));
        Assert.Throws<ArgumentException>(() => NpzFile.Write(_folder["a.npz"], [("", one)], compress: false));
        Assert.Equal(before, File.ReadAllBytes(_folder["a.npz"]));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Read_AnyContentByteChanged_IsRefused()
    {
        NpzFile.Write(_folder["a.npz"], [("x", NpyArray.Create([1.5f, 2.5f, 3.5f], 3))], compress: false);
        byte[] good = File.ReadAllBytes(_folder["a.npz"]);
        int start = good.AsSpan().IndexOf(BitConverter.GetBytes(1.5f));
        for (int i = start; i < start + 12; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= 16;
            using NpzReader reader = new(new MemoryStream(bad), "bad.npz");
            DamagedFileException refusal = Assert.Throws<DamagedFileException>(() => reader.Read("x"));
            Assert.StartsWith("bad.npz (x): its checksum is ", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_ArchiveOfAnotherProgram_SkipsWhatIsNoArray()
    {
        using (ZipArchive archive = ZipFile.Open(_folder["mixed.npz"], ZipArchiveMode.Create))
        {
            AddText(archive, "readme.txt", "hello");
            AddText(archive, "broken.npy", "hello");
            AddText(archive, "tiny.npy", "");
        }

        using NpzReader reader = new(_folder["mixed.npz"]);
        Assert.Equal(["broken", "tiny"], reader.Names);
        Assert.Throws<DamagedFileException>(() => reader.Read("broken"));
        Assert.Throws<DamagedFileException>(() => reader.Read("tiny"));
    }

    [Fact]
    public void Open_TwoMembersOfOneName_IsRefused()
    {
        using (ZipArchive archive = ZipFile.Open(_folder["twice.npz"], ZipArchiveMode.Create))
        {
            AddText(archive, "x.npy", "one");
            AddText(archive, "x.npy", "two");
        }

        DamagedFileException refusal = Assert.Throws<DamagedFileException>(() => new NpzReader(_folder["twice.npz"]));
        Assert.Contains("it has two arrays named 'x'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Crc32_PublishedCheckValue_Matches()
    {
        Assert.Equal(0xcbf43926u, Crc32.Append(0, "123456789"u8));
        byte[] content = [.. Enumerable.Range(0, 100).Select(i => (byte)(i * 37))];
        for (int cut = 0; cut <= content.Length; cut++)
        {
            Assert.Equal(Crc32.Append(0, content), Crc32.Append(Crc32.Append(0, content.AsSpan(0, cut)), content.AsSpan(cut)));
        }
    }

    private static void AddText(ZipArchive archive, string name, string text)
    {
        using Stream stream = archive.CreateEntry(name).Open();
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    private static (string Name, NpyArray Array)[] Arrays() =>
    [
        ("states", NpyArray.Create<byte>([.. Enumerable.Range(0, 6000).Select(i => (byte)(i / 100))], 2, 30, 100)),
        ("names", NpyArray.CreateText(["left", "right"], 2)),
        ("rewards/é", NpyArray.Create([0.5, -1.25, 1e300], 3, 1)),
        ("empty", NpyArray.Create<float>([], 0, 4)),
    ];

    /// <summary>A stream that begins far from zero; what lies before takes no memory and cannot be read.</summary>
    private sealed class FarStream(long start) : Stream
    {
        private readonly MemoryStream _content = new();

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => start + _content.Length;

        public override long Position
        {
            get => start + _content.Position;
            set => _content.Position = value - start;
        }

        public override int Read(byte[] buffer, int offset, int count) => _content.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => _content.Write(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => Length + offset,
        };

        public override void Flush() => _content.Flush();

        public override void SetLength(long value) => _content.SetLength(value - start);
    }
}
