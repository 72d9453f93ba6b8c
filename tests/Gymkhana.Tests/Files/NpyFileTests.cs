using System.Buffers.Binary;
using System.Text;
using Gymkhana.Core.Files;

namespace Gymkhana.Tests.Files;

public sealed class NpyFileTests
{
    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3)}", 12)]
    [InlineData(" {  'shape' :( 3 , ) ,\"fortran_order\":True , 'descr':'<f4' , }  \n", 12)]
    [InlineData("{'descr': '>u2', 'fortran_order': False, 'shape': (3L,)}", 6)]
    [InlineData("{'descr': '|S4', 'fortran_order': False, 'shape': (3,)}", 12)]
    public void Read_UnusualButValidHeader_IsRead(string header, int bytes) =>
        Assert.Equal([3L], Read(File(1, header, bytes)).Shape);

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1}", "'more'")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", "'descr' twice")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "lacks")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}", "expected True or False")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}", "expected a length")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': [3]}", "expected '('")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} import os", "goes on")]
    [InlineData("{'descr': '<f4, 'fortran_order': False, 'shape': (3,)}", "expected '}'")]
    [InlineData("{'descr': <f4", "expected a quoted word")]
    [InlineData("{'descr': 'f4", "with an end")]
    [InlineData("", "expected '{' at character 0, got its end")]
    [InlineData("{'descr': '<f16', 'fortran_order': False, 'shape': (3,)}", "type '<f16' is not supported")]
    [InlineData("{'descr': '|i4', 'fortran_order': False, 'shape': (3,)}", "type '|i4' is not supported")]
    [InlineData("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (3,)}", "not supported")]
    [InlineData("{'descr': '<U0', 'fortran_order': False, 'shape': (3,)}", "not supported")]
    [InlineData("{'descr': '<U999999999999', 'fortran_order': False, 'shape': (3,)}", "not supported")]
    [InlineData("{'descr': 'O', 'fortran_order': False, 'shape': (3,)}", "pickle")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "64 bits")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}", "expected 16 bytes of '<f4' of shape (4,), got 12")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "4 bytes follow")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}", "64 bits")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3000000000,)}", "expected 12000000000 bytes")]
    public void Read_BadHeader_IsRefused(string header, string part)
    {
        using TemporaryFolder folder = new();
        System.IO.File.WriteAllBytes(folder["x.npy"], File(1, header, 12));
        DamagedFileException refusal = Assert.Throws<DamagedFileException>(() => NpyFile.Read(folder["x.npy"]));
        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Equal(folder["x.npy"], refusal.Origin);
    }

    [Fact]
    public void Read_HeaderLengthOfGigabytes_IsRefusedWithoutTheMemory()
    {
        byte[] file = File(2, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", 12);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(8), uint.MaxValue);
        long before = GC.GetAllocatedBytesForCurrentThread();
        DamagedFileException refusal = Assert.Throws<DamagedFileException>(() => Read(file));
        Assert.Contains("its header claims 4294967295 bytes", refusal.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Fact]
    public void Read_StreamOfUnknownLength_GrowsOnlyAsBytesCome()
    {
        byte[] file = File(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2000000000,)}", 12);
        using Stream pipe = new OneWayStream(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        DamagedFileException refusal = Assert.Throws<DamagedFileException>(() => NpyFile.Read(pipe, "pipe"));
        Assert.Contains("expected 2000000000 bytes of '|u1' of shape (2000000000,), got 12", refusal.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 3_000_000);
    }

    [Fact]
    public void Read_LargeArrayFromAPipe_IsWhole()
    {
        byte[] content = [.. Enumerable.Range(0, 3_000_001).Select(i => (byte)(i % 253))];
        using MemoryStream file = new();
        NpyFile.Write(file, NpyArray.Create<byte>(content, content.Length));
        using Stream pipe = new OneWayStream(file.ToArray());
        Assert.Equal(content, NpyFile.Read(pipe, "pipe").ToArray<byte>());
    }

    [Theory]
    [InlineData("|b1", new byte[] { 0, 2 })]
    [InlineData("<U1", new byte[] { 65, 0, 0, 0, 0, 0, 17, 0 })]
    [InlineData(">U1", new byte[] { 0, 0, 0, 65, 0, 0, 0xd8, 0 })]
    public void Read_ValueTheTypeDoesNotHave_IsRefused(string descriptor, byte[] content)
    {
        byte[] file = [.. File(1, $"{{'descr': '{descriptor}', 'fortran_order': False, 'shape': (2,)}}", 0), .. content];
        Assert.Contains("place 1 of", Assert.Throws<DamagedFileException>(() => Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TwoArraysInOneStream_GivesBothInTurn()
    {
        using MemoryStream stream = new();
        NpyFile.Write(stream, NpyArray.Create([1, 2], 2));
        NpyFile.Write(stream, NpyArray.Create([3.0], 1));
        stream.Position = 0;
        Assert.Equal([1, 2], NpyFile.Read(stream, "first").ToArray<int>());
        Assert.Equal([3.0], NpyFile.Read(stream, "second").ToArray<double>());
    }

    [Fact]
    public void Read_MissingFileOrFolder_SaysSo()
    {
        using TemporaryFolder folder = new();
        Assert.Equal(
            $"Cannot read {folder["none.npy"]}: there is no such file. Check the name and the folder.",
            Assert.Throws<FileReadException>(() => NpyFile.Read(folder["none.npy"])).Message);
        Assert.Equal(
            $"Cannot read {folder.Path}: it is a folder. Name a file in it.",
            Assert.Throws<FileReadException>(() => NpyFile.Read(folder.Path)).Message);
    }

    private static NpyArray Read(byte[] file) => NpyFile.Read(new MemoryStream(file), "test");

    private static byte[] File(byte major, string header, int content)
    {
        byte[] length = major == 1 ? [(byte)header.Length, (byte)(header.Length >> 8)] : BitConverter.GetBytes(header.Length);
        return [0x93, .. "NUMPY"u8, major, 0, .. length, .. Encoding.ASCII.GetBytes(header), .. new byte[content]];
    }

    /// <summary>A pipe: it cannot seek, and gives a few bytes at a time.</summary>
    private sealed class OneWayStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 100_003)]);
    }
}
