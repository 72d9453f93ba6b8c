using System.Buffers.Binary;
using System.Text;
using Gymkhana.Core.Files;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Files;

namespace Gymkhana.Tests.Tensors.Files;

public sealed class SafetensorsFileTests
{
    [Fact]
    public void Read_FileWrittenByHand_GivesItsArraysAndTexts()
    {
        // As the published format describes: offsets count from the end of the header, arrays may stand in any order.
        const string Header = """{"b":{"dtype":"F32","shape":[],"data_offsets":[16,20]},"__metadata__":{"format":"pt"},"a.0":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}   """;
        SafetensorsFile file = Read(Bytes(Header, Floats(1, -2, 3.5f, 0.25f, 7)));
        Assert.Equal(["b", "a.0"], file.Arrays.Select(a => a.Name));
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(new Shape(2, 2), file.Find("a.0")!.Shape);
        Assert.Equal([1, -2, 3.5f, 0.25f], file.Find("a.0")!.Values.ToArray());
        Assert.Equal(0, file.Find("b")!.Shape.Rank);
        Assert.Equal([7f], file.Find("b")!.Values.ToArray());
        Assert.Null(file.Find("c"));
    }

    [Fact]
    public void Read_OtherTypesOfFloats_AreConverted()
    {
        const string Header = """{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"g":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},"d":{"dtype":"F64","shape":[1],"data_offsets":[8,16]},"e":{"dtype":"F32","shape":[3,0],"data_offsets":[16,16]},"i":{"dtype":"I64","shape":[],"data_offsets":[16,24]}}""";
        byte[] values = [0x00, 0x3C, 0x00, 0xC0, 0x80, 0x3F, 0x20, 0xC0, .. BitConverter.GetBytes(0.1), .. BitConverter.GetBytes(-7L)];
        SafetensorsFile file = Read(Bytes(Header, values));
        Assert.Equal([1f, -2f], file.Find("h")!.Values.ToArray());
        Assert.Equal([1f, -2.5f], file.Find("g")!.Values.ToArray());
        Assert.Equal([0.1f], file.Find("d")!.Values.ToArray());
        Assert.Equal(0, file.Find("e")!.Values.Length);
        Assert.Equal([-7f], file.Find("i")!.Values.ToArray());
    }

    [Fact]
    public void WriteAndRead_AnyContent_IsTheSame()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "net.safetensors");
        SafetensorsFile written = new(
            [new("0.weight", new Shape(3, 2), Draw.Normal(new Shape(3, 2), 1).Values), new("grün", new Shape([]), new float[] { float.NaN }), new("none", new Shape(0, 4), Array.Empty<float>())],
            new Dictionary<string, string> { ["z"] = "\"quoted\"\n", ["a"] = string.Empty });
        written.Write(path);
        SafetensorsFile read = SafetensorsFile.Read(path);
        Assert.Equal(written.Arrays.Select(a => (a.Name, a.Shape)), read.Arrays.Select(a => (a.Name, a.Shape)));
        Assert.All(written.Arrays, a => Assert.Equal(a.Values.ToArray(), read.Find(a.Name)!.Values.ToArray()));
        Assert.Equal(written.Metadata.OrderBy(m => m.Key), read.Metadata.OrderBy(m => m.Key));
        byte[] bytes = File.ReadAllBytes(path);
        Assert.Equal(0UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes) % 8);
        MemoryStream again = new();
        read.Write(again);
        Assert.Equal(bytes, again.ToArray());
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "'a' ends at byte 8 of the data, and the file has 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "4 bytes follow the last array")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'b' begins at byte 4 of the data, within the array before it")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "nothing describes bytes 0 to 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "the name 'a' twice")]
    [InlineData("""{"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}""", 8, "'a' has the type 'I32'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "its shape [3] takes 12")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "'-1' where a whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "'1.5' where a whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775807,4]}}""", 4, "its shape [1] takes 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[65536,65536],"data_offsets":[0,4]}}""", 4, "more elements than fit one array")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "7 axes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "needs exactly dtype, shape and two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}""", 4, "needs exactly dtype, shape and two data_offsets")]
    [InlineData("""{"a":7}""", 0, "needs exactly dtype, shape and two data_offsets")]
    [InlineData("""{"__metadata__":{"a":7}}""", 0, "its metadata 'a' is not a text")]
    [InlineData("""{"__metadata__":[]}""", 0, "its metadata are not an object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}""", 4, "not valid JSON")]
    [InlineData("""{"a\ud800":7}""", 0, "not valid JSON")]
    [InlineData("""[]""", 0, "does not begin with '{'")]
    [InlineData("", 0, "does not begin with '{'")]
    public void Read_DamagedFile_SaysInOneLineWhatIsWrong(string header, int dataBytes, string expected)
    {
        string message = Assert.Throws<DamagedFileException>(() => Read(Bytes(header, new byte[dataBytes]))).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.StartsWith("net.safetensors: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Read_HeaderThatIsNotThere_IsRefusedBeforeMemoryIsSetAside()
    {
        byte[] huge = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(huge, ulong.MaxValue);
        Assert.Contains("more than the 100000000 that are allowed", Refused(huge), StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt64LittleEndian(huge, 90_000_000);
        Assert.Contains("ends within the header: expected 90000000 bytes, got 56", Refused(huge), StringComparison.Ordinal);
        Assert.Contains("it has 5 bytes, too few", Refused(new byte[5]), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EveryCutOfAFile_IsRefused()
    {
        MemoryStream whole = new();
        new SafetensorsFile([new("w", new Shape(4), new float[4])], new Dictionary<string, string> { ["k"] = "v" }).Write(whole);
        byte[] bytes = whole.ToArray();
        for (int length = 0; length < bytes.Length; length++)
        {
            Refused(bytes[..length]);
        }
    }

    [Fact]
    public void Read_FileThatIsNotThere_SaysSo()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        Assert.Contains("there is no such file", Assert.Throws<FileReadException>(() => SafetensorsFile.Read(Path.Combine(folder, "none"))).Message, StringComparison.Ordinal);
        Assert.Contains("it is a folder", Assert.Throws<FileReadException>(() => SafetensorsFile.Read(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_NamesOrCountsThatAreWrong_AreRefused()
    {
        Dictionary<string, string> none = [];
        Assert.Throws<ArgumentException>(() => new SafetensorsFile([new("a", new Shape(1), new float[1]), new("a", new Shape(1), new float[1])], none));
        Assert.Throws<ArgumentException>(() => new SafetensorsFile([new("__metadata__", new Shape(1), new float[1])], none));
        Assert.Throws<ArgumentException>(() => new SafetensorsFile([new("a", new Shape(2), new float[1])], none));
    }

    private static SafetensorsFile Read(byte[] bytes) => SafetensorsFile.Read(new MemoryStream(bytes), "net.safetensors");

    private static string Refused(byte[] bytes) => Assert.Throws<DamagedFileException>(() => Read(bytes)).Message;

    private static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] Bytes(string header, byte[] values)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        return [.. length, .. text, .. values];
    }
}
