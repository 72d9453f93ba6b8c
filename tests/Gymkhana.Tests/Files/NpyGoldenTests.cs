using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Gymkhana.Core;
using Gymkhana.Core.Files;

namespace Gymkhana.Tests.Files;

public sealed class NpyGoldenTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "golden", "npy");

    public static TheoryData<string> Readable => [.. Section("files").Select(p => p.Name)];

    public static TheoryData<string> Refused => [.. Section("must_refuse").Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Readable))]
    public void Read_RecordedFile_GivesTheRecordedArrays(string file)
    {
        JsonElement keys = Section("files").Single(p => p.Name == file).Value.GetProperty("keys");
        string path = Path.Combine(Folder, file);
        if (file.EndsWith(".npy", StringComparison.Ordinal))
        {
            Check(keys.GetProperty(""), NpyFile.Read(path));
            return;
        }

        using NpzReader reader = new(path);
        Assert.Equal(keys.EnumerateObject().Select(k => k.Name).Order(), reader.Names.Order());
        foreach (JsonProperty key in keys.EnumerateObject())
        {
            Assert.True(reader.Contains(key.Name));
            Check(key.Value, reader.Read(key.Name));
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Read_BadFile_IsRefusedWithOneLineAndLittleMemory(string file)
    {
        string path = Path.Combine(Folder, file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        GymkhanaException refusal = Assert.Throws<DamagedFileException>(() =>
        {
            if (file.EndsWith(".npy", StringComparison.Ordinal))
            {
                NpyFile.Read(path);
                return;
            }

            using NpzReader reader = new(path);
        });
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 2_000_000);
        Assert.StartsWith(path + ": ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bad_object_pickle.npy", "refused: object arrays need pickle, which can run code. Save it with a plain dtype")]
    [InlineData("bad_truncated.npy", "it ends too early: expected 80 bytes of '<f8' of shape (10,), got 67.")]
    [InlineData("bad_structured.npy", "refused: structured arrays (several named fields) are not supported. Save each field")]
    [InlineData("bad_huge_shape.npy", "its header claims '<f8' of shape (9000000000000000000, 9000000000), more bytes than 64 bits")]
    [InlineData("bad_magic.npy", "it is not an npy file: it does not begin with \\x93NUMPY. Check that")]
    [InlineData("bad_header.npy", "40 bytes follow after the end of the array. Save one array to each file.")]
    [InlineData("bad_empty.npz", "the file is empty, expected an npz archive. Save it again")]
    [InlineData("bad_not_zip.npz", "it is not a whole zip archive of a kind that is read. It may")]
    public void Read_BadFile_SaysWhatIsWrong(string file, string part)
    {
        string path = Path.Combine(Folder, file);
        GymkhanaException refusal = Assert.Throws<DamagedFileException>(() =>
            file.EndsWith(".npy", StringComparison.Ordinal) ? NpyFile.Read(path) : new NpzReader(path).Read(""));
        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ArrayReadFromNumpy_GivesNumpysBytes()
    {
        string path = Path.Combine(Folder, "v1.npy");
        using MemoryStream written = new();
        NpyFile.Write(written, NpyFile.Read(path));
        Assert.Equal(File.ReadAllBytes(path), written.ToArray());
    }

    private static IEnumerable<JsonProperty> Section(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")));
        return document.RootElement.GetProperty(name).Clone().EnumerateObject();
    }

    private static void Check(JsonElement expected, NpyArray array)
    {
        Assert.Equal(expected.GetProperty("dtype").GetString()!.Replace('>', '<'), array.Type.Descriptor);
        Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64()), array.Shape);
        if (expected.TryGetProperty("values", out JsonElement values))
        {
            Assert.Equal(values.EnumerateArray().Select(v => v.GetString()), array.ToText());
            return;
        }

        Assert.Equal(expected.GetProperty("sha256_le_c").GetString(), Convert.ToHexStringLower(SHA256.HashData(array.Bytes.Span)));
        string[] head = [.. expected.GetProperty("head").EnumerateArray().Select(v => v.GetString()!)];
        Assert.Equal(head, Head(array, head));
    }

    // The first elements, each as it was written down if it has that value, else as it is.
    private static string[] Head(NpyArray array, string[] written) => array.Type.Descriptor switch
    {
        "|b1" => [.. array.ToArray<bool>().Take(6).Select(v => v ? "True" : "False")],
        "|u1" => Numbers<byte>(array),
        "|i1" => Numbers<sbyte>(array),
        "<u2" => Numbers<ushort>(array),
        "<i2" => Numbers<short>(array),
        "<u4" => Numbers<uint>(array),
        "<i4" => Numbers<int>(array),
        "<u8" => Numbers<ulong>(array),
        "<i8" => Numbers<long>(array),
        "<f2" => Same(array.ToArray<Half>(), written, v => Half.Parse(Plain(v), CultureInfo.InvariantCulture)),
        "<f4" => Same(array.ToArray<float>(), written, v => float.Parse(Plain(v), CultureInfo.InvariantCulture)),
        "<f8" => Same(array.ToArray<double>(), written, v => double.Parse(Plain(v), CultureInfo.InvariantCulture)),
        "<c8" => [$"({BitConverter.ToSingle(array.Bytes.Span)}+{BitConverter.ToSingle(array.Bytes.Span[4..])}j)"],
        _ => throw new NotSupportedException(array.Type.Descriptor),
    };

    private static string[] Numbers<T>(NpyArray array)
        where T : unmanaged, IFormattable =>
        [.. array.ToArray<T>().Take(6).Select(v => v.ToString(null, CultureInfo.InvariantCulture))];

    private static string[] Same<T>(T[] values, string[] written, Func<string, T> parse)
        where T : unmanaged, IFormattable =>
        [.. values.Take(6).Select((v, i) => parse(written[i]).Equals(v) ? written[i] : v.ToString(null, CultureInfo.InvariantCulture))];

    private static string Plain(string value) => value switch { "inf" => "Infinity", "nan" => "NaN", _ => value };
}
