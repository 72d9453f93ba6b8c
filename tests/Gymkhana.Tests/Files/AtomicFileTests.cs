using Gymkhana.Core.Files;

namespace Gymkhana.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_NewAndOldFile_HasTheNewContentOnly()
    {
        AtomicFile.WriteAllText(_folder["a.txt"], "a long first text, ü");
        AtomicFile.WriteAllText(_folder["a.txt"], "short ✓");
        Assert.Equal("short ✓"u8.ToArray(), File.ReadAllBytes(_folder["a.txt"]));
        AtomicFile.WriteAllBytes(_folder["b.bin"], new byte[] { 1, 2 });
        Assert.Equal([1, 2], File.ReadAllBytes(_folder["b.bin"]));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    [Fact]
    public void Write_WriterFailsHalfWay_KeepsTheOldFileAndLeavesNoLitter()
    {
        AtomicFile.WriteAllText(_folder["a.txt"], "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(_folder["a.txt"], stream =>
        {
            stream.Write(new byte[100_000]);
            throw new InvalidOperationException("stop");
        }));
        Assert.Equal("old", File.ReadAllText(_folder["a.txt"]));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Write_WriterFailsOnANewFile_LeavesNothing()
    {
        FileWriteException failure = Assert.Throws<FileWriteException>(() =>
            AtomicFile.Write(_folder["new.txt"], _ => throw new IOException("broken\npipe")));
        Assert.Equal($"Cannot write {_folder["new.txt"]}: broken pipe", failure.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(28)]
    [InlineData(unchecked((int)0x80070070))]
    public void Write_DiskFull_SaysSoAndKeepsTheOldFile(int code)
    {
        AtomicFile.WriteAllText(_folder["a.txt"], "old");
        FileWriteException failure = Assert.Throws<FileWriteException>(() =>
            AtomicFile.Write(_folder["a.txt"], _ => throw new IOException("No space left on device : '/somewhere/.x.tmp'", code)));
        Assert.Equal(
            $"Cannot write {_folder["a.txt"]}: the disk is full. Free some space, or choose another disk.", failure.Message);
        Assert.Equal("old", File.ReadAllText(_folder["a.txt"]));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Write_FolderMissing_NamesIt()
    {
        string folder = _folder["none"];
        FileWriteException failure = Assert.Throws<FileWriteException>(() => AtomicFile.WriteAllText(Path.Combine(folder, "a.txt"), "x"));
        Assert.Equal(
            $"Cannot write {Path.Combine(folder, "a.txt")}: the folder {folder} does not exist. Create it, or choose another.",
            failure.Message);
    }

    [Fact]
    public void Write_FolderIsAFile_SaysSo()
    {
        File.WriteAllText(_folder["plain"], "x");
        string path = Path.Combine(_folder["plain"], "a.txt");
        FileWriteException failure = Assert.Throws<FileWriteException>(() => AtomicFile.WriteAllText(path, "x"));
        Assert.Equal($"Cannot write {path}: {_folder["plain"]} is a file, not a folder. Choose another folder.", failure.Message);
    }

    [Fact]
    public void Write_TargetIsAFolder_SaysSo()
    {
        FileWriteException failure = Assert.Throws<FileWriteException>(() => AtomicFile.WriteAllText(_folder.Path, "x"));
        Assert.Equal($"Cannot write {_folder.Path}: it is a folder. Name a file in it.", failure.Message);
    }

    [Fact]
    public void Write_NameNoSystemAllows_IsOneClearLine()
    {
        FileWriteException zero = Assert.Throws<FileWriteException>(() => AtomicFile.WriteAllText("a\0b", "x"));
        Assert.Equal("Cannot write a b: this is not a valid file name. Choose another.", zero.Message);
        FileWriteException tooLong = Assert.Throws<FileWriteException>(() => AtomicFile.WriteAllText(_folder[new string('a', 300)], "x"));
        Assert.DoesNotContain('\n', tooLong.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    // Only Linux has a disk that is always full; elsewhere the thrown code above stands for it.
    [Fact]
    public void Write_TheFullDevice_SaysTheDiskIsFull()
    {
        if (OperatingSystem.IsLinux())
        {
            FileWriteException failure = Assert.Throws<FileWriteException>(() => AtomicFile.WriteAllBytes("/dev/full", new byte[100_000]));
            Assert.Equal("Cannot write /dev/full: the disk is full. Free some space, or choose another disk.", failure.Message);
            Assert.Throws<FileWriteException>(() => AtomicFile.WriteAllBytes("/dev/full", new byte[1]));
            Assert.True(File.Exists("/dev/full"));
        }
    }
}
