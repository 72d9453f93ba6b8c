using Gymkhana.Core;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Tests.Drawing;

public sealed class FrameWritersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gymkhana-film-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Create_Mp4WithoutFfmpeg_SaysWhatToInstallOrWrite()
    {
        string path = Path.Combine(_folder, "race.mp4");
        GymkhanaException error = Assert.Throws<GymkhanaException>(
            () => FrameWriters.Create(path, 16, 16, 30, new VideoSettings { SearchPath = "" }));
        Assert.Equal(
            $"ffmpeg was not found on the PATH, so {path} cannot be written. Install ffmpeg (Debian: apt install ffmpeg) or write {Path.ChangeExtension(path, ".gif")}, which needs nothing.",
            error.Message);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Complete_FfmpegFails_GivesItsLastLineAndKeepsTheOldFilm()
    {
        if (OperatingSystem.IsWindows()) return; // The stand-in below is a shell script.
        string program = Path.Combine(_folder, "ffmpeg");
        File.WriteAllText(program, "#!/bin/sh\ncat > /dev/null\necho first line >&2\necho 'Unknown encoder libx264' >&2\nexit 1\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string path = Path.Combine(_folder, "race.mp4");
        File.WriteAllText(path, "old");
        using (IFrameWriter writer = FrameWriters.Create(path, 16, 16, 30, new VideoSettings { SearchPath = _folder }))
        {
            writer.Add(new Canvas(16, 16));
            GymkhanaException error = Assert.Throws<GymkhanaException>(writer.Complete);
            Assert.Contains("Unknown encoder libx264", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Complete_FfmpegStandIn_GetsEveryFrameAndTheFilmTakesItsPlace()
    {
        if (OperatingSystem.IsWindows()) return; // The stand-in below is a shell script.
        string program = Path.Combine(_folder, "ffmpeg");
        File.WriteAllText(program, "#!/bin/sh\nfor last; do :; done\ncat > \"$last\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string path = Path.Combine(_folder, "deep", "race.mp4");
        var canvas = new Canvas(15, 9);
        using (IFrameWriter writer = FrameWriters.Create(path, 15, 9, 29.97, new VideoSettings { SearchPath = _folder }))
        {
            for (int i = 0; i < 3; i++)
            {
                canvas.Clear(new Rgba(1, 2, (byte)i));
                writer.Add(canvas);
            }

            writer.Complete();
        }

        byte[] film = File.ReadAllBytes(path);
        Assert.Equal(15 * 9 * 4 * 3, film.Length);
        Assert.Equal([2, 2, 1, 255], film[^4..]);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "deep")));
    }

    [Fact]
    public void Create_Png_WritesTheLastFrame()
    {
        string path = Path.Combine(_folder, "still.PNG");
        var canvas = new Canvas(3, 2);
        using (IFrameWriter writer = FrameWriters.Create(path, 3, 2, 30))
        {
            canvas.Clear(Rgba.White);
            writer.Add(canvas);
            canvas.Clear(new Rgba(9, 8, 7));
            writer.Add(canvas);
            writer.Complete();
        }

        Assert.Equal([9, 8, 7], PngWriterTests.Decode(File.ReadAllBytes(path)).Pixels[..3]);
    }

    [Fact]
    public void Create_UnknownEnding_NamesTheKnownOnes()
    {
        GymkhanaException error = Assert.Throws<GymkhanaException>(() => FrameWriters.Create("film.avi", 4, 4, 30));
        Assert.Contains("Expected .mp4, .gif or .png", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.gif")]
    [InlineData("a.png")]
    public void Complete_NoFrames_Refuses(string name)
    {
        using IFrameWriter writer = FrameWriters.Create(Path.Combine(_folder, name), 4, 4, 30);
        Assert.Throws<GymkhanaException>(writer.Complete);
    }

    [Fact]
    public void Add_FrameOfAnotherSize_Refuses()
    {
        using IFrameWriter writer = FrameWriters.Create(Path.Combine(_folder, "a.gif"), 4, 4, 30);
        Assert.Throws<ArgumentException>(() => writer.Add(new Canvas(5, 4)));
    }
}
