using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Gymkhana.Tests.ClassicControl;

/// <summary>One file of <c>golden/classic-control</c>: what Gymnasium did with one seed.</summary>
public sealed class RecordedEpisodes
{
    private RecordedEpisodes(ZipArchive archive)
    {
        Observations = Read<float>(archive, "observations");
        Rewards = Read<double>(archive, "rewards");
        Terminated = [.. Read<byte>(archive, "terminated").Select(b => b != 0)];
        Truncated = [.. Read<byte>(archive, "truncated").Select(b => b != 0)];
        ResetAfterStep = [.. Read<long>(archive, "reset_after_step")];
        (string type, byte[] bytes) = ReadRaw(archive, "actions");
        Actions = type == "<i8"
            ? [.. MemoryMarshal.Cast<byte, long>(bytes).ToArray().Select(a => (double)a)]
            : [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(a => (double)a)];
    }

    /// <summary>Row-major, one row more than steps, and one more for each reset.</summary>
    public float[] Observations { get; }

    public double[] Actions { get; }

    public double[] Rewards { get; }

    public bool[] Terminated { get; }

    public bool[] Truncated { get; }

    public HashSet<long> ResetAfterStep { get; }

    public static RecordedEpisodes Load(string environmentId, ulong seed)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{environmentId}_s{seed}.npz");
        using ZipArchive archive = ZipFile.OpenRead(Path.Combine(AppContext.BaseDirectory, "golden", "classic-control", name));
        return new RecordedEpisodes(archive);
    }

    private static T[] Read<T>(ZipArchive archive, string name)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(ReadRaw(archive, name).Bytes).ToArray();

    private static (string Type, byte[] Bytes) ReadRaw(ZipArchive archive, string name)
    {
        using Stream stream = archive.GetEntry(name + ".npy")!.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        byte[] file = memory.ToArray();
        int header = BitConverter.ToUInt16(file, 8);
        string text = Encoding.ASCII.GetString(file, 10, header);
        Assert.Contains("'fortran_order': False", text, StringComparison.Ordinal);
        return (text.Split('\'')[3], file[(10 + header)..]);
    }
}
